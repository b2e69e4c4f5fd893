import type { CheckKind } from './checks';
import type { CustomerType, DocumentKind, Trigger } from './customer';

export type Severity = 'blocking' | 'warning';

/** How sure we are of the law behind a rule: read in a source, recalled and to be confirmed, or our own choice. */
export type Confidence = 'read' | 'recalled' | 'ours';

/** What a requirement asks of the value at its field. Each kind is judged in findings.ts, and nowhere else. */
export type RequirementTest =
  | { kind: 'present' }
  | { kind: 'check'; check: CheckKind }
  | { kind: 'text'; minLength: number }
  | { kind: 'code'; codes: readonly string[] }
  | { kind: 'province' }
  | { kind: 'past_day'; maxYears: number }
  | { kind: 'unexpired_day' }
  | { kind: 'list' }
  | { kind: 'shares' }
  | { kind: 'register' }
  | { kind: 'review' }
  | { kind: 'document'; anyOf: readonly DocumentKind[]; originalSeen?: boolean; maxAgeMonths?: number };

/**
 * One thing that the rules ask of a customer's file. A row of data, never code: it says for whom it holds, what it asks,
 * how serious a gap is and where it comes from. `legalBasis` names the article, or "işletme politikası" where no law
 * stands behind it.
 */
export interface Requirement {
  id: string;
  version: string;
  validFrom: string;
  validTo?: string;
  types: readonly CustomerType[];
  triggers: readonly Trigger[];
  /** Path in the record; `[]` stands for each item of a list; `documents.<kind>` for a document. */
  field: string;
  test: RequirementTest;
  severity: Severity;
  /** An absent value is no gap, only a wrong one is. */
  optional?: boolean;
  /** Another path of the same item that makes this one superfluous (a foreigner's number instead of a TCKN). */
  unless?: string;
  /** Holds only where another field has one of these values. */
  when?: { field: string; in: readonly (string | boolean)[] };
  legalBasis: string;
  confidence: Confidence;
}

/** The requirements that hold for a customer type and trigger on a day. */
export function applicable(
  rules: readonly Requirement[],
  type: CustomerType,
  trigger: Trigger,
  today: string,
): Requirement[] {
  return rules.filter(
    (rule) =>
      rule.types.includes(type) &&
      rule.triggers.includes(trigger) &&
      rule.validFrom <= today &&
      (rule.validTo === undefined || today < rule.validTo),
  );
}
