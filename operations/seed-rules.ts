import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import type { Clock } from '../clock';
import { dealerIds } from '../db/dealers';
import { inDealer, type Tx } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import type { Requirement } from '../domain/requirements';
import { DEFAULT_POLICY, POLICY_VERSION } from '../domain/rules/policy';
import { REQUIREMENTS, RULE_VERSION } from '../domain/rules/requirements';
import type { KeyRing } from '../stores/keys';
import { contentOf, isSame } from './policy-changes';
import { nextChangeNumber } from './policy-rows';
import { today } from './rules';

/** Every dealer works under a dated copy of the rules, so that a change for one is a row, not a release. */
export async function seedRules(tx: Tx): Promise<void> {
  await tx.sql('requirements').insert(REQUIREMENTS.map((rule) => requirementRow(tx, rule, rule.validFrom)));
  await tx.sql('policies').insert(DEFAULT_POLICY.map((policy) => policyRow(tx, policy, policy.validFrom)));
}

/** What the rules of this version of the product were compared with, and what it changed, by number of rows. */
export interface SeededRules {
  added: number;
  replaced: number;
  retired: number;
}

/**
 * Brings the rules that this version of the product ships to dealers of an earlier one: new ones hold from today, a
 * changed one replaces the seeded one from today, and what the dealer has changed stays theirs. Where requirements
 * moved, a change of kind `seed` is left for the machine, which judges the files anew in batches. Doing it again changes
 * nothing. Needs the owner's or the application's connection.
 */
export async function ensureSeededRules(
  knex: Knex,
  keys: KeyRing,
  clock: Clock,
): Promise<Map<string, SeededRules>> {
  const done = new Map<string, SeededRules>();
  for (const dealerId of await dealerIds(knex)) {
    done.set(dealerId, await inDealer({ knex, clock, keys }, dealerId, SYSTEM, renewSeededRules));
  }
  return done;
}

interface Row {
  id: string;
  validFrom: string;
  content: unknown;
  ours: boolean;
}

/** One dealer's part of `ensureSeededRules`. */
export async function renewSeededRules(tx: Tx): Promise<SeededRules> {
  // One upgrade at a time: two processes that start together must not both add.
  await tx.sql('dealers').where({ id: tx.dealerId }).forNoKeyUpdate().first('id');
  const policies = await renewPolicies(tx);
  const requirements = await renewRequirements(tx);
  const changed = requirements.added + requirements.replaced + requirements.retired;
  if (changed > 0) await askForReassessment(tx);
  const total = {
    added: policies.added + requirements.added,
    replaced: policies.replaced + requirements.replaced,
    retired: requirements.retired,
  };
  if (changed + total.added + total.replaced > 0) {
    tx.audit({ event: 'policy.changed', detail: { target: 'seed', key: RULE_VERSION, ...total } });
  }
  return total;
}

async function renewPolicies(tx: Tx): Promise<SeededRules> {
  const rows: Row[] = (await openRows(tx, 'policies').select('key', 'value', 'valid_from', 'change_id')).map(
    (row: Record<string, unknown>) => ({
      id: String(row['key']),
      validFrom: String(row['valid_from']),
      content: row['value'],
      ours: row['change_id'] === null,
    }),
  );
  const counts = { added: 0, replaced: 0, retired: 0 };
  for (const policy of DEFAULT_POLICY) {
    const row = rows.find((one) => one.id === policy.key);
    if (row !== undefined && (!row.ours || isSame(row.content, policy.value))) continue;
    counts[row === undefined ? 'added' : 'replaced'] += 1;
    if (row !== undefined) await endRow(tx, 'policies', { key: policy.key }, row);
    await tx.sql('policies').insert(policyRow(tx, policy, today(tx)));
  }
  return counts;
}

async function renewRequirements(tx: Tx): Promise<SeededRules> {
  const rows: Row[] = (
    await openRows(tx, 'requirements').select('id', 'rule', 'valid_from', 'change_id')
  ).map((row: Record<string, unknown>) => ({
    id: String(row['id']),
    validFrom: String(row['valid_from']),
    content: contentOf(row['rule'] as Requirement),
    ours: row['change_id'] === null,
  }));
  const counts = { added: 0, replaced: 0, retired: 0 };
  for (const rule of REQUIREMENTS) {
    const row = rows.find((one) => one.id === rule.id);
    if (row !== undefined && (!row.ours || isSame(row.content, contentOf(rule)))) continue;
    counts[row === undefined ? 'added' : 'replaced'] += 1;
    if (row !== undefined) await endRow(tx, 'requirements', { id: rule.id }, row);
    await tx.sql('requirements').insert(requirementRow(tx, rule, today(tx)));
  }
  for (const row of rows) {
    if (!row.ours || REQUIREMENTS.some((rule) => rule.id === row.id)) continue;
    counts.retired += 1;
    await endRow(tx, 'requirements', { id: row.id }, row);
  }
  return counts;
}

/** Rows in force without an end that nothing has replaced. */
function openRows(tx: Tx, table: 'policies' | 'requirements') {
  return tx.sql(table).where({ dealer_id: tx.dealerId }).whereNull('known_to').whereNull('valid_to');
}

/** From today the row no longer holds; that it held until then stays known. */
async function endRow(
  tx: Tx,
  table: 'policies' | 'requirements',
  which: Record<string, string>,
  row: Row,
): Promise<void> {
  const own = { dealer_id: tx.dealerId, ...which, valid_from: row.validFrom };
  const [before] = await tx.sql(table).where(own).whereNull('known_to').select('*');
  await tx.sql(table).where(own).whereNull('known_to').update({ known_to: tx.now });
  if (row.validFrom >= today(tx)) return;
  const { row_id: _rowId, ...kept } = before as Record<string, unknown>;
  const json = Object.fromEntries(
    ['rule', 'value', 'floor'].flatMap((column) =>
      column in kept ? [[column, JSON.stringify(kept[column])]] : [],
    ),
  );
  await tx.sql(table).insert({ ...kept, ...json, valid_to: today(tx), known_from: tx.now });
}

function policyRow(tx: Tx, policy: (typeof DEFAULT_POLICY)[number], validFrom: string) {
  return {
    dealer_id: tx.dealerId,
    key: policy.key,
    version: POLICY_VERSION,
    valid_from: validFrom,
    value: JSON.stringify(policy.value),
    floor: JSON.stringify(policy.floor ?? []),
    legal_basis: policy.legalBasis,
    confidence: policy.confidence,
    known_from: tx.now,
  };
}

function requirementRow(tx: Tx, rule: Requirement, validFrom: string) {
  return {
    dealer_id: tx.dealerId,
    id: rule.id,
    version: rule.version,
    valid_from: validFrom,
    valid_to: rule.validTo ?? null,
    rule: JSON.stringify({ ...rule, validFrom }),
    known_from: tx.now,
  };
}

async function askForReassessment(tx: Tx): Promise<void> {
  await tx.sql('policy_changes').insert({
    dealer_id: tx.dealerId,
    id: uuidv7(),
    target: 'seed',
    key: RULE_VERSION,
    valid_from: today(tx),
    reason: RULE_VERSION,
    state: 'scheduled',
    number: await nextChangeNumber(tx),
    proposed_at: tx.now,
    decided_at: tx.now,
    signal_after: tx.now,
  });
}
