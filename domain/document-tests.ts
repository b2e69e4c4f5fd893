import { addDays, addMonths, dayInIstanbul } from './days';
import type { DocumentFacts, FileFacts, RuleParameters, Verdict } from './findings';
import { isRepresented, lacksCapacity } from './legal-capacity';
import { parsePeriod } from './periods';
import { valueAt } from './record-path';
import type { DocumentTest, Requirement } from './requirements';

/** Judges the documents that a rule accepts: one good one is enough. */
export function judgeDocument(rule: Requirement, test: DocumentTest, facts: FileFacts): Verdict[] {
  const declared = valueAt(facts.record, 'idDocument.type');
  const kind = test.anyOf.find((candidate) => candidate === declared) ?? test.anyOf[0] ?? 'other';
  const candidates = facts.documents.filter((document) => test.anyOf.includes(document.kind));
  if (candidates.length === 0 && rule.optional === true) return [];
  const problems = candidates.map((document) => documentProblem(test, document, facts));
  if (problems.includes(null)) return [{ field: `documents.${kind}`, problem: null }];
  return [{ field: `documents.${candidates[0]?.kind ?? kind}`, problem: problems[0] ?? 'missing' }];
}

function documentProblem(test: DocumentTest, document: DocumentFacts, facts: FileFacts): string | null {
  if (document.expiresOn !== null && document.expiresOn < facts.today) return 'expired';
  const aged = ageProblem(test, document, facts);
  if (aged !== null) return aged;
  if (isOwnSignatureOfNobody(test, facts)) return 'own_signature';
  return test.originalSeen === true && !document.originalSeen ? 'original_not_seen' : null;
}

/** A signature of somebody without full capacity counts as that of whoever acts for them, or as none (T10). */
function isOwnSignatureOfNobody({ signedFromAge }: DocumentTest, { record, today }: FileFacts): boolean {
  return signedFromAge !== undefined && lacksCapacity(record, today, signedFromAge) && !isRepresented(record);
}

/** How old a document may be when it is taken, as an ISO 8601 period; undefined where no rule says so. */
export function maxAgeOf(
  { maxAge, maxAgeMonths }: DocumentTest,
  { documentAges }: RuleParameters,
): string | undefined {
  const ofPolicy = maxAge === undefined ? undefined : documentAges[maxAge];
  return ofPolicy ?? (maxAgeMonths === undefined ? undefined : `P${maxAgeMonths}M`);
}

function ageProblem(test: DocumentTest, document: DocumentFacts, facts: FileFacts): AgeProblem | null {
  const period = maxAgeOf(test, facts.parameters);
  return period === undefined ? null : ageWhenTaken(period, document);
}

export type AgeProblem = 'issue_day_missing' | 'issued_in_future' | 'too_old';

/**
 * What is wrong with a document's age under a rule that it may be `period` (ISO 8601) old; null when it is fresh enough.
 * An age counts at the moment of use (D-2.1): a bill that was fresh when it was taken does not grow stale in the file.
 */
export function ageWhenTaken(
  period: string,
  { issuedOn, uploadedAt }: Pick<DocumentFacts, 'issuedOn' | 'uploadedAt'>,
): AgeProblem | null {
  if (issuedOn === null) return 'issue_day_missing';
  // A day still to come would make every age look fresh.
  if (issuedOn > dayInIstanbul(uploadedAt)) return 'issued_in_future';
  const { months, days } = parsePeriod(period);
  return addDays(addMonths(issuedOn, months), days) < dayInIstanbul(uploadedAt) ? 'too_old' : null;
}
