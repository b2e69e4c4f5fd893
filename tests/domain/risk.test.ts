import fc from 'fast-check';

import { CUSTOMER_TYPES, TRIGGERS } from '../../domain/customer';
import { rateRisk, riskFactors, riskOf, type RiskFacts } from '../../domain/risk';
import { RISK } from '../../domain/rules/risk-policy';
import { textKeys } from '../../locales';
import { completeFile } from '../support/complete-files';

const TODAY = '2026-11-22';
const factorsOf = (facts: Partial<RiskFacts>) =>
  riskFactors({ type: 'natural_person_tr', trigger: 'continuous', record: {}, today: TODAY, ...facts }, RISK);
const of = (record: object, facts: Partial<RiskFacts> = {}) => factorsOf({ record, ...facts });

/** Points that wait for the transactions, so that the dossier's own sums can be replayed. */
const WITH_TRANSACTIONS = {
  ...RISK,
  points: {
    ...RISK.points,
    small_coin: 5,
    bullion: 10,
    near_threshold: 15,
    linked_group: 10,
    third_party_pays: 10,
  },
  groups: {
    ...RISK.groups,
    product: { cap: 20, factors: ['small_coin', 'bullion'] },
    behaviour: { cap: 30, factors: ['cash_payment', 'near_threshold', 'linked_group'] },
    channel: { cap: 15, factors: ['first_visit_threshold', 'third_party_pays'] },
  },
};
const trading = ['type_company', 'ownership_layers_2', 'bullion', 'first_visit_threshold', 'cash_payment'];

test.each([
  [['small_coin'], 5, 'low'],
  [trading, 35, 'medium'],
  // 35 points of behaviour are capped at 30.
  [[...trading, 'near_threshold', 'linked_group'], 55, 'medium'],
  [[...trading, 'near_threshold', 'linked_group', 'third_party_pays'], 65, 'high'],
  [['small_coin', 'public_influence_foreign'], 5, 'high'],
])('the dossier’s example %j rates %i, %s', (factors, score, level) => {
  expect(rateRisk(factors, WITH_TRANSACTIONS)).toEqual({ score, level, factors });
});

const person = (name: string, share: number, firm?: string) => ({
  name,
  kind: 'natural_person',
  share,
  of: firm,
});
const firm = (name: string, share: number, parent?: string) => ({ name, kind: 'company', share, of: parent });

test.each([
  ['natural_person_tr', []],
  ['natural_person_foreign', []],
  ['company', ['type_company']],
  ['company_foreign', ['type_foreign_company']],
  ['association', ['type_association']],
  ['foundation', ['type_association']],
  ['union', ['type_association']],
  ['party', ['type_association']],
  ['unincorporated', []],
  ['public_body', []],
] as const)('%s by itself: %j', (type, factors) => {
  expect(factorsOf({ type })).toEqual(factors);
});

test('each layer of ownership beyond the first weighs five points, fifteen at most', () => {
  const chain = (length: number) => ({
    title: 'F0',
    shareholders: [
      ...Array.from({ length: length - 1 }, (_, n) => firm(`F${n + 1}`, 100, n === 0 ? undefined : `F${n}`)),
      person('A', 100, length === 1 ? undefined : `F${length - 1}`),
    ],
  });
  const points = [1, 2, 3, 4, 7].map((length) => rateRisk(of(chain(length)), RISK).score);
  expect(points).toEqual([0, 5, 10, 15, 15]);
});

test('public influence counts for the customer, its owners and who acts for it, once each kind', () => {
  const influence = (kind: string) => ({ publicInfluence: { kind } });
  expect(of(influence('none'))).toEqual([]);
  expect(of(influence('foreign'))).toEqual(['public_influence_foreign']);
  const record = {
    representatives: [{ person: influence('domestic') }, { person: influence('domestic') }],
    beneficialOwners: [{ person: influence('related'), method: 'share' }],
  };
  expect(of(record)).toEqual(['public_influence_domestic', 'public_influence_related']);
});

test('what the file says of business, age and way of acting', () => {
  expect(of({ naceCode: '47.77.01' })).toEqual(['cash_or_metal_business']);
  expect(of({ naceCode: '477701' })).toEqual(['cash_or_metal_business']);
  expect(of({ naceCode: '56.10' })).toEqual([]);
  expect(of({ establishedOn: '2025-11-23' })).toEqual(['young_company']);
  expect(of({ establishedOn: '2025-11-22' })).toEqual([]);
  expect(of({ beneficialOwners: [{ method: 'top_executive' }] })).toEqual(['owner_top_executive']);
  expect(of({ onOwnAccount: false, purpose: 'trade', representative: { person: {} } })).toEqual([
    'not_own_account',
    'representative',
    'purpose_trade',
  ]);
  expect(of({ transaction: { payment: 'cash' } }, { trigger: 'threshold' })).toEqual([
    'first_visit_threshold',
    'cash_payment',
  ]);
});

test('countries: abroad, under monitoring, called out', () => {
  expect(of({ address: { country: 'TUR' } })).toEqual([]);
  expect(of({ address: { country: 'DEU' } })).toEqual(['country_abroad']);
  expect(of({ countryOfRegistration: 'VGB' })).toEqual(['country_abroad', 'country_increased_monitoring']);
  expect(
    riskOf(
      { type: 'natural_person_foreign', trigger: 'voluntary', record: { nationality: 'IRN' }, today: TODAY },
      RISK,
    ),
  ).toBe('high');
});

test('a form without amount tells nothing: the neutral trigger is no factor', () => {
  for (const type of CUSTOMER_TYPES)
    expect(factorsOf({ type, trigger: 'confirmation' })).toEqual(factorsOf({ type, trigger: 'continuous' }));
});

test('every factor that a file can have weighs something or decides alone', () => {
  const groups = Object.values(RISK.groups).flatMap(({ factors }) => factors);
  const weighed = [...Object.keys(RISK.points), ...RISK.alwaysHigh];
  expect(groups.filter((factor) => !weighed.includes(factor))).toEqual([]);
  const texts = new Set(textKeys('tr'));
  expect(weighed.filter((factor) => !texts.has(`package.factor.${factor}`))).toEqual([]);
});

test('a rating is within 0 and 100, and never lower for one factor more', () => {
  const factor = fc.constantFrom(...Object.keys(RISK.points), ...RISK.alwaysHigh);
  fc.assert(
    fc.property(fc.uniqueArray(factor), factor, (factors, more) => {
      const [without, withMore] = [rateRisk(factors, RISK), rateRisk([...new Set([...factors, more])], RISK)];
      expect(without.score).toBeGreaterThanOrEqual(0);
      expect(withMore.score).toBeLessThanOrEqual(100);
      expect(withMore.score).toBeGreaterThanOrEqual(without.score);
    }),
  );
});

test('ordinary complete files of every type rate low or medium, whatever brings them', () => {
  for (const type of CUSTOMER_TYPES)
    for (const trigger of TRIGGERS) {
      const { record } = completeFile(type, trigger, { today: TODAY });
      expect([type, riskOf({ type, trigger, record, today: TODAY }, RISK)]).not.toContain('high');
    }
});
