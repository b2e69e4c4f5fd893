import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../domain/customer';
import { valueAt } from '../domain/record-path';
import { ownershipDrawing, ROWS_ON_PAPER } from '../templates/ownership';
import type { CustomerFile, ReportFrame, SummaryReport } from '../templates/reports';
import {
  beneficialOwnerLines,
  customerLine,
  decisionLines,
  documentLines,
  episodeLines,
  findingLines,
  noticeLines,
  representativeLines,
  verificationLines,
} from './package-lines';
import { ownershipGraphOf } from './ownership-chart';
import { identityRows, numberField } from './package-identity';
import type { PackageFrame, PackageItem } from './package-snapshot';
import { periodInWords } from './package-parameters';
import { dayOf, type PackageWords } from './package-words';

/** The customer's own PDF (D-7.4), from what was frozen. */
export function customerFile(item: PackageItem, frame: ReportFrame, words: PackageWords): CustomerFile {
  return {
    frame,
    card: {
      code: item.code,
      displayName: item.displayName,
      type: item.type,
      trigger: item.trigger,
      status: item.status,
      risk: item.risk,
      completeness: item.completeness,
      recordVersion: item.version,
      openedAt: item.createdAt,
      activatedOn: dayOf(item.activatedAt),
      nextReviewOn: item.nextReviewOn,
      branch: item.branch,
    },
    identity: identityRows(item, words),
    lights: lightsLines(item, words),
    documents: documentLines(item),
    onOwnAccount: ownAccount(item, words),
    representatives: representativeLines(item),
    beneficialOwners: beneficialOwnerLines(item),
    ownership: ownershipOf(item, frame, words),
    verifications: verificationLines(item, words),
    findings: findingLines(item, words),
    decisions: decisionLines(item),
    episodes: episodeLines(item, words),
    notices: noticeLines(item, words),
    history: item.history.map((event) => ({
      at: event.at,
      actor: words.person(event),
      event: words.event(event.event),
      detail: words.detail(event),
    })),
  };
}

/** The lights of each identity; a file that was frozen before identities had their own has one row. */
function lightsLines({ type, lights, lightsAt }: PackageItem, words: PackageWords): CustomerFile['lights'] {
  const { format = 'grey', checksum = 'grey', register = 'grey', simulated = false } = lights;
  const whole = { field: numberField(type), format, checksum, register, simulated };
  return (lights.identities ?? [whole]).map(({ field, ...identity }) => ({
    label: words.field(field),
    ...identity,
    checkedAt: lightsAt,
  }));
}

function ownershipOf(item: PackageItem, frame: ReportFrame, words: PackageWords): CustomerFile['ownership'] {
  const overPercent = frame.ownershipOverPercent;
  if (overPercent === undefined) return null;
  const graph = ownershipGraphOf(item.type, item.record, overPercent);
  return graph === null ? null : ownershipDrawing(graph, overPercent, words.language, ROWS_ON_PAPER);
}

function ownAccount(item: PackageItem, words: PackageWords): string | null {
  const value = valueAt(item.record, 'onOwnAccount');
  return typeof value === 'boolean' ? words.code('value.ownAccount', String(value)) : null;
}

/** Collects the summary report a customer at a time, so that only its lines stay in memory. */
export function summaryCollector(frame: PackageFrame, report: ReportFrame, words: PackageWords) {
  const lines = emptyLines();
  let completeness = 0;
  return {
    add(item: PackageItem): void {
      const ofCustomer = <Line extends object>(line: Line) => ({ ...line, customerCode: item.code });
      lines.customers.push(customerLine(item));
      lines.findings.push(...findingLines(item, words).filter(({ closedAt }) => closedAt === null));
      lines.representatives.push(...representativeLines(item).map(ofCustomer));
      lines.beneficialOwners.push(...beneficialOwnerLines(item).map(ofCustomer));
      lines.verifications.push(...verificationLines(item, words).map(ofCustomer));
      lines.decisions.push(...decisionLines(item).map(ofCustomer));
      lines.refreshes.push(...episodeLines(item, words).map(ofCustomer));
      lines.notices.push(...noticeLines(item, words).map(ofCustomer));
      completeness += item.completeness;
    },
    report: (): SummaryReport => ({
      frame: report,
      requestedBy: frame.requestedBy,
      scope: {
        filter: Object.entries(frame.filter).map(([name, value]) => ({
          name: words.code('filter', name),
          value,
        })),
        fourEyesRecorded: frame.fourEyes.mode === 'recorded' ? (frame.fourEyes.reason ?? '–') : null,
      },
      parameters: frame.parameters.flatMap(words.parameters),
      totals: totals(lines, completeness),
      ...lines,
      exclusions: frame.outside.map((customerCode) => ({
        customerCode,
        reason: words.t('package.excluded.outside_period'),
      })),
      retention: retention(frame, words),
    }),
  };
}

type Lines = Pick<
  SummaryReport,
  | 'customers'
  | 'findings'
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
    representatives: [],
    beneficialOwners: [],
    verifications: [],
    decisions: [],
    refreshes: [],
    notices: [],
  };
}

function totals({ customers, findings }: Lines, completeness: number): SummaryReport['totals'] {
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
