import { hasProblem, type CheckResult } from './check-result';
import { check } from './checks';
import { checkMersis, checkTradeRegisterNumber } from './company-numbers';
import { IDENTITY_DOCUMENT_KINDS, type DocumentKind } from './customer';
import { ageOn, parseDay } from './days';
import { checkDocumentNumber } from './document-numbers';
import type { FileFacts, Verdict } from './findings';
import { checkVkn, withoutSeparators } from './identity-numbers';
import { isMinor, isRepresented, isYearOnly } from './legal-capacity';
import { mrzMismatches } from './mrz-comparison';
import { isMrzState } from './mrz-states';
import { searchWords } from './names';
import { ownershipVerdicts } from './ownership-tests';
import { isProvince } from './provinces';
import { isAbsent, siblingPath, valueAt, type ValueAt } from './record-path';
import type { DocumentTest, Requirement, RequirementTest } from './requirements';

/** Tests of a value of the record: everything but a document or the review. */
export type ValueTest = Exclude<RequirementTest, DocumentTest | { kind: 'review' }>;

const TURKEY = 'TUR';

/** Judges one value. Tests that look at more than the value itself come first; an absent value is never asked about. */
export function judgeValue(rule: Requirement, test: ValueTest, at: ValueAt, facts: FileFacts): Verdict[] {
  const verdict = (problem: string | null): Verdict[] => [{ field: at.path, problem }];
  if (test.kind === 'one_of') return verdict(isAnyPresent(test.fields, at.path, facts) ? null : 'missing');
  if (test.kind === 'adult_or_represented') {
    if (!isMinor(facts.record, facts.today, test.adultAge)) return [];
    return verdict(isRepresented(facts.record) ? null : 'needs_representative');
  }
  if (test.kind === 'forbidden') return isAbsent(at.value) ? [] : verdict(test.code);
  if (isAbsent(at.value)) return rule.optional === true ? [] : verdict('missing');
  const ownership = ownershipVerdicts(test, at, facts);
  if (ownership !== null) return ownership;
  if (test.kind === 'mrz') return zoneVerdicts(at, facts);
  return verdict(problemOf(test, at, facts));
}

function isAnyPresent(fields: readonly string[], path: string, { record }: FileFacts): boolean {
  return fields.some((field) => !isAbsent(valueAt(record, siblingPath(field, path))));
}

/** Each field that the card contradicts is a finding of its own (T05). */
function zoneVerdicts({ path, value }: ValueAt, { record, today }: FileFacts): Verdict[] {
  const holder = path.replace(/\.?idDocument\.mrz$/, '');
  const person = holder === '' ? record : valueAt(record, holder);
  const differs = mrzMismatches(String(value), person, today);
  if (differs.length === 0) return [{ field: path, problem: null }];
  return differs.map((field) => ({
    field: holder === '' ? field : `${holder}.${field}`,
    problem: 'mrz_mismatch',
  }));
}

function problemOf(test: ValueTest, { path, value }: ValueAt, facts: FileFacts): string | null {
  const text = typeof value === 'string' ? value : '';
  switch (test.kind) {
    case 'check':
      return checkProblem(test.check, text, facts.today);
    case 'text':
      return Array.from(text.trim()).length >= test.minLength ? null : 'too_short';
    case 'code':
      return test.codes.includes(text) ? null : 'unknown_code';
    case 'word':
      return searchWords(text).some((word) => test.words.includes(word)) ? null : test.code;
    case 'pattern':
      return new RegExp(test.pattern, 'u').test(text.trim()) ? null : 'unusual_pattern';
    case 'number':
      return numberProblem(test.of, text, path, facts);
    case 'province':
      return isProvince(text) ? null : 'unknown_province';
    case 'country':
      return countryProblem(test.abroadCode, text);
    case 'past_day':
      return pastDayProblem(text, facts.today, test.maxYears, isYearOnly(holderOf(path, facts)));
    case 'unexpired_day':
      return text < facts.today ? 'expired' : null;
    case 'list':
      return Array.isArray(value) && value.length >= (test.min ?? 1) ? null : 'too_few';
    case 'register':
      return facts.registerMismatches.includes(path) ? 'register_mismatch' : null;
    default:
      return null;
  }
}

function holderOf(path: string, { record }: FileFacts): unknown {
  const holder = path.split('.').slice(0, -1).join('.');
  return holder === '' ? record : valueAt(record, holder);
}

function checkProblem(
  kind: Extract<RequirementTest, { kind: 'check' }>['check'],
  value: string,
  today: string,
): string | null {
  const result = check(kind, value, {}, today);
  // A foreigner's number with a right checksum is a number, but not a citizen's (T07).
  if (result.valid) return kind === 'tckn' && hasProblem(result, 'is_foreigner') ? 'is_foreigner' : null;
  const code = firstProblem(result) ?? 'invalid';
  // A filler such as 11111111111 says that the number is not known, not that it is wrong.
  return code === 'filler' || code === 'empty' ? 'missing' : code;
}

function firstProblem({ problems }: CheckResult): string | null {
  return problems[0]?.code ?? null;
}

/** Numbers that are compared with a pattern, or with another field; what is unusual is said and never more. */
function numberProblem(
  of: Extract<RequirementTest, { kind: 'number' }>['of'],
  value: string,
  path: string,
  facts: FileFacts,
): string | null {
  const at = (field: string) => valueAt(holderOf(path, facts), field);
  if (of === 'trade_register') return firstProblem(checkTradeRegisterNumber(value));
  if (of === 'mersis') {
    const vkn = at('vkn');
    return firstProblem(typeof vkn === 'string' ? checkMersis(value, vkn) : checkMersis(value));
  }
  if (of === 'document') return documentNumberProblem(value, at('type'), at('issuingCountry'));
  // A citizen's tax number as a sole trader is the identity number (T21).
  const tckn = at('tckn');
  const isOwn = typeof tckn === 'string' && withoutSeparators(value) === withoutSeparators(tckn);
  return isOwn ? null : firstProblem(checkVkn(value));
}

function documentNumberProblem(value: string, type: unknown, country: unknown): string | null {
  const kind = (IDENTITY_DOCUMENT_KINDS as readonly unknown[]).includes(type)
    ? (type as DocumentKind)
    : 'other';
  return firstProblem(
    checkDocumentNumber(kind, value, typeof country === 'string' && country !== '' ? country : TURKEY),
  );
}

function countryProblem(abroadCode: string | undefined, value: string): string | null {
  if (!/^[A-Z]{3}$/.test(value) || !isMrzState(value)) return 'unknown_country';
  return value === TURKEY && abroadCode !== undefined ? abroadCode : null;
}

function pastDayProblem(day: string, today: string, maxYears: number, yearOnly: boolean): string | null {
  if (parseDay(day) === null) return 'not_a_day';
  if (yearOnly ? day.slice(0, 4) > today.slice(0, 4) : day > today) return 'in_the_future';
  return ageOn(day, today) > maxYears ? 'too_long_ago' : null;
}
