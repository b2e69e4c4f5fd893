import type { CustomerType, RiskLevel, Trigger } from './customer';
import { dayInIstanbul, instantOfDay, parseDay } from './days';
import { ownershipOf } from './ownership';
import { addPeriod } from './periods';
import { isAbsent, textAt, valueAt, valuesAt } from './record-path';
import type { RiskPolicy } from './rules/policy';

export interface RiskRating {
  level: RiskLevel;
  score: number;
  /** Names of the factors that applied, each a key of the policy's points. */
  factors: string[];
}

/** What a rating is made of. `today` is a day in Europe/Istanbul. */
export interface RiskFacts {
  type: CustomerType;
  trigger: Trigger;
  record: unknown;
  today: string;
}

const TYPE_FACTORS: Partial<Record<CustomerType, string>> = {
  company: 'type_company',
  company_foreign: 'type_foreign_company',
  association: 'type_association',
  foundation: 'type_association',
  union: 'type_association',
  party: 'type_association',
};
/** Whose public influence counts: the customer's, and that of whoever owns or represents it. */
const INFLUENCE = [
  'publicInfluence.kind',
  'representative.person.publicInfluence.kind',
  'representatives[].person.publicInfluence.kind',
  'beneficialOwners[].person.publicInfluence.kind',
];
const HOME = 'TUR';
const LAYERS_MAX = 4;
const REAL_DAY = 86_400_000;

/**
 * The factors that apply to a file, as far as the file holds what they need; what each weighs is policy (D-5, points are
 * our own choice). A trigger `confirmation` is no factor: it must not tell whether a suspicion stands behind it.
 */
export function riskFactors(facts: RiskFacts, policy: RiskPolicy): string[] {
  const { type, trigger, record, today } = facts;
  const typed = TYPE_FACTORS[type];
  const applies: [string, boolean][] = [
    [typed ?? '', typed !== undefined],
    ...layerFactors(record),
    ['owner_top_executive', someAt(record, 'beneficialOwners[].method', ['top_executive'])],
    ...influenceFactors(record),
    ['cash_or_metal_business', hasNace(record, policy.cashOrMetalNace)],
    ['young_company', isYoung(record, today, policy.youngCompany)],
    ['not_own_account', valueAt(record, 'onOwnAccount') === false],
    ['representative', !isAbsent(valueAt(record, 'representative'))],
    ['purpose_trade', valueAt(record, 'purpose') === 'trade'],
    ...countryFactors(record, policy.countries),
    ['first_visit_threshold', trigger === 'threshold' || trigger === 'linked'],
    ['cash_payment', valueAt(record, 'transaction.payment') === 'cash'],
  ];
  return [...new Set(applies.filter(([, holds]) => holds).map(([factor]) => factor))];
}

/** Adds up the policy's points, each group up to its cap; some factors make the risk high whatever the sum. */
export function rateRisk(factors: readonly string[], policy: RiskPolicy): RiskRating {
  const pointsOf = (some: readonly string[]) =>
    some.reduce((sum, factor) => sum + (policy.points[factor] ?? 0), 0);
  const groups = Object.values(policy.groups);
  const alone = factors.filter((factor) => !groups.some((group) => group.factors.includes(factor)));
  const capped = groups.map((group) =>
    Math.min(group.cap, pointsOf(factors.filter((factor) => group.factors.includes(factor)))),
  );
  const score = Math.min(100, pointsOf(alone) + capped.reduce((sum, points) => sum + points, 0));
  const high = score >= policy.high || factors.some((factor) => policy.alwaysHigh.includes(factor));
  return { level: high ? 'high' : score >= policy.medium ? 'medium' : 'low', score, factors: [...factors] };
}

/** The level at which a file rates. */
export function riskOf(facts: RiskFacts, policy: RiskPolicy): RiskLevel {
  return rateRisk(riskFactors(facts, policy), policy).level;
}

function someAt(record: unknown, path: string, values: readonly string[]): boolean {
  return valuesAt(record, path).some(({ value }) => typeof value === 'string' && values.includes(value));
}

/** Each layer beyond the first weighs more; from four on nothing is added. */
function layerFactors(record: unknown): [string, boolean][] {
  const { layers } = ownershipOf(textAt(record, 'title'), valueAt(record, 'shareholders'), 100);
  return layers < 2 ? [] : [[`ownership_layers_${Math.min(layers, LAYERS_MAX)}`, true]];
}

function influenceFactors(record: unknown): [string, boolean][] {
  return INFLUENCE.flatMap((path) => valuesAt(record, path)).map(({ value }) => [
    `public_influence_${String(value)}`,
    typeof value === 'string' && value.trim() !== '' && value !== 'none',
  ]);
}

/** NACE codes are typed with dots and without: 47.77.01, 477701. */
function hasNace(record: unknown, beginnings: readonly string[]): boolean {
  const plain = (code: string) => code.replaceAll(/[^0-9]/g, '');
  const code = plain(textAt(record, 'naceCode'));
  return code !== '' && beginnings.some((beginning) => code.startsWith(plain(beginning)));
}

function isYoung(record: unknown, today: string, period: string): boolean {
  const founded = valueAt(record, 'establishedOn');
  if (typeof founded !== 'string' || parseDay(founded) === null || founded > today) return false;
  return dayInIstanbul(addPeriod(instantOfDay(founded, 12), period, REAL_DAY)) > today;
}

/** Living or registered abroad is a factor; the lists of the FATF look at nationality too. */
function countryFactors(record: unknown, lists: RiskPolicy['countries']): [string, boolean][] {
  const seat = ['address.country', 'countryOfRegistration'];
  const paths = [...seat, 'nationality', 'beneficialOwners[].person.nationality'];
  const isAbroad = seat.some((path) => {
    const country = textAt(record, path).trim();
    return country !== '' && country !== HOME;
  });
  return [
    ['country_abroad', isAbroad],
    ['country_increased_monitoring', paths.some((path) => someAt(record, path, lists.increasedMonitoring))],
    ['country_call_for_action', paths.some((path) => someAt(record, path, lists.callForAction))],
  ];
}
