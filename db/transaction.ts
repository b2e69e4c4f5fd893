import type { Knex } from 'knex';

import type { Clock } from '../clock';
import type { Actor } from '../domain/customer';

/** What was done, for the audit log: ids, codes and keyed commitments only, never a personal value. */
export interface AuditEntry {
  event: AuditEvent;
  customerId?: string;
  caseId?: string;
  detail?: Record<string, unknown>;
}

/** The vocabulary of the audit trail. A new word here is a change an inspector will read. */
export type AuditEvent =
  | 'dealer.added'
  | 'dealer.profile_changed'
  | 'dealer.signing_key_rotated'
  | 'user.added'
  | 'user.disabled'
  | 'user.password_changed'
  | 'user.signed_in'
  | 'user.signed_out'
  | 'token.created'
  | 'token.revoked'
  | 'policy.proposed'
  | 'policy.changed'
  | 'policy.rejected'
  | 'policy.withdrawn'
  | 'policy.dates_moved'
  | 'policy.applied'
  | 'customer.created'
  | 'customer.updated'
  | 'customer.status_changed'
  | 'customer.type_changed'
  | 'customer.value_revealed'
  | 'customer.file_printed'
  | 'customer.closed'
  | 'customer.merged'
  | 'customer.absorbed'
  | 'customer.merge_undone'
  | 'customer.restored'
  | 'duplicate.found'
  | 'duplicate.dismissed'
  | 'document.uploaded'
  | 'document.replaced'
  | 'document.withdrawn'
  | 'document.original_seen'
  | 'document.masking_attested'
  | 'document.viewed'
  | 'form.issued'
  | 'form.signed'
  | 'form.superseded'
  | 'form.voided'
  | 'form.viewed'
  | 'privacy_notice.shown'
  | 'marketing_permission.recorded'
  | 'case.opened'
  | 'case.submitted'
  | 'case.stage_changed'
  | 'case.closed'
  | 'case.reopened'
  | 'case.failed'
  | 'finding.opened'
  | 'finding.closed'
  | 'verification.recorded'
  | 'verification.evidence_recorded'
  | 'verification.retry_confirmed'
  | 'risk.rated'
  | 'decision.recorded'
  | 'follow_up.step'
  | 'refresh.started'
  | 'refresh.completed'
  | 'notice.queued'
  | 'notice.attempted'
  | 'task.opened'
  | 'task.ended'
  | 'duty.parked'
  | 'duty.resumed'
  | 'package.requested'
  | 'package.frozen'
  | 'package.rehearsed'
  | 'package.fix_window_cut'
  | 'package.fix_window_ended'
  | 'package.blocked'
  | 'package.retried'
  | 'package.file_left_out'
  | 'package.rendered'
  | 'package.cancelled'
  | 'package.failed'
  | 'package.sealed'
  | 'package.downloaded'
  | 'package.handed_over'
  | 'package.receipt_added'
  | 'package.receipt_viewed'
  | 'import.requested'
  | 'import.checked'
  | 'import.committed'
  | 'import.done'
  | 'import.failed'
  | 'import.cancelled'
  | 'customers.exported';

/** Keys of one installation; implemented in stores/, handed in so that db/ knows no file. */
export interface RecordKeys {
  /** A dealer's key-encryption key from its wrapped form. */
  openDealerKey(dealerId: string, wrapped: Buffer): Buffer;
  /** The same key where this process has opened it before: every transaction needs it, and it never changes. */
  knownDealerKey(dealerId: string): Buffer | undefined;
}

/** Everything a process hands to the code that works on the database. */
export interface Database {
  readonly knex: Knex;
  readonly clock: Clock;
  readonly keys: RecordKeys;
  /** Told after commit which customers have work that is due now. */
  readonly afterCommit?: (dealerId: string, customerIds: string[]) => void;
}

/** One transaction in the name of one dealer and one actor. */
export interface Tx {
  readonly sql: Knex.Transaction;
  readonly dealerId: string;
  readonly actor: Actor;
  readonly clock: Clock;
  /** One instant for the whole transaction. */
  readonly now: Date;
  readonly keys: RecordKeys;
  /** Appended as the last statements before commit, under the chain heads' locks in id order. */
  audit(entry: AuditEntry): void;
  /** After commit the customer's workflow is woken at once instead of by the next sweep. */
  wake(customerId: string): void;
}

const RETRIES_MAX = 5;
/** Deadlock and serialization failure: the whole transaction runs again. */
const RETRYABLE = new Set(['40P01', '40001']);

export interface TransactionOptions {
  isolation?: 'read committed' | 'repeatable read';
  /** For freezing a package, in milliseconds; every other transaction lives with the pool's limits. */
  statementTimeoutMs?: number;
}

/**
 * The only door to dealer-owned tables: opens the transaction, names dealer and actor for row security, runs `fn`, appends
 * the audit entries last and commits. Lock order inside: customers by id, cases, duties; chain heads come last, by id.
 */
export async function inDealer<T>(
  db: Database,
  dealerId: string,
  actor: Actor,
  fn: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(db, dealerId, actor, fn, options);
    } catch (error) {
      if (attempt >= RETRIES_MAX || !RETRYABLE.has(sqlState(error))) throw error;
    }
  }
}

function sqlState(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

async function runOnce<T>(
  db: Database,
  dealerId: string,
  actor: Actor,
  fn: (tx: Tx) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const entries: AuditEntry[] = [];
  const woken = new Set<string>();
  const result = await db.knex.transaction(
    async (sql) => {
      // Local to the transaction: a session setting would leak the dealer to the connection's next borrower.
      await sql.raw(
        "select set_config('sicil.dealer', ?, true), set_config('sicil.actor', ?, true), set_config('sicil.clock_ahead', ?, true)",
        [dealerId, actorId(actor) ?? actor.kind, String(db.clock.ahead())],
      );
      if (options.statementTimeoutMs !== undefined) {
        await sql.raw('select set_config(?, ?, true)', [
          'statement_timeout',
          String(options.statementTimeoutMs),
        ]);
      }
      const tx: Tx = {
        sql,
        dealerId,
        actor,
        clock: db.clock,
        now: db.clock.now(),
        keys: db.keys,
        audit: (entry) => void entries.push(entry),
        wake: (customerId) => void woken.add(customerId),
      };
      const answer = await fn(tx);
      await appendAll(tx, entries);
      return answer;
    },
    options.isolation === undefined ? {} : { isolationLevel: options.isolation },
  );
  if (woken.size > 0) db.afterCommit?.(dealerId, [...woken]);
  return result;
}

export function actorId(actor: Actor): string | null {
  if (actor.kind === 'user') return actor.userId;
  return actor.kind === 'customer' ? actor.customerId : null;
}

async function appendAll(tx: Tx, entries: AuditEntry[]): Promise<void> {
  const chainOf = (entry: AuditEntry) => entry.customerId ?? tx.dealerId;
  const inLockOrder = [...entries].sort((a, b) =>
    chainOf(a) < chainOf(b) ? -1 : chainOf(a) > chainOf(b) ? 1 : 0,
  );
  if (inLockOrder.length === 0) return;
  await tx.sql.raw('select gate.append_audits(?, ?, ?::jsonb)', [
    tx.actor.kind,
    actorId(tx.actor),
    JSON.stringify(
      inLockOrder.map((entry) => ({
        chain: chainOf(entry),
        event: entry.event,
        caseId: entry.caseId ?? null,
        detail: entry.detail ?? {},
      })),
    ),
  ]);
}
