import { customerCounter, type CustomerCounts } from '../../domain/customer-counts';
import type { WorkbookModel } from '../../templates/workbook';
import type { PartTables, ScopeModel } from '../../templates/report-parts';
import type {
  CustomerFile,
  CustomerLine,
  ReportFrame,
  ReportVolume,
  SummaryReport,
} from '../../templates/reports';

export const FRAME: ReportFrame = {
  packageNo: 'DP-2026-0007',
  profile: 'masak',
  dealer: {
    title: 'Şahinoğlu Kuyumculuk İç ve Dış Ticaret Ltd. Şti.',
    vkn: '1234567890',
    licenceNumber: '34-0815',
  },
  period: { from: '2025-01-01', to: '2025-12-31' },
  asOf: '2026-11-21T09:00:00.000Z',
  ruleSet: '2026.11.1',
  paymentEvidenceKurus: 3_000_000,
  snapshotSha256: '9f2c'.repeat(16),
  keyFingerprint: Array.from({ length: 16 }, () => 'ab12').join(' '),
};

/** Nothing is kept of these parts. */
export const NO_TABLES: PartTables = {
  transactions: null,
  linkedGroups: null,
  payments: null,
  invoices: null,
  screenings: null,
  trainings: null,
  destructions: null,
};

export const SCOPE: ScopeModel = {
  filter: [{ name: 'Durum', value: 'etkin' }],
  fourEyesRecorded: null,
  named: null,
  included: [],
  population: null,
  sample: null,
  note: null,
  supersedes: null,
  fixWindow: null,
};

/** What the charts of a summary over these customers are drawn from. */
export function countsOf(customers: readonly CustomerLine[], asOf = FRAME.asOf): CustomerCounts {
  const counter = customerCounter(asOf);
  for (const customer of customers) counter.add(customer);
  return counter.counts();
}

/** A summary over so many customers; `name` is what the first of them is called. */
export function summaryReport(count: number, name = 'Iğdır Ağaoğlu Çiğdem'): SummaryReport {
  const codes = Array.from({ length: count }, (_, index) => `KYM-2026-${String(index + 1).padStart(6, '0')}`);
  const [first = 'KYM-2026-000001'] = codes;
  const customers = codes.map((code, index): CustomerLine => ({
    code,
    displayName: index === 0 ? name : `Müşteri Şükrü Öğüt ${index}`,
    type: 'natural_person_tr',
    maskedIdentity: '123******01',
    status: 'active',
    risk: 'low',
    completeness: 87,
    openFindings: index === 0 ? 1 : 0,
    nextReviewOn: '2027-03-01',
  }));
  return {
    frame: FRAME,
    requestedBy: 'Ayşe Yılmaz',
    scope: SCOPE,
    parameters: [
      {
        name: 'Kimlik tespiti eşiği',
        value: '185.000,00 ₺',
        validFrom: '2025-01-01',
        validTo: null,
        basis: 'Tedbirler Yönetmeliği m.5 (kesin)',
      },
    ],
    totals: {
      customers: count,
      completeness: 87,
      openBlocking: 1,
      openWarnings: 0,
      thresholdTransactions: null,
      byType: [
        { code: 'natural_person_tr', count: count - 1 },
        { code: 'company', count: 1 },
      ],
      byStatus: [{ code: 'active', count }],
      byRisk: [{ code: 'low', count }],
    },
    completeness: null,
    parts: NO_TABLES,
    forms: [],
    onBehalf: [],
    heightened: [],
    customers,
    counts: countsOf(customers),
    volumes: null,
    findings: [
      {
        customerCode: first,
        field: 'telefon',
        severity: 'blocking',
        message: 'Telefon numarası eksik',
        legalBasis: 'işletme politikası',
        openedAt: '2026-10-01T08:00:00Z',
        closedAt: null,
      },
    ],
    representatives: [],
    beneficialOwners: [
      {
        customerCode: first,
        name,
        maskedIdentity: null,
        method: 'pay',
        share: '%60',
        path: 'A Ltd. → B A.Ş.',
      },
    ],
    verifications: [
      {
        customerCode: first,
        method: 'Kütük sorgusu',
        source: 'KPS',
        result: 'doğru',
        simulated: true,
        at: '2026-10-01T09:00:00Z',
        by: null,
      },
    ],
    decisions: [
      {
        customerCode: first,
        decision: 'approve',
        reason: 'Belgeler tam',
        by: 'Mehmet Öz',
        at: '2026-10-02T09:00:00Z',
        recordVersion: 3,
        risk: 'low',
        policyVersion: '2026.11.1',
      },
    ],
    refreshes: [],
    notices: [
      {
        customerCode: first,
        subject: 'Eksik bilgi hatırlatması 1',
        channel: 'e-posta',
        maskedAddress: 'a***@example.com',
        at: '2026-10-01T10:00:00Z',
        result: 'gönderildi',
        messageId: '<1@example.com>',
      },
    ],
    exclusions: [{ customerCode: 'KYM-2026-000044', reason: 'dönem dışı' }],
    exclusionGroups: null,
    retention: [{ what: 'Kimlik tespiti belgeleri', period: '8 yıl', basis: '5549 m.7' }],
  };
}

/** A volume with the tables of such a summary. */
export function reportVolume(count: number, name?: string): ReportVolume {
  const { customers, ...summary } = summaryReport(count, name);
  const [from = '', to = from] = [customers[0]?.code, customers.at(-1)?.code];
  return {
    ...summary,
    customers,
    volume: { number: 3, path: 'rapor-003.pdf', from, to, customers: count, rows: count },
  };
}

/** One customer's file; `name` stands wherever people write their own words. */
export function customerFile(name = 'Iğdır Ağaoğlu Çiğdem'): CustomerFile {
  const summary = summaryReport(1, name);
  return {
    frame: FRAME,
    card: {
      code: 'KYM-2026-000001',
      displayName: name,
      type: 'natural_person_tr',
      trigger: 'continuous',
      status: 'active',
      risk: 'low',
      completeness: 87,
      recordVersion: 3,
      openedAt: '2026-10-01T08:00:00Z',
      activatedOn: '2026-10-02',
      nextReviewOn: '2027-10-02',
      branch: 'Kapalıçarşı',
    },
    identity: [
      { label: 'Adı', value: name },
      { label: 'T.C. kimlik no', value: '123******01' },
      { label: 'E-posta', value: null },
    ],
    lights: [
      {
        label: 'T.C. kimlik no',
        format: 'green',
        checksum: 'green',
        register: 'grey',
        simulated: true,
        checkedAt: '2026-10-01T09:00:00Z',
      },
    ],
    forms: [],
    formOnPaper: false,
    shownNotices: [],
    permissions: [],
    pictures: [],
    onBehalf: null,
    parts: NO_TABLES,
    ratings: [],
    merges: [],
    statement: null,
    late: null,
    documents: [
      {
        kind: 'identity_card',
        number: 'A12B34567',
        issuedOn: '2020-05-01',
        expiresOn: '2030-05-01',
        originalSeen: { by: name, at: '2026-10-01T08:30:00Z' },
        path: 'belgeler/KYM-2026-000001/identity-card-1.jpg',
        sha256: 'c0ffee'.repeat(10) + 'c0ff',
        bytes: 123_456,
        state: 'current',
      },
    ],
    onOwnAccount: 'evet',
    representatives: [
      {
        name,
        maskedIdentity: '123******01',
        authority: 'Vekil',
        document: null,
        fromOn: null,
        untilOn: null,
        signing: 'münferit',
      },
    ],
    beneficialOwners: [],
    ownership: null,
    verifications: summary.verifications,
    findings: summary.findings,
    decisions: summary.decisions,
    episodes: [
      {
        kind: 'Müşteri kabulü',
        plannedOn: null,
        openedAt: '2026-10-01T08:00:00Z',
        closedAt: null,
        outcome: null,
      },
    ],
    notices: summary.notices,
    history: [{ at: '2026-10-01T08:00:00Z', actor: name, event: 'Kayıt açıldı', detail: null }],
  };
}

/** The data behind the workbook: one customer with a document and a simulated verification. */
export function workbookModel(name = 'Iğdır Çiğdem'): WorkbookModel {
  const customerCode = 'KYM-2026-000001';
  return {
    frame: FRAME,
    customers: [
      {
        code: customerCode,
        type: 'natural_person_tr',
        titleOrGivenNames: name,
        surname: 'Ağaoğlu',
        identityNumber: '00123456789',
        birthDate: '1980-02-29',
        nationality: 'TR',
        occupation: 'terzi',
        province: 'Iğdır',
        district: 'Merkez',
        address: name,
        phone: '+905321234567',
        email: null,
        status: 'active',
        trigger: 'continuous',
        risk: 'low',
        publicInfluence: null,
        registeredOn: '2026-10-01',
        lastTransactionAt: null,
        nextReviewOn: '2027-10-02',
        completeness: 87,
        missing: 'telefon',
      },
    ],
    documents: [
      {
        customerCode,
        kind: 'identity_card',
        number: 'A12B34567',
        issuedOn: '2020-05-01',
        expiresOn: '2030-05-01',
        seenBy: 'Ayşe Yılmaz',
        seenAt: '2026-10-01T08:30:00Z',
        path: 'belgeler/KYM-2026-000001/identity-card-1.jpg',
        state: 'current',
        sha256: 'c0ffee'.repeat(10) + 'c0ff',
      },
    ],
    representatives: [],
    beneficialOwners: [],
    findings: [],
    verifications: [
      {
        customerCode,
        method: 'Kütük sorgusu',
        source: 'KPS',
        requestDigest: 'ab12',
        result: 'doğru',
        simulated: true,
        at: '2026-10-01T09:00:00Z',
        by: null,
      },
    ],
    risks: [],
    refreshes: [],
    changes: [],
    parameters: [],
    scope: [],
    completeness: null,
    parts: { transactions: null, linkedGroups: null, payments: null, screenings: null },
  };
}
