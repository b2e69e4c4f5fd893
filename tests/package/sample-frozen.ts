import { type PackageParts, type PartRows } from '../../domain/package-parts';
import type { PackageProfile } from '../../domain/package-manifest';
import type { PartsOfPackage } from '../../operations/package-parts';
import type { PackageFrame, PackageItem } from '../../operations/package-snapshot';
import { FRAME } from './sample-reports';

/** A frozen package by hand, with something in every part of it. */

export const CUSTOMER = 'KYM-2026-000001';

/** Numbers of the headings `<h2>4 · …` in the order in which they stand. */
export const numbered = (html: string) =>
  [...html.matchAll(/<h2[^>]*>(\d+) · /g)].map(([, number]) => Number(number));
export const frameOf = (profile: PackageProfile) => ({ ...FRAME, profile });

export const SECTIONS = {
  masak: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17],
  maliye: [1, 2, 3, 4, 12, 13, 14, 15, 17],
};
/** Records that a later module would keep. */
export const ROWS: PartRows = {
  transactions: {
    number: 'ISL-1',
    at: '2025-05-02T09:30:00Z',
    branch: 'Merkez',
    direction: 'satış',
    product: 'Bilezik',
    fineness: '22 ayar',
    grams: 12.5,
    pieces: 1,
    serial: '000123',
    grossKurus: 19_000_050,
    currency: 'TRY',
    rate: null,
    customerCode: CUSTOMER,
    representative: null,
    formNumber: 'FRM-2025-000009',
    trigger: 'T2',
    groupNumber: null,
    documentKind: 'fatura',
    documentNumber: '=1+1',
  },
  linkedGroups: {
    number: 'GRP-1',
    rule: 'aynı gün',
    firstAt: '2025-05-02T09:30:00Z',
    lastAt: '2025-05-02T10:30:00Z',
    count: 2,
    totalKurus: 19_500_000,
    thresholdKurus: 18_500_000,
    decision: 'bağlantılı',
    decidedBy: 'Ayşe Yılmaz',
    reason: 'aynı kişi',
  },
  payments: {
    transactionNumber: 'ISL-1',
    customerCode: CUSTOMER,
    method: 'havale',
    amountKurus: 19_000_050,
    payer: 'Iğdır Çiğdem',
    reference: '00TR12',
    receiptNumber: 'D-9',
    evidence: 'dekont var',
  },
  invoices: {
    transactionNumber: 'ISL-1',
    customerCode: CUSTOMER,
    kind: 'fatura',
    number: 'FTR-77',
    on: '2025-05-02',
    grossKurus: 19_000_050,
    kmtsSerial: 'KMTS-5',
  },
  screenings: {
    customerCode: CUSTOMER,
    list: 'BM listesi',
    listVersion: '2025-05-01',
    score: 0.12,
    result: 'eşleşme yok',
    reason: null,
    closedBy: 'Ayşe Yılmaz',
    at: '2025-05-02T08:00:00Z',
  },
  trainings: { on: '2025-02-01', subject: 'Kimlik tespiti', participants: '4 kişi', by: 'Mehmet Öz' },
  destructions: { on: '2025-03-01', what: 'Süresi dolan dosyalar', count: 3, basis: '6698 m.7', by: null },
};

const standIn = (name: keyof PartRows) => ({
  kept: true,
  async *rows({ customerCode }: { customerCode: string | null }) {
    const row = ROWS[name];
    if (customerCode === null || !('customerCode' in row) || row.customerCode === customerCode) yield row;
  },
});
export const KEPT = Object.fromEntries(
  (Object.keys(ROWS) as (keyof PartRows)[]).map((name) => [name, standIn(name)]),
) as unknown as PackageParts;

export const fromSources = (parts: PackageParts): PartsOfPackage => ({
  parts,
  scope: {
    packageId: 'p',
    profile: 'masak',
    language: 'tr',
    period: FRAME.period,
    asOf: FRAME.asOf,
    customerCode: null,
  },
});

export const FROZEN: PackageFrame = {
  number: FRAME.packageNo,
  profile: 'masak',
  language: 'tr',
  dealer: FRAME.dealer,
  period: FRAME.period,
  asOf: FRAME.asOf,
  ruleSet: FRAME.ruleSet,
  requestedBy: 'Ayşe Yılmaz',
  filter: {},
  fourEyes: { mode: 'enforced', reason: null },
  parameters: [],
  outside: [],
  requirements: [],
};

const AT = '2026-10-01T08:00:00.000Z';
export const NUMBER = '10000000146';

/** A customer with something in every part of the file. */
export const ITEM: PackageItem = {
  customerId: 'c',
  code: CUSTOMER,
  version: 2,
  type: 'natural_person_tr',
  trigger: 'threshold',
  status: 'active',
  risk: 'high',
  displayName: 'Ş'.repeat(300),
  branch: null,
  completeness: 90,
  nextReviewOn: null,
  createdAt: AT,
  activatedAt: AT,
  record: {
    tckn: NUMBER,
    vkn: '1234567890',
    onOwnAccount: false,
    publicInfluence: { kind: 'foreign' },
    onBehalfOf: { person: { givenNames: 'Veli', surname: 'Öğüt', tckn: NUMBER } },
    representatives: [
      { person: { givenNames: 'Ali', surname: 'Işık', tckn: NUMBER }, authority: { signing: 'joint' } },
    ],
    beneficialOwners: [
      { person: { givenNames: 'Ali', surname: 'Işık', tckn: NUMBER }, method: 'top_executive', share: 12.5 },
    ],
  },
  lights: {},
  lightsAt: null,
  documents: [
    {
      kind: 'old_identity_card',
      state: 'current',
      number: null,
      issuedOn: null,
      expiresOn: null,
      mediaType: 'image/jpeg',
      bytes: 5,
      sha256: 'aa'.repeat(32),
      address: 'x',
      originalSeen: null,
      path: `belgeler/${CUSTOMER}/old-identity-card-1.jpg`,
    },
  ],
  findings: [],
  cases: [],
  verifications: [],
  decisions: [
    {
      decision: 'approve',
      reason: 'tam',
      by: 'Umut Uyum',
      at: AT,
      recordVersion: 2,
      risk: 'high',
      fourEyes: 'enforced',
      policyVersion: '2026.11.2',
    },
  ],
  ratings: [
    { level: 'high', score: 70, factors: ['public_influence_foreign'], ruleVersion: '2026.11.1', at: AT },
  ],
  notices: [],
  history: [],
  papers: {
    forms: [
      {
        id: 'f',
        number: 'FRM-2026-000001',
        trigger: 'threshold',
        formVersion: '2026-11',
        language: 'tr',
        recordVersion: 2,
        state: 'signed',
        issuedAt: AT,
        issuedBy: 'Ayşe Kasiyer',
        privacyNoticeVersion: '1',
        pdfSha256: 'bb'.repeat(32),
        transaction: { kind: 'sale', amountKurus: 20_000_000, currency: 'TRY', grams: '33,4', metal: 'gold' },
        signature: { documentSha256: 'cc'.repeat(32), at: AT, by: 'Ayşe Kasiyer' },
        ended: null,
      },
    ],
    shownNotices: [
      { version: 'KVKK-3', language: 'tr', textSha256: 'dd'.repeat(32), channel: 'print', at: AT, by: null },
    ],
    permissions: [{ channel: 'sms', state: 'withdrawn', source: 'iys', at: AT, by: null }],
    merges: [
      {
        otherCode: 'KYM-2026-000099',
        survived: true,
        reason: 'aynı kişi',
        at: AT,
        by: 'Umut Uyum',
        undone: { at: AT, by: 'Umut Uyum', reason: 'yanlış' },
      },
    ],
    changes: [],
    masked: [],
  },
  statement: [{ id: 'R-1', state: 'missing', problems: [{ field: 'phone', code: 'missing' }], evidence: [] }],
  late: {
    until: '2026-11-25T08:00:00.000Z',
    version: 3,
    completed: [{ id: 'R-1', on: '2026-11-24', evidence: [{ kind: 'record', id: '3', on: '2026-11-24' }] }],
    values: [
      { field: 'phone', value: '+905321112233', on: '2026-11-24' },
      { field: 'tckn', value: NUMBER, on: '2026-11-24' },
    ],
    documents: [],
  },
};
const rule = (id: string) => ({
  id,
  version: '2026.11.1',
  field: 'phone',
  severity: 'blocking' as const,
  legalBasis: 'TY m.6/1',
  confidence: 'recalled' as const,
});
export const RULES = [rule('R-1'), rule('R-2'), rule('R-3')];
export const withRules = { ...FRAME, requirements: RULES };

/** A package this small has no volumes. */
export const noVolumes = { keep: () => Promise.reject(new Error('a volume was cut')) };
