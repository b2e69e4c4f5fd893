import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { sha256 } from '../../stores/crypto';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { paperPdf } from '../support/pdf-files';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;
let customerId: string;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await dealer.addUser('staff');
  const created = await api.call('POST', '/api/v1/customers', {
    token: staff.token,
    body: { type: 'natural_person_tr', trigger: 'continuous', record: { givenNames: 'İbrahim' } },
  });
  customerId = String(created.body['id']);
}, 60_000);

const PDF = paperPdf();

interface Upload {
  file?: Buffer | null;
  fileName?: string;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
  to?: string;
  token?: string;
}

function upload({
  file = PDF,
  fileName = 'kimlik.pdf',
  fields = { kind: 'identity_card' },
  headers = {},
  to,
  token,
}: Upload) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file !== null) form.append('file', new Blob([new Uint8Array(file)]), fileName);
  const path = `/api/v1/customers/${to ?? customerId}/documents`;
  return api.call('POST', path, { token: token ?? staff.token, raw: form, headers });
}

function storedFiles(): string[] {
  const folder = join(installation.folder, 'files');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

const rows = () => dealer.run(({ sql }) => sql('documents').select('id'));

test('an uploaded document closes its finding, comes back as it was, and lies encrypted in the store', async () => {
  const uploaded = await upload({
    fileName: '../../Kimlik Kartı (ön).pdf',
    fields: { kind: 'identity_card', expiresOn: '2031-01-01', originalSeen: 'true', number: 'A12B34567' },
  });
  expect(uploaded.status).toBe(201);
  expect(uploaded.body).toMatchObject({
    kind: 'identity_card',
    sha256: sha256(PDF).toString('hex'),
    originalSha256: sha256(PDF).toString('hex'),
    pages: 1,
    mediaType: 'application/pdf',
    bytes: PDF.length,
    fileName: 'Kimlik Kartı (ön).pdf',
    originalSeen: { by: staff.userId },
  });
  const path = String(uploaded.headers.get('location'));
  expect((await api.call('GET', path, { token: staff.token })).body).toEqual(uploaded.body);
  const { body } = await api.call('GET', `/api/v1/customers/${customerId}`, { token: staff.token });
  expect(body['findings']?.map((one) => one['field'])).not.toContain('documents.identity_card');

  const content = await api.call('GET', `${path}/content`, { token: staff.token });
  expect(content.body).toBe(PDF.toString());
  expect(content.headers.get('content-disposition')).toBe(
    `attachment; filename="Kimlik Kart_ (_n).pdf"; filename*=UTF-8''Kimlik%20Kart%C4%B1%20%28%C3%B6n%29.pdf`,
  );
  expect(content.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(storedFiles()).not.toEqual([]);
});

const refusals: [string, Upload, number, string][] = [
  ['a page of HTML named .pdf', { file: Buffer.from('<html><script>') }, 415, 'UNSUPPORTED_MEDIA'],
  ['an empty file', { file: Buffer.alloc(0) }, 422, 'EMPTY_FILE'],
  [
    'a file of more than 15 MB',
    { file: Buffer.concat([PDF, Buffer.alloc(15 * 1024 * 1024)]) },
    413,
    'TOO_LARGE',
  ],
  ['a form without a file', { file: null }, 422, 'INVALID_INPUT'],
  ['an unknown kind', { fields: { kind: 'selfie' } }, 422, 'INVALID_INPUT'],
  ['no kind', { fields: {} }, 422, 'INVALID_INPUT'],
  ['an unknown field', { fields: { kind: 'other', colour: 'red' } }, 422, 'INVALID_INPUT'],
  ['a day that does not exist', { fields: { kind: 'other', issuedOn: '2026-02-30' } }, 422, 'INVALID_INPUT'],
  [
    'a document to replace that does not exist',
    { fields: { kind: 'other', replaces: '01890000-0000-7000-8000-000000000000', reason: 'x' } },
    404,
    'NOT_FOUND',
  ],
  ['a customer that does not exist', { to: '01890000-0000-7000-8000-000000000000' }, 404, 'NOT_FOUND'],
];
test.each(refusals)('%s is refused and nothing is stored', async (_name, request, status, code) => {
  const before = { files: storedFiles(), rows: await rows() };
  const answer = await upload(request);
  expect([answer.status, answer.body['code']]).toEqual([status, code]);
  expect({ files: storedFiles(), rows: await rows() }).toEqual(before);
});

test('what is no form is refused as such', async () => {
  const path = `/api/v1/customers/${customerId}/documents`;
  const send = (raw: string, type: string) =>
    api.call('POST', path, { token: staff.token, raw, headers: { 'content-type': type } });
  expect((await send('{}', 'application/json')).status).toBe(415);
  expect((await send('--x\r\n', 'multipart/form-data')).status).toBe(400);
  expect(
    (
      await send(
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%PDF',
        'multipart/form-data; boundary=x',
      )
    ).status,
  ).toBe(400);
});

test('a repeated upload with one Idempotency-Key is one document, whatever the boundary', async () => {
  const headers = { 'idempotency-key': 'upload-1' };
  const before = storedFiles().length;
  const first = await upload({ headers });
  const second = await upload({ headers });
  expect(second.body['id']).toBe(first.body['id']);
  expect(storedFiles()).toHaveLength(before + 1);
  expect((await upload({ headers, file: paperPdf({ pages: 2 }) })).status).toBe(422);
  expect((await upload({ headers, fields: { kind: 'other' } })).status).toBe(422);
  expect(storedFiles()).toHaveLength(before + 1);
});

test('a document is attested, replaced and withdrawn with a reason, and stays readable', async () => {
  const first = String((await upload({ fields: { kind: 'signature_sample' } })).body['id']);
  const act = (id: string, name: string, body: object = {}) =>
    api.call('POST', `/api/v1/customers/${customerId}/documents/${id}/${name}`, { token: staff.token, body });
  expect((await act(first, 'original-seen')).body['originalSeen']).toMatchObject({ by: staff.userId });
  const fields = { kind: 'signature_sample', replaces: first };
  expect((await upload({ fields })).status).toBe(422);
  const second = String((await upload({ fields: { ...fields, reason: 'Okunmuyor' } })).body['id']);
  expect((await act(second, 'withdraw')).status).toBe(422);
  expect((await act(second, 'withdraw', { reason: 'Yanlış kişi' })).body).toMatchObject({
    state: 'withdrawn',
    ended: { reason: 'Yanlış kişi' },
  });
  expect((await act(second, 'original-seen')).status).toBe(409);
  const { body } = await api.call('GET', `/api/v1/customers/${customerId}/documents/${first}`, {
    token: staff.token,
  });
  expect(body).toMatchObject({ state: 'replaced', ended: { replacedBy: second } });
});

test('another dealer can neither put a file on the customer nor read one', async () => {
  const { admin } = await makeDealer(db, installation);
  const id = String((await upload({})).body['id']);
  const before = storedFiles();
  expect((await upload({ token: admin.token })).status).toBe(404);
  expect(
    (await api.call('GET', `/api/v1/customers/${customerId}/documents/${id}/content`, { token: admin.token }))
      .status,
  ).toBe(404);
  expect(storedFiles()).toEqual(before);
});
