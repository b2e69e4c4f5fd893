import fc from 'fast-check';

import {
  areNearNumbers,
  compareNames,
  compareTitles,
  judgePair,
  nameKey,
  type Pairing,
  type SharedField,
} from '../../domain/duplicates';
import { mergePatch } from '../../domain/record';
import { patchBetween, withFieldsOf } from '../../domain/merge-patch';

const PEOPLE = ['natural_person_tr', 'natural_person_tr'] as const;
const COMPANIES = ['company', 'company'] as const;

const judge = (
  shared: SharedField[],
  names: [string, string],
  more: Partial<Pairing> = {},
): ReturnType<typeof judgePair> =>
  judgePair({ types: PEOPLE, names, shared: new Set(shared), numbers: null, ...more });

test.each([
  ['Fatma Çolak Yıldırım', 'Fatma Çolak', 'similar'], // T03
  ['Işıl Özdemir-Kaya', 'IŞIL ÖZDEMİR KAYA', 'same'], // T04
  ['Ahmet Can Yılmaz', 'Ahmet Yılmaz', 'similar'], // T05
  ['Yılmaz Ahmet', 'AHMET YILMAZ', 'same'],
  ['i̇smail Işık', 'İSMAİL IŞIK', 'same'], // T02
  ['Ahmet Yılmaz', 'Ahmet Yılmas', 'similar'],
  ['Ahmet Yılmaz', 'Ahmet Ylımaz', 'similar'],
  ['Ece Kaya', 'Efe Kaya', 'different'],
  ['Ali', 'Ali Veli Kaya', 'different'],
  ['Ayşe Yılmaz', 'Fatma Yılmaz', 'different'],
  ['', 'Ayşe Yılmaz', 'different'],
])('%s and %s are %s', (a, b, likeness) => {
  expect(compareNames(a, b)).toBe(likeness);
});

test.each([
  ['Altın Dünyası Kuyumculuk Ltd. Şti.', 'ALTIN DÜNYASI KUYUMCULUK LİMİTED ŞİRKETİ', 'same'],
  ['Altın Dünyası Kuyumculuk San. ve Tic. A.Ş.', 'Altın Dünyası Kuyumculuk', 'same'],
  ['Altın Dünyası Kuyumculuk', 'Gümüş Dünyası Mücevherat', 'different'],
  // Nothing but legal form: then that is what is compared.
  ['Sanayi A.Ş.', 'Ticaret A.Ş.', 'different'],
])('%s and %s are %s', (a, b, likeness) => {
  expect(compareTitles(a, b)).toBe(likeness);
});

const word = fc.stringMatching(/^[a-zçğıöşüâîû]{2,9}$/);
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));

test('names compare the same in either direction, whatever their case, order and hyphens', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      const upper = a.toLocaleUpperCase('tr-TR').split(' ').reverse().join('-');
      expect(compareNames(a, b)).toBe(compareNames(b, a));
      expect(compareNames(upper, b)).toBe(compareNames(a, b));
      expect(compareNames(a, upper)).toBe('same');
      expect(nameKey(upper)).toBe(nameKey(a));
    }),
  );
});

test('a name stays similar when a word is left out of three or more, and never becomes the same', () => {
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 3, maxLength: 5 }), fc.nat(), (words, at) => {
      const fewer = words.filter((_, index) => index !== at % words.length);
      fc.pre(nameKey(words.join(' ')).split(' ').length === words.length);
      expect(compareNames(words.join(' '), fewer.join(' '))).toBe('similar');
    }),
  );
});

test('a number that belongs to one person only makes a strong pair, whatever the names', () => {
  expect(judge(['identity'], ['Ayşe Kaya', 'Mehmet Demir'])).toEqual({
    strength: 'strong',
    reasons: ['same_identity_number'],
    network: [],
  });
  expect(judge(['document'], ['Ayşe Kaya', 'Ayşe Kaya']).strength).toBe('strong');
});

test('name and birth date make a probable pair, name alone none', () => {
  expect(judge(['name_birth', 'surname_birth'], ['Ayşe Kaya', 'AYŞE KAYA']).reasons).toEqual([
    'same_name_and_birth_date',
  ]);
  expect(judge(['surname_birth'], ['Fatma Çolak Yıldırım', 'Fatma Çolak'])).toMatchObject({
    strength: 'probable',
    reasons: ['similar_name_and_birth_date'],
  });
  expect(judge([], ['Ayşe Kaya', 'Ayşe Kaya']).strength).toBeNull();
});

test('T22: twins are worth a look by near numbers or one address, others of one surname and day are not', () => {
  const names: [string, string] = ['Ayşe Kaya', 'Fatma Kaya'];
  const numbers = ['12345678950', '12348678914'] as const;
  expect(judge(['surname_birth'], names, { numbers })).toMatchObject({
    strength: 'possible',
    reasons: ['twin_near_number'],
  });
  expect(judge(['surname_birth', 'address'], names)).toMatchObject({
    strength: 'possible',
    reasons: ['twin_same_address'],
  });
  expect(judge(['surname_birth'], names, { numbers: ['12345678950', '45345678914'] }).strength).toBeNull();
});

test('T16: companies that share address and phone are a network, no duplicates', () => {
  const shared: SharedField[] = ['address', 'phone'];
  expect(judge(shared, ['Altın Kuyumculuk A.Ş.', 'Gümüş Kuyumculuk A.Ş.'], { types: COMPANIES })).toEqual({
    strength: null,
    reasons: [],
    network: ['network_address', 'network_phone'],
  });
  expect(judge(shared, ['Ayşe Kaya', 'Fatma Demir']).network).toEqual([]);
});

test('a register number makes a pair only with its title: offices give the same numbers', () => {
  const of = (names: [string, string]) => judge(['register'], names, { types: COMPANIES }).strength;
  expect(of(['Altın Dünyası Ltd.', 'ALTIN DÜNYASI LİMİTED ŞİRKETİ'])).toBe('probable');
  expect(of(['Altın Dünyası Ltd.', 'Gümüş Evi Ltd.'])).toBeNull();
});

test('a phone makes a pair only with a similar name, and never of a person and a company', () => {
  expect(judge(['phone'], ['Ayşe Nur Kaya', 'Ayşe Kaya']).strength).toBe('possible');
  expect(judge(['phone'], ['Ayşe Kaya', 'Mehmet Kaya']).strength).toBeNull();
  const mixed = { types: ['natural_person_tr', 'company'] as const };
  expect(judge(['phone'], ['Ayşe Kaya', 'Ayşe Kaya'], mixed).strength).toBeNull();
});

test('near numbers are neighbours of the series, not the same number', () => {
  expect(areNearNumbers('12345678950', '12345678950')).toBe(false);
  expect(areNearNumbers('12345678950', '12345979914')).toBe(true);
  expect(areNearNumbers('1234567895', '12345678950')).toBe(false);
});

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const record = fc.dictionary(
  fc.constantFrom('tckn', 'address', 'phone', 'surname'),
  fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.constantFrom('line', 'province'), leaf)),
);

test('the patch between two records turns the one into the other', () => {
  fc.assert(
    fc.property(record, record, (before, after) => {
      expect(mergePatch(before, patchBetween(before, after))).toEqual(after);
      expect(patchBetween(before, before)).toEqual({});
    }),
  );
});

test('a field that is taken over comes whole, and goes where the other file has none', () => {
  const before = { phone: '1', address: { line: 'a', province: 'b' }, tckn: '2' };
  const other = { address: { line: 'c' }, surname: 'd' };
  expect(withFieldsOf(before, other, ['address', 'phone'])).toEqual({ address: { line: 'c' }, tckn: '2' });
});
