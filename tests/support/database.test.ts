import { useDatabase } from './database';

const database = useDatabase();

test('a test file has a migrated database in which the application owns nothing', async () => {
  const role = await database.app.raw<{ rows: { name: string }[] }>('select current_user as name');
  expect(role.rows[0]?.name).toBe('sicil_app');
  const tables = await database.owner.raw<{ rows: { n: number }[] }>(
    "select count(*)::int as n from pg_tables where schemaname = 'public' and tableowner = 'sicil_owner'",
  );
  expect(tables.rows[0]?.n).toBeGreaterThan(10);
});

test('Turkish sorting is there', async () => {
  const sorted = await database.app.raw<{ rows: { v: string }[] }>(
    `select string_agg(v, '' order by v collate "tr-x-icu") as v from (values ('ı'), ('i'), ('h'), ('j')) t(v)`,
  );
  expect(sorted.rows[0]?.v).toBe('hıij');
});
