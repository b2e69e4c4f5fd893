import { DOCUMENT_KINDS, type DocumentKind } from '../../domain/customer';
import { addDays, dayInIstanbul } from '../../domain/days';
import { assess, provesIdentity } from '../../domain/findings';
import { riskOf } from '../../domain/risk';
import type { Policy } from '../../domain/rules/policy';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { decide } from '../decisions';
import { submitCase } from '../onboarding';
import { beginLife, type Life, type Paper } from './life';
import { syntheticCustomers, type SyntheticCustomer } from './synthetic';
import { specimenJpeg, specimenPdf, specimenPng } from './specimens';
import type { DemoRole, World } from './world';

/** One customer's past, told from the day the file was opened. */
export interface Story {
  opens: Date;
  live(): Promise<void>;
}

/** Who a story is about. */
export type Subject = SyntheticCustomer;

/** One of the sixty by its index. */
export function invented(world: World, index: number): Subject {
  world.synthetic ??= new Map(
    syntheticCustomers(dayInIstanbul(world.firstStart)).map((customer) => [customer.index, customer]),
  );
  const found = world.synthetic.get(index);
  if (found === undefined) throw new Error(`There is no synthetic customer ${index}`);
  return found;
}

/** Papers with an age limit are some weeks old on the day they are taken in. */
const WEEKS_OLD = 24;

/** The papers that make such a file complete: one for each that the rules miss while there is none. */
export function papersOf(subject: Subject, takenAt: Date, policy: Policy): Paper[] {
  const today = dayInIstanbul(takenAt);
  const { type, trigger, record } = subject;
  const nothingYet = { documents: [], registerMismatches: [], reviewOverdue: false, today };
  const risk = riskOf({ type, trigger, record, today }, policy.risk);
  const { findings } = assess(
    { type, trigger, record, risk, parameters: policy, ...nothingYet },
    REQUIREMENTS,
  );
  const kinds = findings
    .filter(({ severity }) => severity === 'blocking')
    .flatMap(({ field }) => DOCUMENT_KINDS.filter((kind) => field === `documents.${kind}`));
  return [...new Set(kinds)].map((kind) => paperOf(subject, kind, today));
}

function paperOf({ index, cardUntil }: Subject, kind: DocumentKind, today: string): Paper {
  if (provesIdentity(kind)) {
    const picture =
      index % 2 === 0
        ? { content: specimenPng(index), fileName: 'kimlik.png' }
        : { content: specimenJpeg(`Sicil demo specimen ${index}`), fileName: 'kimlik.jpg' };
    const runsOut = cardUntil === undefined || kind === 'old_identity_card' ? {} : { expiresOn: cardUntil };
    return { kind, ...picture, originalSeen: true, masked: kind === 'old_identity_card', ...runsOut };
  }
  if (kind === 'signature_sample') return { kind, content: specimenPng(index + 40), fileName: 'imza.png' };
  return {
    kind,
    content: specimenPdf(['SICIL DEMO - SPECIMEN', PAPER_TITLES[kind] ?? kind, `No. ${index}`]),
    fileName: `${(PAPER_TITLES[kind] ?? kind).toLowerCase().replaceAll(' ', '-')}.pdf`,
    issuedOn: addDays(today, -WEEKS_OLD),
    originalSeen: true,
  };
}

/** As printed on the specimens, whose font knows ASCII only. */
const PAPER_TITLES: Partial<Record<DocumentKind, string>> = {
  address_proof: 'Fatura',
  trade_gazette: 'Ticaret sicil gazetesi',
  tax_certificate: 'Vergi levhasi',
  signature_circular: 'Imza sirkuleri',
  authority: 'Yetki belgesi',
  statute: 'Tuzuk',
  register_extract: 'Sicil kaydi',
  partnership_agreement: 'Ortaklik sozlesmesi',
  funds_proof: 'Gelir belgesi',
  other: 'Tercume',
};

export interface Opening {
  by?: DemoRole;
  /** Papers that are not there yet. */
  without?: readonly DocumentKind[];
}

/** Opens a file and takes in the papers at hand. */
export async function open(world: World, subject: Subject, at: Date, how: Opening = {}): Promise<Life> {
  const { by = 'staff', without = [] } = how;
  const branchId = world.branches[subject.index % world.branches.length];
  const life = await beginLife(world, by, at, {
    type: subject.type,
    trigger: subject.trigger,
    record: subject.record,
    ...(branchId === undefined ? {} : { branchId }),
  });
  for (const paper of papersOf(subject, at, world.policy)) {
    if (!without.includes(paper.kind)) await life.brings(by, paper);
  }
  return life;
}

export const submit = (life: Life, by: DemoRole = 'staff') => life.does(by, submitCase);

export function verdict(
  life: Life,
  by: DemoRole,
  decision: 'approve' | 'reject',
  reason: string,
): Promise<void> {
  return life.does(by, (tx, id) => decide(tx, id, { decision, reason }));
}

/** The usual beginning: opened, submitted, and approved by a second person at a given instant. */
export async function onboarded(
  world: World,
  subject: Subject,
  approvedAt: Date,
  how: Opening & { approvedBy?: DemoRole } = {},
): Promise<Life> {
  const life = await open(world, subject, openedFor(world, approvedAt), how);
  await submit(life, how.by);
  await life.until(approvedAt);
  await verdict(life, how.approvedBy ?? 'officer', 'approve', 'Belgeler görüldü, kayıt tam ve tutarlı.');
  return life;
}

/** When a file was opened that was approved at an instant: half a policy day earlier. */
export function openedFor(world: World, approvedAt: Date): Date {
  return new Date(approvedAt.getTime() - world.db.clock.dayMilliseconds / 2);
}

/** A story that ends, like all of them, at the first start. */
export function story(world: World, opens: Date, live: () => Promise<Life>): Story {
  return {
    opens,
    async live() {
      const life = await live();
      await life.until(world.firstStart);
    },
  };
}
