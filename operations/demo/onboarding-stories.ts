import { dayInIstanbul } from '../../domain/days';
import { withdrawCustomer } from '../onboarding';
import type { Life } from './life';
import { company, open, person, story, submit, verdict, type Story, type Subject } from './subjects';
import { before, soon, type World } from './world';

/** Customers on their way in, one for every stage and every way out. */
export function onboardingStories(world: World): Story[] {
  return [...collecting(world), ...verifying(world), ...waiting(world), ...deciding(world), ...ended(world)];
}

function collecting(world: World): Story[] {
  const fresh = person(world, 1, ['Ayşe Nur', 'Yılmaz', '1990-05-14', 'öğretmen'], {
    idDocument: undefined,
    address: undefined,
    occupation: undefined,
    publicInfluence: undefined,
  });
  const gaps = person(world, 2, ['İbrahim', 'Işık', '1978-11-02', 'esnaf'], { tckn: '11111111111' });
  const firm = company(
    world,
    3,
    'Ilgaz Kuyumculuk San. ve Tic. Ltd. Şti.',
    ['Tuğrul', 'Ilgaz', '1969-01-23', 'kuyumcu'],
    { beneficialOwners: undefined },
  );
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
  const subjects = [
    person(world, 4, ['Çiğdem', 'Çelik', '1987-07-30', 'eczacı']),
    company(world, 5, 'Trabzon Altın Takı A.Ş.', ['Hakkı', 'Uçar', '1972-03-18', 'kuyumcu']),
  ];
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
    [person(world, 6, ['Işıl', 'Şahin', '1995-02-09', 'mimar']), before(world, 0.5)],
    [person(world, 7, ['Şükrü', 'Öztürk', '1959-09-27', 'emekli']), before(world, 4.5)],
    [
      company(world, 8, 'Mardin Altın Takı A.Ş.', ['Baran', 'Dağ', '1981-12-05', 'kuyumcu']),
      before(world, 9),
    ],
    [person(world, 9, ['İpek', 'Güneş', '2001-06-21', 'öğrenci']), new Date(escalates)],
    // Without an address every rung of the ladder is a task for staff.
    [person(world, 10, ['Âdil', 'Kılıç', '1950-10-11', 'çiftçi'], { email: undefined }), before(world, 7.5)],
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
  const low = person(world, 11, ['Ömer Faruk', 'İnce', '1983-04-04', 'muhasebeci']);
  const firm = company(
    world,
    12,
    'Güneş Kuyumculuk San. ve Tic. Ltd. Şti.',
    ['Gülşah', 'Güneş', '1976-08-16', 'kuyumcu'],
    { onOwnAccount: false },
  );
  const high = person(world, 13, ['Rıza', 'Ağaoğlu', '1966-05-29', 'danışman'], {
    publicInfluence: { kind: 'foreign', office: 'büyükelçi' },
    sourceOfFunds: 'maaş ve kira geliri',
  });
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
  const subject = person(world, 14, ['Cömert', 'Saçlı', '1973-01-08', 'serbest']);
  const life = await open(world, subject, before(world, 47));
  await submit(life);
  await life.until(before(world, 46.4));
  await verdict(life, 'officer', 'reject', 'Beyan ile sunulan belge arasındaki fark giderilemedi.');
  return life;
}

async function withdrawn(world: World): Promise<Life> {
  const subject = person(world, 15, ['Özge', 'Tığ', '1992-12-19', 'grafiker']);
  const life = await open(world, subject, before(world, 63), { without: ['identity_card'] });
  await submit(life);
  await life.until(before(world, 59));
  await life.does('staff', (tx, id) => withdrawCustomer(tx, id, 'Müşteri alımdan vazgeçti.'));
  return life;
}

/** Silent through the whole ladder: expired on day 30, which is not a refusal. */
async function expired(world: World): Promise<Life> {
  const subject = person(world, 16, ['Yiğit', 'Bağcı', '1998-03-03', 'kurye']);
  const life = await open(world, subject, before(world, 55), { without: ['address_proof'] });
  await submit(life);
  return life;
}

/** One purchase above the threshold: identified, approved, and not chased afterwards. */
async function bought(world: World): Promise<Life> {
  const subject = person(world, 17, ['Hatice', 'Çolak Yıldırım', '1968-02-17', 'ev hanımı'], {
    transaction: purchase(24_750_000, before(world, 90), 'transfer'),
  });
  const life = await open(world, subject, before(world, 90), { trigger: 'threshold' });
  await submit(life);
  await life.until(before(world, 89.8));
  await verdict(life, 'officer', 'approve', 'Kimlik aslından teyit edildi.');
  return life;
}

/** A one-off purchase with papers missing: no reminders, a task for staff, and no sale. */
async function notBought(world: World): Promise<Life> {
  const subject = person(world, 18, ['Mehmet Ali', 'Ünlü', '1985-09-09', 'nakliyeci'], {
    transaction: purchase(19_900_000, before(world, 6), 'card'),
  });
  const life = await open(world, subject, before(world, 6), {
    trigger: 'threshold',
    without: ['identity_card', 'signature_sample'],
  });
  await submit(life);
  return life;
}

function purchase(amountKurus: number, at: Date, payment: string) {
  return {
    kind: 'sale',
    description: '22 ayar bilezik',
    amountKurus,
    currency: 'TRY',
    payment,
    on: dayInIstanbul(at),
  };
}
