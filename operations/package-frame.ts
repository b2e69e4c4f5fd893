import { listBranchRows } from '../db/dealers';
import { parametersBetween, ruleSetOn } from '../db/package-sources';
import { getPackage, type PackageRow } from '../db/packages';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { statedRequirement } from '../domain/completeness';
import { dayInIstanbul } from '../domain/days';
import type { CustomerFilter } from './customer-list';
import { readProfile } from './dealers';
import type { StatementRules } from './package-completeness';
import type { Scope } from './package-scope';
import type { FrozenScope, PackageFrame } from './package-snapshot';
import { loadPolicy } from './rules';

interface FrameFacts {
  filter: CustomerFilter;
  scope: Scope;
  note: string | undefined;
  rules: StatementRules;
  fixUntil: Date | null;
}

/** Everything that a package says beside its customers: the dealer, the rules, and how the scope was drawn. */
export async function freezeFrame(tx: Tx, row: PackageRow, facts: FrameFacts): Promise<PackageFrame> {
  const profile = await readProfile(tx);
  const names = await userNames(tx, [row.requestedBy]);
  const { fourEyes } = await loadPolicy(tx);
  const parameters = await parametersBetween(tx, row.periodFrom, row.periodTo);
  return {
    number: row.number,
    profile: row.profile,
    language: row.language,
    dealer: { title: profile.title, vkn: profile.vkn, licenceNumber: profile.licenceNumber },
    period: { from: row.periodFrom, to: row.periodTo },
    asOf: tx.now.toISOString(),
    ruleSet: await ruleSetOn(tx, dayInIstanbul(tx.now)),
    requestedBy: names.get(row.requestedBy) ?? row.requestedBy,
    filter: filterInWords(facts.filter),
    fourEyes,
    parameters: parameters.map(({ key, value, validFrom, validTo, legalBasis, confidence }) => ({
      key,
      value,
      validFrom,
      validTo,
      legalBasis,
      confidence,
    })),
    outside: facts.scope.outside,
    scope: await frozenScope(tx, row, facts),
    requirements: facts.rules.requirements.map(statedRequirement),
  };
}

async function frozenScope(
  tx: Tx,
  row: PackageRow,
  { filter, scope, note, fixUntil }: FrameFacts,
): Promise<FrozenScope> {
  const { customers, included, excluded, population, sample } = scope;
  const branches = filter.branch === undefined ? [] : await listBranchRows(tx);
  return {
    branches: branches.filter(({ id }) => filter.branch?.includes(id)).map(({ name }) => name),
    customers,
    included,
    excluded,
    population,
    sample,
    note: note ?? null,
    supersedes: row.supersedes === null ? null : (await getPackage(tx, row.supersedes)).number,
    fixWindow: fixUntil === null ? null : { days: row.fixDays, until: fixUntil.toISOString(), endedAt: null },
  };
}

/** The filter as the list query would carry it: one string a name. */
export function filterInWords(filter: CustomerFilter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]: [string, string | readonly string[]]) => [
      name,
      typeof value === 'string' ? value : value.join(','),
    ]),
  );
}
