import {
  beneficialOwnerLines,
  customerLine,
  decisionLines,
  episodeLines,
  findingLines,
  noticeLines,
  representativeLines,
  verificationLines,
} from './package-lines';
import { formLines, heightenedLines, onBehalfLine } from './package-paper-lines';
import { ofCustomer, paperRows, type PartsOfPackage } from './package-parts';
import type { PackageFrame, PackageItem } from './package-snapshot';
import type { VolumeRow } from './package-volumes';
import type { PackageWords } from './package-words';

/** Parts with customers' rows that each profile prints (D-7.1). */
const PRINTED = { masak: ['transactions', 'screenings'], maliye: ['payments', 'invoices'] } as const;

/** All that a customer brings into the tables of this profile. */
export async function* rowsOf(
  item: PackageItem,
  frame: PackageFrame,
  words: PackageWords,
  from: PartsOfPackage,
): AsyncGenerator<VolumeRow> {
  yield { table: 'customers', line: customerLine(item) };
  for (const line of findingLines(item, words)) if (line.closedAt === null) yield { table: 'findings', line };
  if (frame.profile === 'masak') yield* masakRows(item, words);
  for (const table of PRINTED[frame.profile]) {
    for await (const line of paperRows(ofCustomer(from, item.code), table)) yield { table, line };
  }
}

function* masakRows(item: PackageItem, words: PackageWords): Generator<VolumeRow> {
  const of = <Line extends object>(line: Line) => ({ ...line, customerCode: item.code });
  // Section 5 matches transactions with forms: those that say which transaction they are about.
  for (const line of formLines(item, words))
    if (line.transaction !== null) yield { table: 'forms', line: of(line) };
  const onBehalf = onBehalfLine(item);
  if (onBehalf !== null) yield { table: 'onBehalf', line: of(onBehalf) };
  for (const line of heightenedLines(item, words)) yield { table: 'heightened', line };
  for (const line of representativeLines(item, words)) yield { table: 'representatives', line: of(line) };
  for (const line of beneficialOwnerLines(item, words)) yield { table: 'beneficialOwners', line: of(line) };
  for (const line of verificationLines(item, words)) yield { table: 'verifications', line: of(line) };
  for (const line of decisionLines(item)) yield { table: 'decisions', line: of(line) };
  for (const line of episodeLines(item, words)) yield { table: 'refreshes', line: of(line) };
  for (const line of noticeLines(item, words)) yield { table: 'notices', line: of(line) };
}
