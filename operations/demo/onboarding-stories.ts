import { withdrawCustomer } from '../onboarding';
import type { Life } from './life';
import { invented, open, story, submit, verdict, type Story, type Subject } from './subjects';
import { before, soon, type World } from './world';

/** Customers on their way in, one for every stage and every way out. */
export function onboardingStories(world: World): Story[] {
  return [...collecting(world), ...verifying(world), ...waiting(world), ...deciding(world), ...ended(world)];
}

function collecting(world: World): Story[] {
  const fresh = invented(world, 1);
  const gaps = invented(world, 2);
  const firm = invented(world, 3);
  const opened = (subject: Subject, days: number, without: Parameters<typeof open>[3]) =>
    story(world, before(world, days), () => open(world, subject, before(world, days), without));
  return [
    opened(fresh, 0.02, { without: ['identity_card', 'address_proof', 'signature_sample'] }),
    opened(gaps, 0.6, { without: ['address_proof'] }),
    opened(firm, 0.3, { without: ['trade_gazette', 'signature_circular'] }),
  ];
}

/** Submitted at the very moment of the first start: the worker's first work is to verify them for real. */
function verifying(world: World): Story[] {
  const subjects = [invented(world, 4), invented(world, 5)];
  return subjects.map((subject, at) => {
    const opens = before(world, 0.2 + at / 10);
    return story(world, opens, async () => {
      const life = await open(world, subject, opens);
      await life.until(world.firstStart);
      await submit(life);
      return life;
    });
  });
}

/** On the reminder ladder: the first list sent, the reminders of day 3 and day 7 sent, the escalation due at any moment. */
function waiting(world: World): Story[] {
  const escalates = before(world, 14).getTime() - world.firstStart.getTime() + soon(world, 2).getTime();
  const chased: [Subject, Date][] = [
    [invented(world, 6), before(world, 0.5)],
    [invented(world, 7), before(world, 4.5)],
    [invented(world, 8), before(world, 9)],
    [invented(world, 9), new Date(escalates)],
    // Without an address every rung of the ladder is a task for staff.
    [invented(world, 10), before(world, 7.5)],
  ];
  return chased.map(([subject, opens]) =>
    story(world, opens, async () => {
      const life = await open(world, subject, opens, { without: ['address_proof', 'tax_certificate'] });
      await submit(life);
      return life;
    }),
  );
}

/** Before a second person: one any officer may decide, one an officer entered, one that only a manager may decide. */
function deciding(world: World): Story[] {
  const low = invented(world, 11);
  const firm = invented(world, 12);
  const high = invented(world, 13);
  const submitted = (subject: Subject, days: number, by: 'staff' | 'officer') =>
    story(world, before(world, days), async () => {
      const life = await open(world, subject, before(world, days), { by });
      await submit(life, by);
      return life;
    });
  return [submitted(low, 0.4, 'staff'), submitted(firm, 0.7, 'officer'), submitted(high, 2.6, 'staff')];
}

function ended(world: World): Story[] {
  return [
    story(world, before(world, 47), () => rejected(world)),
    story(world, before(world, 63), () => withdrawn(world)),
    story(world, before(world, 55), () => expired(world)),
    story(world, before(world, 90), () => bought(world)),
    story(world, before(world, 6), () => notBought(world)),
  ];
}

async function rejected(world: World): Promise<Life> {
  const subject = invented(world, 14);
  const life = await open(world, subject, before(world, 47));
  await submit(life);
  await life.until(before(world, 46.4));
  await verdict(life, 'officer', 'reject', 'Beyan ile sunulan belge arasındaki fark giderilemedi.');
  return life;
}

async function withdrawn(world: World): Promise<Life> {
  const subject = invented(world, 15);
  const life = await open(world, subject, before(world, 63), { without: ['identity_card'] });
  await submit(life);
  await life.until(before(world, 59));
  await life.does('staff', (tx, id) => withdrawCustomer(tx, id, 'Müşteri alımdan vazgeçti.'));
  return life;
}

/** Silent through the whole ladder: expired on day 30, which is not a refusal. */
async function expired(world: World): Promise<Life> {
  const subject = invented(world, 16);
  const life = await open(world, subject, before(world, 55), { without: ['address_proof'] });
  await submit(life);
  return life;
}

/** One purchase above the threshold: identified, approved, and not chased afterwards. */
async function bought(world: World): Promise<Life> {
  const subject = invented(world, 17);
  const life = await open(world, subject, before(world, 90));
  await submit(life);
  await life.until(before(world, 89.8));
  await verdict(life, 'officer', 'approve', 'Kimlik aslından teyit edildi.');
  return life;
}

/** A one-off purchase with papers missing: no reminders, a task for staff, and no sale. */
async function notBought(world: World): Promise<Life> {
  const subject = invented(world, 18);
  const life = await open(world, subject, before(world, 6), {
    without: ['identity_card', 'signature_sample'],
  });
  await submit(life);
  return life;
}
