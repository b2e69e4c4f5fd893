import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ComplianceError } from '../../domain/errors';
import { newKey, sha256 } from '../../stores/crypto';
import { DamagedFile, folderStore } from '../../stores/files';

const MIB = 1024 * 1024;
const CHUNK = MIB + 16;
const HEADER = 8;

let folder: string;
const key = newKey();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sicil-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* inParts(content: Buffer, size = 60_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function read(address: string, withKey = key): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await folderStore(folder).open(withKey, address)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const onDisk = (address: string) => join(folder, address.slice(0, 2), address);
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

const pdf = (bytes: number) => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(bytes, 'x')]);

test.each([0, 1, MIB - 9, MIB, 2 * MIB + 3])(
  'a document of %i bytes and its signature comes back as it was',
  async (n) => {
    const content = pdf(n);
    const stored = await folderStore(folder).receive(key, inParts(content));
    expect(stored).toMatchObject({
      bytes: content.length,
      mediaType: 'application/pdf',
      sha256: sha256(content),
    });
    expect((await read(stored.address)).equals(content)).toBe(true);
    expect(readFileSync(onDisk(stored.address)).includes('%PDF-1.7')).toBe(false);
  },
);

const refusals: [string, Buffer, string][] = [
  ['an empty file', Buffer.alloc(0), 'EMPTY_FILE'],
  ['a page of HTML', Buffer.from('<!doctype html><script>1</script>'), 'UNSUPPORTED_MEDIA'],
  ['a program', Buffer.from('MZ%PDF-1.7'), 'UNSUPPORTED_MEDIA'],
  ['a drawing with scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'UNSUPPORTED_MEDIA'],
  ['a file one byte too large', pdf(2 * MIB - 9 + 1), 'TOO_LARGE'],
];
test.each(refusals)('%s is refused and leaves nothing behind', async (_name, content, code) => {
  const refusal = folderStore(folder).receive(key, inParts(content), { maxBytes: 2 * MIB });
  await expect(refusal).rejects.toMatchObject({ code });
  await expect(refusal).rejects.toBeInstanceOf(ComplianceError);
  expect(files()).toEqual([]);
});

test('an upload that breaks off leaves nothing behind', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield pdf(3 * MIB);
    throw new Error('connection lost');
  }
  await expect(folderStore(folder).receive(key, broken())).rejects.toThrow('connection lost');
  expect(files()).toEqual([]);
});

describe('an encrypted file does not open', () => {
  let address: string;
  let sealed: Buffer;
  beforeEach(async () => {
    ({ address } = await folderStore(folder).putBlob(key, inParts(Buffer.alloc(3 * MIB, 7))));
    sealed = readFileSync(onDisk(address));
  });
  const chunk = (n: number) => sealed.subarray(HEADER + n * CHUNK, HEADER + (n + 1) * CHUNK);
  const header = () => sealed.subarray(0, HEADER);
  const damages: [string, () => Buffer][] = [
    ['cut at a chunk border', () => sealed.subarray(0, HEADER + 2 * CHUNK)],
    ['cut inside a chunk', () => sealed.subarray(0, HEADER + 2 * CHUNK + 100)],
    ['cut inside the header', () => sealed.subarray(0, 5)],
    ['emptied', () => Buffer.alloc(0)],
    ['with two chunks exchanged', () => Buffer.concat([header(), chunk(1), chunk(0), chunk(2)])],
    ['with a chunk twice', () => Buffer.concat([header(), chunk(0), chunk(0), chunk(1), chunk(2)])],
    ['with bytes behind its end', () => Buffer.concat([sealed, Buffer.from('x')])],
    ['with one bit changed', () => flipped(sealed, HEADER + CHUNK + 5)],
  ];
  test.each(damages)('%s', async (_name, damage) => {
    writeFileSync(onDisk(address), damage());
    await expect(read(address)).rejects.toBeInstanceOf(DamagedFile);
  });

  test('under another key, or at another address', async () => {
    await expect(read(address, newKey())).rejects.toBeInstanceOf(DamagedFile);
    const other = await folderStore(folder).putBlob(key, inParts(Buffer.from('other')));
    writeFileSync(onDisk(other.address), sealed);
    await expect(read(other.address)).rejects.toBeInstanceOf(DamagedFile);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

test('an unknown address and a path in place of one are not found', async () => {
  for (const address of ['7d3b1f6e-0000-4000-8000-000000000000', '../../etc/passwd']) {
    await expect(read(address)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

test('drafts of a process that died are removed once they are an hour old', async () => {
  const store = folderStore(folder);
  const { address } = await store.putBlob(key, inParts(Buffer.from('kept')));
  const draft = join(folder, 'drafts', 'left');
  writeFileSync(draft, 'x');
  expect(await store.cleanUp()).toBe(0);
  utimesSync(draft, new Date(0), new Date(0));
  expect(await store.cleanUp()).toBe(1);
  expect((await read(address)).toString()).toBe('kept');
});
