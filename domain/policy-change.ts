import type { CaseKind, CustomerStatus, DutyKind, RiskLevel, Stage, Trigger } from './customer';
import { dayInIstanbul } from './days';
import { ladderOf, rungDueAt, rungFromDay, type Rung } from './ladder';
import { addPeriod, parsePeriod, subtractPeriod } from './periods';
import { nextReview } from './review';
import type { Policy, PolicyFloor } from './rules/policy';

/** What of a customer's waits can move when a policy changes. */
export const MOVE_KINDS = [
  'review',
  'refresh',
  'follow_up',
  'onboarding_expiry',
  'collecting',
  'decision',
] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

/** Which waits a policy value sets. A key that is missing moves no date: it holds for what happens from its day on. */
export const MOVED_BY: Partial<Record<keyof Policy, readonly MoveKind[]>> = {
  refresh: ['review', 'refresh'],
  followUpLadder: ['follow_up'],
  suspendAfterDays: ['follow_up'],
  closeProposalAfterDays: ['follow_up'],
  onboardingExpiry: ['onboarding_expiry'],
  collectingPeriod: ['collecting'],
  decisionTarget: ['decision'],
};

/** Everything that a customer's due dates are computed from. */
export interface DateFacts {
  status: CustomerStatus;
  trigger: Trigger;
  risk: RiskLevel | null;
  /** The last activation or full review. */
  reviewFrom: Date | null;
  nextReviewOn: string | null;
  overdue: boolean;
  openCase: OpenCase | null;
  /** Open duties: the customer's own and those of the open case. */
  duties: Partial<Record<DutyKind, Date>>;
}

export interface OpenCase {
  id: string;
  kind: CaseKind;
  stage: Stage;
  waitingOn: string;
  since: Date;
  openedAt: Date;
  progressAt: Date;
  ladderStartedAt: Date | null;
  ladderStep: number;
  ladderStepAt: Date | null;
  dueOn: Date | null;
}

/** One wait that comes to stand elsewhere. Days are what people read, instants what the machine goes by. */
export interface Move {
  what: MoveKind;
  caseId: string | null;
  /** The duty that holds the wait now and the one that holds it then. */
  duty: { from: DutyKind; to: DutyKind };
  on: { from: string; to: string };
  at: { from: Date; to: Date };
  /** When the review itself falls due. */
  dueAt: { from: Date | null; to: Date | null };
  /** Rung of the ladder that comes next. */
  rung: { from: number | null; to: number | null };
  /** What the case says comes next. */
  next: string | null;
  /** The review comes so much later that the case opened for it is over. */
  endsCase: boolean;
}

export interface Policies {
  before: Policy;
  after: Policy;
}

/**
 * The waits of one customer that a change of policy moves: none where both policies give the same answer, or where the
 * date is already what the new one says. Pure: the preview and the application of a change both ask here.
 */
export function movesOf(facts: DateFacts, policies: Policies, now: Date, dayMs: number): Move[] {
  const context: Context = { facts, policies, now, dayMs };
  return [review(context), refresh(context), followUp(context), ...deadlines(context)].filter(
    (move): move is Move => move !== null && isMove(move),
  );
}

interface Context {
  facts: DateFacts;
  policies: Policies;
  now: Date;
  dayMs: number;
}

/** A later day whose longer notice begins at the same instant moves too: the instants agree, the days do not. */
function isMove({ on, at, dueAt, rung, duty, endsCase }: Move): boolean {
  return (
    endsCase ||
    duty.from !== duty.to ||
    on.from !== on.to ||
    at.from.getTime() !== at.to.getTime() ||
    dueAt.from?.getTime() !== dueAt.to?.getTime() ||
    rung.from !== rung.to
  );
}

const LASTING: readonly CustomerStatus[] = ['active', 'suspended', 'passive'];

function plans({ facts, policies, dayMs }: Context) {
  if (facts.reviewFrom === null || facts.trigger !== 'continuous' || !LASTING.includes(facts.status))
    return null;
  const risk = facts.risk ?? 'medium';
  const planOf = (policy: Policy) => {
    const plan = nextReview(risk, facts.reviewFrom ?? new Date(0), policy.refresh, dayMs);
    return { ...plan, firstAt: plan.noticesAt[0]?.at ?? plan.dueAt };
  };
  return { before: planOf(policies.before), after: planOf(policies.after) };
}

/** The next review of a customer for whom no refresh is open. */
function review(context: Context): Move | null {
  const { facts } = context;
  const [plan, at] = [plans(context), facts.duties.refresh_notice];
  if (plan === null || at === undefined || facts.openCase?.kind === 'refresh') return null;
  const { before, after } = plan;
  if (same(before.firstAt, after.firstAt) && same(before.dueAt, after.dueAt)) return null;
  return {
    what: 'review',
    caseId: null,
    duty: { from: 'refresh_notice', to: 'refresh_notice' },
    on: { from: facts.nextReviewOn ?? before.dueOn, to: after.dueOn },
    at: { from: at, to: after.firstAt },
    dueAt: { from: null, to: null },
    rung: { from: null, to: null },
    next: null,
    endsCase: false,
  };
}

/**
 * A review that has been announced: its date moves with the policy unless somebody began it early; where it comes so much
 * later that not even its first notice is near, its case ends.
 */
function refresh(context: Context): Move | null {
  const { facts, now, dayMs } = context;
  const [plan, row] = [plans(context), facts.openCase];
  if (plan === null || row?.kind !== 'refresh' || row.dueOn === null) return null;
  const held = heldBy(facts, ['refresh_notice', 'refresh_due', 'follow_up_step']);
  if (held === null) return null;
  const early =
    !same(row.dueOn, plan.before.dueAt) &&
    !same(row.dueOn, plan.after.dueAt) &&
    dayInIstanbul(row.dueOn) !== facts.nextReviewOn;
  const dueAt = early ? row.dueOn : plan.after.dueAt;
  const shared = {
    caseId: row.id,
    on: { from: dayInIstanbul(row.dueOn), to: dayInIstanbul(dueAt) },
    dueAt: { from: row.dueOn, to: dueAt },
    rung: { from: null, to: null },
  };
  const changed =
    !same(plan.before.firstAt, plan.after.firstAt) || !same(plan.before.dueAt, plan.after.dueAt);
  if (!early && changed && plan.after.firstAt > now) {
    const at = { from: held.at, to: plan.after.firstAt };
    const duty = { from: held.kind, to: 'refresh_notice' as const };
    return { what: 'refresh', ...shared, duty, at, next: null, endsCase: true };
  }
  // Silence that has joined the ladder stays there, unless by the new date it is none yet.
  if (row.waitingOn !== 'confirmation' && (early || !changed || dueAt <= now)) return null;
  const graceBefore = addPeriod(row.dueOn, graceOf(context, 'before'), dayMs);
  const graceAfter = addPeriod(dueAt, graceOf(context, 'after'), dayMs);
  if (!changed && same(graceBefore, graceAfter)) return null;
  const to = nextOfRefresh(context, dueAt, graceAfter);
  if (early && !facts.overdue) return null;
  return {
    what: 'refresh',
    ...shared,
    duty: { from: held.kind, to: to.kind },
    at: { from: held.at, to: to.at },
    next: to.what,
    endsCase: false,
  };
}

function graceOf({ facts, policies }: Context, which: keyof Policies): string {
  return `P${policies[which].refresh[facts.risk ?? 'medium'].graceDays}D`;
}

/** A notice still to come, else the due day, else the end of the grace after it. */
function nextOfRefresh(
  { facts, policies, now, dayMs }: Context,
  dueAt: Date,
  graceEndsAt: Date,
): { kind: DutyKind; at: Date; what: string } {
  if (facts.overdue && dueAt <= now)
    return { kind: 'refresh_due', at: graceEndsAt, what: 'follow_up_starts' };
  const notice = [...policies.after.refresh[facts.risk ?? 'medium'].noticeDays]
    .sort((a, b) => b - a)
    .map((days) => subtractPeriod(dueAt, `P${days}D`, dayMs))
    .find((at) => at > now);
  return notice === undefined
    ? { kind: 'refresh_due', at: dueAt, what: 'refresh_due' }
    : { kind: 'refresh_notice', at: notice, what: 'refresh_notice' };
}

/** The next rung of a ladder that is being climbed. */
function followUp({ facts, policies, dayMs }: Context): Move | null {
  const [row, at] = [facts.openCase, facts.duties.follow_up_step];
  if (row === null || row.ladderStartedAt === null || at === undefined || row.waitingOn !== 'customer')
    return null;
  const [before, after] = [ladderOf(row.kind, policies.before), ladderOf(row.kind, policies.after)];
  const step = sameRung(before, after, row.ladderStep);
  const plannedAt = (ladder: readonly Rung[], index: number, policy: Policy) => {
    const [rung, started] = [ladder[index], row.ladderStartedAt ?? row.since];
    return rung === undefined
      ? addPeriod(row.ladderStepAt ?? started, `P${policy.suspendAfterDays}D`, dayMs)
      : rungDueAt(rung, started, row.ladderStepAt, dayMs);
  };
  const was = plannedAt(before, row.ladderStep, policies.before);
  const becomes = plannedAt(after, step, policies.after);
  if (same(was, becomes) && step === row.ladderStep) return null;
  return {
    what: 'follow_up',
    caseId: row.id,
    duty: { from: 'follow_up_step', to: 'follow_up_step' },
    on: { from: dayInIstanbul(at), to: dayInIstanbul(becomes) },
    at: { from: at, to: becomes },
    dueAt: { from: null, to: null },
    rung: { from: row.ladderStep, to: step },
    next: after[step]?.step ?? after.at(-1)?.step ?? null,
    endsCase: false,
  };
}

/** Where a climber of one ladder stands on another: at the first rung that was not climbed and does not lie behind. */
export function sameRung(before: readonly Rung[], after: readonly Rung[], step: number): number {
  const climbed = before.slice(0, step);
  const names = new Set(climbed.map((rung) => rung.step));
  const ahead = new Set(before.slice(step).map((rung) => rung.step));
  const lastDay = climbed.at(-1)?.day ?? Number.NEGATIVE_INFINITY;
  if (climbed.length > 0 && ahead.size === 0) return after.length;
  const index = after.findIndex(
    (rung) => !names.has(rung.step) && (ahead.has(rung.step) || rung.day > lastDay),
  );
  return index === -1 ? Math.min(after.length, Math.max(0, rungFromDay(after, lastDay + 1))) : index;
}

/** Deadlines that count from an instant of the case; what an import spread stays spread. */
function deadlines(context: Context): (Move | null)[] {
  const { facts, policies } = context;
  const row = facts.openCase;
  if (row === null) return [];
  const { before, after } = policies;
  const anchor = row.stage === 'decision' ? row.since : row.progressAt;
  return [
    deadline(
      context,
      'onboarding_expiry',
      'case_expiry',
      anchor,
      [before, after].map((p) => p.onboardingExpiry),
    ),
    deadline(
      context,
      'collecting',
      'collecting_deadline',
      row.openedAt,
      [before, after].map((p) => p.collectingPeriod),
    ),
    deadline(
      context,
      'decision',
      'decision_deadline',
      row.since,
      [before, after].map((p) => p.decisionTarget),
    ),
  ];
}

function deadline(
  { facts, dayMs }: Context,
  what: MoveKind,
  duty: DutyKind,
  anchor: Date,
  [before = 'P0D', after = 'P0D']: string[],
): Move | null {
  const at = facts.duties[duty];
  if (at === undefined || before === after) return null;
  const longer = addPeriod(anchor, after, dayMs).getTime() - addPeriod(anchor, before, dayMs).getTime();
  const to = new Date(at.getTime() + longer);
  return {
    what,
    caseId: facts.openCase?.id ?? null,
    duty: { from: duty, to: duty },
    on: { from: dayInIstanbul(at), to: dayInIstanbul(to) },
    at: { from: at, to },
    dueAt: { from: null, to: null },
    rung: { from: null, to: null },
    next: null,
    endsCase: false,
  };
}

function heldBy(facts: DateFacts, kinds: readonly DutyKind[]): { kind: DutyKind; at: Date } | null {
  for (const kind of kinds) {
    const at = facts.duties[kind];
    if (at !== undefined) return { kind, at };
  }
  return null;
}

function same(left: Date, right: Date): boolean {
  return left.getTime() === right.getTime();
}

/** A bound of the law that a value does not keep. */
export interface BrokenFloor extends PolicyFloor {
  refused: boolean;
}

/** Bounds that a value breaks: refused where the law was read, a warning where it was only recalled. */
export function brokenFloors(value: unknown, floors: readonly PolicyFloor[]): BrokenFloor[] {
  return floors
    .filter((floor) => isWeaker(partAt(value, floor.path), floor))
    .map((floor) => ({ ...floor, refused: floor.confidence === 'read' }));
}

function partAt(value: unknown, path: string): unknown {
  return path === ''
    ? value
    : path
        .split('.')
        .reduce<unknown>(
          (part, key) =>
            typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined,
          value,
        );
}

function isWeaker(part: unknown, { atLeast, atMost }: PolicyFloor): boolean {
  const size = (value: unknown) => (typeof value === 'string' ? lengthOf(value) : Number(value));
  if (typeof part !== 'number' && typeof part !== 'string') return false;
  return (
    (atLeast !== undefined && size(part) < size(atLeast)) ||
    (atMost !== undefined && size(part) > size(atMost))
  );
}

/** Days of a period, with twelve months to a year of 365 days: good enough to compare, never to count by. */
export function lengthOf(period: string): number {
  const { months, days, milliseconds } = parsePeriod(period);
  return (months / 12) * 365 + days + milliseconds / 86_400_000;
}
