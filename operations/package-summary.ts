import { codeRanges } from '../domain/code-ranges';
import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../domain/customer';
import type { CompletenessModel, PartTables, ScopeModel } from '../templates/report-parts';
import type { ReportFrame, SummaryReport } from '../templates/reports';
import { completenessCollector } from './package-completeness';
import {
  beneficialOwnerLines,
  customerLine,
  decisionLines,
  episodeLines,
  findingLines,
  noticeLines,
  representativeLines,
  verificationLines,
} from './package-lines';
import { formLines, heightenedLines, onBehalfLine } from './package-paper-lines';
import { periodInWords } from './package-parameters';
import { countTriggered, NO_TABLES, partTables, type PartsOfPackage } from './package-parts';
import { exclusionsOf } from './package-scope-facts';
import type { PackageFrame, PackageItem } from './package-snapshot';
import type { PackageWords } from './package-words';

/** Parts of the summary that no frozen customer holds. */
interface Beside {
  parts: PartTables;
  thresholdTransactions: number | null;
}

/** The parts of the summary report, read from their sources. */
export async function besideCustomers(from: PartsOfPackage): Promise<Beside> {
  return { parts: await partTables(from), thresholdTransactions: await countTriggered(from) };
}

const NOTHING_BESIDE: Beside = { parts: NO_TABLES, thresholdTransactions: null };

/** Collects the summary report a customer at a time, so that only its lines stay in memory. */
export function summaryCollector(frame: PackageFrame, report: ReportFrame, words: PackageWords) {
  const lines = emptyLines();
  const statement = completenessCollector(frame);
  let completeness = 0;
  return {
    add(item: PackageItem): void {
      addLines(lines, item, words);
      statement.add(item);
      completeness += item.completeness;
    },
    report: ({ parts, thresholdTransactions }: Beside = NOTHING_BESIDE): SummaryReport => ({
      frame: report,
      requestedBy: frame.requestedBy,
      scope: scopeModel(frame, words),
      parameters: frame.parameters.flatMap(words.parameters),
      totals: { ...totals(lines, completeness), thresholdTransactions },
      completeness: frame.requirements === undefined ? null : completenessModel(statement.breakdown(), words),
      parts,
      ...lines,
      exclusions: [
        ...exclusionsOf(frame).map(({ customer, reason, byName }) => ({
          customerCode: customer,
          reason: byName ? reason : words.code('excluded', reason),
        })),
        ...(frame.leftOut ?? []).map(({ code, reason }) => ({
          customerCode: code,
          reason: `${words.code('excluded', 'file_left_out')}: ${reason}`,
        })),
      ],
      retention: retention(frame, words),
    }),
  };
}

type Lines = Pick<
  SummaryReport,
  | 'customers'
  | 'findings'
  | 'forms'
  | 'onBehalf'
  | 'heightened'
  | 'representatives'
  | 'beneficialOwners'
  | 'verifications'
  | 'decisions'
  | 'refreshes'
  | 'notices'
>;

function emptyLines(): Lines {
  return {
    customers: [],
    findings: [],
    forms: [],
    onBehalf: [],
    heightened: [],
    representatives: [],
    beneficialOwners: [],
    verifications: [],
    decisions: [],
    refreshes: [],
    notices: [],
  };
}

function addLines(lines: Lines, item: PackageItem, words: PackageWords): void {
  const ofCustomer = <Line extends object>(line: Line) => ({ ...line, customerCode: item.code });
  lines.customers.push(customerLine(item));
  lines.findings.push(...findingLines(item, words).filter(({ closedAt }) => closedAt === null));
  // Section 5 matches transactions with forms: those that say which transaction they are about.
  lines.forms.push(
    ...formLines(item, words)
      .filter(({ transaction }) => transaction !== null)
      .map(ofCustomer),
  );
  const onBehalf = onBehalfLine(item);
  if (onBehalf !== null) lines.onBehalf.push(ofCustomer(onBehalf));
  lines.heightened.push(...heightenedLines(item, words));
  lines.representatives.push(...representativeLines(item, words).map(ofCustomer));
  lines.beneficialOwners.push(...beneficialOwnerLines(item, words).map(ofCustomer));
  lines.verifications.push(...verificationLines(item, words).map(ofCustomer));
  lines.decisions.push(...decisionLines(item).map(ofCustomer));
  lines.refreshes.push(...episodeLines(item, words).map(ofCustomer));
  lines.notices.push(...noticeLines(item, words).map(ofCustomer));
}

function totals(
  { customers, findings }: Lines,
  completeness: number,
): Omit<SummaryReport['totals'], 'thresholdTransactions'> {
  const count = <Code>(codes: readonly Code[], of: (line: (typeof customers)[number]) => Code) =>
    codes
      .map((code) => ({ code, count: customers.filter((line) => of(line) === code).length }))
      .filter((entry) => entry.count > 0);
  return {
    customers: customers.length,
    completeness: customers.length === 0 ? 0 : Math.floor(completeness / customers.length),
    openBlocking: findings.filter(({ severity }) => severity === 'blocking').length,
    openWarnings: findings.filter(({ severity }) => severity === 'warning').length,
    byType: count(CUSTOMER_TYPES, (line) => line.type),
    byStatus: count(CUSTOMER_STATUSES, (line) => line.status),
    byRisk: count([...RISK_LEVELS, 'none' as const], (line) => line.risk ?? 'none'),
  };
}

/** How the customers came into the package, as section 1 says it. */
export function scopeModel(frame: PackageFrame, words: PackageWords): ScopeModel {
  const { scope, fourEyes } = frame;
  const sample = scope?.sample ?? null;
  return {
    filter: Object.entries(frame.filter).map(([name, value]) => ({
      name: words.code('filter', name),
      value: filterInWords(name, value, frame, words),
    })),
    fourEyesRecorded: fourEyes.mode === 'recorded' ? (fourEyes.reason ?? '–') : null,
    named: scope?.customers === undefined || scope.customers === null ? null : codeRanges(scope.customers),
    included: (scope?.included ?? []).map(({ code, reason }) => ({ customerCode: code, reason })),
    population: scope?.population ?? null,
    sample:
      sample === null
        ? null
        : {
            rule: words.t('parts.scope.ruleText', { rule: sample.rule }),
            seed: sample.seed,
            size: sample.size,
            population: codeRanges(sample.population),
          },
    note: scope?.note ?? null,
    supersedes: scope?.supersedes ?? null,
    fixWindow: scope?.fixWindow ?? null,
  };
}

function filterInWords(name: string, value: string, frame: PackageFrame, words: PackageWords): string {
  if (name === 'branch' && frame.scope !== undefined) return frame.scope.branches.join(', ');
  const area = { type: 'type', status: 'status', risk: 'risk' }[name];
  const part = (code: string) => (area === undefined ? code : words.t(`report.${area}.${code}`));
  return name === 'missing'
    ? value.split(',').map(words.field).join(', ')
    : value.split(',').map(part).join(', ');
}

type Breakdown = ReturnType<ReturnType<typeof completenessCollector>['breakdown']>;

function completenessModel(
  { totals: sums, byType, byRequirement }: Breakdown,
  words: PackageWords,
): CompletenessModel {
  const asked = byRequirement.filter(({ met, missing }) => met + missing > 0);
  const unasked = byRequirement.filter(({ met, missing }) => met + missing === 0);
  return {
    totals: { ...sums, product: sums.customers * sums.requirements },
    byType,
    byRequirement: asked.map(({ field, confidence, severity: _, ...row }) => ({
      ...row,
      field: words.field(field),
      confidence: words.code('confidence', confidence),
    })),
    unasked: codeRanges(unasked.map(({ id }) => id)),
    unaskedCount: unasked.length,
  };
}

function retention(frame: PackageFrame, words: PackageWords): SummaryReport['retention'] {
  const parameter = frame.parameters.findLast(({ key }) => key === 'retention');
  if (parameter === undefined) return [];
  const period = periodInWords(parameter.value, words.t);
  return ['customerFiles', 'package'].map((what) => ({
    what: words.code('retained', what),
    period,
    // Nothing prescribes how long a package is kept: it follows the files it holds (D-4.5).
    basis: what === 'package' ? words.t('package.ours') : (parameter.legalBasis ?? words.t('package.ours')),
  }));
}
