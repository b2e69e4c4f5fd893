import { codeRanges } from '../domain/code-ranges';
import { customerCounter, type CustomerCounts } from '../domain/customer-counts';
import { CUSTOMER_PARTS, type CustomerPart } from '../domain/package-parts';
import type { PartTable } from '../templates/part-columns';
import type { CompletenessModel, ScopeModel } from '../templates/report-parts';
import type { CustomerTables, ReportFrame, ReportVolume, SummaryReport } from '../templates/reports';
import { completenessCollector } from './package-completeness';
import { periodInWords } from './package-parameters';
import { countTriggered, partHeads, partsOf, summaryTables, type PartsOfPackage } from './package-parts';
import { exclusionsOf } from './package-scope-facts';
import type { FrozenScope, PackageFrame, PackageItem } from './package-snapshot';
import { rowsOf } from './package-table-rows';
import { volumeCutter, type CutVolume, type VolumeTables } from './package-volumes';
import type { PackageWords } from './package-words';

/** Customers who were left out, from which their codes are told by reason and as ranges. */
const EXCLUSIONS_IN_TABLE = 300;

/** How a summary is taken apart where its rows are too many for one document. */
export interface Volumes {
  /** Takes each volume when it is full; its rows leave memory with it. */
  keep: (volume: ReportVolume) => Promise<void>;
  /** Rows of one document; what a printer can bear unless told otherwise. */
  rowsMax?: number;
}

/**
 * Collects the summary report a customer at a time, in the order of their codes. Memory holds the rows of one document:
 * those that do not fit go to volumes meanwhile. What stands in totals and charts is counted.
 */
export function summaryCollector(
  frame: PackageFrame,
  report: ReportFrame,
  words: PackageWords,
  { keep, rowsMax }: Volumes,
  from: PartsOfPackage = partsOf({ id: frame.number, frame }),
) {
  const counter = customerCounter(frame.asOf);
  const statement = completenessCollector(frame);
  const cutter = volumeCutter(rowsMax);
  const open = { blocking: 0, warning: 0 };
  const keepAll = async (cut: Iterable<CutVolume> | AsyncIterable<CutVolume>) => {
    for await (const { volume, tables } of cut) {
      const { lines, parts } = apart(tables, partHeads(from));
      await keep({ frame: report, volume, ...lines, parts });
    }
  };
  return {
    async add(item: PackageItem): Promise<void> {
      counter.add(item);
      statement.add(item);
      for (const { severity, closedAt } of item.findings) if (closedAt === null) open[severity] += 1;
      await keepAll(cutter.add(item.code, rowsOf(item, frame, words, from)));
    },
    /** The report itself, when every customer was added. */
    async report(): Promise<SummaryReport> {
      await keepAll(cutter.rest());
      const { lines, parts } = apart(cutter.tables(), await summaryTables(from));
      const counts = counter.counts();
      return {
        frame: report,
        requestedBy: frame.requestedBy,
        scope: scopeModel(frame, words),
        parameters: frame.parameters.flatMap(words.parameters),
        totals: { ...totals(counts, open), thresholdTransactions: await countTriggered(from) },
        counts,
        completeness:
          frame.requirements === undefined ? null : completenessModel(statement.breakdown(), words),
        parts,
        ...lines,
        volumes: cutter.volumes(),
        ...exclusionsModel(frame, words),
        retention: retention(frame, words),
      };
    },
  };
}

/** Our lines apart from the rows of parts, which go into the tables of those that are kept. */
function apart<Tables extends Record<CustomerPart, PartTable | null>>(
  { transactions, payments, invoices, screenings, ...lines }: VolumeTables,
  heads: Tables,
): { lines: CustomerTables; parts: Tables } {
  const rows = { transactions, payments, invoices, screenings };
  const filled = CUSTOMER_PARTS.map((name) => {
    const head = heads[name];
    return [name, head === null ? null : { ...head, rows: rows[name] }];
  });
  return { lines, parts: { ...heads, ...Object.fromEntries(filled) } };
}

function totals(
  { customers, completeness, byType, byStatus, byRisk }: CustomerCounts,
  open: { blocking: number; warning: number },
): Omit<SummaryReport['totals'], 'thresholdTransactions'> {
  return {
    customers,
    completeness,
    openBlocking: open.blocking,
    openWarnings: open.warning,
    byType: byType.map(({ type, customers: count }) => ({ code: type, count })),
    byStatus: byStatus.map(({ status, customers: count }) => ({ code: status, count })),
    byRisk: byRisk
      .filter(({ customers: count }) => count > 0)
      .map(({ risk, customers: count }) => ({ code: risk, count })),
  };
}

function exclusionsModel(
  frame: PackageFrame,
  words: PackageWords,
): Pick<SummaryReport, 'exclusions' | 'exclusionGroups'> {
  const all = [
    ...exclusionsOf(frame).map(({ customer, reason, byName }) => ({
      customerCode: customer,
      reason: byName ? reason : words.code('excluded', reason),
    })),
    ...(frame.leftOut ?? []).map(({ code, reason }) => ({
      customerCode: code,
      reason: `${words.code('excluded', 'file_left_out')}: ${reason}`,
    })),
  ];
  if (all.length <= EXCLUSIONS_IN_TABLE) return { exclusions: all, exclusionGroups: null };
  const byReason = new Map<string, string[]>();
  for (const { customerCode, reason } of all) {
    const codes = byReason.get(reason);
    if (codes === undefined) byReason.set(reason, [customerCode]);
    else codes.push(customerCode);
  }
  const groups = [...byReason].map(([reason, codes]) => ({
    reason,
    count: codes.length,
    codes: codeRanges(codes),
  }));
  return { exclusions: [], exclusionGroups: groups };
}

/** How the customers came into the package, as section 1 says it. */
export function scopeModel(frame: PackageFrame, words: PackageWords): ScopeModel {
  const { scope, fourEyes } = frame;
  const sample = scope?.sample ?? null;
  return {
    filter: Object.entries(frame.filter).map(([name, value]) => ({
      name: words.code('filter', name),
      value: filterInWords(name, value, frame, words),
    })),
    fourEyesRecorded: fourEyes.mode === 'recorded' ? (fourEyes.reason ?? '–') : null,
    named: scope?.customers === undefined || scope.customers === null ? null : codeRanges(scope.customers),
    included: (scope?.included ?? []).map(({ code, reason }) => ({ customerCode: code, reason })),
    population: scope?.population ?? null,
    sample:
      sample === null
        ? null
        : {
            rule: words.t('parts.scope.ruleText', { rule: sample.rule }),
            seed: sample.seed,
            size: sample.size,
            population: codeRanges(sample.population),
          },
    note: scope?.note ?? null,
    supersedes: scope?.supersedes ?? null,
    fixWindow: fixWindowModel(scope?.fixWindow ?? null),
  };
}

function fixWindowModel(window: FrozenScope['fixWindow']): ScopeModel['fixWindow'] {
  if (window === null) return null;
  const { days, until, endedAt } = window;
  return { days, until, endedEarlyAt: endedAt !== null && endedAt < until ? endedAt : null };
}

function filterInWords(name: string, value: string, frame: PackageFrame, words: PackageWords): string {
  if (name === 'branch' && frame.scope !== undefined) return frame.scope.branches.join(', ');
  const area = { type: 'type', status: 'status', risk: 'risk' }[name];
  const part = (code: string) => (area === undefined ? code : words.t(`report.${area}.${code}`));
  return name === 'missing'
    ? value.split(',').map(words.field).join(', ')
    : value.split(',').map(part).join(', ');
}

type Breakdown = ReturnType<ReturnType<typeof completenessCollector>['breakdown']>;

function completenessModel(
  { totals: sums, byType, byRequirement }: Breakdown,
  words: PackageWords,
): CompletenessModel {
  const asked = byRequirement.filter(({ met, missing }) => met + missing > 0);
  const unasked = byRequirement.filter(({ met, missing }) => met + missing === 0);
  return {
    totals: { ...sums, product: sums.customers * sums.requirements },
    byType,
    byRequirement: asked.map(({ field, legalBasis, confidence, severity: _, ...row }) => ({
      ...row,
      field: words.field(field),
      legalBasis: words.basis(legalBasis),
      confidence: words.code('confidence', confidence),
    })),
    unasked: codeRanges(
      unasked.map(({ id }) => id),
      byRequirement.map(({ id }) => id),
    ),
    unaskedCount: unasked.length,
  };
}

function retention(frame: PackageFrame, words: PackageWords): SummaryReport['retention'] {
  const parameter = frame.parameters.findLast(({ key }) => key === 'retention');
  if (parameter === undefined) return [];
  const period = periodInWords(parameter.value, words.t);
  return ['customerFiles', 'package'].map((what) => ({
    what: words.code('retained', what),
    period,
    // Nothing prescribes how long a package is kept: it follows the files it holds (D-4.5).
    basis: what === 'package' ? words.t('package.ours') : words.basis(parameter.legalBasis),
  }));
}
