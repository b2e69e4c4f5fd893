import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '../../cli/main';
import { emptyDatabase } from '../support/database';

interface Answer {
  code: number;
  out: string;
  err: string;
}

let folder: string;
let database: Awaited<ReturnType<typeof emptyDatabase>>;
const saved = { ...process.env };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sicil-cli-'));
  database = await emptyDatabase();
  Object.assign(process.env, { DATABASE_URL: database.url, SICIL_DATA_DIR: folder, SICIL_EMPTY: '1' });
}, 120_000);
afterAll(async () => {
  process.env = saved;
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command in this process and keeps what it says. */
async function sicil(...args: string[]): Promise<Answer> {
  const said = { out: '', err: '' };
  const capture = (stream: NodeJS.WriteStream, key: 'out' | 'err') =>
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      said[key] += String(chunk);
      return true;
    });
  const spies = [capture(process.stdout, 'out'), capture(process.stderr, 'err')];
  try {
    return { code: await runCommand(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const ADMIN_TOKEN = 'a-token-of-more-than-32-characters-0123456789';

test('a file is checked, imported and exported again in the name of a token', async () => {
  expect((await sicil('migrate')).code).toBe(0);
  Object.assign(process.env, { SICIL_ADMIN_TOKEN: ADMIN_TOKEN, SICIL_TOKEN: ADMIN_TOKEN });
  expect((await sicil('seed')).code).toBe(0);
  const file = join(folder, 'musteriler.csv');
  writeFileSync(
    file,
    'tip;tetik;unvan_ad;soyad;dogum_tarihi\nnatural_person_tr;voluntary;Işıl;Dağ;1.2.1990\nevcil hayvan;voluntary;Pamuk;;\n',
  );
  expect((await sicil('import', file, '--token-env', 'NO_SUCH_NAME')).code).toBe(2);
  const checked = await sicil('import', file, '--dry-run');
  expect(checked).toMatchObject({ code: 1, err: '' });
  expect(checked.out).toContain('A3  error  unknown_type');
  expect(checked.out).toContain('checked: 2 rows, 1 with errors, 0 with warnings, 0 records opened');

  writeFileSync(
    file,
    'tip;tetik;unvan_ad;soyad;dogum_tarihi\nnatural_person_tr;voluntary;Işıl;Dağ;1.2.1990\n',
  );
  const imported = await sicil('import', file, '--json');
  expect(JSON.parse(imported.out)).toMatchObject({ status: 'done', counts: { created: 1 } });
  const again = await sicil('import', file, '--json');
  expect((JSON.parse(again.out) as { id: string }).id).toBe((JSON.parse(imported.out) as { id: string }).id);

  const out = join(folder, 'liste.csv');
  expect(await sicil('export', out, '--reason', 'Denetim')).toMatchObject({ code: 0 });
  expect(readFileSync(out, 'utf8')).toContain(';Işıl;Dağ;');
  expect((await sicil('export', join(folder, 'liste.pdf'), '--reason', 'Denetim')).code).toBe(2);
});
