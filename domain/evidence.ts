import type { CustomerType, Trigger } from './customer';
import { isAbsent } from './findings';
import { valueAt } from './record-path';
import { identitiesOf } from './register-subjects';
import { EVIDENCE_RULES, type EvidenceRule } from './rules/evidence';

/** What a person saw when they looked. */
export const EVIDENCE_RESULTS = ['match', 'mismatch', 'not_found'] as const;
export type EvidenceResult = (typeof EVIDENCE_RESULTS)[number];

/** A look-up that a file asks for, with what the answer will be about. */
export interface WantedEvidence extends Pick<
  EvidenceRule,
  'kind' | 'provider' | 'link' | 'legalBasis' | 'confidence'
> {
  field: string;
  /** The value itself and all that the answer depends on: an answer holds while this stays the same. Personal data. */
  value: string;
}

/** The look-ups that apply to this type and trigger and have something to look up. */
export function wantedEvidence(type: CustomerType, trigger: Trigger, record: unknown): WantedEvidence[] {
  return EVIDENCE_RULES.filter(
    (rule) => rule.types.includes(type) && rule.triggers.includes(trigger),
  ).flatMap(({ kind, field, asks = field, about, provider, link, legalBasis, confidence }) =>
    isAbsent(valueAt(record, asks))
      ? []
      : [{ kind, field, provider, link, legalBasis, confidence, value: valueOf(record, [field, ...about]) }],
  );
}

/**
 * Every look-up that may be recorded for a file: those that apply, and the population register for each person in it,
 * where it stayed silent or was not asked.
 */
export function possibleEvidence(type: CustomerType, trigger: Trigger, record: unknown): WantedEvidence[] {
  return [...wantedEvidence(type, trigger, record), ...peopleEvidence(record)];
}

/** The population register by hand, for each identity number of a person. */
function peopleEvidence(record: unknown): WantedEvidence[] {
  return identitiesOf(record)
    .filter(({ kind }) => kind !== 'vkn')
    .map(({ field, owner }) => ({
      kind: 'population_register' as const,
      field,
      provider: 'population_register',
      link: null,
      legalBasis: 'TY m.6/2',
      confidence: 'read' as const,
      value: valueOf(owner === '' ? record : valueAt(record, owner), [
        field.split('.').at(-1) ?? '',
        'givenNames',
        'surname',
        'birthDate',
      ]),
    }));
}

function valueOf(node: unknown, fields: readonly string[]): string {
  return JSON.stringify(fields.map((field) => valueAt(node, field) ?? null));
}
