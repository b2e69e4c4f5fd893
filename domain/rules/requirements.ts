import {
  DOCUMENT_KINDS,
  IDENTITY_DOCUMENT_KINDS,
  PUBLIC_INFLUENCE_KINDS,
  PURPOSES,
  type Trigger,
} from '../customer';
import type { Confidence, Requirement, RequirementTest, Severity } from '../requirements';

/** Version of this table: printed on every finding and in every package. */
export const RULE_VERSION = '2026.11.1';

/** TY: Tedbirler Yönetmeliği (RG 9.1.2008/26751), in force since 1 April 2008. */
const IN_FORCE = '2008-04-01';
const POLICY = 'işletme politikası';

const ALL: readonly Trigger[] = ['continuous', 'threshold', 'linked', 'confirmation', 'voluntary'];
/** The triggers at which the law asks for identification; below them no ID image is taken (D-2.1, T6). */
const LEGAL: readonly Trigger[] = ['continuous', 'threshold', 'linked', 'confirmation'];
const CONTINUOUS: readonly Trigger[] = ['continuous'];
const TRANSACTION: readonly Trigger[] = ['threshold', 'linked'];

type Row = [
  id: string,
  triggers: readonly Trigger[],
  field: string,
  test: RequirementTest,
  severity: Severity,
  legalBasis: string,
  confidence: Confidence,
  extra?: Pick<Requirement, 'optional' | 'unless' | 'when'>,
];

const present: RequirementTest = { kind: 'present' };
const name: RequirementTest = { kind: 'check', check: 'name' };
const identityDocument: RequirementTest = {
  kind: 'document',
  anyOf: IDENTITY_DOCUMENT_KINDS,
  originalSeen: true,
};
const signature: RequirementTest = { kind: 'document', anyOf: ['signature_sample', 'kyc_form'] };

/** D-2.2: natural person, Turkish citizen. */
const NATURAL_PERSON_TR: Row[] = [
  ['NP-01', ALL, 'givenNames', name, 'blocking', 'TY m.6/1', 'read'],
  ['NP-02', ALL, 'surname', name, 'blocking', 'TY m.6/1', 'read'],
  ['NP-03', LEGAL, 'birthDate', { kind: 'past_day', maxYears: 120 }, 'blocking', 'TY m.6/1', 'read'],
  ['NP-04', LEGAL, 'nationality', { kind: 'code', codes: ['TUR'] }, 'blocking', 'TY m.6/1', 'read'],
  ['NP-05', LEGAL, 'tckn', { kind: 'check', check: 'tckn' }, 'blocking', 'TY m.6/1', 'read'],
  ['NP-06', LEGAL, 'tckn', { kind: 'register' }, 'blocking', 'TY m.6/2', 'read', { optional: true }],
  [
    'NP-07',
    LEGAL,
    'idDocument.type',
    { kind: 'code', codes: IDENTITY_DOCUMENT_KINDS },
    'blocking',
    'TY m.6/2',
    'read',
  ],
  ['NP-08', LEGAL, 'idDocument.number', present, 'blocking', 'TY m.6/2', 'read'],
  // The old card has no expiry (D-2.2, recalled).
  [
    'NP-09',
    LEGAL,
    'idDocument.expiresOn',
    { kind: 'unexpired_day' },
    'blocking',
    'TY m.6/2',
    'read',
    {
      when: {
        field: 'idDocument.type',
        in: ['identity_card', 'driving_licence', 'passport', 'residence_permit'],
      },
    },
  ],
  ['NP-10', LEGAL, 'address.province', { kind: 'province' }, 'blocking', 'TY m.6/3', 'read'],
  ['NP-11', LEGAL, 'address.district', present, 'blocking', 'TY m.6/3', 'read'],
  ['NP-12', LEGAL, 'address.line', { kind: 'text', minLength: 10 }, 'blocking', 'TY m.6/3', 'read'],
  ['NP-13', LEGAL, 'occupation', present, 'blocking', 'TY m.6/1', 'read'],
  ['NP-14', CONTINUOUS, 'purpose', { kind: 'code', codes: PURPOSES }, 'blocking', 'TY m.5/3', 'read'],
  ['NP-15', LEGAL, 'onOwnAccount', present, 'blocking', '5549 s. Kanun m.15', 'read'],
  [
    'NP-16',
    LEGAL,
    'publicInfluence.kind',
    { kind: 'code', codes: PUBLIC_INFLUENCE_KINDS },
    'blocking',
    'MASAK GT 21',
    'read',
  ],
  ['NP-17', ALL, 'phone', { kind: 'check', check: 'phone' }, 'warning', 'TY m.6/1', 'read'],
  ['NP-18', ALL, 'email', { kind: 'check', check: 'email' }, 'warning', 'TY m.6/1', 'read'],
  [
    'NP-19',
    ALL,
    'iban',
    { kind: 'check', check: 'iban' },
    'warning',
    'VUK GT 459',
    'read',
    { optional: true },
  ],
  ['NP-20', LEGAL, 'documents.identity_card', identityDocument, 'blocking', 'TY m.6/2', 'read'],
  ['NP-21', LEGAL, 'documents.signature_sample', signature, 'blocking', 'TY m.6/1', 'read'],
  [
    'NP-22',
    CONTINUOUS,
    'documents.address_proof',
    { kind: 'document', anyOf: ['address_proof'], maxAgeMonths: 3 },
    'blocking',
    'TY m.6/3',
    'read',
  ],
  [
    'NP-23',
    ['voluntary'],
    'tckn',
    { kind: 'check', check: 'tckn' },
    'warning',
    POLICY,
    'ours',
    { optional: true },
  ],
];

/** D-2.4: company in the trade register. */
const COMPANY: Row[] = [
  ['CO-01', ALL, 'title', { kind: 'text', minLength: 3 }, 'blocking', 'TY m.7/1', 'read'],
  ['CO-02', LEGAL, 'tradeRegisterNumber', present, 'blocking', 'TY m.7/1', 'read'],
  ['CO-03', LEGAL, 'tradeRegisterOffice', present, 'blocking', 'TY m.7/1', 'read'],
  ['CO-04', LEGAL, 'vkn', { kind: 'check', check: 'vkn' }, 'blocking', 'TY m.7/2', 'read'],
  ['CO-05', LEGAL, 'activity', present, 'blocking', 'TY m.7/1', 'read'],
  ['CO-06', LEGAL, 'address.province', { kind: 'province' }, 'blocking', 'TY m.7/1', 'read'],
  ['CO-07', LEGAL, 'address.district', present, 'blocking', 'TY m.7/1', 'read'],
  ['CO-08', LEGAL, 'address.line', { kind: 'text', minLength: 10 }, 'blocking', 'TY m.7/1', 'read'],
  ['CO-09', ALL, 'phone', { kind: 'check', check: 'phone' }, 'warning', 'TY m.7/1', 'read'],
  ['CO-10', ALL, 'email', { kind: 'check', check: 'email' }, 'warning', 'TY m.7/1', 'read'],
  ['CO-11', CONTINUOUS, 'purpose', { kind: 'code', codes: PURPOSES }, 'blocking', 'TY m.5/3', 'read'],
  ['CO-12', LEGAL, 'onOwnAccount', present, 'blocking', '5549 s. Kanun m.15', 'read'],
  ['CO-13', LEGAL, 'representatives', { kind: 'list' }, 'blocking', 'TY m.7/3', 'read'],
  ['CO-14', LEGAL, 'representatives[].person.givenNames', name, 'blocking', 'TY m.7/3', 'read'],
  ['CO-15', LEGAL, 'representatives[].person.surname', name, 'blocking', 'TY m.7/3', 'read'],
  [
    'CO-16',
    LEGAL,
    'representatives[].person.birthDate',
    { kind: 'past_day', maxYears: 120 },
    'blocking',
    'TY m.7/3',
    'read',
  ],
  [
    'CO-17',
    LEGAL,
    'representatives[].person.tckn',
    { kind: 'check', check: 'tckn' },
    'blocking',
    'TY m.7/3',
    'read',
    { unless: 'representatives[].person.ykn' },
  ],
  [
    'CO-18',
    LEGAL,
    'representatives[].person.ykn',
    { kind: 'check', check: 'ykn' },
    'blocking',
    'TY m.7/3',
    'read',
    { optional: true },
  ],
  [
    'CO-19',
    LEGAL,
    'representatives[].person.tckn',
    { kind: 'register' },
    'blocking',
    'TY m.7/3',
    'read',
    { optional: true },
  ],
  ['CO-20', LEGAL, 'representatives[].authority.kind', present, 'blocking', 'TY m.7/3', 'read'],
  [
    'CO-21',
    LEGAL,
    'representatives[].authority.until',
    { kind: 'unexpired_day' },
    'blocking',
    'TY m.7/3',
    'read',
    { optional: true },
  ],
  ['CO-22', LEGAL, 'beneficialOwners', { kind: 'list' }, 'blocking', 'TY m.17/A', 'read'],
  ['CO-23', LEGAL, 'beneficialOwners[].person.givenNames', name, 'blocking', 'TY m.17/A', 'read'],
  ['CO-24', LEGAL, 'beneficialOwners[].person.surname', name, 'blocking', 'TY m.17/A', 'read'],
  [
    'CO-25',
    LEGAL,
    'beneficialOwners[].method',
    { kind: 'code', codes: ['share', 'control', 'top_executive'] },
    'blocking',
    'TY m.17/A',
    'read',
  ],
  ['CO-26', CONTINUOUS, 'shareholders', { kind: 'shares' }, 'warning', 'TY m.17/A', 'recalled'],
  [
    'CO-27',
    LEGAL,
    'documents.trade_gazette',
    { kind: 'document', anyOf: ['trade_gazette'] },
    'blocking',
    'TY m.7/2',
    'read',
  ],
  [
    'CO-28',
    LEGAL,
    'documents.tax_certificate',
    { kind: 'document', anyOf: ['tax_certificate'] },
    'blocking',
    'TY m.7/2',
    'read',
  ],
  [
    'CO-29',
    LEGAL,
    'documents.signature_circular',
    { kind: 'document', anyOf: ['signature_circular'], originalSeen: true },
    'blocking',
    'TY m.7/3',
    'read',
  ],
  [
    'CO-30',
    ALL,
    'mersisNumber',
    { kind: 'text', minLength: 16 },
    'warning',
    POLICY,
    'ours',
    { optional: true },
  ],
];

/** D-6.2: what threshold and linked transactions record about themselves. */
const TRANSACTION_ROWS: Row[] = [
  ['TX-01', TRANSACTION, 'transaction.kind', present, 'blocking', 'TY m.5/1-b', 'read'],
  ['TX-02', TRANSACTION, 'transaction.amountKurus', present, 'blocking', 'TY m.5/1-b', 'read'],
  ['TX-03', TRANSACTION, 'transaction.payment', present, 'blocking', 'TY m.5/1-b', 'read'],
  [
    'TX-04',
    TRANSACTION,
    'transaction.on',
    { kind: 'past_day', maxYears: 10 },
    'blocking',
    'TY m.5/1-b',
    'read',
  ],
];

/** D-4.4: data are kept current; the periods themselves are policy. */
const REVIEW_ROWS: Row[] = [
  ['RV-01', CONTINUOUS, 'nextReviewOn', { kind: 'review' }, 'blocking', 'TY m.19', 'recalled'],
];

/** Every seeded requirement: customer type × trigger → field or document. A dealer's database holds a dated copy. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...rows(['natural_person_tr'], NATURAL_PERSON_TR),
  ...rows(['company'], COMPANY),
  ...rows(['natural_person_tr', 'company'], TRANSACTION_ROWS),
  ...rows(['natural_person_tr', 'company'], REVIEW_ROWS),
];

function rows(types: Requirement['types'], table: Row[]): Requirement[] {
  return table.map(([id, triggers, field, test, severity, legalBasis, confidence, extra]) => ({
    id,
    version: RULE_VERSION,
    validFrom: IN_FORCE,
    types,
    triggers,
    field,
    test,
    severity,
    legalBasis,
    confidence,
    ...extra,
  }));
}

/** A requirement that names a document must name a kind that exists. */
export const DOCUMENT_FIELDS: readonly string[] = DOCUMENT_KINDS.map((kind) => `documents.${kind}`);
