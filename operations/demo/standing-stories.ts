import { updateRecord } from '../customers';
import { withdrawDocument } from '../documents';
import { confirmRefresh } from '../refresh';
import type { Life } from './life';
import { company, onboarded, openedFor, person, story, type Story, type Subject } from './subjects';
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
  const moved = person(world, 21, ['Nazlı', 'Özdemir-Kaya', '1979-10-25', 'avukat']);
  return [
    approved(world, person(world, 20, ['Zübeyde', 'Yılmaz', '1947-08-30', 'emekli']), before(world, 210)),
    approved(world, moved, before(world, 160), async (life) => {
      await life.until(before(world, 40));
      await edit(life, { phone: '+90 533 000 21 21' });
    }),
    approved(
      world,
      company(world, 22, 'Kılıç Kuyumculuk San. ve Tic. Ltd. Şti.', [
        'Onur',
        'Kılıç',
        '1980-06-06',
        'kuyumcu',
      ]),
      before(world, 120),
    ),
    approved(
      world,
      company(world, 23, 'Gaziantep Altın Takı A.Ş.', ['Filiz', 'Uçar', '1974-11-11', 'kuyumcu']),
      before(world, 75),
    ),
    approved(world, person(world, 24, ['Ünal', 'Şahin', '1988-01-19', 'mühendis']), before(world, 12)),
  ];
}

/** A first review that was confirmed in time, and a name that changed by marriage and is being reviewed. */
function reviewed(world: World): Story[] {
  const confirmed = person(world, 25, ['Gökhan', 'Ilgaz', '1971-03-15', 'doktor']);
  const married = person(world, 26, ['Elif', 'Çolak', '1994-07-07', 'hemşire']);
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
  const announced = person(world, 27, ['Şule', 'İnce', '1982-12-12', 'diş hekimi']);
  const announcedFirm = company(world, 28, 'Bursa Altın Takı A.Ş.', [
    'Çağrı',
    'Öztürk',
    '1977-05-05',
    'kuyumcu',
  ]);
  const due = person(world, 29, ['İsmail', 'Dağ', '1963-04-20', 'marangoz']);
  return [
    approved(world, announced, approvalFor(world, 'low', 'notice', soon(world, 1))),
    approved(world, announcedFirm, approvalFor(world, 'low', 'notice', soon(world, 3))),
    approved(world, due, approvalFor(world, 'low', 'due', soon(world, 2))),
  ];
}

/** Overdue within the grace; overdue and on the ladder; high risk, for which silence suspends at once. */
function reviewsMissed(world: World): Story[] {
  const inGrace = person(world, 30, ['Ümran', 'Bağcı', '1957-02-28', 'emekli']);
  const onLadder = person(world, 31, ['Yıldız', 'Tığ', '1970-09-01', 'milletvekili danışmanı'], {
    publicInfluence: { kind: 'domestic', office: 'belediye meclis üyesi' },
    onOwnAccount: false,
  });
  const high = person(world, 32, ['Dilşad', 'Saçlı', '1965-06-30', 'iş insanı'], {
    publicInfluence: { kind: 'foreign', office: 'eski bakan' },
    sourceOfFunds: 'şirket kâr payı',
  });
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
  const asked = person(world, 33, ['Ebru', 'Ünlü', '1991-11-23', 'işletmeci']);
  const silent = person(world, 34, ['Rojda', 'Ağaoğlu', '1986-08-08', 'terzi']);
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
