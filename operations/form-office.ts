import type { FormRequirement } from '../db/forms';
import type { FormFrame, OfficeSheet } from '../templates/forms';
import { maskIdentityNumber } from '../domain/identity-numbers';
import type { FormWords } from './form-fields';
import { decisionLines, identityNumber } from './package-lines';
import type { PackageItem } from './package-snapshot';

/**
 * The office's own sheet (D-2.9, 11): what the dealer found out and thinks of it. A file of its own, never among the
 * customer's documents: risk and findings must not reach the customer.
 */
export function officeSheet(
  frame: FormFrame,
  item: PackageItem,
  requirements: readonly FormRequirement[],
  words: FormWords,
): OfficeSheet {
  const { t } = words;
  const { lights } = item;
  const number = identityNumber(item.record);
  const open = item.findings.filter(({ closedAt }) => closedAt === null);
  const decision = decisionLines(item).at(-1) ?? null;
  return {
    frame,
    customer: {
      displayName: item.displayName,
      type: t(`report.type.${item.type}`),
      status: t(`report.status.${item.status}`),
      risk: item.risk === null ? null : t(`report.risk.${item.risk}`),
      riskFactors: factorsText(item.ratings.at(-1)?.factors, words),
      completeness: item.completeness,
    },
    lights: [
      {
        label: number === null ? '–' : maskIdentityNumber(number),
        format: lights.format ?? 'grey',
        checksum: lights.checksum ?? 'grey',
        register: lights.register ?? 'grey',
        simulated: lights.simulated ?? false,
        checkedAt: item.lightsAt,
      },
    ],
    verifications: item.verifications.map((row) => ({
      what: words.field(row.subject),
      source: words.provider(row.provider),
      result: words.code('result', row.result),
      simulated: row.simulated,
      at: row.at,
    })),
    requirements: requirements.map(({ field, severity, met, legalBasis, version }) => ({
      field: words.field(field),
      severity,
      met,
      legalBasis: words.basis(legalBasis),
      version,
    })),
    findings: open.map((finding) => ({
      message: words.finding(finding),
      severity: finding.severity,
      legalBasis: words.basis(finding.legalBasis),
    })),
    decision:
      decision === null
        ? null
        : { decision: decision.decision, reason: decision.reason, by: decision.by, at: decision.at },
  };
}

function factorsText(factors: unknown, words: FormWords): string | null {
  if (!Array.isArray(factors) || factors.length === 0) return null;
  return factors.map((factor) => words.code('factor', codeOf(factor))).join(', ');
}

function codeOf(factor: unknown): string {
  if (typeof factor === 'string') return factor;
  if (typeof factor === 'object' && factor !== null && 'code' in factor) return String(factor.code);
  return '–';
}
