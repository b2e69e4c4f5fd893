import type { ChangeRow } from '../db/policy-changes';
import type { Tx } from '../db/transaction';
import type { CustomerType, Trigger } from '../domain/customer';
import type { Confidence, Requirement, Severity } from '../domain/requirements';
import type { PolicyFloor } from '../domain/rules/policy';
import { asKnown, today } from './rules';

/** A policy value as people see it, with where it comes from. */
export interface PolicyView {
  key: string;
  value: unknown;
  version: string;
  validFrom: string;
  validTo: string | null;
  legalBasis: string;
  confidence: Confidence;
  floor: readonly PolicyFloor[];
  /** The change that brought it; null for a seeded value. */
  changeId: string | null;
}

export interface AsOf {
  /** In force on this day; without it what is in force today and what is to come. */
  day?: string;
  /** As it was known at this instant; now without it. */
  knownAt?: Date;
}

/** The dealer's policy values by key: of a day, or of today and later. */
export async function listPolicyViews(tx: Tx, { day, knownAt }: AsOf = {}): Promise<PolicyView[]> {
  const query = tx.sql('policies').where({ dealer_id: tx.dealerId }).orderBy(['key', 'valid_from']);
  return inForce(tx, asKnown(query, knownAt), day).select(
    'key',
    'value',
    'version',
    'valid_from as validFrom',
    'valid_to as validTo',
    'legal_basis as legalBasis',
    'confidence',
    'floor',
    'change_id as changeId',
  );
}

/** Narrows rows to those in force on a day, or to those that are not over today. */
function inForce(tx: Tx, query: ReturnType<Tx['sql']>, day: string | undefined): ReturnType<Tx['sql']> {
  query.where((open) => void open.whereNull('valid_to').orWhere('valid_to', '>', day ?? today(tx)));
  if (day !== undefined) query.where('valid_from', '<=', day);
  return query;
}

/** A requirement as a row of the matrix. */
export interface RequirementView extends Requirement {
  /** Why the dealer wants it, where it is the dealer's own or stricter than it was shipped. */
  reason: string | null;
  changeId: string | null;
}

export interface RequirementFilter extends AsOf {
  type?: CustomerType;
  trigger?: Trigger;
  severity?: Severity;
  confidence?: Confidence;
  /** Words found in the row as `words` says it, folded by the caller. */
  matches?: (rule: RequirementView) => boolean;
}

/** The requirement matrix, by id: of a day, or of today and later. */
export async function listRequirementViews(
  tx: Tx,
  filter: RequirementFilter = {},
): Promise<RequirementView[]> {
  const query = tx.sql('requirements').where({ dealer_id: tx.dealerId }).orderBy(['id', 'valid_from']);
  const rows: (DatedRule & { rule: Requirement })[] = await inForce(
    tx,
    asKnown(query, filter.knownAt),
    filter.day,
  ).select('rule', 'version', 'valid_from as validFrom', 'valid_to as validTo', 'change_id as changeId');
  const reasons = await reasonsOf(
    tx,
    rows.flatMap(({ changeId }) => changeId ?? []),
  );
  return rows
    .map(({ rule, version, validFrom, validTo, changeId }) => ({
      ...rule,
      version,
      validFrom,
      ...(validTo === null ? {} : { validTo }),
      changeId,
      reason: changeId === null ? null : (reasons.get(changeId) ?? null),
    }))
    .filter((rule) => fits(rule, filter));
}

interface DatedRule {
  version: string;
  validFrom: string;
  validTo: string | null;
  changeId: string | null;
}

function fits(
  rule: RequirementView,
  { type, trigger, severity, confidence, matches }: RequirementFilter,
): boolean {
  return (
    (type === undefined || rule.types.includes(type)) &&
    (trigger === undefined || rule.triggers.includes(trigger)) &&
    (severity === undefined || rule.severity === severity) &&
    (confidence === undefined || rule.confidence === confidence) &&
    (matches === undefined || matches(rule))
  );
}

async function reasonsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows: Pick<ChangeRow, 'id' | 'reason'>[] = await tx
    .sql('policy_changes')
    .where({ dealer_id: tx.dealerId })
    .whereIn('id', ids)
    .select('id', 'reason');
  return new Map(rows.map(({ id, reason }) => [id, reason]));
}
