import { formatInstant } from '../templates/helpers';
import type { ScopeModel } from '../templates/report-parts';
import type { ReportFrame } from '../templates/reports';
import type { WorkbookModel } from '../templates/workbook';
import type { CustomerRow } from '../templates/workbook-rows';
import { lastTransactions, partRows, partsOf, type PartsOfPackage } from './package-parts';
import { exclusionsOf } from './package-scope-facts';
import type { PackageFrame, PackageItem } from './package-snapshot';
import { scopeModel } from './package-summary';
import type { PackageWords } from './package-words';
import {
  beneficialOwnerRows,
  changeRows,
  completenessSheetRows,
  customerRow,
  documentRows,
  findingRows,
  refreshRows,
  representativeRows,
  riskRows,
  verificationRows,
} from './package-workbook-rows';

type FixWindow = NonNullable<ScopeModel['fixWindow']>;

/** Frozen customers from the first to the last; a workbook reads them once for every sheet. */
export type Items = () => AsyncIterable<PackageItem>;

/** Everything `veri.xlsx` shows, read as it is written. Identity numbers are in clear here. */
export function workbookModel(
  frame: PackageFrame,
  report: ReportFrame,
  items: Items,
  words: PackageWords,
  from: PartsOfPackage = partsOf({ id: '', frame }),
): WorkbookModel {
  return {
    frame: report,
    scope: scopeLines(frame, words),
    customers: customerRows(items, from, words),
    documents: rowsOf(items, documentRows),
    representatives: rowsOf(items, (item) => representativeRows(item, words)),
    beneficialOwners: rowsOf(items, (item) => beneficialOwnerRows(item, words)),
    findings: rowsOf(items, (item) => findingRows(item, words)),
    verifications: rowsOf(items, (item) => verificationRows(item, words)),
    risks: rowsOf(items, (item) => riskRows(item, words)),
    refreshes: rowsOf(items, (item) => refreshRows(item, words)),
    changes: rowsOf(items, (item) => changeRows(item, words, frame.profile)),
    parameters: frame.parameters.flatMap(words.parameters),
    completeness:
      frame.requirements === undefined
        ? null
        : rowsOf(items, (item) => completenessSheetRows(frame, item, words)),
    parts: {
      transactions: partRows(from, 'transactions'),
      linkedGroups: partRows(from, 'linkedGroups'),
      payments: partRows(from, 'payments'),
      screenings: partRows(from, 'screenings'),
    },
  };
}

/** How the customers came into the package, as the cover says it. */
function scopeLines(frame: PackageFrame, words: PackageWords): WorkbookModel['scope'] {
  const { filter, population, sample, note, supersedes, fixWindow } = scopeModel(frame, words);
  const { t } = words;
  const line = (name: string, value: string | null) =>
    value === null ? [] : [{ name: t(`workbook.cover.${name}`), value }];
  const excluded = exclusionsOf(frame).length;
  return [
    ...filter,
    ...line('population', population === null ? null : String(population)),
    ...line(
      'sample',
      sample === null
        ? null
        : t('workbook.cover.sampleText', { size: sample.size, seed: sample.seed, rule: sample.rule }),
    ),
    ...line('excluded', excluded === 0 ? null : String(excluded)),
    ...line('fixWindow', fixWindow === null ? null : endOf(fixWindow, words)),
    ...line('supersedes', supersedes),
    ...line('note', note),
  ];
}

function endOf({ until, endedEarlyAt }: FixWindow, { t, language }: PackageWords): string {
  const planned = formatInstant(until, language);
  if (endedEarlyAt === null) return planned;
  return t('workbook.cover.fixWindowCut', { at: formatInstant(endedEarlyAt, language), planned });
}

async function* customerRows(
  items: Items,
  from: PartsOfPackage,
  words: PackageWords,
): AsyncGenerator<CustomerRow> {
  const last = await lastTransactions(from);
  for await (const item of items()) {
    yield { ...customerRow(item, words), lastTransactionAt: last.get(item.code) ?? null };
  }
}

async function* rowsOf<Row>(items: Items, rows: (item: PackageItem) => Row[]): AsyncGenerator<Row> {
  for await (const item of items()) yield* rows(item);
}
