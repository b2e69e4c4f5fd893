import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';

import { SheetRefusal } from './sheet-limits';
import { PARTS_MAX, RATIO_FREE_BYTES, UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX } from './sheet-limits';
import type { OpenSheets } from './sheet-reader';
import { readRows } from './sheet-rows-xlsx';
import { SharedTexts } from './shared-texts';
import { parseXml } from './sheet-xml';

const WORKBOOK = 'xl/workbook.xml';

/** A workbook whose directory has been looked over; a part is unpacked when it is read. */
export async function openXlsx(file: Buffer): Promise<OpenSheets> {
  const parts = await directory(file);
  if (!parts.entries.has(WORKBOOK)) throw new SheetRefusal('not_a_sheet');
  const book = await readBook(parts);
  const formats = parts.entries.has('xl/styles.xml') ? await readFormats(parts) : [];
  let texts: Promise<SharedTexts> | undefined;
  return {
    format: 'xlsx',
    names: [...book.sheets.keys()],
    async *rows(name) {
      const path = book.sheets.get(name);
      if (path === undefined || !parts.entries.has(path)) throw new SheetRefusal('missing_sheet');
      texts ??= readTexts(parts);
      yield* readRows(unpacked(parts, path), { texts: await texts, formats, from1904: book.from1904 });
    },
  };
}

interface Parts {
  zip: ZipFile;
  entries: Map<string, Entry>;
}

/** @throws SheetRefusal for what no import needs and every attack uses. */
async function directory(file: Buffer): Promise<Parts> {
  const entries = new Map<string, Entry>();
  try {
    const zip = await fromBufferPromise(file, { lazyEntries: true, autoClose: false });
    let unpackedBytes = 0;
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (entries.size >= PARTS_MAX) throw new SheetRefusal('too_many_parts');
      if (entries.has(name)) throw new SheetRefusal('damaged_sheet');
      if (entry.isEncrypted()) throw new SheetRefusal('old_or_encrypted');
      if (/vbaProject|xl\/macrosheets\//i.test(name)) throw new SheetRefusal('macros');
      if (/^xl\/(externalLinks|connections|queryTables)/i.test(name))
        throw new SheetRefusal('external_links');
      if (/^xl\/(embeddings|activeX|ctrlProps)\//i.test(name)) throw new SheetRefusal('embedded_objects');
      unpackedBytes += entry.uncompressedSize;
      const blownUp = entry.uncompressedSize > Math.max(1, entry.compressedSize) * UNPACKED_RATIO_MAX;
      if (unpackedBytes > UNPACKED_BYTES_MAX || (entry.uncompressedSize > RATIO_FREE_BYTES && blownUp)) {
        throw new SheetRefusal('zip_bomb');
      }
      entries.set(name, entry);
    }
    return { zip, entries };
  } catch (error) {
    throw error instanceof SheetRefusal ? error : new SheetRefusal('damaged_sheet');
  }
}

/** The bytes of a part; yauzl fails the stream when they are more or fewer than the directory says. */
async function* unpacked({ zip, entries }: Parts, path: string): AsyncGenerator<Buffer> {
  const entry = entries.get(path);
  if (entry === undefined) throw new SheetRefusal('damaged_sheet');
  try {
    const stream = await zip.openReadStreamPromise(entry, {});
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw error instanceof SheetRefusal ? error : new SheetRefusal('damaged_sheet');
  }
}

async function readBook(parts: Parts): Promise<{ sheets: Map<string, string>; from1904: boolean }> {
  const targets = new Map<string, string>();
  const relations = 'xl/_rels/workbook.xml.rels';
  if (!parts.entries.has(relations)) throw new SheetRefusal('damaged_sheet');
  await parseXml(unpacked(parts, relations), {
    open(name, attributes) {
      if (name !== 'Relationship') return;
      if (attributes['TargetMode'] === 'External') throw new SheetRefusal('external_links');
      const target = attributes['Target'] ?? '';
      targets.set(attributes['Id'] ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
    },
  });
  const sheets = new Map<string, string>();
  let from1904 = false;
  await parseXml(unpacked(parts, WORKBOOK), {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key === 'id' || key.endsWith(':id'))?.[1] ?? '';
      sheets.set(attributes['name'] ?? '', targets.get(id) ?? '');
    },
  });
  return { sheets, from1904 };
}

/** How a number is shown, by the style of its cell. */
export type NumberLook = 'plain' | 'day' | 'percent';

/** Formats that every spreadsheet knows by number: days and times, and percentages. */
const DAY_FORMATS = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58]);
const PERCENT_FORMATS = new Set([9, 10]);

async function readFormats(parts: Parts): Promise<NumberLook[]> {
  const custom = new Map<number, NumberLook>();
  const looks: NumberLook[] = [];
  let inCells = false;
  await parseXml(unpacked(parts, 'xl/styles.xml'), {
    open(name, attributes) {
      if (name === 'numFmt') {
        custom.set(Number(attributes['numFmtId']), lookOf(attributes['formatCode'] ?? ''));
      } else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) {
        const id = Number(attributes['numFmtId'] ?? 0);
        const known = DAY_FORMATS.has(id) ? 'day' : PERCENT_FORMATS.has(id) ? 'percent' : 'plain';
        looks.push(custom.get(id) ?? known);
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return looks;
}

/** What a format of somebody's own shows: words in quotes, colours and escapes do not count. */
function lookOf(code: string): NumberLook {
  const bare = code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '').toLowerCase();
  if (bare.includes('%')) return 'percent';
  return /[yd]|m{3,}/.test(bare.replaceAll('general', '')) ? 'day' : 'plain';
}

async function readTexts(parts: Parts): Promise<SharedTexts> {
  const texts = new SharedTexts();
  if (!parts.entries.has('xl/sharedStrings.xml')) return texts;
  let text = '';
  let reading = false;
  let phonetic = false;
  await parseXml(unpacked(parts, 'xl/sharedStrings.xml'), {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') reading = !phonetic;
    },
    text(piece) {
      if (reading) text += piece;
    },
    close(name) {
      if (name === 't') reading = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') texts.add(text);
    },
  });
  return texts;
}
