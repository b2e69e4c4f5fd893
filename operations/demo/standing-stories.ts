import { updateRecord } from '../customers';
import { withdrawDocument } from '../documents';
import { confirmRefresh } from '../refresh';
import type { Life } from './life';
import { invented, onboarded, openedFor, story, type Story, type Subject } from './subjects';
import { approvalFor, before, soon, type World } from './world';

/** Customers who have been let in: quiet ones, those whose review is near, due or overdue, and the suspended. */
export function standingStories(world: World): Story[] {
  return [
    ...quiet(world),
    ...reviewed(world),
    ...reviewsAhead(world),
    ...reviewsMissed(world),
    ...chased(world),
  ];
}

/** Approved at an instant, and nothing since unless `then` tells it. */
function approved(
  world: World,
  subject: Subject,
  at: Date,
  then: (life: Life) => Promise<void> = async () => {},
): Story {
  return story(world, openedFor(world, at), async () => {
    const life = await onboarded(world, subject, at);
    await then(life);
    return life;
  });
}

function quiet(world: World): Story[] {
  const moved = invented(world, 21);
  return [
    approved(world, invented(world, 20), before(world, 210)),
    approved(world, moved, before(world, 160), async (life) => {
      await life.until(before(world, 40));
      await edit(life, { phone: '+90 533 000 21 21' });
    }),
    approved(world, invented(world, 22), before(world, 120)),
    approved(world, invented(world, 23), before(world, 75)),
    approved(world, invented(world, 24), before(world, 12)),
  ];
}

/** A first review that was confirmed in time, and a name that changed by marriage and is being reviewed. */
function reviewed(world: World): Story[] {
  const confirmed = invented(world, 25);
  const married = invented(world, 26);
  return [
    approved(world, confirmed, before(world, 460), async (life) => {
      await life.until(before(world, 105));
      await life.does('staff', confirmRefresh);
    }),
    approved(world, married, before(world, 100), async (life) => {
      await life.until(before(world, 0.3));
      await edit(life, { surname: 'Çolak Yıldırım' });
    }),
  ];
}

/** Reviews that are announced in the first minutes, and one that falls due then. */
function reviewsAhead(world: World): Story[] {
  const announced = invented(world, 27);
  const announcedFirm = invented(world, 28);
  const due = invented(world, 29);
  return [
    approved(world, announced, approvalFor(world, 'low', 'notice', soon(world, 1))),
    approved(world, announcedFirm, approvalFor(world, 'low', 'notice', soon(world, 3))),
    approved(world, due, approvalFor(world, 'low', 'due', soon(world, 2))),
  ];
}

/** Overdue within the grace; overdue and on the ladder; high risk, for which silence suspends at once. */
function reviewsMissed(world: World): Story[] {
  const inGrace = invented(world, 30);
  const onLadder = invented(world, 31);
  const high = invented(world, 32);
  const silentHigh = approvalFor(world, 'high', 'due', before(world, 10));
  return [
    approved(world, inGrace, approvalFor(world, 'low', 'due', before(world, 21))),
    approved(world, onLadder, approvalFor(world, 'medium', 'due', before(world, 35))),
    story(world, openedFor(world, silentHigh), () =>
      onboarded(world, high, silentHigh, { approvedBy: 'manager' }),
    ),
  ];
}

/** Active customers with a gap in the file: one being chased, one suspended after thirty silent days. */
function chased(world: World): Story[] {
  const asked = invented(world, 33);
  const silent = invented(world, 34);
  return [
    approved(world, asked, before(world, 140), async (life) => {
      await life.until(before(world, 4));
      await losesBill(life);
    }),
    approved(world, silent, before(world, 190), async (life) => {
      await life.until(before(world, 33));
      await losesBill(life);
    }),
  ];
}

function edit(life: Life, patch: Record<string, unknown>) {
  return life.does('staff', (tx, id) => updateRecord(tx, id, { patch, ifVersion: null }));
}

/** The bill turns out to be somebody else's: the file has a gap again, and the ladder begins. */
function losesBill(life: Life) {
  return life.does('officer', async (tx, id) => {
    const bill = await tx
      .sql('documents')
      .where({ dealer_id: tx.dealerId, customer_id: id, kind: 'address_proof', state: 'current' })
      .first('id');
    await withdrawDocument(tx, id, bill.id as string, 'Fatura başka bir kişiye ait.');
  });
}
