import type { PartName, PartRows } from '../domain/package-parts';
import type { CellKind, CellValue } from '../domain/workbook';
import { translator, type Language } from '../locales';
import { formatDay, formatInstant, formatMoney } from './helpers';

/** A column of a part: on its sheet under `heading` (D-7.2), on paper where there is room for it. */
export interface PartColumn<Row> {
  heading: string;
  kind: CellKind;
  of: (row: Row) => CellValue;
  /** Left out of the report's table: an A4 page is narrower than a sheet. */
  sheetOnly?: true;
}

/** A part's rows as a table of a report: cells as they are to be read. */
export interface PartTable {
  columns: { label: string; numeric: boolean }[];
  rows: string[][];
  /** Rows that only the workbook holds. */
  more: number;
}

/** Columns of every part by name, in the order of D-7.2. */
export const PART_COLUMNS: { [Name in PartName]: readonly PartColumn<PartRows[Name]>[] } = {
  transactions: [
    { heading: 'islem_no', kind: 'text', of: (row) => row.number },
    { heading: 'tarih_saat', kind: 'instant', of: (row) => row.at },
    { heading: 'sube', kind: 'text', of: (row) => row.branch, sheetOnly: true },
    { heading: 'yon', kind: 'text', of: (row) => row.direction },
    { heading: 'urun', kind: 'text', of: (row) => row.product },
    { heading: 'ayar', kind: 'text', of: (row) => row.fineness, sheetOnly: true },
    { heading: 'gram', kind: 'number', of: (row) => row.grams },
    { heading: 'adet', kind: 'number', of: (row) => row.pieces, sheetOnly: true },
    { heading: 'seri_no', kind: 'text', of: (row) => row.serial, sheetOnly: true },
    { heading: 'brut_tl', kind: 'amount', of: (row) => row.grossKurus },
    { heading: 'doviz', kind: 'text', of: (row) => row.currency, sheetOnly: true },
    { heading: 'kur', kind: 'number', of: (row) => row.rate, sheetOnly: true },
    { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
    { heading: 'temsilci', kind: 'text', of: (row) => row.representative, sheetOnly: true },
    { heading: 'form_no', kind: 'text', of: (row) => row.formNumber },
    { heading: 'tetik', kind: 'text', of: (row) => row.trigger },
    { heading: 'grup_no', kind: 'text', of: (row) => row.groupNumber },
    { heading: 'belge_turu', kind: 'text', of: (row) => row.documentKind, sheetOnly: true },
    { heading: 'belge_no', kind: 'text', of: (row) => row.documentNumber, sheetOnly: true },
  ],
  linkedGroups: [
    { heading: 'grup_no', kind: 'text', of: (row) => row.number },
    { heading: 'kural', kind: 'text', of: (row) => row.rule },
    { heading: 'ilk_islem', kind: 'instant', of: (row) => row.firstAt },
    { heading: 'son_islem', kind: 'instant', of: (row) => row.lastAt },
    { heading: 'adet', kind: 'number', of: (row) => row.count },
    { heading: 'toplam_tl', kind: 'amount', of: (row) => row.totalKurus },
    { heading: 'esik', kind: 'amount', of: (row) => row.thresholdKurus },
    { heading: 'karar', kind: 'text', of: (row) => row.decision },
    { heading: 'karar_veren', kind: 'text', of: (row) => row.decidedBy },
    { heading: 'gerekce', kind: 'text', of: (row) => row.reason },
  ],
  payments: [
    { heading: 'islem_no', kind: 'text', of: (row) => row.transactionNumber },
    { heading: 'odeme_sekli', kind: 'text', of: (row) => row.method },
    { heading: 'tutar', kind: 'amount', of: (row) => row.amountKurus },
    { heading: 'odeyen', kind: 'text', of: (row) => row.payer },
    { heading: 'iban_pos_ref', kind: 'text', of: (row) => row.reference },
    { heading: 'dekont_no', kind: 'text', of: (row) => row.receiptNumber },
    { heading: 'tevsik_durumu', kind: 'text', of: (row) => row.evidence },
  ],
  invoices: [
    { heading: 'islem_no', kind: 'text', of: (row) => row.transactionNumber },
    { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
    { heading: 'belge_turu', kind: 'text', of: (row) => row.kind },
    { heading: 'belge_no', kind: 'text', of: (row) => row.number },
    { heading: 'tarih', kind: 'day', of: (row) => row.on },
    { heading: 'brut_tl', kind: 'amount', of: (row) => row.grossKurus },
    { heading: 'kmts_seri_no', kind: 'text', of: (row) => row.kmtsSerial },
  ],
  screenings: [
    { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
    { heading: 'liste', kind: 'text', of: (row) => row.list },
    { heading: 'liste_surumu', kind: 'text', of: (row) => row.listVersion },
    { heading: 'skor', kind: 'number', of: (row) => row.score },
    { heading: 'sonuc', kind: 'text', of: (row) => row.result },
    { heading: 'gerekce', kind: 'text', of: (row) => row.reason },
    { heading: 'kapatan', kind: 'text', of: (row) => row.closedBy },
    { heading: 'zaman', kind: 'instant', of: (row) => row.at },
  ],
  trainings: [
    { heading: 'tarih', kind: 'day', of: (row) => row.on },
    { heading: 'konu', kind: 'text', of: (row) => row.subject },
    { heading: 'katilanlar', kind: 'text', of: (row) => row.participants },
    { heading: 'duzenleyen', kind: 'text', of: (row) => row.by },
  ],
  destructions: [
    { heading: 'tarih', kind: 'day', of: (row) => row.on },
    { heading: 'imha_edilen', kind: 'text', of: (row) => row.what },
    { heading: 'adet', kind: 'number', of: (row) => row.count },
    { heading: 'dayanak', kind: 'text', of: (row) => row.basis },
    { heading: 'duzenleyen', kind: 'text', of: (row) => row.by },
  ],
};

/** A part's table on paper without its rows. */
export function partHead(name: PartName, language: Language): PartTable {
  const t = translator(language);
  const columns = onPaper<PartName>(name).map(({ heading, kind }) => ({
    label: t(`parts.column.${heading}`),
    numeric: kind === 'number' || kind === 'amount',
  }));
  return { columns, rows: [], more: 0 };
}

/** A row of that table. */
export function partRow<Name extends PartName>(
  name: Name,
  row: PartRows[Name],
  language: Language,
): string[] {
  return onPaper(name).map(({ kind, of }) => cellText(kind, of(row), language));
}

function onPaper<Name extends PartName>(name: Name): readonly PartColumn<PartRows[Name]>[] {
  return PART_COLUMNS[name].filter(({ sheetOnly }) => sheetOnly !== true);
}

/** A part's rows as they stand on paper; those beyond `rowsMax` are counted only. */
export async function partTable<Name extends PartName>(
  name: Name,
  rows: AsyncIterable<PartRows[Name]>,
  language: Language,
  rowsMax = Infinity,
): Promise<PartTable> {
  const table = partHead(name, language);
  for await (const row of rows) {
    if (table.rows.length < rowsMax) table.rows.push(partRow(name, row, language));
    else table.more += 1;
  }
  return table;
}

function cellText(kind: CellKind, value: CellValue, language: Language): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'number') {
    return kind === 'amount' ? formatMoney(value, language) : value.toLocaleString(language);
  }
  if (kind === 'day') return formatDay(value, language);
  return kind === 'instant' ? formatInstant(value, language) : value;
}
