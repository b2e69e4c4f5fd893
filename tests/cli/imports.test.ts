import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ADMIN_TOKEN, sicil, useCommandWorld } from './command-world';

const world = useCommandWorld();

test('a file is checked, imported and exported again in the name of a token', async () => {
  expect((await sicil('migrate')).code).toBe(0);
  Object.assign(process.env, { SICIL_ADMIN_TOKEN: ADMIN_TOKEN, SICIL_TOKEN: ADMIN_TOKEN });
  expect((await sicil('seed')).code).toBe(0);
  const file = join(world.folder, 'musteriler.csv');
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

  const out = join(world.folder, 'liste.csv');
  expect(await sicil('export', out, '--reason', 'Denetim')).toMatchObject({ code: 0 });
  expect(readFileSync(out, 'utf8')).toContain(';Işıl;Dağ;');
  expect((await sicil('export', join(world.folder, 'liste.pdf'), '--reason', 'Denetim')).code).toBe(2);
});
