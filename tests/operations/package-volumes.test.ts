import fc from 'fast-check';

import { emptyTables, volumeCutter, type CutVolume, type VolumeRow } from '../../operations/package-volumes';

const LIMIT = 10;
const codeOf = (index: number) => `KYM-${String(index + 1).padStart(6, '0')}`;

/** A row that is told from all others. */
const cells = (code: string, index: number, letters = 0): VolumeRow => ({
  table: index % 2 === 0 ? 'transactions' : 'screenings',
  line: [`${code}/${index}`, 'x'.repeat(letters)],
});

async function* rowsOf(code: string, count: number, letters = 0): AsyncGenerator<VolumeRow> {
  for (let index = 0; index < count; index += 1) yield cells(code, index, letters);
}

/** Cuts customers with so many rows each. */
async function cut(counts: readonly number[], letters = 0) {
  const cutter = volumeCutter(LIMIT);
  const kept: CutVolume[] = [];
  for (const [index, count] of counts.entries()) {
    const code = codeOf(index);
    for await (const volume of cutter.add(code, rowsOf(code, count, letters))) kept.push(volume);
  }
  kept.push(...cutter.rest());
  return { kept, open: cutter.tables(), volumes: cutter.volumes() };
}

const linesOf = ({ tables }: CutVolume, name: 'transactions' | 'screenings') =>
  tables[name].map(([first = '']) => first);

const counts = fc.array(fc.integer({ min: 0, max: 35 }), { maxLength: 12 });

test('no row is lost or moved, no volume is too long, and one ends between customers unless one alone is too many', async () => {
  await fc.assert(
    fc.asyncProperty(counts, async (all) => {
      const { kept, open, volumes } = await cut(all);
      for (const name of ['transactions', 'screenings'] as const) {
        const parity = name === 'transactions' ? 0 : 1;
        const rows = all.flatMap((count, customer) =>
          Array.from({ length: count }, (_, index) => index)
            .filter((index) => index % 2 === parity)
            .map((index) => `${codeOf(customer)}/${index}`),
        );
        const printed =
          volumes === null ? open[name].map(([first]) => first) : kept.flatMap((one) => linesOf(one, name));
        expect(printed).toEqual(rows);
      }
      for (const { volume } of kept) expect(volume.rows).toBeLessThanOrEqual(LIMIT);
      const shared = kept.filter(({ volume }, index) => kept[index + 1]?.volume.from === volume.to);
      const tooMany = new Set(all.flatMap((count, index) => (count > LIMIT ? [codeOf(index)] : [])));
      for (const { volume } of shared) expect(tooMany).toContain(volume.to);
    }),
  );
});

test('as long as all rows fit there is no volume, and one more begins two', async () => {
  const fits = await cut([4, 6]);
  expect(fits.volumes).toBeNull();
  expect(fits.open.transactions).toHaveLength(5);
  expect((await cut([10])).volumes).toBeNull();
  const { volumes, open } = await cut([4, 6, 1]);
  expect(volumes?.lines).toEqual([
    { number: 1, path: 'rapor-001.pdf', from: codeOf(0), to: codeOf(1), customers: 0, rows: 10 },
    { number: 2, path: 'rapor-002.pdf', from: codeOf(2), to: codeOf(2), customers: 0, rows: 1 },
  ]);
  expect(open).toEqual(emptyTables());
});

test('each table says in which volumes it is, and one without rows that it is in none', async () => {
  const { volumes } = await cut([10, 1, 10, 2]);
  expect(volumes?.tables.transactions).toEqual({ rows: 12, first: 'rapor-001.pdf', last: 'rapor-004.pdf' });
  expect(volumes?.tables.screenings).toEqual({ rows: 11, first: 'rapor-001.pdf', last: 'rapor-004.pdf' });
  expect(volumes?.tables.notices).toEqual({ rows: 0, first: null, last: null });
});

test('rows into which people wrote much fill a volume sooner', async () => {
  const { volumes } = await cut([3, 3], 1_300);
  expect(volumes?.lines.map(({ rows }) => rows)).toEqual([3, 3]);
});

test('a customer with more rows than memory should hold is passed on while the rows still come', async () => {
  const cutter = volumeCutter(LIMIT);
  let read = 0;
  async function* endless(): AsyncGenerator<VolumeRow> {
    for (; read < 1_000; read += 1) yield cells('K', read);
  }
  const first = await cutter.add('K', endless()).next();
  expect(first.done).toBe(false);
  expect(read).toBeLessThan(LIMIT + 2);
});
