import type { CheckKind } from './checks';
import type { CustomerType, DocumentKind, RiskLevel, Trigger } from './customer';

export type Severity = 'blocking' | 'warning';

/** How sure we are of the law behind a rule: read in a source, recalled and to be confirmed, or our own choice. */
export type Confidence = 'read' | 'recalled' | 'ours';

/**
 * What a requirement asks of a document. `maxAge` is a key of the policy `documentAges`; `maxAgeMonths` is the age that a
 * dealer's own rule names.
 */
export interface DocumentTest {
  kind: 'document';
  anyOf: readonly DocumentKind[];
  originalSeen?: boolean;
  maxAge?: string;
  maxAgeMonths?: number;
  /** It bears a signature, and who is younger than this, or restricted, cannot give one. */
  signedFromAge?: number;
}

/** What a requirement asks of the value at its field. Each kind is judged in one place, and nowhere else. */
export type RequirementTest =
  | { kind: 'present' }
  | { kind: 'check'; check: CheckKind }
  | { kind: 'text'; minLength: number }
  | { kind: 'code'; codes: readonly string[] }
  /** One of these words stands in the text, compared folded; `code` is the finding where none does. */
  | { kind: 'word'; words: readonly string[]; code: string }
  /** A regular expression that usual values match; others deserve a look. */
  | { kind: 'pattern'; pattern: string }
  | { kind: 'number'; of: 'document' | 'trade_register' | 'mersis' | 'tax' }
  | { kind: 'province' }
  /** ISO 3166 alpha-3; `abroadCode` is the finding where it is Türkiye and must not be. */
  | { kind: 'country'; abroadCode?: string }
  | { kind: 'past_day'; maxYears: number }
  | { kind: 'unexpired_day' }
  | { kind: 'list'; min?: number }
  /** A value at any of these fields is enough. */
  | { kind: 'one_of'; fields: readonly string[] }
  /** Whatever stands there is a finding of this code. */
  | { kind: 'forbidden'; code: string }
  /** Who is younger than this on the day has somebody to act for them. */
  | { kind: 'adult_or_represented'; adultAge: number }
  | { kind: 'joint_signers'; words: readonly string[] }
  | { kind: 'mrz' }
  | { kind: 'shares' }
  | { kind: 'ownership' }
  | { kind: 'owners_named' }
  | { kind: 'owner_over' }
  | { kind: 'holders_identified' }
  | { kind: 'register' }
  | { kind: 'review' }
  | DocumentTest;

/** Something that must hold for a requirement to be asked. A field with `[]` is that of the same item. */
export type Condition =
  | { field: string; in: readonly (string | boolean)[]; orAbsent?: boolean }
  /** Present, and none of these. */
  | { field: string; notIn: readonly (string | boolean)[] }
  | { field: string; present: boolean };

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
  /** Asked only of customers whose file rates so; of everybody where absent. */
  risks?: readonly RiskLevel[];
  /** Path in the record; `[]` stands for each item of a list; `documents.<kind>` for a document. */
  field: string;
  test: RequirementTest;
  severity: Severity;
  /** An absent value is no gap, only a wrong one is. */
  optional?: boolean;
  /** Another path of the same item that makes this one superfluous (a foreigner's number instead of a TCKN). */
  unless?: string;
  /** All of these must hold. */
  when?: Condition | readonly Condition[];
  /** What proves it, as codes of the texts `rule.evidence.<code>`. */
  evidence?: readonly string[];
  legalBasis: string;
  confidence: Confidence;
}

/** The requirements that hold for a customer type, trigger and risk on a day. */
export function applicable(
  rules: readonly Requirement[],
  type: CustomerType,
  trigger: Trigger,
  today: string,
  risk: RiskLevel,
): Requirement[] {
  return rules.filter(
    (rule) =>
      rule.types.includes(type) &&
      rule.triggers.includes(trigger) &&
      (rule.risks === undefined || rule.risks.includes(risk)) &&
      rule.validFrom <= today &&
      (rule.validTo === undefined || today < rule.validTo),
  );
}

/** A requirement's conditions as a list. */
export function conditionsOf({ when }: Pick<Requirement, 'when'>): readonly Condition[] {
  if (when === undefined) return [];
  return 'field' in when ? [when] : when;
}
