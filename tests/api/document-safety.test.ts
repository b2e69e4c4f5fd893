import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import sharp from 'sharp';

import { sweepLostFiles } from '../../operations/lost-files';
import { sha256 } from '../../stores/crypto';
import { folderStore } from '../../stores/files';
import { useApi, type Json } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { paperPdf } from '../support/pdf-files';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;
let auditor: TestUser;
let customerId: string;
let photo: Buffer;
let card: Buffer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await dealer.addUser('staff');
  auditor = await dealer.addUser('auditor');
  customerId = await newCustomer();
  const picture = sharp({ create: { width: 300, height: 200, channels: 3, background: '#c08040' } });
  photo = await picture
    .withExif({ IFD0: { Make: 'Telefon' } })
    .jpeg()
    .toBuffer();
  card = await picture.png().toBuffer();
}, 60_000);

async function newCustomer(trigger = 'continuous'): Promise<string> {
  const body = { type: 'natural_person_tr', trigger, record: { givenNames: 'İbrahim', surname: 'Işık' } };
  const created = await api.call('POST', '/api/v1/customers', { token: staff.token, body });
  return String(created.body['id']);
}

interface Upload {
  file?: Buffer;
  fileName?: string;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
  to?: string;
}

function upload({
  file = photo,
  fileName = 'resim.jpg',
  fields = {},
  headers = {},
  to = customerId,
}: Upload) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ kind: 'other', ...fields })) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(file)]), fileName);
  return api.call('POST', `/api/v1/customers/${to}/documents`, { token: staff.token, raw: form, headers });
}

const get = (path: string, token = staff.token) => api.call('GET', path, { token });

async function bytesOf(path: string, token = staff.token): Promise<Buffer> {
  const response = await fetch(api.url + path, { headers: { authorization: `Bearer ${token}` } });
  return Buffer.from(await response.arrayBuffer());
}

const files = (): string[] => {
  const folder = join(installation.folder, 'files');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('derived'))
    .map(({ name }) => name);
};

const rows = () => dealer.run(({ sql }) => sql('documents').select('id', 'address'));

const eventsOf = async (id: string, event: string): Promise<Json[]> => {
  const { body } = await get(`/api/v1/customers/${id}/timeline?limit=100`);
  return (body['data'] as Json[]).filter((one) => String(one['event']) === event);
};

test('an image is kept written anew, with both its hashes, and the download gives what is kept', async () => {
  const { status, body, headers } = await upload({});
  expect(status).toBe(201);
  expect(body).toMatchObject({
    mediaType: 'image/jpeg',
    pages: 1,
    originalSha256: sha256(photo).toString('hex'),
  });
  const content = await bytesOf(`${headers.get('location')}/content`);
  expect([sha256(content).toString('hex'), content.length]).toEqual([body['sha256'], body['bytes']]);
  expect(body['sha256']).not.toBe(body['originalSha256']);
  expect([photo.includes('Telefon'), content.includes('Telefon')]).toEqual([true, false]);
});

test('a repeated upload is known by the bytes that were sent', async () => {
  const headers = { 'idempotency-key': 'photo-1' };
  const first = await upload({ headers });
  const before = files().length;
  expect((await upload({ headers })).body['id']).toBe(first.body['id']);
  expect((await upload({ headers, file: card, fileName: 'x.png' })).status).toBe(422);
  expect(files()).toHaveLength(before);
});

const claims: [string, Upload, string][] = [
  ['a PNG named .pdf', { fileName: 'kimlik.pdf' }, 'named_pdf_is_png'],
  ['a PNG named .jpg', { fileName: 'kimlik.JPG' }, 'named_jpeg_is_png'],
  ['a PNG named .exe', { fileName: 'kimlik.exe' }, 'named_otherwise_is_png'],
  ['a PNG named .png.svg', { fileName: 'kimlik.png.svg' }, 'named_otherwise_is_png'],
];
test.each(claims)('%s is refused with words that name both', async (_what, request, code) => {
  const before = { files: files(), rows: await rows() };
  const { status, body } = await upload({ file: card, ...request });
  expect([status, body['code']]).toEqual([415, 'UNSUPPORTED_MEDIA']);
  expect(body['errors']).toEqual([{ pointer: '/file', code, message: expect.stringMatching(/PNG/) }]);
  expect({ files: files(), rows: await rows() }).toEqual(before);
});

test.each(['kimlik.png', 'KİMLİK.PNG', 'kimlik', 'kimlik.bin'])(
  'a PNG named %s is taken',
  async (fileName) => {
    expect((await upload({ file: card, fileName })).status).toBe(201);
  },
);

const heic = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypheic\0\0\0\0mif1heic'),
  Buffer.alloc(64),
]);
const hostile: [string, () => Upload, number, string][] = [
  [
    'a PDF with a script',
    () => pdf({ catalog: '/OpenAction << /S /JavaScript /JS (x) >>' }),
    422,
    'JavaScript',
  ],
  ['an encrypted PDF', () => pdf({ trailer: '/Encrypt << /Filter /Standard >>' }), 422, 'encrypted'],
  ['a PDF with a file inside', () => pdf({ more: ['<< /Type /EmbeddedFile >>'] }), 422, 'attached'],
  ['a PDF of 201 pages', () => pdf({ pages: 201 }), 422, '200 pages'],
  ['a damaged PDF', () => ({ file: Buffer.from('%PDF-1.7\nx'), fileName: 'x.pdf' }), 422, 'damaged'],
  ['a cut photograph', () => ({ file: photo.subarray(0, photo.length - 200) }), 422, 'damaged'],
  ["a telephone's HEIC", () => ({ file: heic, fileName: 'x.heic' }), 415, 'save the picture as JPEG'],
  [
    'a GIF that is a script',
    () => ({ file: Buffer.from('GIF89a/*\0\0*/=1;alert(1)'), fileName: 'x.gif' }),
    415,
    'Only PDF',
  ],
  [
    'a drawing',
    () => ({ file: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), fileName: 'x.png' }),
    415,
    'Only PDF',
  ],
  [
    'a picture of 40 megapixels',
    () => ({ file: fortyMegapixels(), fileName: 'x.png' }),
    413,
    '36 megapixels',
  ],
];
test.each(hostile)('%s is refused clearly and nothing is stored', async (_what, request, status, words) => {
  const before = { files: files(), rows: await rows() };
  const answer = await upload({ ...request(), headers: { 'accept-language': 'en' } });
  expect(answer.status).toBe(status);
  expect(String(answer.body['detail']).toLowerCase()).toContain(words.toLowerCase());
  expect({ files: files(), rows: await rows() }).toEqual(before);
});

function pdf(paper: Parameters<typeof paperPdf>[0]): Upload {
  return { file: paperPdf(paper), fileName: 'x.pdf' };
}

/** The header of a small PNG, changed to say 8000 by 5000. */
function fortyMegapixels(): Buffer {
  const copy = Buffer.from(card);
  copy.writeUInt32BE(8000, 16);
  copy.writeUInt32BE(5000, 20);
  return copy;
}

test('an old identity card is taken only with the word that religion and blood group are covered', async () => {
  const before = { files: files(), rows: await rows() };
  for (const masked of [{}, { masked: 'false' }]) {
    const { status, body } = await upload({ fields: { kind: 'old_identity_card', ...masked } });
    expect(status).toBe(422);
    expect(body['errors']).toMatchObject([{ pointer: '/masked', code: 'masking_required' }]);
  }
  expect({ files: files(), rows: await rows() }).toEqual(before);
  const { status, body } = await upload({ fields: { kind: 'old_identity_card', masked: 'true' } });
  expect(status).toBe(201);
  expect(body['masked']).toEqual({ by: staff.userId, at: expect.any(String) });
  expect(await eventsOf(customerId, 'document.masking_attested')).toMatchObject([
    { actor: { id: staff.userId }, detail: { documentId: body['id'] } },
  ]);
  expect((await upload({ fields: { kind: 'identity_card', masked: 'true' } })).body['masked']).toBeNull();
});

test('below the triggers no identity document is offered or taken, and otherwise those asked for come first', async () => {
  const voluntary = await newCustomer('voluntary');
  const kindsOf = async (id: string) =>
    (await get(`/api/v1/customers/${id}/document-kinds`)).body['data'] as Json[];
  const offered = (await kindsOf(voluntary)).map((one) => String(one['kind']));
  for (const kind of ['identity_card', 'old_identity_card', 'passport']) expect(offered).not.toContain(kind);
  const refused = await upload({ to: voluntary, fields: { kind: 'old_identity_card', masked: 'true' } });
  expect(refused.body['errors']).toMatchObject([{ pointer: '/kind', code: 'no_identity_image' }]);

  const kinds = await kindsOf(customerId);
  const asked = kinds.filter((one) => Boolean(one['asked']));
  expect(kinds.slice(0, asked.length)).toEqual(asked);
  expect(asked).toContainEqual(
    expect.objectContaining({ kind: 'address_proof', maxAge: 'P3M', requirements: ['NP-22'] }),
  );
  expect(asked.map((one) => String(one['kind']))).not.toContain('trade_gazette');
});

describe('previews', () => {
  let path: string;
  let photoPath: string;
  beforeAll(async () => {
    path = String((await upload(pdf({ pages: 3 }))).headers.get('location'));
    photoPath = String((await upload({})).headers.get('location'));
  });

  test.each([
    ['thumb', 240],
    ['page', 1600],
  ])('a %s is a JPEG of one page, at most %i pixels high, never the file itself', async (size, side) => {
    const content = await bytesOf(`${path}/preview?page=2&size=${size}`);
    expect(await sharp(content).metadata()).toMatchObject({ format: 'jpeg', height: side });
    // Ink on paper: the red box is there, and so is white.
    const { channels } = await sharp(content).stats();
    expect([channels[0]?.max, channels[1]?.min]).toEqual([expect.closeTo(255, -1), expect.closeTo(26, -2)]);
    const small = await sharp(await bytesOf(`${photoPath}/preview?size=${size}`)).metadata();
    expect(small).toMatchObject({ format: 'jpeg', width: Math.min(side, 300) });
  });

  test('it may be shown in a page and kept nowhere', async () => {
    const { headers } = await get(`${path}/preview?size=thumb`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'inline',
      'cache-control': 'private, no-store',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    expect((await get(`${path}/content`)).headers.get('content-disposition')).toMatch(/^attachment/);
  });

  test('it is made once, kept encrypted, and made again where it was lost or damaged', async () => {
    const fresh = String((await upload(pdf({}))).headers.get('location'));
    const derived = () => {
      const folder = join(installation.folder, 'files', 'derived');
      if (!existsSync(folder)) return [];
      return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    };
    const before = derived().length;
    const first = await bytesOf(`${fresh}/preview?size=thumb`);
    const inodes = () => derived().map(({ parentPath, name }) => statSync(join(parentPath, name)).ino);
    const kept = inodes();
    const again = await bytesOf(`${fresh}/preview?size=thumb`);
    expect([again.equals(first), kept.length, inodes()]).toEqual([true, before + 1, kept]);
    for (const { parentPath, name } of derived()) {
      expect(readFileSync(join(parentPath, name)).includes('JFIF')).toBe(false);
      writeFileSync(join(parentPath, name), 'broken');
    }
    expect((await bytesOf(`${fresh}/preview?size=thumb`)).equals(first)).toBe(true);
  });

  test('turning the pages is one look on record, a thumbnail none', async () => {
    const id = await newCustomer();
    const own = String((await upload({ to: id, ...pdf({ pages: 2 }) })).headers.get('location'));
    const look = async (query: string) => expect((await get(`${own}/preview?${query}`)).status).toBe(200);
    await look('size=thumb');
    expect(await eventsOf(id, 'document.viewed')).toEqual([]);
    for (const query of ['page=1', 'page=2', 'page=1']) await look(query);
    expect(await eventsOf(id, 'document.viewed')).toMatchObject([{ actor: { id: staff.userId } }]);
    await get(`${own}/preview`, auditor.token);
    expect(await eventsOf(id, 'document.viewed')).toHaveLength(2);
  });

  test('a page that is not there, a size that is none and a stranger are refused', async () => {
    expect((await get(`${path}/preview?page=4`)).status).toBe(404);
    expect((await get(`${photoPath}/preview?page=2`)).status).toBe(404);
    for (const query of ['page=0', 'size=huge', 'colour=red']) {
      expect((await get(`${path}/preview?${query}`)).status).toBeGreaterThanOrEqual(400);
    }
    const { admin } = await makeDealer(db, installation);
    expect((await get(`${path}/preview`, admin.token)).status).toBe(404);
  });
});

test('a file whose row was lost with the database is found and removed, and no other', async () => {
  const store = folderStore(join(installation.folder, 'files'));
  await upload({});
  const before = { files: files().sort(), rows: await rows() };
  // The server goes away as the row is written: the file is in the store, and whether its row is nobody can say.
  await db.owner.raw(`
    create function die() returns trigger language plpgsql as $$
    begin raise exception 'terminating connection' using errcode = '57P01'; end $$;
    create trigger die before insert on documents for each row execute function die()`);
  const answer = await upload({});
  await db.owner.raw('drop trigger die on documents; drop function die()');
  expect(answer.status).toBe(503);
  expect(files()).toHaveLength(before.files.length + 1);

  expect(await sweepLostFiles(installation.database, store)).toBe(0);
  await db.owner.raw(`update pending_files set since = since - interval '61 minutes'`);
  expect(await sweepLostFiles(installation.database, store)).toBeGreaterThan(0);
  expect({ files: files().sort(), rows: await rows() }).toEqual(before);
  expect(await db.owner('pending_files').select()).toEqual([]);
});

test('an upload that a sweep has taken for lost gets no row', async () => {
  const before = { files: files().sort(), rows: await rows() };
  await db.owner.raw(`
    create function forget() returns trigger language plpgsql security definer as $$
    begin delete from pending_files where dealer_id = new.dealer_id; return new; end $$;
    create trigger forget before insert on documents for each row execute function forget()`);
  const answer = await upload({});
  await db.owner.raw('drop trigger forget on documents; drop function forget()');
  expect([answer.status, answer.body['code']]).toEqual([503, 'UNAVAILABLE']);
  expect({ files: files().sort(), rows: await rows() }).toEqual(before);
});
