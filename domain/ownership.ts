import { LEGAL_HOLDERS, NATURAL_HOLDERS } from './customer';
import { foldKey } from './names';
import { textAt, valueAt } from './record-path';

export type HolderKind = 'natural' | 'legal';

/** The holder one step nearer to the owner holds `share` percent of the company `of`. */
export interface OwnershipStep {
  of: string;
  share: number;
}

/** Somebody at whom a chain of holdings ends. */
export interface UltimateOwner {
  name: string;
  kind: HolderKind;
  /** Percent of the customer, direct and indirect, rounded to 0.01; `over` is judged on the exact value. */
  share: number;
  /** Each from the owner to the customer. */
  paths: OwnershipStep[][];
  over: boolean;
}

export type OwnershipProblemCode =
  | 'ownership_cycle' // a company holds itself, directly or through others
  | 'ownership_unknown_company' // shares of a company that nobody holds a part of
  | 'ownership_person_held' // shares of a natural person
  | 'ownership_too_deep'
  | 'ownership_incomplete'; // a chain over the threshold ends in a legal person

export interface OwnershipProblem {
  code: OwnershipProblemCode;
  /** The company or person it is about, as typed. */
  name: string;
}

export interface Ownership {
  /** Largest share first, equal ones by name. */
  owners: UltimateOwner[];
  problems: OwnershipProblem[];
  /** Holders between the customer and the farthest owner, that owner included: 1 where all shares are held directly. */
  layers: number;
}

/** A row of the record's shareholders in exact arithmetic: `units` are 10⁻¹⁰ percent. */
export interface Holding {
  key: string;
  name: string;
  kind: HolderKind;
  share: number;
  units: bigint;
  ofKey: string;
  of: string;
}

const DEPTH_MAX = 20;
/** A record holds 50 rows: a chart that needs more steps than this is no chart. */
const STEPS_MAX = 20_000;
const DECIMALS = 10;
/** 100 percent in units. */
const WHOLE = 100n * 10n ** BigInt(DECIMALS);
/** Hundredths of a percent in 100 percent. */
const HUNDREDTHS = 10_000n;

/**
 * Who owns the customer in the end, and how much: shares are multiplied along a path and added across paths, exactly
 * (D-2.8, step 1; TY m.17/A [read], the arithmetic [ours]). `overPercent` is the policy's threshold; exactly that share
 * is not over it. Companies are matched folded, so that two spellings are one company. Circles are reported and not
 * followed. Never throws: rows without a name or a share count as nobody and nothing.
 */
export function ownershipOf(title: string, shareholders: unknown, overPercent: number): Ownership {
  const holdings = holdingsOf(title, shareholders);
  const tally = new Tally(title, holdings);
  const owners = [...tally.ends.values()]
    .map(({ name, kind, amount, paths }) => ({
      name,
      kind,
      share: percentOf(amount),
      paths,
      over: isOver(amount, overPercent),
    }))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  const open = owners
    .filter(({ kind, over }) => kind === 'legal' && over)
    .map(({ name }): OwnershipProblem => ({ code: 'ownership_incomplete', name }));
  return { owners, problems: unique([...tally.problems, ...open]), layers: tally.layers };
}

/** The record's shareholder rows as holdings; `title` is the company that rows without `of` are about. */
export function holdingsOf(title: string, shareholders: unknown): Holding[] {
  if (!Array.isArray(shareholders)) return [];
  const rows = shareholders.map((row: unknown, index) => {
    const [name, of] = [textAt(row, 'name'), textAt(row, 'of') || title];
    const share = valueAt(row, 'share');
    const known = typeof share === 'number' && Number.isFinite(share) && share > 0 ? share : 0;
    // Two rows without a name are two unknown people.
    return { key: foldKey(name) || `#${index}`, name, of, ofKey: foldKey(of), share: known, row };
  });
  const held = new Set(rows.map(({ ofKey }) => ofKey));
  return rows.map(({ row, ...holding }) => ({
    ...holding,
    kind: holderKind(textAt(row, 'kind'), held.has(holding.key)),
    units: BigInt(holding.share.toFixed(DECIMALS).replace('.', '')),
  }));
}

/** The holders of each company, by its folded key. */
export function holdingsByCompany(holdings: readonly Holding[]): Map<string, Holding[]> {
  const byCompany = new Map<string, Holding[]>();
  for (const holding of holdings) {
    const others = byCompany.get(holding.ofKey);
    if (others === undefined) byCompany.set(holding.ofKey, [holding]);
    else others.push(holding);
  }
  return byCompany;
}

/** Folded key of a company or person in a chart. */
export function ownershipKey(name: string): string {
  return foldKey(name);
}

/** Without a known code, who has shareholders is a company and everybody else a person. */
function holderKind(code: string, isHeld: boolean): HolderKind {
  if ((LEGAL_HOLDERS as readonly string[]).includes(code)) return 'legal';
  if ((NATURAL_HOLDERS as readonly string[]).includes(code)) return 'natural';
  return isHeld ? 'legal' : 'natural';
}

/** A part of the customer as `units / WHOLE ** power`. */
interface Amount {
  units: bigint;
  power: number;
}

interface End {
  name: string;
  kind: HolderKind;
  amount: Amount;
  paths: OwnershipStep[][];
}

/** Walks the chart once, from the customer to everybody at whom a chain ends. */
class Tally {
  readonly ends = new Map<string, End>();
  readonly problems: OwnershipProblem[] = [];
  layers = 0;
  private readonly byCompany: Map<string, Holding[]>;
  private readonly reached = new Set<string>();
  private steps = 0;

  constructor(title: string, holdings: readonly Holding[]) {
    this.byCompany = holdingsByCompany(holdings);
    const customer = foldKey(title);
    this.walk(customer, { units: 1n, power: 0 }, [], [customer]);
    // Beyond a chain that was cut short nothing is known.
    if (this.problems.some(({ code }) => code === 'ownership_too_deep')) return;
    for (const { ofKey, of } of holdings) {
      if (!this.reached.has(ofKey)) this.problems.push({ code: 'ownership_unknown_company', name: of });
    }
  }

  private walk(company: string, part: Amount, path: OwnershipStep[], trail: string[]): void {
    this.reached.add(company);
    for (const holding of this.byCompany.get(company) ?? []) {
      this.steps += 1;
      const amount = { units: part.units * holding.units, power: part.power + 1 };
      const step = [{ of: holding.of, share: holding.share }, ...path];
      const isHeld = this.byCompany.has(holding.key);
      if (trail.includes(holding.key)) this.report('ownership_cycle', holding);
      else if (trail.length > DEPTH_MAX || this.steps > STEPS_MAX) this.report('ownership_too_deep', holding);
      else if (isHeld && holding.kind === 'legal') {
        this.walk(holding.key, amount, step, [...trail, holding.key]);
      } else {
        if (isHeld) {
          this.report('ownership_person_held', holding);
          this.reached.add(holding.key);
        }
        this.layers = Math.max(this.layers, step.length);
        this.end(holding, amount, step);
      }
    }
  }

  private end({ key, name, kind }: Holding, amount: Amount, path: OwnershipStep[]): void {
    const known = this.ends.get(key);
    if (known === undefined) this.ends.set(key, { name, kind, amount, paths: [path] });
    else {
      known.amount = sum(known.amount, amount);
      known.paths.push(path);
    }
  }

  private report(code: OwnershipProblemCode, { name }: Holding): void {
    this.problems.push({ code, name });
  }
}

function sum(a: Amount, b: Amount): Amount {
  const power = Math.max(a.power, b.power);
  const raised = ({ units, power: own }: Amount) => units * WHOLE ** BigInt(power - own);
  return { units: raised(a) + raised(b), power };
}

function isOver({ units, power }: Amount, overPercent: number): boolean {
  const threshold = BigInt(overPercent.toFixed(DECIMALS).replace('.', ''));
  return units * WHOLE > threshold * WHOLE ** BigInt(power);
}

/** Rounded half up to a hundredth of a percent. */
function percentOf({ units, power }: Amount): number {
  const whole = WHOLE ** BigInt(power);
  return Number((2n * units * HUNDREDTHS + whole) / (2n * whole)) / 100;
}

function unique(problems: readonly OwnershipProblem[]): OwnershipProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code}|${problem.name}`, problem])).values()];
}
