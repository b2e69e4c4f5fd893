import fc from 'fast-check';

import { ownershipOf } from '../../domain/ownership';
import { ownershipGraph } from '../../domain/ownership-graph';

const TITLE = 'Ağaoğlu Kuyumculuk A.Ş.';
const person = (name: string, share: number, of?: string) => ({ name, kind: 'natural_person', share, of });
const firm = (name: string, share: number, of?: string) => ({ name, kind: 'company', share, of });
const sharesOf = (rows: unknown) =>
  Object.fromEntries(ownershipOf(TITLE, rows, 25).owners.map(({ name, share }) => [name, share]));
const beneficial = (rows: unknown) =>
  ownershipOf(TITLE, rows, 25)
    .owners.filter(({ over }) => over)
    .map(({ name }) => name);
const problemsOf = (rows: unknown) => ownershipOf(TITLE, rows, 25).problems;

test.each([
  [25, false],
  [25.01, true],
  [25.000_01, true],
  [100, true],
])('%s percent held directly: over a quarter is %s', (share, over) => {
  expect(ownershipOf(TITLE, [person('İpek Güneş', share)], 25).owners).toMatchObject([
    { name: 'İpek Güneş', kind: 'natural', over, paths: [[{ of: TITLE, share }]] },
  ]);
});

test('shares are multiplied along a path: 60 percent of a firm with 50 percent is 30 percent', () => {
  const { owners, problems, layers } = ownershipOf(TITLE, [firm('B', 50), person('A', 60, 'B')], 25);
  expect(owners).toEqual([
    {
      name: 'A',
      kind: 'natural',
      share: 30,
      over: true,
      paths: [
        [
          { of: 'B', share: 60 },
          { of: TITLE, share: 50 },
        ],
      ],
    },
  ]);
  expect({ problems, layers }).toEqual({ problems: [], layers: 2 });
});

test('shares are added across paths: 15 and 12 percent are 27 percent (T18)', () => {
  const rows = [person('Filiz Uçar', 15), firm('Uçar Yatırım', 40), person('Filiz Uçar', 30, 'UÇAR YATIRIM')];
  expect(sharesOf(rows)).toEqual({ 'Filiz Uçar': 27 });
  expect(beneficial(rows)).toEqual(['Filiz Uçar']);
});

test('four partners with a quarter each: nobody by share, control decides (T17)', () => {
  const rows = ['A', 'B', 'C', 'D'].map((name) => person(name, 25));
  expect(beneficial(rows)).toEqual([]);
  expect(ownershipOf(TITLE, rows, 24.99).owners.every(({ over }) => over)).toBe(true);
});

test('the sum is exact: what floats would carry over the threshold stays on it', () => {
  const parts = [7.4, 8.8, 8.8];
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeGreaterThan(25);
  const rows = parts.map((part) => person('A', part));
  expect(beneficial(rows)).toEqual([]);
});

test('a circle is reported and not followed', () => {
  const rows = [firm('B', 60), person('A', 40), firm('C', 100, 'B'), firm('B', 100, 'C')];
  expect(problemsOf(rows)).toEqual([{ code: 'ownership_cycle', name: 'B' }]);
  expect(sharesOf(rows)).toEqual({ A: 40 });
  expect(problemsOf([firm(TITLE.toUpperCase(), 10)])).toMatchObject([{ code: 'ownership_cycle' }]);
});

test('a chain over the threshold that ends in a firm is incomplete, one under it is not', () => {
  expect(problemsOf([firm('Holding', 26), person('A', 74)])).toEqual([
    { code: 'ownership_incomplete', name: 'Holding' },
  ]);
  expect(problemsOf([firm('Holding', 25), person('A', 75)])).toEqual([]);
});

test('shares of a firm that nobody holds, and shares of a person, are named', () => {
  expect(problemsOf([person('A', 100), person('B', 50, 'Kayıp A.Ş.')])).toEqual([
    { code: 'ownership_unknown_company', name: 'Kayıp A.Ş.' },
  ]);
  expect(problemsOf([person('A', 100), person('B', 50, 'A')])).toEqual([
    { code: 'ownership_person_held', name: 'A' },
  ]);
});

test('a chain without end stops after twenty firms', () => {
  const rows = Array.from({ length: 30 }, (_, n) => firm(`F${n + 1}`, 100, n === 0 ? undefined : `F${n}`));
  expect(problemsOf(rows)).toMatchObject([{ code: 'ownership_too_deep' }]);
});

test('rows of any shape are judged without an error', () => {
  fc.assert(
    fc.property(fc.array(fc.anything(), { maxLength: 20 }), fc.string(), (rows, title) => {
      expect(() => ownershipOf(title, rows, 25)).not.toThrow();
      expect(() => ownershipGraph(title, rows, 25)).not.toThrow();
    }),
  );
  expect(ownershipOf(TITLE, 'none', 25)).toEqual({ owners: [], problems: [], layers: 0 });
});

/** Charts of three levels whose shares add up to at most 100 in every company. */
const soundChart = fc
  .array(fc.array(fc.integer({ min: 1, max: 3_333 }), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((companies) =>
    companies.flatMap((parts, at) =>
      parts.map((part, n) => {
        const next = at + n + 1;
        const isFirm = n > 0 && next < companies.length;
        const of = at === 0 ? undefined : `F${at}`;
        return isFirm ? firm(`F${next}`, part / 100, of) : person(`P${(at + n) % 4}`, part / 100, of);
      }),
    ),
  );

test('of a sound chart nobody owns more than there is, in whatever order it is typed', () => {
  fc.assert(
    fc.property(soundChart, fc.infiniteStream(fc.nat()), (rows, numbers) => {
      const { owners, problems, layers } = ownershipOf(TITLE, rows, 25);
      expect(owners.reduce((total, { share }) => total + share, 0)).toBeLessThanOrEqual(
        100 + owners.length * 0.005,
      );
      const shuffled = rows
        .map((row) => ({ row, at: numbers.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ row }) => row);
      const again = ownershipOf(TITLE, shuffled, 25);
      expect(again.owners.map(({ name, share, over }) => [name, share, over])).toEqual(
        owners.map(({ name, share, over }) => [name, share, over]),
      );
      expect(again.layers).toBe(layers);
      expect(new Set(again.problems.map(({ name }) => name))).toEqual(
        new Set(problems.map(({ name }) => name)),
      );
    }),
  );
});

test('the drawing shows every company and person once, beyond what they hold', () => {
  const rows = [
    person('A', 15),
    firm('B', 40),
    firm('C', 45),
    person('A', 30, 'B'),
    firm('C', 70, 'B'),
    person('D', 100, 'C'),
  ];
  const graph = ownershipGraph(TITLE, rows, 25);
  expect(
    graph.nodes.map(({ name, kind, level, share, isBeneficialOwner }) => [
      name,
      kind,
      level,
      share,
      isBeneficialOwner,
    ]),
  ).toEqual([
    [TITLE, 'customer', 0, null, false],
    ['A', 'natural', 2, 27, true],
    ['B', 'legal', 1, null, false],
    ['C', 'legal', 2, null, false],
    ['D', 'natural', 3, 73, true],
  ]);
  expect(graph.edges).toContainEqual({ from: 'holder1', to: 'customer', percent: 15 });
  expect(graph.edges).toContainEqual({ from: 'holder3', to: 'holder2', percent: 70 });
  expect(graph).toMatchObject({ levels: 3, problems: [] });
});

test('the drawing of a circle is finite', () => {
  const graph = ownershipGraph(TITLE, [firm('B', 100), firm('C', 100, 'B'), firm('B', 100, 'C')], 25);
  expect(graph.nodes).toHaveLength(3);
  expect(graph.problems).toEqual([{ code: 'ownership_cycle', name: 'B' }]);
});
