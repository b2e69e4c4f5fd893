import { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';

import { movableClock } from '../../clock';
import { getCustomer } from '../../db/customers';
import { listOpenDuties } from '../../db/duties';
import { inDealer, type Database, type Tx } from '../../db/transaction';
import { SYSTEM, type Actor, type DocumentKind } from '../../domain/customer';
import type { LifecycleChild, Step } from '../../domain/steps';
import { createCustomer, type NewCustomer } from '../customers';
import { addDocument } from '../documents';
import { advanceFollowUp } from '../follow-up';
import { advanceCustomer } from '../lifecycle';
import { claimNotice, recordDelivery } from '../notices';
import { advanceOnboarding } from '../onboarding';
import { openCustomerKey } from '../record-envelope';
import { advanceRefresh } from '../refresh';
import { advanceVerification, recordRegisterAnswer, registerQuestion } from '../verification';
import { ROLE_OF, type DemoRole, type World } from './world';

/** A customer's life before the first start, lived through the real operations on a clock of its own. */
export interface Life {
  readonly customerId: string;
  /** Lets time pass, doing at its own instant everything that falls due before then. */
  until(instant: Date): Promise<void>;
  /** A colleague does something at the present instant of this life. */
  does<T>(who: DemoRole, act: (tx: Tx, customerId: string) => Promise<T>): Promise<T>;
  /** A colleague takes in a document. */
  brings(who: DemoRole, paper: Paper): Promise<void>;
}

export interface Paper {
  kind: DocumentKind;
  content: Buffer;
  fileName: string;
  issuedOn?: string;
  expiresOn?: string;
  originalSeen?: boolean;
  /** The clerk's word that an old card's religion and blood group are covered (D-9). */
  masked?: boolean;
}

/** More wake-ups than any story needs: beyond them a duty is not being served and the load is wrong. */
const TURNS_MAX = 500;

/** Opens a file at an instant in the past and answers with the handle on its further life. */
export async function beginLife(world: World, who: DemoRole, at: Date, customer: NewCustomer): Promise<Life> {
  const clock = { ...movableClock(at), dayMilliseconds: world.db.clock.dayMilliseconds };
  // Nobody is woken: whatever is due at the first start is found by the first sweep.
  const db: Database = { knex: world.db.knex, keys: world.db.keys, clock };
  const run = <T>(actor: Actor, act: (tx: Tx) => Promise<T>) => inDealer(db, world.dealerId, actor, act);
  const colleague = (role: DemoRole): Actor => ({
    kind: 'user',
    userId: world.users[role],
    role: ROLE_OF[role],
  });
  const { id: customerId } = await run(colleague(who), (tx) => createCustomer(tx, customer));
  const system: Machine = (act) => run(SYSTEM, act);

  return {
    customerId,
    does: (role, act) => run(colleague(role), (tx) => act(tx, customerId)),
    brings: (role, paper) => bring(world, (act) => run(colleague(role), act), customerId, paper),
    async until(instant) {
      for (let turn = 0; turn < TURNS_MAX; turn += 1) {
        const [duty] = await system((tx) => listOpenDuties(tx, customerId));
        if (duty === undefined || duty.dueAt >= instant) return clock.moveTo(instant);
        if (duty.dueAt > clock.now()) clock.moveTo(duty.dueAt);
        await serveDue(system, customerId, world.registerOn);
      }
      throw new Error('A duty of the demo is never served');
    },
  };
}

/** Runs a step in the name of the machine. */
type Machine = <T>(act: (tx: Tx) => Promise<T>) => Promise<T>;

/** What the lifecycle workflow does, without Temporal: serves what is due until nothing is. */
async function serveDue(system: Machine, customerId: string, registerOn: boolean): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const next = await system((tx) => advanceCustomer(tx, customerId));
    if (next.do === 'rest') return;
    if (next.do === 'deliver') await deliverLongAgo(system, next.noticeId);
    if (next.do === 'child') await runChild(system, customerId, next.child, next.caseId, registerOn);
  }
  throw new Error('A customer of the demo never comes to rest');
}

async function runChild(
  system: Machine,
  customerId: string,
  child: LifecycleChild,
  caseId: string,
  registerOn: boolean,
): Promise<void> {
  const steps: Record<LifecycleChild, (tx: Tx) => Promise<Step>> = {
    onboarding: (tx) => advanceOnboarding(tx, customerId, caseId),
    missingDataFollowUp: (tx) => advanceFollowUp(tx, customerId, caseId),
    annualRefresh: (tx) => advanceRefresh(tx, customerId, caseId),
  };
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const next = await system(steps[child]);
    if (next.do === 'verify') await verify(system, customerId, caseId, registerOn);
    else if (next.do === 'follow_up')
      await runChild(system, customerId, 'missingDataFollowUp', caseId, registerOn);
    else if (next.do !== 'again') return;
  }
}

/** The simulated register says yes to everybody, and the answer is kept as simulated. */
async function verify(
  system: Machine,
  customerId: string,
  caseId: string,
  registerOn: boolean,
): Promise<void> {
  for (;;) {
    const next = await system((tx) => advanceVerification(tx, customerId, caseId, registerOn));
    if (next.do !== 'ask_register') return;
    const { subject } = next;
    await system(async (tx) => {
      const question = await registerQuestion(tx, customerId, caseId, subject);
      if (question === null) return;
      await recordRegisterAnswer(tx, customerId, question, {
        result: 'match',
        provider: 'nvi_kps_public',
        simulated: true,
      });
    });
  }
}

/**
 * A notice whose time lies before the first start. It is written down as sent and no mail goes out: the story says that
 * it was read long ago. The code `demo` on the attempt keeps it from passing for the answer of a mail server.
 */
async function deliverLongAgo(system: Machine, noticeId: string): Promise<void> {
  const claim = await system((tx) => claimNotice(tx, noticeId));
  if (claim.state !== 'claimed') return;
  await system((tx) => recordDelivery(tx, noticeId, claim.mail.attempt, { result: 'sent', code: 'demo' }));
}

async function bring(world: World, as: Machine, customerId: string, paper: Paper): Promise<void> {
  const key = await as(async (tx) => openCustomerKey(tx, await getCustomer(tx, customerId)));
  const stored = await world.files.receive(key, Readable.from([paper.content]));
  world.stored.push(stored.address);
  await as((tx) =>
    addDocument(tx, customerId, {
      stored: { id: uuidv7(), fileName: paper.fileName, ...stored },
      kind: paper.kind,
      ...(paper.issuedOn === undefined ? {} : { issuedOn: paper.issuedOn }),
      ...(paper.expiresOn === undefined ? {} : { expiresOn: paper.expiresOn }),
      ...(paper.originalSeen === undefined ? {} : { originalSeen: paper.originalSeen }),
      ...(paper.masked === undefined ? {} : { masked: paper.masked }),
    }),
  );
}
