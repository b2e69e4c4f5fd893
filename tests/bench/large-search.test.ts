import { benchLargeSearch } from '../../bench/large-search';
import { holds, latencyTable, type LatencyLine } from '../../bench/large-report';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);

test('product and plain SQL find the same number of customers for every question of the bench', async () => {
  const dealer = await makeDealer(db, installation);
  const lines = await benchLargeSearch({
    installation: { dealerId: dealer.dealerId, run: (fn) => dealer.run(fn) },
    databaseUrl: db.url,
    customers: 600,
    questions: 4,
    say: () => undefined,
  });
  expect(lines).toHaveLength(10);
  for (const { product, bare } of lines) expect(Math.min(product, bare)).toBeGreaterThan(0);
  expect(latencyTable(lines).split('\n')).toHaveLength(11);
}, 60_000);

test('a line holds by its factor and its allowance, or by its bound', () => {
  const line: LatencyLine = {
    what: 'x',
    questions: 1,
    product: 25,
    bare: 10,
    limit: { factor: 2, plusMs: 5 },
  };
  expect(holds(line)).toBe(true);
  expect(holds({ ...line, product: 25.1 })).toBe(false);
  expect(holds({ ...line, product: 51, limit: { atMostMs: 50 } })).toBe(false);
  expect(latencyTable([])).toBe('');
});
