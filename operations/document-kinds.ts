import { getCustomer, type CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import { DOCUMENT_KINDS, type DocumentKind, type RiskLevel } from '../domain/customer';
import { provesIdentity, type RuleParameters } from '../domain/findings';
import { applicable, type DocumentTest, type Requirement } from '../domain/requirements';
import { loadPolicy, loadRequirements, today } from './rules';

/** A kind of document that may be put on a customer's file. */
export interface OfferedKind {
  kind: DocumentKind;
  /** A requirement for this type and trigger asks for it, alone or among others, in any or in some cases. */
  asked: boolean;
  /** Period (ISO 8601) that may lie between its issue and the day it is taken; null where no rule says so. */
  maxAge: string | null;
  /** "Aslı görüldü" is asked for. */
  originalSeen: boolean;
  /** Rules that ask for it. */
  requirements: string[];
}

/** Before a rating nothing is asked that only a higher risk asks for. */
const NOT_RATED: RiskLevel = 'low';

/** Kinds for this customer's type and trigger, those first that the rules in force ask for, in the rules' order. */
export async function offeredKinds(tx: Tx, customerId: string): Promise<OfferedKind[]> {
  return kindsFor(
    await getCustomer(tx, customerId),
    await loadRequirements(tx),
    await loadPolicy(tx),
    today(tx),
  );
}

/** The same from what is known already. Below the triggers no identity document is offered: none is taken (D-9). */
export function kindsFor(
  { type, trigger, risk }: Pick<CustomerRow, 'type' | 'trigger' | 'risk'>,
  rules: readonly Requirement[],
  parameters: Pick<RuleParameters, 'documentAges'>,
  day: string,
): OfferedKind[] {
  const offered = new Map<DocumentKind, OfferedKind>();
  const place = (kind: DocumentKind): OfferedKind => {
    const known = offered.get(kind) ?? {
      kind,
      asked: false,
      maxAge: null,
      originalSeen: false,
      requirements: [],
    };
    offered.set(kind, known);
    return known;
  };
  for (const { id, test } of applicable(rules, type, trigger, day, risk ?? NOT_RATED)) {
    if (test.kind !== 'document') continue;
    for (const kind of test.anyOf) {
      const known = place(kind);
      known.asked = true;
      known.originalSeen ||= test.originalSeen === true;
      known.maxAge ??= maxAgeOf(test, parameters);
      known.requirements.push(id);
    }
  }
  for (const kind of DOCUMENT_KINDS) place(kind);
  return [...offered.values()].filter(({ kind }) => trigger !== 'voluntary' || !provesIdentity(kind));
}

/** As the verdict counts it: the policy's period where the rule names one, else the rule's own months. */
function maxAgeOf(
  { maxAge, maxAgeMonths }: DocumentTest,
  { documentAges }: Pick<RuleParameters, 'documentAges'>,
) {
  const ofPolicy = maxAge === undefined ? undefined : documentAges[maxAge];
  return ofPolicy ?? (maxAgeMonths === undefined ? null : `P${maxAgeMonths}M`);
}
