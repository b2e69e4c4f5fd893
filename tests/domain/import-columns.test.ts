import { z } from 'zod';

import { CUSTOMER_TYPES, isNaturalPerson, type CustomerType } from '../../domain/customer';
import { dayOfSerial, readCell, type SheetCell } from '../../domain/import-cells';
import { MAIN_COLUMNS, RELATED_SHEETS, type ImportKind } from '../../domain/import-columns';
import { RECORD_SHAPES } from '../../operations/record-shape';

/** Every place in a record of a type that holds a value, lists as `name[]`. */
function leaves(shape: unknown, path = ''): string[] {
  const inner: unknown = shape instanceof z.ZodOptional ? shape.unwrap() : shape;
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Record<string, unknown>).flatMap(([key, field]) =>
      leaves(field, path === '' ? key : `${path}.${key}`),
    );
  }
  if (inner instanceof z.ZodArray && leaves(inner.element).some((leaf) => leaf !== '')) {
    return leaves(inner.element, `${path}[]`);
  }
  return [path];
}

function columnsFor(type: CustomerType): string[] {
  const main = MAIN_COLUMNS.flatMap((column) => column.pathFor(type) ?? []);
  const related = RELATED_SHEETS.flatMap(({ listFor, columns }) => {
    const list = listFor(type);
    if (list === null) return [];
    return columns.map((column) => `${list.path}${list.many ? '[]' : ''}.${column.pathFor(type) ?? ''}`);
  });
  return [...main, ...related];
}

test.each(CUSTOMER_TYPES)('every field of a %s can be written in a file', (type) => {
  const columns = new Set(columnsFor(type));
  expect(leaves(RECORD_SHAPES[type]).filter((leaf) => !columns.has(leaf))).toEqual([]);
  expect(isNaturalPerson(type) || columns.has('title')).toBe(true);
});

const text = (value: string): SheetCell => ({ kind: 'text', text: value });
const number = (value: number, percent = false): SheetCell => ({ kind: 'number', number: value, percent });

test.each<[ImportKind, SheetCell, unknown]>([
  ['text', text(' aynen '), { value: ' aynen ' }],
  ['text', number(1234567890), { value: '1234567890' }],
  ['text', number(1_234_567_890_123_456), { problem: 'imprecise_number' }],
  ['text', { kind: 'day', day: '1990-01-01' }, { problem: 'not_text' }],
  ['text', { kind: 'broken' }, { problem: 'broken_formula' }],
  ['day', text('1.2.1990'), { value: '1990-02-01' }],
  ['day', text('01/02/1990'), { value: '1990-02-01' }],
  ['day', text('1990-02-30'), { problem: 'not_a_day' }],
  ['day', number(33_000), { value: '1990-05-07' }],
  ['day', number(12), { problem: 'not_a_day' }],
  ['yes_no', text('EVET'), { value: true }],
  ['yes_no', text('Hayır'), { value: false }],
  ['yes_no', text('belki'), { problem: 'not_yes_no' }],
  ['percent', text('%27,5'), { value: 27.5 }],
  ['percent', number(0.07, true), { value: 7 }],
  ['percent', number(25), { value: 25 }],
  ['amount', text('1.234,56'), { value: 123_456 }],
  ['amount', text('1,234.56'), { value: 123_456 }],
  ['amount', text('1.234'), { value: 123_400 }],
  ['amount', number(185_000), { value: 18_500_000 }],
  ['amount', text('0,005'), { problem: 'too_precise' }],
  ['list', text('maaş; kira ;'), { value: ['maaş', 'kira'] }],
])('a %s cell %j is read as %j', (kind, cell, expected) => {
  expect(readCell(cell, kind, undefined)).toEqual(expected);
});

test('a code is known by its word in any spelling, and another word stays as it is', () => {
  const words = new Map([['sirket', 'company']]);
  expect(readCell(text('ŞİRKET'), 'code', words)).toEqual({ value: 'company' });
  expect(readCell(text('Kooperatif'), 'code', words)).toEqual({ value: 'Kooperatif' });
});

test('the count of days is the one of spreadsheets', () => {
  expect([61, 44_927, 2_958_465].map(dayOfSerial)).toEqual(['1900-03-01', '2023-01-01', '9999-12-31']);
  expect([60, 0, -5, 3_000_000, Number.NaN].map(dayOfSerial)).toEqual([null, null, null, null, null]);
});
