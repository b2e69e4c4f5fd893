import type { Column, Row, Rows, Sheet } from '../domain/workbook';
import { translator, type Language, type Translate } from '../locales';
import { laidOut } from './column-layout';
import { formatDay, formatInstant } from './helpers';
import type { ReportFrame } from './reports';
import type { CustomerRow } from './workbook-rows';
import { CUSTOMERS, mapRows, SHEETS, type WorkbookModel } from './workbook-sheets';

export type { WorkbookModel } from './workbook-sheets';

/** The sheets of `veri.xlsx`: cover, data by profile, glossary. Headings are fixed; words follow the language. */
export function workbookSheets(model: WorkbookModel, language: Language): Sheet[] {
  const t = translator(language);
  const masak = model.frame.profile === 'masak';
  const planned = SHEETS.filter(({ masakOnly }) => masak || !masakOnly).map(({ name, fill }) => ({
    name,
    sheet: fill(model, t),
  }));
  const absent = planned.filter(({ sheet }) => sheet === null).map(({ name }) => name);
  const data = planned.flatMap(({ sheet }) => sheet ?? []);
  return [cover(model, absent, language, t), ...data, glossary(data, t)];
}

/** The sheet of customers alone, with every column: what an export of the list holds. */
export function customerListSheet(rows: Rows<CustomerRow>, language: Language): Sheet {
  const t = translator(language);
  return {
    name: CUSTOMERS.name,
    columns: CUSTOMERS.columns.map(laidOut),
    rows: mapRows(rows, (row) => CUSTOMERS.columns.map((column) => column.of(row, t))),
  };
}

/** Title of the workbook's file properties. */
export function workbookTitle(frame: ReportFrame, language: Language): string {
  return translator(language)('workbook.title', { packageNo: frame.packageNo });
}

/** The dealer, the package, and by name each sheet that is left out, so that nobody takes its absence for emptiness. */
function cover(
  { frame, scope }: WorkbookModel,
  absent: readonly string[],
  language: Language,
  t: Translate,
): Sheet {
  const rows: Row[] = [
    [t('workbook.cover.dealer'), frame.dealer.title],
    [t('workbook.cover.vkn'), frame.dealer.vkn],
    [t('workbook.cover.licence'), frame.dealer.licenceNumber],
    [t('workbook.cover.packageNo'), frame.packageNo],
    [t('workbook.cover.profile'), t(`report.profile.${frame.profile}`)],
    [
      t('workbook.cover.period'),
      `${formatDay(frame.period.from, language)} – ${formatDay(frame.period.to, language)}`,
    ],
    [t('workbook.cover.asOf'), formatInstant(frame.asOf, language)],
    [t('workbook.cover.ruleSet'), frame.ruleSet],
    [t('workbook.cover.digest'), frame.snapshotSha256],
    [t('workbook.cover.confidential'), t('report.confidential')],
    ...scope.map(({ name, value }) => [name, value]),
    ...absent.map((name) => [t('workbook.cover.leftOut'), t('workbook.leftOut', { sheet: name })]),
  ];
  return { name: '00_Kapak', columns: text('alan', 'değer'), rows };
}

const OF_THE_SYSTEM = [
  '08_Eksikler',
  '09_Dogrulamalar',
  '10_Risk',
  '11_Guncellemeler',
  '13_DegisiklikIzi',
  '14_Parametreler',
  '15_Eksiksizlik',
];

function glossary(sheets: readonly Sheet[], t: Translate): Sheet {
  const rows = sheets.flatMap(({ name, columns }) =>
    columns.map(({ heading }): Row => {
      const source = OF_THE_SYSTEM.includes(name) ? 'system' : 'record';
      return [`${name}.${heading}`, t(`workbook.column.${heading}`), t(`workbook.source.${source}`)];
    }),
  );
  return { name: '99_Sozluk', columns: text('sütun', 'açıklama', 'kaynak'), rows };
}

function text(...headings: string[]): Column[] {
  return headings.map((heading) => laidOut({ heading, kind: 'text' }));
}
