import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { createPackageActivities, createPackageSteps } from '../../activities/packages';
import { inDealer } from '../../db/transaction';
import { SYSTEM } from '../../domain/customer';
import { rotateSigningKey } from '../../operations/key-rotation';
import { sealPackage } from '../../operations/package-seal';
import { fingerprintOf } from '../../stores/package-signature';
import { folderStore } from '../../stores/files';
import { addPerson, drive } from '../package/package-world';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { paperPdf } from '../support/pdf-files';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db, '2026-11-22T09:00:00Z');
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
let auditor: TestUser;
let open: string;
let sealed: string;

const base = (id: string) => `/api/v1/audit-packages/${id}`;
const GIVEN = { name: 'Zeynep Müfettiş', office: 'MASAK', how: 'in_person', deliveredOn: '2026-11-22' };

async function requested(): Promise<string> {
  const body = { profile: 'masak', period: { from: '2026-01-01', to: '2026-12-31' } };
  const asked = await api.call('POST', '/api/v1/audit-packages', { token: officer.token, body });
  return String(asked.body['id']);
}

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
  auditor = await dealer.addUser('auditor');
  await dealer.run((tx) => addPerson(tx));
  sealed = await requested();
  const activities = createPackageActivities({
    database: installation.database,
    files: folderStore(join(installation.folder, 'files')),
    printer: { print: async (html) => Buffer.from(`%PDF-1.7 ${html.length}`) },
    heartbeat: () => undefined,
  });
  const steps = createPackageSteps(installation.database);
  await drive({ steps, activities }, { dealerId: dealer.dealerId, packageId: sealed });
  await dealer.run((tx) => sealPackage(tx, sealed));
  open = await requested();
}, 120_000);

const give = (body: object = GIVEN, token = officer.token, id = sealed) =>
  api.call('POST', `${base(id)}/handovers`, { token, body });

function upload(handoverId: string, content: Buffer, token = officer.token) {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(content)]), 'tutanak.pdf');
  return api.call('POST', `${base(sealed)}/handovers/${handoverId}/receipt`, { token, raw: form });
}

test('a hand-over is on record with its recipient, and the package is kept for eight years', async () => {
  const given = await give();
  expect(given.status).toBe(201);
  expect(given.body).toMatchObject({
    recipient: { name: 'Zeynep Müfettiş', office: 'MASAK', how: 'in_person', note: null },
    deliveredOn: '2026-11-22',
    recordedBy: { id: officer.userId },
    receipt: null,
  });
  const listed = await api.call('GET', `${base(sealed)}/handovers`, { token: auditor.token });
  expect(listed.body).toMatchObject({ retainUntil: '2034-11-22', data: [given.body] });
  const one = await api.call('GET', String(given.headers.get('location')), { token: auditor.token });
  expect(one.body).toEqual(given.body);
});

test("the recipient's name lies in no clear column, and not in the audit log", async () => {
  await give({ ...GIVEN, name: 'Kanarya Denetmen', note: 'Kanarya notu' });
  const { rows } = await db.owner.raw(`
    select count(*)::int as found from (
      select h::text from audit_package_handovers h union all select l::text from audit_log l) t(text)
    where text like '%Kanarya%'`);
  expect(rows[0].found).toBe(0);
});

test('what cannot be is refused: before the seal, in the future, of another dealer, by the wrong role', async () => {
  expect(await give(GIVEN, officer.token, open)).toMatchObject({ status: 409 });
  expect(await give({ ...GIVEN, deliveredOn: '2026-11-23' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/deliveredOn', code: 'day_in_future' }] },
  });
  expect(await give({ ...GIVEN, deliveredOn: '2026-11-21' })).toMatchObject({
    status: 422,
    body: { errors: [{ code: 'before_seal' }] },
  });
  expect((await give({ ...GIVEN, name: '' })).status).toBe(422);
  expect((await give(GIVEN, auditor.token)).status).toBe(403);
  const stranger = await (await makeDealer(db, installation)).addUser('officer');
  for (const path of ['handovers', 'downloads'])
    expect((await api.call('GET', `${base(sealed)}/${path}`, { token: stranger.token })).status).toBe(404);
  expect((await give(GIVEN, stranger.token)).status).toBe(404);
  expect((await api.call('GET', `${base(open)}/handovers`, { token: auditor.token })).body).toEqual({
    data: [],
    retainUntil: null,
  });
});

test('a receipt is stored encrypted, comes back as it was, and does not change', async () => {
  const handover = String((await give()).body['id']);
  const path = `${base(sealed)}/handovers/${handover}/receipt`;
  expect((await api.call('GET', path, { token: auditor.token })).status).toBe(404);
  const content = paperPdf({});
  const stored = await upload(handover, content);
  expect(stored.status).toBe(201);
  expect(stored.body['receipt']).toMatchObject({ mediaType: 'application/pdf', by: { id: officer.userId } });
  const back = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${auditor.token}` } });
  expect(back.headers.get('content-disposition')).toContain('DP-2026-0001-teslim.pdf');
  const bytes = Buffer.from(await back.arrayBuffer());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(stored.body['receipt']?.['sha256']);

  expect((await upload(handover, content)).status).toBe(201);
  expect((await upload(handover, paperPdf({ pages: 2 }))).status).toBe(409);
  expect((await upload(handover, paperPdf({ pages: 3 }), auditor.token)).status).toBe(403);
  await expect(
    dealer.run((tx) =>
      tx.sql('audit_package_handovers').update({ receipt_bytes: 1 }).where({ id: handover }),
    ),
  ).rejects.toThrow('a receipt does not change');
  await expect(dealer.run((tx) => tx.sql('audit_package_handovers').delete())).rejects.toThrow(
    'permission denied',
  );
});

test('who downloaded the package when is listed, newest first', async () => {
  for (const { token } of [officer, auditor]) {
    const answer = await fetch(`${api.url}${base(sealed)}/download`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
  }
  const { body } = await api.call('GET', `${base(sealed)}/downloads`, { token: auditor.token });
  expect(body).toMatchObject({ data: [{ by: { id: auditor.userId } }, { by: { id: officer.userId } }] });
  const first = await api.call('GET', `${base(sealed)}/downloads?limit=1`, { token: auditor.token });
  const cursor = encodeURIComponent(String(first.body['nextCursor']));
  const rest = await api.call('GET', `${base(sealed)}/downloads?limit=1&cursor=${cursor}`, {
    token: auditor.token,
  });
  expect(rest.body['data']).toEqual([body['data']?.[1]]);
});

test("anybody finds a dealer's keys by its code, current and former, and nobody finds more", async () => {
  const path = `/.well-known/sicil-package-key/${dealer.code}`;
  const read = await api.call('GET', base(sealed), { token: officer.token });
  const found = await api.call('GET', path);
  expect(found.status).toBe(200);
  expect(found.body['keys']).toEqual([
    {
      algorithm: 'Ed25519',
      fingerprint: read.body['keyFingerprint'],
      current: true,
      usedFrom: expect.any(String),
      usedUntil: null,
      publicKeyPem: expect.stringContaining('BEGIN PUBLIC KEY'),
    },
  ]);
  expect(
    fingerprintOf(String((found.body['keys'] as unknown as { publicKeyPem: string }[])[0]?.publicKeyPem)),
  ).toBe(read.body['keyFingerprint']);
  await db.owner('audit_packages').whereNot({ status: 'sealed' }).update({ status: 'cancelled' });
  const { database, keys } = installation;
  const owner = { ...database, knex: db.owner, keys };
  const rotated = await inDealer(owner, dealer.dealerId, SYSTEM, rotateSigningKey, {
    isolation: 'repeatable read',
  });
  const changed = await api.call('GET', path);
  const keysNow = changed.body['keys'] as unknown as { usedUntil: string }[];
  expect(keysNow).toMatchObject([
    { fingerprint: rotated.current, current: true, usedFrom: keysNow[1]?.usedUntil, usedUntil: null },
    { fingerprint: read.body['keyFingerprint'], current: false, usedFrom: expect.any(String) },
  ]);
  for (const unknown of ['yok', '%27%20or%201=1', 'x'.repeat(200)])
    expect((await api.call('GET', `/.well-known/sicil-package-key/${unknown}`)).status).toBe(404);
});
