import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../domain/customer';
import { maskRecord } from '../domain/record';
import { valueAt } from '../domain/record-path';
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
  textAt,
  verificationLines,
} from './package-lines';
import type { PackageFrame, PackageItem } from './package-snapshot';
import { periodInWords } from './package-parameters';
import { dayOf, type PackageWords } from './package-words';

/** Fields of the record that the customer's file shows, in this order; a type has those that it knows. */
const SHOWN: Record<'person' | 'company', readonly string[]> = {
  person: [
    'givenNames',
    'surname',
    'tckn',
    'ykn',
    'birthDate',
    'nationality',
    'idDocument.type',
    'idDocument.number',
    'idDocument.issuedOn',
    'idDocument.expiresOn',
    'occupation',
    'publicInfluence.kind',
    'publicInfluence.office',
  ],
  company: ['title', 'vkn', 'mersisNumber', 'tradeRegisterNumber', 'tradeRegisterOffice', 'activity'],
};
const SHOWN_OF_ALL = [
  'address.line',
  'address.district',
  'address.province',
  'address.postalCode',
  'phone',
  'email',
  'purpose',
  'sourceOfFunds',
  'iban',
];

const DAYS = ['birthDate', 'idDocument.issuedOn', 'idDocument.expiresOn'];

/** The customer's own PDF (D-7.4), from what was frozen. */
export function customerFile(item: PackageItem, frame: ReportFrame, words: PackageWords): CustomerFile {
  const { lights } = item;
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
    lights: [
      {
        label: words.field(item.type === 'company' ? 'vkn' : 'tckn'),
        format: lights.format ?? 'grey',
        checksum: lights.checksum ?? 'grey',
        register: lights.register ?? 'grey',
        simulated: lights.simulated ?? false,
        checkedAt: item.lightsAt,
      },
    ],
    documents: documentLines(item),
    onOwnAccount: ownAccount(item, words),
    representatives: representativeLines(item),
    beneficialOwners: beneficialOwnerLines(item),
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

function identityRows(item: PackageItem, words: PackageWords): CustomerFile['identity'] {
  const record = maskRecord(item.record);
  const isCompany = item.type === 'company';
  const paths = [...SHOWN[isCompany ? 'company' : 'person'], ...SHOWN_OF_ALL];
  return paths
    .filter((path) => path !== 'ykn' || textAt(record, path) !== null)
    .map((path) => ({ label: words.field(path), value: valueInWords(record, path, words) }));
}

function valueInWords(record: unknown, path: string, words: PackageWords): string | null {
  const value = textAt(record, path);
  if (value === null) return null;
  if (path === 'purpose') return words.code('value.purpose', value);
  if (path === 'publicInfluence.kind') return words.code('value.influence', value);
  if (path === 'idDocument.type') return words.document(value);
  if (DAYS.includes(path)) return words.day(value);
  return value;
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
