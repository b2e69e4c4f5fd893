import * as fc from 'fast-check';

import { CUSTOMER_TYPES, TRIGGERS } from '../../domain/customer';
import {
  adultAgeOf,
  type Signer,
  missingOfTransaction,
  signersOf,
  signsJointly,
  TRIGGER_CODES,
} from '../../domain/form';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { PRIVACY_NOTICES, privacyNoticeOn } from '../../domain/rules/privacy-notices';

const TODAY = '2026-11-22';
const AGE = 18;
const ADULT = { givenNames: 'Işık', surname: 'Çığır', birthDate: '2008-11-22' };
const by = (givenNames: string, signing?: string) => ({
  person: { givenNames, surname: 'Çığır' },
  authority: { signing },
});

test('an adult signs alone, from the eighteenth birthday on', () => {
  expect(signersOf('natural_person_tr', ADULT, TODAY, AGE)).toEqual({
    boxes: [{ role: 'customer', name: 'Işık Çığır' }],
    anyOf: false,
  });
  const [{ role }] = signersOf('natural_person_tr', { ...ADULT, birthDate: '2008-11-23' }, TODAY, AGE)
    .boxes as [Signer];
  expect(role).toBe('guardian');
});

test.each([
  ['a minor by birthday', { ...ADULT, birthDate: '2012-01-01' }],
  ['a minor by declaration', { ...ADULT, legalCapacity: 'minor' }],
  ['a restricted adult', { ...ADULT, legalCapacity: 'restricted' }],
])('%s signs nothing: the parent or guardian does, named or not', (_who, record) => {
  expect(signersOf('natural_person_tr', record, TODAY, AGE).boxes).toEqual([
    { role: 'guardian', name: null },
  ]);
  const represented = { ...record, representative: by('Gülşah') };
  expect(signersOf('natural_person_tr', represented, TODAY, AGE)).toEqual({
    boxes: [{ role: 'guardian', name: 'Gülşah Çığır' }],
    anyOf: false,
  });
});

test('an adult with an attorney has two boxes, one of which suffices', () => {
  const { boxes, anyOf } = signersOf(
    'natural_person_foreign',
    { ...ADULT, representative: by('Ali') },
    TODAY,
    AGE,
  );
  expect(boxes.map(({ role }) => role)).toEqual(['customer', 'delegate']);
  expect(anyOf).toBe(true);
});

test('joint representatives have a box each and all sign; of others one suffices', () => {
  const signers = (...representatives: object[]) => signersOf('company', { representatives }, TODAY, AGE);
  expect(signers(by('Ali', 'Müşterek'), by('Ece', 'MÜŞTEREKEN'), by('Can', 'münferit'))).toEqual({
    boxes: [
      { role: 'representative', name: 'Ali Çığır' },
      { role: 'representative', name: 'Ece Çığır' },
    ],
    anyOf: false,
  });
  expect(signers(by('Ali', 'münferit'), by('Ece'))).toMatchObject({ boxes: [{}, {}], anyOf: true });
  expect(signers()).toEqual({ boxes: [{ role: 'representative', name: null }], anyOf: false });
});

test.each(['müşterek', 'MÜŞTEREK', 'müştereken', 'birlikte imza', 'jointly'])('%s is joint', (signing) => {
  expect(signsJointly(signing)).toBe(true);
});

test.each(['münferit', 'sole', '', undefined, 3])('%s is not joint', (signing) => {
  expect(signsJointly(signing)).toBe(false);
});

test('somebody signs every form, whatever the record holds', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CUSTOMER_TYPES), fc.object(), (type, record) => {
      expect(signersOf(type, record, TODAY, AGE).boxes.length).toBeGreaterThan(0);
    }),
  );
});

test('no trigger code betrays a suspicion', () => {
  expect(TRIGGERS.map((trigger) => TRIGGER_CODES[trigger])).toEqual(['T1', 'T2', 'T3', 'TG', 'T6']);
});

test('a transaction says what it lacks; nothing is an amount, zero is one', () => {
  expect(missingOfTransaction(undefined)).toEqual(['kind', 'amountKurus', 'currency', 'payment']);
  const whole = { kind: 'sale', amountKurus: 0, currency: 'TRY', payment: 'cash' };
  expect(missingOfTransaction(whole)).toEqual([]);
  expect(missingOfTransaction({ ...whole, currency: ' ' })).toEqual(['currency']);
});

test('the notice in force is the newest that has begun', () => {
  const [first] = PRIVACY_NOTICES;
  expect(privacyNoticeOn(TODAY)).toEqual(
    PRIVACY_NOTICES.findLast(({ validFrom }) => validFrom <= TODAY, AGE),
  );
  expect(privacyNoticeOn(first?.validFrom ?? '')).toBe(first);
  expect(() => privacyNoticeOn('1999-01-01')).toThrow(RangeError);
});

test('the age of signing is what the seeded rules say', () => {
  expect(adultAgeOf(REQUIREMENTS, TODAY)).toBe(AGE);
  expect(adultAgeOf([], TODAY)).toBe(0);
});
