import { isAbsent } from './findings';
import { type IdentityKind, isYkn, checkTckn, withoutSeparators } from './identity-numbers';
import { searchWords } from './names';
import { valueAt, valuesAt } from './record-path';

/** People of a record: the customer, who acts for it, whose it is. */
const PERSON_PATHS = [
  '',
  'representative.person',
  'representatives[].person',
  'beneficialOwners[].person',
  'onBehalfOf.person',
  'partners[].person',
];
const TAX_NUMBER_PATHS = ['vkn', 'onBehalfOf.vkn'];

/** One identity or tax number of a record, and where the name of its owner stands. */
export interface Identity {
  field: string;
  kind: IdentityKind;
  value: string;
  /** Path of the person or body: '' is the customer. */
  owner: string;
}

/** Every identity number that stands in a record, in the order of its parts. */
export function identitiesOf(record: unknown): Identity[] {
  const numbers = PERSON_PATHS.flatMap((path) =>
    (['tckn', 'ykn'] as const).map((kind) => ({ kind, field: path === '' ? kind : `${path}.${kind}` })),
  );
  const taxNumbers = TAX_NUMBER_PATHS.map((field) => ({ kind: 'vkn' as const, field }));
  return [...numbers, ...taxNumbers].flatMap(({ kind, field }) =>
    valuesAt(record, field).flatMap(({ path, value }) =>
      typeof value !== 'string' || isAbsent(value)
        ? []
        : [{ field: path, kind, value, owner: path.split('.').slice(0, -1).join('.') }],
    ),
  );
}

/** Who the population register can be asked about (D-3.3). */
export interface RegisterSubject {
  /** Path of the identity number. */
  field: string;
  /** Paths where the same person stands again: one question answers for all. */
  alsoAt: string[];
  /** Citizens and foreigners have a service each; the number decides, not the field it was typed in (T07). */
  kind: 'tckn' | 'ykn';
  number: string;
  givenNames: string;
  /** Empty for a foreigner whose passport has one name (T06). */
  surname: string;
  /** Foreigners are asked with the whole day, citizens with the year only (T15). */
  birthDate: string;
}

/**
 * The questions that a record holds, in a stable order; people of whom something is missing or whose number is not one
 * are left out, for that is a finding already. Of a dual citizen the Turkish identity is asked (T08).
 */
export function registerSubjects(record: unknown): RegisterSubject[] {
  const subjects: RegisterSubject[] = [];
  for (const identity of identitiesOf(record)) {
    const subject = identity.kind === 'vkn' ? null : subjectOf(record, identity);
    if (subject === null) continue;
    const same = subjects.find((other) => isSameQuestion(other, subject));
    if (same === undefined) subjects.push(subject);
    else same.alsoAt.push(subject.field);
  }
  return subjects;
}

function subjectOf(record: unknown, { field, kind, value, owner }: Identity): RegisterSubject | null {
  const person = owner === '' ? record : valueAt(record, owner);
  if (kind === 'ykn' && !isAbsent(valueAt(person, 'tckn'))) return null;
  const number = withoutSeparators(value);
  if (!checkTckn(number).valid) return null;
  const [givenNames, surname, birthDate] = ['givenNames', 'surname', 'birthDate'].map((key) => {
    const text = valueAt(person, key);
    return typeof text === 'string' && !isAbsent(text) ? text : '';
  }) as [string, string, string];
  const asked = isYkn(number) ? 'ykn' : 'tckn';
  const namesKnown = asked === 'ykn' ? givenNames + surname !== '' : givenNames !== '' && surname !== '';
  // The foreigners' service takes day and month, which are not known for everybody.
  const dayKnown = asked === 'tckn' || valueAt(person, 'birthDatePrecision') !== 'year';
  if (!namesKnown || !/^\d{4}-\d{2}-\d{2}$/.test(birthDate) || !dayKnown) return null;
  return { field, alsoAt: [], kind: asked, number, givenNames, surname, birthDate };
}

function isSameQuestion(a: RegisterSubject, b: RegisterSubject): boolean {
  return (
    a.number === b.number &&
    a.givenNames === b.givenNames &&
    a.surname === b.surname &&
    a.birthDate === b.birthDate
  );
}

/** How a card may write a name that the record has otherwise; a person confirms it before the register is asked again. */
export const CARD_SPELLINGS = ['first_given_name', 'without_hyphen'] as const;
export type CardSpelling = (typeof CARD_SPELLINGS)[number];

/** The names as the card shows them (D-3.3 c, T04, T05); null where this spelling changes nothing. */
export function spelledLikeCard(
  { givenNames, surname }: Pick<RegisterSubject, 'givenNames' | 'surname'>,
  spelling: CardSpelling,
): { givenNames: string; surname: string } | null {
  const spelled =
    spelling === 'first_given_name'
      ? { givenNames: givenNames.trim().split(/\s+/)[0] ?? '', surname }
      : { givenNames: withoutHyphen(givenNames), surname: withoutHyphen(surname) };
  const changed = spelled.givenNames !== givenNames.trim() || spelled.surname !== surname;
  return changed && searchWords(spelled.givenNames + spelled.surname).length > 0 ? spelled : null;
}

function withoutHyphen(name: string): string {
  return name.replaceAll(/\p{Pd}/gu, ' ');
}
