import type { CustomerType } from '../domain/customer';
import {
  columnsOf,
  IMPORT_CODES,
  KEY_HEADING,
  MAIN_COLUMNS,
  MAIN_SHEET,
  RELATED_SHEETS,
  TEMPLATE_VERSION,
  type ImportColumn,
  type RelatedSheet,
} from '../domain/import-columns';
import { PROVINCES } from '../domain/provinces';
import {
  columnLetters,
  type CellKind,
  type CellValue,
  type Column,
  type Row,
  type Sheet,
} from '../domain/workbook';
import { translator, type Language, type Translate } from '../locales';

const LISTS_SHEET = 'Listeler';

/** What the template is made for; without a type it has the columns of all ten. */
export interface TemplateScope {
  type?: CustomerType;
  language: Language;
  /** Whether a record of that type has a place for a path. */
  has: (path: string) => boolean;
}

/** Sheets of the workbook that a dealer fills in (D-7.2): customers, who belongs to them, and the lists to choose from. */
export function importTemplate({ type, language, has }: TemplateScope): Sheet[] {
  const t = translator(language);
  const lists = choiceLists(t);
  const main = type === undefined ? MAIN_COLUMNS : columnsOf(type, has);
  const related = RELATED_SHEETS.filter(({ listFor }) => type === undefined || listFor(type) !== null);
  return [
    formSheet(MAIN_SHEET, main, lists, t, sampleRow(main, type ?? 'natural_person_tr', t)),
    ...related.map((sheet) => formSheet(sheet.name, withKey(sheet), lists, t, null)),
    listsSheet(lists),
  ];
}

export function importTemplateTitle(language: Language): string {
  return translator(language)('import.title');
}

/** Headings and an example for a flat file: one of each kind that may belong to a customer, numbered. */
export function flatTemplate({ type, language, has }: TemplateScope): { headings: string[]; sample: Row } {
  const t = translator(language);
  const main = type === undefined ? MAIN_COLUMNS : columnsOf(type, has);
  const related = RELATED_SHEETS.filter(
    ({ listFor }) => type === undefined || listFor(type) !== null,
  ).flatMap(({ prefix, columns }) => columns.map(({ heading }) => `${prefix}1_${heading}`));
  return {
    headings: [...main.map(({ heading }) => heading), ...related],
    sample: [...sampleRow(main, type ?? 'natural_person_tr', t), ...related.map(() => null)],
  };
}

function withKey(sheet: RelatedSheet): ImportColumn[] {
  return [{ heading: KEY_HEADING, kind: 'text', pathFor: () => null }, ...sheet.columns];
}

function formSheet(
  name: string,
  columns: readonly ImportColumn[],
  lists: readonly ChoiceList[],
  t: Translate,
  sample: Row | null,
): Sheet {
  return {
    name,
    form: true,
    columns: columns.map((column) => formColumn(column, lists, t)),
    rows: sample === null ? [] : [sample],
  };
}

const KINDS: Partial<Record<ImportColumn['kind'], CellKind>> = { day: 'day', percent: 'number' };

function formColumn(column: ImportColumn, lists: readonly ChoiceList[], t: Translate): Column {
  const name =
    column.provinces === true ? 'il' : (column.codes ?? (column.kind === 'yes_no' ? 'yes_no' : null));
  // A cell that takes several words cannot be held to one of a list.
  const list = column.kind === 'list' ? undefined : lists.find((candidate) => candidate.name === name);
  return {
    heading: column.heading,
    // Amounts stay text too: a sheet would show a typed 1.234,56 its own way, and it is read either way.
    kind: KINDS[column.kind] ?? 'text',
    note: t(`import.note.${noteOf(column)}`),
    ...(list === undefined ? {} : { choices: list.reference }),
  };
}

const NUMBERS = /tckn|vkn|ykn|_no$|telefon|iban|posta|mrz|kodu|faks/;
const OWN_NOTES: Record<string, string> = {
  [KEY_HEADING]: 'key',
  tip: 'type',
  tetik: 'trigger',
  sube: 'branch',
};

function noteOf({ heading, kind, provinces }: ImportColumn): string {
  const own = OWN_NOTES[heading];
  if (own !== undefined) return own;
  if (provinces === true) return 'province';
  return kind === 'text' && NUMBERS.test(heading) ? 'number' : kind;
}

interface ChoiceList {
  name: string;
  words: string[];
  reference: string;
}

/** Yes and no come in Turkish, as the headings do; both languages are understood. */
function choiceLists(t: Translate): ChoiceList[] {
  const named: [string, string[]][] = [
    ['il', PROVINCES.map(({ name }) => name)],
    ['yes_no', ['Evet', 'Hayır']],
    ...Object.entries(IMPORT_CODES).map(([list, codes]): [string, string[]] => [
      list,
      codes.map((code) => t(`import.code.${list}.${code}`)),
    ]),
  ];
  return named.map(([name, words], index) => {
    const column = columnLetters(index);
    return { name, words, reference: `${LISTS_SHEET}!$${column}$2:$${column}$${words.length + 1}` };
  });
}

/** The lists' words, and the version of the template, out of sight. */
function listsSheet(lists: readonly ChoiceList[]): Sheet {
  const length = Math.max(...lists.map(({ words }) => words.length));
  return {
    name: LISTS_SHEET,
    hidden: true,
    columns: [...lists.map(({ name }) => name), 'sablon_surumu'].map((heading) => ({
      heading,
      kind: 'text',
    })),
    rows: Array.from({ length }, (_, row) => [
      ...lists.map(({ words }) => words[row] ?? null),
      row === 0 ? TEMPLATE_VERSION : null,
    ]),
  };
}

function sampleRow(columns: readonly ImportColumn[], type: CustomerType, t: Translate): CellValue[] {
  const person = type === 'natural_person_tr' || type === 'natural_person_foreign';
  const values: Record<string, string> = {
    [KEY_HEADING]: t('import.sample.key'),
    tip: t(`import.code.type.${type}`),
    tetik: t('import.code.trigger.continuous'),
    unvan_ad: t(person ? 'import.sample.givenNames' : 'import.sample.title'),
    ...(person ? { soyad: t('import.sample.surname'), dogum_tarihi: '1990-05-17', uyruk: 'TUR' } : {}),
    meslek_faaliyet: t(person ? 'import.sample.occupation' : 'import.sample.activity'),
    il: 'İstanbul',
    ilce: t('import.sample.district'),
    adres: t('import.sample.line'),
    eposta: 'ornek@example.com',
    amac: t('import.code.purpose.savings'),
    kendi_hesabina: 'Evet',
  };
  return columns.map(({ heading }) => values[heading] ?? null);
}

/** Words in both languages for each list of codes, as whoever fills a sheet in may write them. */
export function importCodeWords(): [list: string, code: string, word: string][] {
  const both = (['tr', 'en'] as const).map((language) => translator(language));
  return Object.entries(IMPORT_CODES).flatMap(([list, codes]) =>
    codes.flatMap((code): [string, string, string][] => [
      [list, code, code],
      ...both.map((t): [string, string, string] => [list, code, t(`import.code.${list}.${code}`)]),
    ]),
  );
}
