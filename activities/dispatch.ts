import { inDealer, type Database } from '../db/transaction';
import {
  claimDuties,
  claimPackages,
  claimImports,
  claimPolicyChanges,
  overdueCustomers,
  type ClaimedDuty,
} from '../db/due-work';
import { SYSTEM } from '../domain/customer';
import type { Logger } from '../logger';
import { dealersDueForCheckpoint } from '../db/checkpoints';
import { checkpointNow } from '../operations/checkpoints';
import { failImport } from '../operations/imports';
import { parkStuckDuty } from '../operations/lifecycle';

/** The sweeps that make good every wake-up that was lost. */
export interface DispatchActivities {
  /** Wakes the workflow of every customer with a due duty, a share a dealer and round, and of every waiting package and policy change. */
  dispatchDueWork(): Promise<void>;
  /** Wakes customers whose work is overdue and whose workflow does not run; answers how many. */
  reconcileCustomers(): Promise<number>;
}

/** The answering half of the wake-ups (design §3.2). */
export interface Waker {
  wakeNow(customers: readonly { dealerId: string; customerId: string }[]): Promise<number>;
  wakePackageNow(dealerId: string, packageId: string): Promise<boolean>;
  wakePolicyChangeNow(dealerId: string, changeId: string): Promise<boolean>;
  wakeImportNow(dealerId: string, importId: string): Promise<boolean>;
  isRunning(dealerId: string, customerId: string): Promise<boolean>;
}

export interface DispatchDeps {
  db: Database;
  waker: Waker;
  logger: Logger;
  /** Ends a package that ten wake-ups could not move. */
  failPackage(dealerId: string, packageId: string): Promise<void>;
}

const SHARE_PER_DEALER = 200;
const ROUND_MS = 20_000;
/** Wake-ups without effect after which a duty is set aside (design §6). */
const ATTEMPTS_MAX = 10;
/** Work that is late by this much should have been served by a running workflow. */
const OVERDUE_MS = 600_000;

export function createDispatchActivities(deps: DispatchDeps): DispatchActivities {
  return {
    async dispatchDueWork() {
      const endsAt = Date.now() + ROUND_MS;
      await dispatchPackages(deps);
      await dispatchPolicyChanges(deps);
      await dispatchImports(deps);
      while (Date.now() < endsAt && (await dispatchRound(deps)) > 0);
      await makeDueCheckpoints(deps);
    },
    reconcileCustomers: () => reconcileCustomers(deps),
  };
}

/** One fair round; answers how many duties were claimed. */
async function dispatchRound({ db, waker }: DispatchDeps): Promise<number> {
  const claimed = await claimDuties(db.knex, db.clock.now(), SHARE_PER_DEALER);
  for (const duty of claimed.filter((candidate) => candidate.attempts > ATTEMPTS_MAX)) {
    await inDealer(db, duty.dealerId, SYSTEM, (tx) => parkStuckDuty(tx, duty.customerId, duty.dutyId));
  }
  await waker.wakeNow(customersOf(claimed.filter((duty) => duty.attempts <= ATTEMPTS_MAX)));
  return claimed.length;
}

/** Each customer once, the dealers in turn: a dealer's burst does not stand before another's single customer. */
function customersOf(duties: readonly ClaimedDuty[]): { dealerId: string; customerId: string }[] {
  const byDealer = new Map<string, Set<string>>();
  for (const { dealerId, customerId } of duties) {
    byDealer.set(dealerId, (byDealer.get(dealerId) ?? new Set()).add(customerId));
  }
  return [...byDealer]
    .flatMap(([dealerId, customers]) =>
      [...customers].map((customerId, turn) => ({ turn, customer: { dealerId, customerId } })),
    )
    .sort((a, b) => a.turn - b.turn)
    .map(({ customer }) => customer);
}

async function dispatchPackages(deps: DispatchDeps): Promise<void> {
  for (const { dealerId, packageId, attempts } of await claimPackages(deps.db.knex, deps.db.clock.now())) {
    if (attempts > ATTEMPTS_MAX) await deps.failPackage(dealerId, packageId);
    else await deps.waker.wakePackageNow(dealerId, packageId);
  }
}

async function dispatchImports({ db, waker }: DispatchDeps): Promise<void> {
  for (const { dealerId, importId, attempts } of await claimImports(db.knex, db.clock.now())) {
    if (attempts > ATTEMPTS_MAX)
      await inDealer(db, dealerId, SYSTEM, (tx) => failImport(tx, importId, 'STUCK'));
    else await waker.wakeImportNow(dealerId, importId);
  }
}

/** Changes of the rules whose day has come, or whose worker has not been heard of. */
async function dispatchPolicyChanges({ db, waker }: DispatchDeps): Promise<void> {
  for (const { dealerId, changeId } of await claimPolicyChanges(db.knex, db.clock.now()))
    await waker.wakePolicyChangeNow(dealerId, changeId);
}

/** Once a day; one dealer's failure holds up neither the others nor the sweep. */
async function makeDueCheckpoints({ db, logger }: DispatchDeps): Promise<void> {
  for (const dealerId of await dealersDueForCheckpoint(db.knex, db.clock.now())) {
    await checkpointNow(db, dealerId).catch((error: unknown) => {
      const reason = error instanceof Error ? error.name : 'unknown';
      logger.error({ dealerId, reason }, 'the day’s checkpoint could not be made');
    });
  }
}

async function reconcileCustomers({ db, waker, logger }: DispatchDeps): Promise<number> {
  const before = new Date(db.clock.now().getTime() - OVERDUE_MS);
  let lost = 0;
  for (const customer of await overdueCustomers(db.knex, before)) {
    if (await waker.isRunning(customer.dealerId, customer.customerId)) continue;
    lost += 1;
    logger.warn({ customerId: customer.customerId }, 'overdue work without a workflow');
    await waker.wakeNow([customer]);
  }
  return lost;
}
