import type { DocumentKind, CustomerType, Trigger } from '../../domain/customer';
import { addDays, dayInIstanbul } from '../../domain/days';
import { decide } from '../decisions';
import { submitCase } from '../onboarding';
import { beginLife, type Life, type Paper } from './life';
import { companyRecord, personRecord, type DemoPerson, type DemoRecord } from './records';
import { specimenJpeg, specimenPdf, specimenPng } from './specimens';
import type { DemoRole, World } from './world';

/** One customer's past, told from the day the file was opened. */
export interface Story {
  opens: Date;
  live(): Promise<void>;
}

/** Who a story is about, with the papers such a customer brings. */
export interface Subject {
  index: number;
  type: CustomerType;
  record: DemoRecord;
  /** Day on which the identity card runs out; a company's papers have none. */
  cardUntil?: string;
}

/** Name, birthday and work of an invented person; the index decides every number. */
export type Who = readonly [givenNames: string, surname: string, birthDate: string, occupation: string];

export function person(world: World, index: number, who: Who, changes: DemoRecord = {}): Subject {
  const invented = inventedPerson(world, index, who);
  const record = personRecord(invented, changes);
  return { index, type: 'natural_person_tr', record, cardUntil: invented.cardUntil };
}

/** A company with one owner. */
export function company(
  world: World,
  index: number,
  title: string,
  owner: Who,
  changes: DemoRecord = {},
): Subject {
  // A hundred apart, so that an owner's numbers never meet those of a customer.
  const record = companyRecord(index, title, inventedPerson(world, index + 100, owner), changes);
  return { index, type: 'company', record };
}

function inventedPerson(world: World, index: number, who: Who): DemoPerson {
  const [givenNames, surname, birthDate, occupation] = who;
  const cardUntil = addDays(dayInIstanbul(world.firstStart), 400 + index * 37);
  return { index, givenNames, surname, birthDate, occupation, cardUntil };
}

/** The papers that make such a file complete. The bill is some weeks old on the day it is taken in. */
export function papersOf({ index, type, cardUntil }: Subject, takenAt: Date): Paper[] {
  const today = dayInIstanbul(takenAt);
  const pdf = (kind: DocumentKind, what: string, extra: Partial<Paper> = {}): Paper => ({
    kind,
    content: specimenPdf(['SICIL DEMO - SPECIMEN', what, `No. ${index}`]),
    fileName: `${what.toLowerCase().replaceAll(' ', '-')}.pdf`,
    ...extra,
  });
  if (type === 'company') {
    return [
      pdf('trade_gazette', 'Ticaret sicil gazetesi', { issuedOn: addDays(today, -900) }),
      pdf('tax_certificate', 'Vergi levhasi', { issuedOn: addDays(today, -60) }),
      pdf('signature_circular', 'Imza sirkuleri', { issuedOn: addDays(today, -300), originalSeen: true }),
    ];
  }
  const card =
    index % 2 === 0
      ? { content: specimenPng(index), fileName: 'kimlik.png' }
      : { content: specimenJpeg(`Sicil demo specimen ${index}`), fileName: 'kimlik.jpg' };
  return [
    {
      kind: 'identity_card',
      ...card,
      originalSeen: true,
      ...(cardUntil === undefined ? {} : { expiresOn: cardUntil }),
    },
    pdf('address_proof', 'Fatura', { issuedOn: addDays(today, -24) }),
    { kind: 'signature_sample', content: specimenPng(index + 40), fileName: 'imza.png' },
  ];
}

export interface Opening {
  by?: DemoRole;
  trigger?: Trigger;
  /** Papers that are not there yet. */
  without?: readonly DocumentKind[];
}

/** Opens a file and takes in the papers at hand. */
export async function open(world: World, subject: Subject, at: Date, how: Opening = {}): Promise<Life> {
  const { by = 'staff', trigger = 'continuous', without = [] } = how;
  const branchId = world.branches[subject.index % world.branches.length];
  const life = await beginLife(world, by, at, {
    type: subject.type,
    trigger,
    record: subject.record,
    ...(branchId === undefined ? {} : { branchId }),
  });
  for (const paper of papersOf(subject, at)) {
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
