import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ZipFile } from 'yazl';

import { buildManifest, documentPath, isPackagePath } from '../../domain/package-manifest';
import { sha256 } from '../../operations/checkpoints';
import { verifyPackage } from '../../stores/package-verifier';
import { writePackageZip, type ZipEntry } from '../../stores/package-zip';
import { FACTS, scratchFolder, sealed, zip } from './a-package';

const folder = scratchFolder();

function entry(path: string, text = 'x'): ZipEntry {
  return { path, open: () => Readable.from([Buffer.from(text)]) };
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

test('the same files give the same bytes, stamped with the first second that ZIP knows', async () => {
  const files = sealed();
  const first = readFileSync(await zip(files, join(folder, 'a.zip')));
  const second = readFileSync(await zip(files, join(folder, 'b.zip')));
  expect(second.equals(first)).toBe(true);
  // 1980-01-01 00:00:00 on the wall, in whatever zone this runs: time 0, date 0x0021.
  expect([first.readUInt16LE(10), first.readUInt16LE(12)]).toEqual([0, 0x21]);
});

test.each([
  ['b.txt', 'a.txt'],
  ['a.txt', 'a.txt'],
])('files out of order or twice there are refused: %s, %s', async (first, second) => {
  await expect(writePackageZip([entry(first), entry(second)], nowhere())).rejects.toThrow('sorted');
});

test.each([
  '../a',
  '/a',
  'a//b',
  'a/./b',
  'a/../b',
  'C:/a',
  'a\\b',
  'a b',
  'şahin.pdf',
  'con',
  'a/nul.txt',
  'a.',
  '.a',
  '',
  'x'.repeat(201),
])('a path that cannot be unpacked everywhere is refused: "%s"', async (path) => {
  expect(isPackagePath(path)).toBe(false);
  await expect(writePackageZip([entry(path)], nowhere())).rejects.toThrow('portable');
  expect(() => buildManifest(FACTS, [{ path, bytes: 0, sha256: '' }], sha256)).toThrow('portable');
});

test('two paths that differ in case only are refused', () => {
  const file = { bytes: 0, sha256: '' };
  expect(() =>
    buildManifest(
      FACTS,
      [
        { path: 'a.pdf', ...file },
        { path: 'A.pdf', ...file },
      ],
      sha256,
    ),
  ).toThrow('share a path');
});

test('a document is stored under its kind, never under the name it was uploaded with', () => {
  expect(documentPath('KYM-2026-000001', 'identity_card', 2, 'image/jpeg')).toBe(
    'belgeler/KYM-2026-000001/identity-card-2.jpg',
  );
});

test('a file that breaks off destroys the output instead of leaving half a ZIP that looks whole', async () => {
  const out = new PassThrough();
  out.on('error', () => undefined).resume();
  const broken = entry('b.txt');
  broken.open = () =>
    new Readable({
      read: function (this: Readable) {
        this.destroy(new Error('disk'));
      },
    });
  await expect(writePackageZip([entry('a.txt'), broken], out)).rejects.toThrow('disk');
  expect(out.destroyed).toBe(true);
});

test('a file shorter than announced fails', async () => {
  await expect(writePackageZip([{ ...entry('a.txt', 'abc'), size: 4 }], nowhere())).rejects.toThrow(
    'number of bytes',
  );
});

test('an output that fails while a large file is being written ends the writing', async () => {
  const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC')) });
  const large = { path: 'a.pdf', open: () => Readable.from(endless()) };
  await expect(writePackageZip([large, entry('b.txt')], full)).rejects.toThrow('ENOSPC');
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(65_536);
}

test('one file is open at a time, and memory does not grow with the number of files', async () => {
  let open = 0;
  let most = 0;
  const chunk = Buffer.alloc(256 * 1024);
  function* chunks(): Generator<Buffer> {
    open += 1;
    most = Math.max(most, open);
    for (let part = 0; part < 16; part += 1) yield chunk;
    open -= 1;
  }
  function* entries(): Generator<ZipEntry> {
    for (let n = 100; n < 200; n += 1) yield { path: `f${n}.pdf`, open: () => Readable.from(chunks()) };
  }
  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  const sampling = new Writable({
    write: (_chunk, _encoding, done) => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
      setImmediate(done);
    },
  });
  await writePackageZip(entries(), sampling);
  expect(most).toBe(1);
  expect(peak).toBeLessThan(64 * 1024 * 1024);
});

describe('the verifier refuses a ZIP that two readers would read differently', () => {
  const PATH = 'dosyalar/KYM-2026-000002.pdf';

  /** The sealed package with the n-th occurrences of a name overwritten (0: local header, 1: central directory). */
  async function renamed(from: string, to: string, which: number[]): Promise<string[]> {
    const bytes = readFileSync(await zip(sealed(), join(folder, 'c.zip')));
    // The name also stands inside the manifest; only the headers' copies are touched.
    const positions = occurrences(bytes, from).filter((at) => bytes[at - 1] !== 0x22);
    for (const index of which) bytes.write(to.padEnd(from.length), positions[index] ?? 0, 'latin1');
    const path = join(folder, 'd.zip');
    writeFileSync(path, bytes);
    return (await verifyPackage(path)).problems.map((problem) => problem.reason);
  }

  function occurrences(bytes: Buffer, text: string): number[] {
    const found: number[] = [];
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) found.push(at);
    return found;
  }

  test.each([
    '../../../../etc/cron.d/evil1',
    '/osyalar/KYM-2026-000002.pdf',
    'C:syalar/KYM-2026-000002.pdf',
    'dosyalar\\KYM-2026-000002.pdf',
  ])('a name that leaves the folder: %s', async (name) => {
    expect(await renamed(PATH, name, [0, 1])).toEqual(['unsafe_name']);
  });

  test('a name that occurs twice, or once in each case', async () => {
    expect(await renamed(PATH, 'dosyalar/KYM-2026-000001.pdf', [0, 1])).toEqual(['duplicate']);
    expect(await renamed(PATH, 'dosyalar/kym-2026-000001.pdf', [0, 1])).toEqual(['duplicate']);
  });

  test('a local header that names another file than the directory', async () => {
    expect(await renamed(PATH, 'dosyalar/KYM-2026-000009.pdf', [0])).toEqual(['mismatch']);
  });

  /** The sealed package with bytes put in before its n-th entry (by offset), every stored offset moved along. */
  async function withHiddenBytes(position: 'start' | 'second' | 'directory' | 'end'): Promise<string[]> {
    const bytes = readFileSync(await zip(sealed(), join(folder, 'e.zip')));
    const directory = bytes.readUInt32LE(bytes.length - 6);
    const offsets = occurrences(bytes.subarray(directory), 'PK\u0001\u0002').map((at) => directory + at + 42);
    const second = Math.min(...offsets.map((at) => bytes.readUInt32LE(at)).filter((offset) => offset > 0));
    const at = { start: 0, second, directory, end: bytes.length }[position];
    const hidden = Buffer.alloc(100, 'hidden');
    for (const field of [...offsets, bytes.length - 6]) {
      const offset = bytes.readUInt32LE(field);
      if (offset >= at) bytes.writeUInt32LE(offset + hidden.length, field);
    }
    const path = join(folder, 'f.zip');
    writeFileSync(path, Buffer.concat([bytes.subarray(0, at), hidden, bytes.subarray(at)]));
    return (await verifyPackage(path)).problems.map((problem) => problem.reason);
  }

  test.each([
    ['start', 'overlap'],
    ['second', 'overlap'],
    ['directory', 'overlap'],
    ['end', 'not_a_zip'],
  ] as const)('bytes that belong to no file, put in at the %s', async (place, reason) => {
    expect(await withHiddenBytes(place)).toEqual([reason]);
  });

  test('two names for the same bytes', async () => {
    const bytes = readFileSync(await zip(sealed(), join(folder, 'g.zip')));
    const directory = bytes.readUInt32LE(bytes.length - 6);
    const [first, second] = occurrences(bytes.subarray(directory), 'PK\u0001\u0002').map(
      (at) => directory + at,
    );
    bytes.copy(bytes, (second ?? 0) + 42, (first ?? 0) + 42, (first ?? 0) + 46);
    const path = join(folder, 'h.zip');
    writeFileSync(path, bytes);
    expect((await verifyPackage(path)).problems.map((problem) => problem.reason)).toEqual(['overlap']);
  });
});

test('a package zipped again in zip64 by another program still passes: its content is what is signed', async () => {
  const again = new ZipFile();
  const path = join(folder, 'zip64.zip');
  const written = pipeline(again.outputStream, createWriteStream(path));
  for (const [name, content] of Object.entries(sealed()))
    again.addBuffer(content, name, { forceZip64Format: true });
  again.end({ forceZip64Format: true, comment: '' });
  await written;
  expect(await verifyPackage(path)).toMatchObject({ pass: true, problems: [] });
});

test('a file that unpacks to more than the manifest says is a changed file, not a full memory', async () => {
  const files = sealed();
  const bomb = { ...files, 'VERIFY.txt': Buffer.alloc(200 * 1024 * 1024) };
  const path = await zip(bomb, join(folder, 'bomb.zip'));
  expect((await verifyPackage(path)).problems).toEqual([
    { path: 'VERIFY.txt', reason: 'changed', detail: '' },
  ]);
});
