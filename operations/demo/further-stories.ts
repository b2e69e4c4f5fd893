import { closeCustomer } from '../closing';
import { updateRecord } from '../customers';
import { invented, onboarded, open, openedFor, story, submit, type Story, type Subject } from './subjects';
import { before, type World } from './world';

/** Policy days since the approval of those who have been customers without a word for a while. */
const QUIET: readonly [index: number, daysAgo: number][] = [
  [35, 18],
  [36, 33],
  [37, 47],
  [38, 46],
  [39, 62],
  [41, 81],
  [42, 94],
  [44, 103],
  [46, 111],
  [47, 127],
  [48, 22],
  [49, 39],
  [50, 58],
  [51, 66],
  [52, 86],
  [54, 97],
  [55, 30],
  [57, 52],
  [58, 71],
  [59, 88],
  [60, 14],
];

/** The rest of the sixty: every other type of customer, and what is special about some people. */
export function furtherStories(world: World): Story[] {
  return [
    ...QUIET.map(([index, daysAgo]) => quiet(world, invented(world, index), daysAgo)),
    onTheWay(world, 40, 0.8),
    atVerification(world, 43, 0.1),
    atVerification(world, 56, 0.3),
    incomplete(world, 53, 2.5, ['address_proof']),
    incomplete(world, 61, 5.5, ['register_extract']),
    died(world),
  ];
}

function quiet(world: World, subject: Subject, daysAgo: number): Story {
  const at = before(world, daysAgo);
  return story(world, openedFor(world, at), () => onboarded(world, subject, at, { approvedBy: 'manager' }));
}

function onTheWay(world: World, index: number, daysAgo: number): Story {
  const at = before(world, daysAgo);
  return story(world, at, () => open(world, invented(world, index), at, { without: ['signature_sample'] }));
}

function atVerification(world: World, index: number, daysAgo: number): Story {
  const at = before(world, daysAgo);
  return story(world, at, async () => {
    const life = await open(world, invented(world, index), at);
    await life.until(world.firstStart);
    await submit(life);
    return life;
  });
}

function incomplete(
  world: World,
  index: number,
  daysAgo: number,
  without: NonNullable<Parameters<typeof open>[3]>['without'],
): Story {
  const at = before(world, daysAgo);
  return story(world, at, async () => {
    const life = await open(world, invented(world, index), at, { ...(without && { without }) });
    await submit(life);
    return life;
  });
}

/** The heirs brought the news: the day of death is noted, and the officer closes the file. */
function died(world: World): Story {
  const subject = invented(world, 45);
  const { deceasedOn, ...living } = subject.record;
  const at = before(world, 150);
  return story(world, openedFor(world, at), async () => {
    const life = await onboarded(world, { ...subject, record: living }, at);
    await life.until(before(world, 12));
    await life.does('staff', (tx, id) => updateRecord(tx, id, { patch: { deceasedOn }, ifVersion: null }));
    await life.until(before(world, 11));
    await life.does('officer', (tx, id) =>
      closeCustomer(tx, id, 'Müşteri vefat etti; mirasçılara yeni dosya açılacak.'),
    );
    return life;
  });
}
