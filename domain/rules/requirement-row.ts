import {
  CUSTOMER_TYPES,
  IDENTITY_DOCUMENT_KINDS,
  PURPOSES,
  type CustomerType,
  type DocumentKind,
  type Trigger,
} from '../customer';
import { conditionsOf } from '../requirements';
import type { Condition, Confidence, Requirement, RequirementTest } from '../requirements';

/** Version of this table: printed on every finding and in every package. */
export const RULE_VERSION = '2026.11.2';

/** TY: Tedbirler Yönetmeliği (RG 9.1.2008/26751), in force since 1 April 2008. */
const IN_FORCE = '2008-04-01';

/** Where a rule comes from, and how sure we are of it. */
export interface Source {
  legalBasis: string;
  confidence: Confidence;
}
export const read = (legalBasis: string): Source => ({ legalBasis, confidence: 'read' });
/** To be confirmed by a lawyer or adviser before anybody relies on it. */
export const recalled = (legalBasis: string): Source => ({ legalBasis, confidence: 'recalled' });
/** The dealer's own policy: no law stands behind it. */
export const OURS: Source = { legalBasis: 'işletme politikası', confidence: 'ours' };

export const ALL: readonly Trigger[] = ['continuous', 'threshold', 'linked', 'confirmation', 'voluntary'];
/** The triggers at which the law asks for identification; below them no ID image is taken (D-2.1, T6). */
export const LEGAL: readonly Trigger[] = ['continuous', 'threshold', 'linked', 'confirmation'];
export const CONTINUOUS: readonly Trigger[] = ['continuous'];
export const VOLUNTARY: readonly Trigger[] = ['voluntary'];
export const TRANSACTION: readonly Trigger[] = ['threshold', 'linked'];
export const EVERY_TYPE: readonly CustomerType[] = CUSTOMER_TYPES;

export const TURKEY = 'TUR';
export const ADULT_AGE = 18;
const AGE_MAX = 120;

export const present: RequirementTest = { kind: 'present' };
export const name: RequirementTest = { kind: 'check', check: 'name' };
export const identityNumber: RequirementTest = { kind: 'check', check: 'tckn' };
export const foreignersNumber: RequirementTest = { kind: 'check', check: 'ykn' };
export const birthDate: RequirementTest = { kind: 'past_day', maxYears: AGE_MAX };
export const purpose: RequirementTest = { kind: 'code', codes: PURPOSES };
export const register: RequirementTest = { kind: 'register' };
export const unexpired: RequirementTest = { kind: 'unexpired_day' };
export const addressLine: RequirementTest = { kind: 'text', minLength: 10 };
export const title: RequirementTest = { kind: 'text', minLength: 3 };

/** A document of one of these kinds. */
export function paper(
  anyOf: readonly DocumentKind[],
  more: { originalSeen?: boolean; maxAge?: string; signedFromAge?: number } = {},
): RequirementTest {
  return { kind: 'document', anyOf, ...more };
}

/** Whether somebody holds Turkish nationality: whoever says nothing is taken for one. */
export const turkish = (at: string): Condition => ({ field: at, in: [TURKEY], orAbsent: true });
export const foreign = (at: string): Condition => ({ field: at, notIn: [TURKEY] });

/** A requirement without its types; the id is what follows the family's letters. */
export type Row = Omit<Requirement, 'types' | 'version' | 'validFrom'>;
type Extra = Partial<Pick<Row, 'triggers' | 'optional' | 'unless' | 'when' | 'risks' | 'evidence'>>;

/** Something without which the file is not complete. Asked at every legal trigger unless `more` says otherwise. */
export function ask(id: string, field: string, test: RequirementTest, source: Source, more: Extra = {}): Row {
  return { id, field, test, severity: 'blocking', triggers: LEGAL, ...source, ...more };
}

/** Something that deserves a look and stops nobody. */
export function warn(
  id: string,
  field: string,
  test: RequirementTest,
  source: Source,
  more: Extra = {},
): Row {
  return { ...ask(id, field, test, source, more), severity: 'warning' };
}

/** The rows as requirements of these types, ids prefixed by the family's letters. */
export function family(prefix: string, types: readonly CustomerType[], rows: readonly Row[]): Requirement[] {
  return rows.map((row) => ({
    ...row,
    id: `${prefix}-${row.id}`,
    types,
    version: RULE_VERSION,
    validFrom: IN_FORCE,
  }));
}

/** The same rows, asked only where these conditions hold as well. */
export function where(conditions: readonly Condition[], rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row, when: [...conditions, ...conditionsOf(row)] }));
}

export interface PersonIds {
  givenNames: string;
  surname: string;
  birthDate: string;
  tckn: string;
  ykn: string;
  /** What the population register says of either number. */
  tcknRegister: string;
  yknRegister: string;
  /** A foreigner without a number of our register shows a passport. */
  passport: string;
}

/** Who somebody is: names, birth date, and the number that fits their nationality. `at` is the person's path. */
export function personRows(at: string, ids: PersonIds, source: Source): Row[] {
  const evidence = ['identity_original'];
  return [
    ask(ids.givenNames, `${at}.givenNames`, name, source, { evidence }),
    ask(ids.surname, `${at}.surname`, name, source, {
      evidence,
      when: { field: `${at}.noSurname`, in: [false], orAbsent: true },
    }),
    ask(ids.birthDate, `${at}.birthDate`, birthDate, source, { evidence }),
    ask(ids.tckn, `${at}.tckn`, identityNumber, source, {
      evidence,
      unless: `${at}.ykn`,
      when: turkish(`${at}.nationality`),
    }),
    ask(ids.ykn, `${at}.ykn`, foreignersNumber, source, { optional: true, evidence }),
    ask(ids.tcknRegister, `${at}.tckn`, register, source, {
      optional: true,
      evidence: ['population_register'],
    }),
    ask(ids.yknRegister, `${at}.ykn`, register, source, {
      optional: true,
      evidence: ['population_register'],
    }),
    ask(ids.passport, `${at}.idDocument.number`, present, source, {
      evidence: ['passport'],
      unless: `${at}.ykn`,
      when: foreign(`${at}.nationality`),
    }),
  ];
}

/** Kinds that prove a citizen's identity; a residence permit is a foreigner's. */
export const CITIZENS_DOCUMENTS = IDENTITY_DOCUMENT_KINDS.filter((kind) => kind !== 'residence_permit');
