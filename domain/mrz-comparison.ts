import type { ProblemCode } from './check-result';
import { looksMasked, withoutSeparators } from './identity-numbers';
import { type Mrz, readMrz } from './mrz';
import { mayBePrinted } from './mrz-names';
import { isoStateOf } from './mrz-states';
import { valueAt } from './record-path';

/** What each field of a record is compared as, and what a difference is called. */
const COMPARISONS: Record<string, { problem: ProblemCode; agrees: (typed: string, mrz: Mrz) => boolean }> = {
  birthDate: { problem: 'birth_date_differs', agrees: (typed, mrz) => sameDay(typed, mrz.birthDate) },
  tckn: { problem: 'tckn_differs', agrees: sameIdentityNumber },
  ykn: { problem: 'tckn_differs', agrees: sameIdentityNumber },
  nationality: {
    problem: 'nationality_differs',
    agrees: (typed, mrz) =>
      !isState(typed) || mrz.nationality === '' || isoStateOf(mrz.nationality) === typed,
  },
  'idDocument.number': {
    problem: 'document_number_differs',
    agrees: (typed, mrz) => withoutSeparators(typed).toUpperCase() === mrz.documentNumber.replaceAll(' ', ''),
  },
  'idDocument.expiresOn': {
    problem: 'expiry_differs',
    agrees: (typed, mrz) => sameDay(typed, mrz.expiresOn),
  },
};

/**
 * Fields of a person's record that say something else than the machine-readable zone, after folding (D-3.4). Absent and
 * masked values are not compared; a zone that cannot be read contradicts nothing, for it is a finding of its own.
 * @param person the record, or the person of a representative: paths are relative to it
 */
export function mrzMismatches(value: string, person: unknown, today: string): string[] {
  const read = readMrz(value, today);
  return 'problems' in read
    ? []
    : [...namesThatDiffer(read.mrz, person), ...fieldsThatDiffer(read.mrz, person)];
}

/** The same differences as problems of a check, whose context holds the fields as `POST /checks` names them. */
export function contextProblems(
  value: string,
  context: Readonly<Record<string, string>>,
  today: string,
): ProblemCode[] {
  const { documentNumber, expiresOn, ...person } = context;
  const fields = mrzMismatches(
    value,
    { ...person, idDocument: { number: documentNumber, expiresOn } },
    today,
  );
  return [...new Set(fields.map((field) => COMPARISONS[field]?.problem ?? 'name_differs'))];
}

function fieldsThatDiffer(mrz: Mrz, person: unknown): string[] {
  return Object.entries(COMPARISONS).flatMap(([field, { agrees }]) => {
    const typed = textAt(person, field);
    return typed === '' || looksMasked(typed) || agrees(typed, mrz) ? [] : [field];
  });
}

function namesThatDiffer(mrz: Mrz, person: unknown): string[] {
  const [given, surname] = [textAt(person, 'givenNames'), textAt(person, 'surname')];
  const { namesCutOff: cutOff } = mrz;
  // Somebody with one name has it in either place, on the card and in the record (T06).
  const asOne = [given, surname].filter((part) => part !== '').join(' ');
  const printed = [mrz.givenNames, mrz.surname].filter((part) => part !== '').join(' ');
  if ((mrz.givenNames === '' || mrz.surname === '') && mayBePrinted(asOne, printed, cutOff)) return [];
  const differs: string[] = [];
  if (given !== '' && mrz.givenNames !== '' && !mayBePrinted(given, mrz.givenNames, cutOff))
    differs.push('givenNames');
  const surnameCut = cutOff && mrz.givenNames === '';
  if (surname !== '' && !mayBePrinted(surname, mrz.surname, surnameCut)) differs.push('surname');
  return differs;
}

/** The zone has two digits of a year, so that no more are compared; a part that it leaves open agrees. */
function sameDay(typed: string, printed: string): boolean {
  return printed === '' || typed.slice(2, printed.length) === printed.slice(2);
}

function sameIdentityNumber(typed: string, { identityNumber }: Mrz): boolean {
  return identityNumber === '' || withoutSeparators(typed) === identityNumber;
}

function isState(typed: string): boolean {
  return /^[A-Z]{3}$/.test(typed);
}

function textAt(person: unknown, field: string): string {
  const value = valueAt(person, field);
  return typeof value === 'string' ? value.trim() : '';
}
