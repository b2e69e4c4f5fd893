import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  checkName,
  compareNames,
  displayName,
  foldKey,
  searchWords,
  turkishLower,
  turkishUpper,
} from '../../domain/names';
import { testWithSharedData } from '../support/vectors';

describe('the fold key', () => {
  test.each([
    ['İBRAHİM', 'Ibrahim'],
    ['IŞIL', 'ışıl'],
    ['IŞIL', 'ISIL'],
    ['Âdil Çağrı', 'ADIL CAGRI'],
    ['i\u0307smail', 'İSMAİL'],
    ['Öz-Türk', 'oz turk'],
    ['Özdemir-Kaya', 'ÖZDEMİR KAYA'],
    ['Gu\u0308ls\u0327ah', 'GÜLŞAH'],
    ['Nâzım  Îmre\u00a0Û', 'nazim imre u'],
    ['José Núñez', 'JOSE NUNEZ'],
  ])('%s and %s are one name', (a, b) => {
    expect(foldKey(a)).toBe(foldKey(b));
    expect(compareNames(a, b)).toBe(true);
  });

  test('it holds letters and digits between single spaces', () => {
    expect(foldKey("  D'Amboise — Kuyumculuk San. ve Tic. Ltd. Şti. 2  ")).toBe(
      'd amboise kuyumculuk san ve tic ltd sti 2',
    );
    expect(searchWords(' Çolak  Yıldırım ')).toEqual(['colak', 'yildirim']);
    expect(searchWords(' ** ')).toEqual([]);
  });

  test('different names stay different', () => {
    expect(compareNames('Oz', 'Öz')).toBe(true);
    expect(compareNames('Çolak', 'Çolak Yıldırım')).toBe(false);
    expect(compareNames('Ünal', 'İnal')).toBe(false);
  });

  test('folding twice changes nothing, and letter case never matters', () => {
    const turkish = fc.string({ unit: fc.constantFrom(...Array.from('abcçgğıiİIoöşüâîûÇĞÖŞÜÂÎÛ -\u0307')) });
    fc.assert(
      fc.property(fc.oneof(turkish, fc.string({ unit: 'binary' })), (text) => {
        expect(foldKey(foldKey(text))).toBe(foldKey(text));
      }),
    );
    fc.assert(
      fc.property(turkish, (text) => {
        expect(foldKey(turkishUpper(text))).toBe(foldKey(text));
        expect(foldKey(turkishLower(text))).toBe(foldKey(text));
      }),
    );
  });
});

describe('Turkish letter case', () => {
  test('the register is sent İBRAHİM IŞIK', () => {
    expect(turkishUpper(' ibrahim   ışık ')).toBe('İBRAHİM IŞIK');
    expect(turkishUpper('i\u0307smail')).toBe('İSMAİL');
  });

  test('IŞIK is ışık in small letters, and İ becomes one letter', () => {
    expect(turkishLower('IŞIK')).toBe('ışık');
    expect(turkishLower('İ')).toBe('i');
    expect(turkishLower('I\u0307')).toBe('i');
  });
});

describe('names of people', () => {
  test.each([
    'Ayşe Nur',
    'Özdemir-Kaya',
    "Jean-Luc D'Amboise",
    'D’Arc',
    'Âdil',
    'Ö',
    'Олена',
    'Nguyễn Thị Lan',
    'a'.repeat(60),
  ])('%s passes', (name) => {
    expect(checkName(name)).toMatchObject({ kind: 'name', valid: true, normalized: name.normalize('NFC') });
  });

  test.each([
    ['', ['empty']],
    [' \u00a0 ', ['empty']],
    ['Ayşe1', ['digit_in_name']],
    ['٣', ['digit_in_name']],
    ['a'.repeat(61), ['too_long']],
    ['Ay\u202eşe', ['bad_character']],
    ['<b>', ['bad_character']],
    ['=HYPERLINK()', ['bad_character']],
    ["-'", ['bad_character']],
    ['M. Ali', ['bad_character']],
    ['R2-D2!', ['digit_in_name', 'bad_character']],
  ])('%j is refused with %j', (name, expected) => {
    const result = checkName(name);
    expect(result.problems.map(({ code }) => code)).toEqual(expected);
    expect(result).toMatchObject({ valid: false, normalized: null });
  });

  test('a paste with U+0307 and wide spaces is tidied in the key only', () => {
    expect(checkName(' i\u0307smail\u00a0 Ak ').normalized).toBe('ismail Ak');
  });
});

test('a person is shown by given names and surname, a firm by its title, both as typed', () => {
  expect(displayName({ givenNames: 'Ayşe  Nur', surname: 'YILMAZ' })).toBe('Ayşe  Nur YILMAZ');
  expect(displayName({ surname: 'Sukarno' })).toBe('Sukarno');
  expect(displayName({ title: 'Işık Altın A.Ş.', surname: 'x' })).toBe('Işık Altın A.Ş.');
  expect(displayName({})).toBe('');
});

testWithSharedData(
  'outside searches find the stored name by words in any order',
  'names/turkish-search-dev.json',
  (path) => {
    const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
      cases: { stored: string; queries: string[] }[];
    };
    expect(cases.length).toBeGreaterThan(50);
    for (const { stored, queries } of cases) {
      const words = searchWords(stored);
      for (const query of queries) {
        expect([
          stored,
          query,
          searchWords(query).filter((word) => !words.some((one) => one.startsWith(word))),
        ]).toEqual([stored, query, []]);
      }
    }
  },
);
