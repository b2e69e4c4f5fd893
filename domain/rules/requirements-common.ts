import { FUNDS_SOURCES } from '../customer';
import type { Condition, Requirement } from '../requirements';
import {
  CONTINUOUS,
  EVERY_TYPE,
  OURS,
  TRANSACTION,
  ask,
  family,
  foreignersNumber,
  identityNumber,
  name,
  paper,
  present,
  read,
  recalled,
  unexpired,
  warn,
  where,
  type Row,
} from './requirement-row';

/** What every customer is asked, whatever it is. */

const TY5_1B = read('TY m.5/1-b');

/** D-6.2: what threshold and linked transactions record about themselves. */
const TRANSACTIONS: Row[] = [
  ask('01', 'transaction.kind', present, TY5_1B),
  ask('02', 'transaction.amountKurus', present, TY5_1B),
  ask('03', 'transaction.payment', present, TY5_1B),
  ask('04', 'transaction.on', { kind: 'past_day', maxYears: 10 }, TY5_1B),
].map((row) => ({ ...row, triggers: TRANSACTION, evidence: ['transaction_document'] }));

/** D-4.4: data are kept current; the periods themselves are policy. */
const REVIEW: Row[] = [
  ask('01', 'nextReviewOn', { kind: 'review' }, recalled('TY m.19'), { triggers: CONTINUOUS }),
];

const LAW_15 = read('5549 s. Kanun m.15');
const FOR_ANOTHER: Condition = { field: 'onOwnAccount', in: [false] };
const A_PERSON: Condition = { field: 'onBehalfOf.person', present: true };
const evidence = ['signed_declaration'];

/** D-2.7: own name, other's account. Said in writing before the transaction, with the other's identity and the authority. */
const ON_BEHALF: Row[] = where(
  [FOR_ANOTHER],
  [
    ask('01', 'onBehalfOf', { kind: 'one_of', fields: ['onBehalfOf.person', 'onBehalfOf.title'] }, LAW_15, {
      evidence,
    }),
    ...where(
      [A_PERSON],
      [
        ask('02', 'onBehalfOf.person.givenNames', name, LAW_15, { evidence }),
        ask('03', 'onBehalfOf.person.surname', name, LAW_15, {
          evidence,
          when: { field: 'onBehalfOf.person.noSurname', in: [false], orAbsent: true },
        }),
        ask('04', 'onBehalfOf.person.tckn', identityNumber, LAW_15, {
          evidence,
          unless: 'onBehalfOf.person.ykn',
          when: { field: 'onBehalfOf.person.nationality', in: ['TUR'], orAbsent: true },
        }),
        ask('05', 'onBehalfOf.person.ykn', foreignersNumber, LAW_15, { optional: true, evidence }),
        ask('06', 'onBehalfOf.person.idDocument.number', present, LAW_15, {
          evidence,
          unless: 'onBehalfOf.person.ykn',
          when: { field: 'onBehalfOf.person.nationality', notIn: ['TUR'] },
        }),
      ],
    ),
    ask('07', 'onBehalfOf.vkn', { kind: 'check', check: 'vkn' }, LAW_15, {
      evidence,
      when: { field: 'onBehalfOf.title', present: true },
    }),
    ask('08', 'onBehalfOf.authority.kind', present, LAW_15, { evidence }),
    ask('09', 'onBehalfOf.authority.until', unexpired, LAW_15, { optional: true, evidence }),
  ],
);

const TY26A = read('TY m.26/A');
const FUNDS = ['funds_documents'];

/** D-2.2, D-5: what high risk asks beyond the rest. */
const ENHANCED: Row[] = [
  ask('01', 'sourceOfFunds', { kind: 'one_of', fields: ['sourceOfFunds', 'sourcesOfFunds'] }, TY26A, {
    evidence: FUNDS,
  }),
  ask('02', 'sourceOfWealth', present, TY26A, { evidence: FUNDS }),
  ask('03', 'documents.funds_proof', paper(['funds_proof']), TY26A, { evidence: FUNDS }),
  warn('04', 'documents.funds_proof', paper(['funds_proof'], { maxAge: 'funds_proof' }), OURS, {
    optional: true,
    evidence: FUNDS,
  }),
].map((row): Row => ({ ...row, risks: ['high'] }));

const FUNDS_CODES: Row[] = [
  warn('05', 'sourcesOfFunds[]', { kind: 'code', codes: FUNDS_SOURCES }, OURS, { optional: true }),
];

export const COMMON_REQUIREMENTS: readonly Requirement[] = [
  ...family('TX', EVERY_TYPE, TRANSACTIONS),
  ...family('RV', EVERY_TYPE, REVIEW),
  ...family('OB', EVERY_TYPE, ON_BEHALF),
  ...family('HR', EVERY_TYPE, [...ENHANCED, ...FUNDS_CODES]),
];
