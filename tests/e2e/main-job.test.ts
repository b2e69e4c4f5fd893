import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { specimenPdf, specimenPng } from '../../operations/demo/specimens';
import { projectRoot } from '../../project-root';
import { useBrowser } from '../support/browser';
import { startProduct, type RunningProduct } from '../support/product';
import { until } from '../support/wait';
import { Person } from './person';

const run = promisify(execFile);
const testBrowser = useBrowser();

let product: RunningProduct;
let staff: Person;
let officer: Person;
let manager: Person;

beforeAll(async () => {
  product = await startProduct();
  const { browser } = testBrowser;
  staff = await Person.signIn(browser, product, 'staff');
  officer = await Person.signIn(browser, product, 'officer');
  manager = await Person.signIn(browser, product, 'manager');
}, 300_000);

afterAll(() => product?.stop(), 60_000);

async function paper(name: string, bytes: Buffer): Promise<string> {
  const file = join(product.dataDir, name);
  writeFileSync(file, bytes);
  return file;
}

async function upload(
  path: string,
  kind: string,
  bytes: Buffer,
  more: Record<string, string> = {},
): Promise<void> {
  await staff.open(`${path}/documents`);
  await staff.fill({ kind, ...more });
  if (kind === 'identity_card') await staff.tick('#upload [name="originalSeen"]');
  const input = await staff.page.$('input[type="file"]');
  await (input as unknown as { uploadFile(file: string): Promise<void> }).uploadFile(
    await paper(`${kind}.${bytes[0] === 0x25 ? 'pdf' : 'png'}`, bytes),
  );
  await staff.send('#upload form');
}

async function verify(file: string): Promise<{ code: number; output: string }> {
  try {
    const { stdout } = await run(process.execPath, [join(projectRoot, 'verify', 'verify.mjs'), file]);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, output: stdout };
  }
}

test('a customer is opened, chased, completed and approved by a second person', async () => {
  await staff.open('/customers/new?type=natural_person_tr');
  await staff.fill({
    trigger: 'continuous',
    givenNames: 'Işıl',
    surname: 'Çağlayan',
    tckn: '88000068572',
    email: 'isil.caglayan@example.com',
  });
  await staff.send('form[action="/customers"]');
  // A new file opens on its record: that is what the clerk fills in next.
  const path = new URL(staff.page.url()).pathname.replace(/\/record$/, '');
  expect(await staff.text()).toContain('Işıl Çağlayan');
  await staff.open(path);
  await staff.send(`form[action="${path}/submit"]`);

  const reminder = await until(
    'the first list of what is missing is in the mailbox',
    async () => {
      const { data } = (await (
        await fetch(`${product.address}/dev/mailbox`, { headers: { accept: 'application/json' } })
      ).json()) as {
        data: { to: string; text: string }[];
      };
      return data.find((mail) => mail.to.includes('isil.caglayan@'));
    },
    60_000,
  );
  expect(reminder.text).toContain('Meslek');
  expect(reminder.text).not.toContain('88000068572');

  await staff.open(`${path}/record`);
  await staff.fill({
    birthDate: '1990-04-12',
    nationality: 'TUR',
    'idDocument.type': 'identity_card',
    'idDocument.number': 'A12B34567',
    'idDocument.expiresOn': '2033-01-01',
    'address.province': 'İstanbul',
    'address.district': 'Fatih',
    'address.line': 'Kalpakçılar Caddesi Örnek Han 12',
    occupation: 'öğretmen',
    purpose: 'savings',
    onOwnAccount: 'yes',
    'publicInfluence.kind': 'none',
  });
  await staff.send('form.record', '.save-bar button');
  await upload(path, 'identity_card', specimenPng(7), { expiresOn: '2033-01-01' });
  await upload(path, 'signature_sample', specimenPng(8));
  await upload(path, 'address_proof', specimenPdf(['fatura']), {
    issuedOn: new Date().toISOString().slice(0, 10),
  });

  await officer.open(path);
  await until(
    'the case waits for a decision',
    async () => {
      await officer.page.reload();
      return (await officer.page.$('#decision form')) !== null;
    },
    60_000,
  );
  await officer.tick('#decision [value="approve"]');
  await officer.fill({ reason: 'Belgeler tam, aslı görüldü.' });
  await officer.send('#decision form');
  await officer.reads('Etkin');
}, 180_000);

test('a refresh that is due is confirmed at the counter', async () => {
  for (const refresh of await staff.links('/cases?kind=refresh', '/cases/')) {
    const [path] = await staff.links(refresh, '/customers/');
    if (path === undefined) continue;
    await staff.open(path);
    const form = `form[action="${path}/refresh"]`;
    if ((await staff.page.$(form)) === null) continue;
    await staff.send(form, '[value="confirm"]');
    if ((await staff.page.$('.flash')) === null) continue; // something else is missing in this file
    expect(await staff.page.$(form)).not.toBeNull(); // a refresh can be started anew: the case is closed
    expect(await staff.links(path, '/cases/')).not.toContain(refresh);
    return;
  }
  throw new Error('No refresh of the demo could be confirmed');
}, 120_000);

test('a package is built, sealed by another person, verified, and a changed byte is named', async () => {
  await officer.open('/packages/new');
  await officer.fill({ from: '2026-01-01', to: '2026-12-31' });
  await officer.send('form[action="/packages"]');
  const path = new URL(officer.page.url()).pathname;
  await manager.open(path);
  await until(
    'the package can be sealed',
    async () => {
      await manager.page.reload();
      return (await manager.page.$(`form[action="${path}/seal"]`)) !== null;
    },
    120_000,
  );
  await officer.page.reload();
  expect(await officer.page.$(`form[action="${path}/seal"]`)).toBeNull();
  await manager.send(`form[action="${path}/seal"]`);

  const bytes = await manager.download(`/api/v1/audit-packages/${path.split('/').pop()}/download`);
  const file = await paper('paket.zip', bytes);
  expect(await verify(file)).toMatchObject({ code: 0, output: expect.stringContaining('PASS') as string });

  const at = bytes.indexOf('%PDF', bytes.indexOf('dosyalar/'));
  bytes.writeUInt8((bytes[at + 200] ?? 0) ^ 1, at + 200);
  const changed = await verify(await paper('degisti.zip', bytes));
  expect(changed.code).toBe(4);
  expect(changed.output).toMatch(/FAIL[\s\S]*dosyalar\/KYM-/);
}, 240_000);
