import type { CompletenessTotals } from '../domain/completeness';
import { comparePaths, type ManifestScope } from '../domain/package-manifest';
import type { PackageFrame, ScopeReason } from './package-snapshot';

/** How a frozen scope was drawn, as the manifest says it; nothing for a snapshot before 0015. */
export function manifestScope(
  { scope }: PackageFrame,
  completeness: CompletenessTotals | null,
): Partial<ManifestScope> {
  if (scope === undefined) return {};
  const { branches, customers, included, population, sample, note, supersedes, fixWindow } = scope;
  return {
    ...(branches.length === 0 ? {} : { branches }),
    ...(customers === null ? {} : { customers }),
    included: included.map(({ code, reason }: ScopeReason) => ({ customer: code, reason })),
    population: { customers: population, ...(sample === null ? {} : { codes: sample.population }) },
    sample:
      sample === null
        ? { method: 'all' }
        : { method: 'sample', rule: sample.rule, seed: sample.seed, size: sample.size },
    ...(note === null ? {} : { note }),
    ...(supersedes === null ? {} : { supersedes }),
    ...(fixWindow === null ? {} : { fixWindow }),
    ...(completeness === null ? {} : { completeness }),
  };
}

/** Who was left out and why, by code: a reason code of ours, or the words of the officer who named them. */
export function exclusionsOf(frame: PackageFrame): { customer: string; reason: string; byName: boolean }[] {
  const outside = frame.outside.map((customer) => ({ customer, reason: 'outside_period', byName: false }));
  const named = (frame.scope?.excluded ?? []).map(({ code, reason }) => ({
    customer: code,
    reason,
    byName: true,
  }));
  return [...outside, ...named].sort((a, b) => comparePaths(a.customer, b.customer));
}
