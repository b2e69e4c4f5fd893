import fc from 'fast-check';

import { CUSTOMER_TYPES, RISK_LEVELS } from '../../domain/customer';
import { customerCounter, type CountedCustomer } from '../../domain/customer-counts';
import { LANGUAGES, type Language } from '../../locales';
import { reportCharts } from '../../templates/charts';

const AS_OF = '2026-11-30T22:30:00Z'; // the first of December in Istanbul

const line = (changes: Partial<CountedCustomer> = {}): CountedCustomer => ({
  type: 'natural_person_tr',
  status: 'active',
  risk: 'low',
  completeness: 100,
  nextReviewOn: null,
  ...changes,
});

/** The charts of customers who pass one by one. */
function chartsOf(customers: readonly CountedCustomer[], language: Language) {
  const counter = customerCounter(AS_OF);
  for (const customer of customers) counter.add(customer);
  return reportCharts(counter.counts(), language);
}

const lines = fc.array(
  fc.record({
    type: fc.constantFrom(...CUSTOMER_TYPES),
    status: fc.constant('active' as const),
    risk: fc.constantFrom(...RISK_LEVELS, null),
    completeness: fc.integer({ min: 0, max: 100 }),
    nextReviewOn: fc.option(
      fc
        .date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
    ),
  }),
);

const sum = (rows: readonly { cells: string[] }[]) =>
  rows.reduce((total, { cells }) => total + Number(cells[0]), 0);

test('every customer stands once in each chart, and no bar leaves its drawing', () => {
  fc.assert(
    fc.property(lines, fc.constantFrom(...LANGUAGES), (customers, language) => {
      const { completeness, risk, due } = chartsOf(customers, language);
      for (const chart of [completeness, risk, due]) expect(sum(chart.rows)).toBe(customers.length);
      for (const { bars, width } of [completeness, risk])
        for (const bar of bars) expect(bar.length).toBeLessThan(width - 20);
      for (const bar of due.bars) expect(bar.y).toBeGreaterThanOrEqual(16);
      expect(due.bars.every(({ y, height }) => y + height === due.base)).toBe(true);
      // What is longer would be cut at the edge and run into its neighbour.
      for (const { label } of due.bars) expect([label, label.length <= 6]).toEqual([label, true]);
    }),
  );
});

test('completeness is the mean of each type that there is, rounded down', () => {
  const { completeness } = chartsOf(
    [line(), line({ completeness: 51 }), line({ type: 'company', completeness: 0 })],
    'tr',
  );
  expect(completeness.rows).toEqual([
    { label: 'gerçek kişi (T.C.)', cells: ['2', '%75'] },
    { label: 'ticaret siciline kayıtlı tüzel kişi', cells: ['1', '%0'] },
  ]);
  expect(completeness.bars.map(({ length }) => length)).toEqual([210, 0]);
});

test('a review is due in its month by the day in Istanbul, overdue before that day, and later after a year', () => {
  const days = ['2026-11-30', '2026-12-01', '2027-11-30', '2027-12-01', null];
  const { due } = chartsOf(
    days.map((nextReviewOn) => line({ nextReviewOn })),
    'en',
  );
  expect(due.rows.filter(({ cells }) => cells[0] !== '0')).toEqual([
    { label: 'past', cells: ['1'] },
    { label: '12.26', cells: ['1'] },
    { label: '11.27', cells: ['1'] },
    { label: 'later', cells: ['1'] },
    { label: 'no due date', cells: ['1'] },
  ]);
});

test('levels of risk are told apart by tones, from open to darkest', () => {
  const { risk } = chartsOf([line({ risk: null }), line({ risk: 'high' })], 'tr');
  expect(risk.bars.map(({ label, tone }) => [label, tone])).toEqual([
    ['hesaplanmadı', 0],
    ['düşük', 1],
    ['orta', 2],
    ['yüksek', 3],
  ]);
});
