import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';

import { fileTypeFromBuffer } from 'file-type';

import { ComplianceError } from '../domain/errors';
import { deriveKey, newKey, open as openSealed, seal } from './crypto';
import { DamagedFile, openStream, sealStream } from './sealed-stream';

export const MEDIA_TYPES = ['application/pdf', 'image/jpeg', 'image/png'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** What telephones write unless they are told otherwise: refused with what to do about it. */
const PHONE_FORMATS = [
  'image/heic',
  'image/heic-sequence',
  'image/heif',
  'image/heif-sequence',
  'image/avif',
];

/** Largest document of a customer, in bytes. */
export const DOCUMENT_BYTES_MAX = 15 * 1024 * 1024;

/** What is known of a stored file. `sha256` and `bytes` are those of the plaintext. */
export interface StoredBlob {
  address: string;
  bytes: number;
  sha256: Buffer;
}

export interface StoredFile extends StoredBlob {
  mediaType: MediaType;
  /** Of the bytes as they were sent; `sha256` is of those that were kept. */
  originalSha256: Buffer;
  /** How many pages it has, where somebody looked. */
  pages?: number;
}

/** What a look at an upload found: bytes to keep instead of those that were sent, and pages. */
export interface Refined {
  content?: Buffer;
  pages?: number;
}

export interface ReceiveOptions {
  maxBytes?: number;
  /** Where to put it; a random address unless told otherwise. Never the same one twice. */
  address?: string;
  /**
   * Looks at the whole upload before it is kept, and throws where it must not be. Until then it lies under a key that
   * exists in memory only.
   */
  refine?: (mediaType: MediaType, read: () => Promise<Buffer>) => Promise<Refined>;
}

/**
 * Encrypted files outside the database. Every file has a random address and a key of its own, derived from the key it is
 * stored under, so that destroying a customer's key erases the customer's files. A file is there as a whole or not at all.
 */
export interface FileStore {
  /**
   * Takes in a document under `key`. The content decides the type, never the name.
   * Throws UNSUPPORTED_MEDIA, EMPTY_FILE or TOO_LARGE; then nothing is left behind.
   */
  receive(key: Buffer, source: AsyncIterable<Buffer>, options?: ReceiveOptions): Promise<StoredFile>;
  /** Takes in anything else (package files); no limit, no look inside. */
  putBlob(key: Buffer, source: AsyncIterable<Buffer>, address?: string): Promise<StoredBlob>;
  /** Plaintext of a file. Throws NOT_FOUND; the stream fails with DamagedFile where the bytes are not what was written. */
  open(key: Buffer, address: string): Promise<Readable>;
  /**
   * A file derived from another one (a preview), under a name of its own: opened where it was made before, null where not.
   * It is no record: who loses it makes it again.
   */
  openDerived(key: Buffer, name: string): Promise<Readable | null>;
  /** Keeps a derived file. Two that make it at once make it twice, and the later one stays. */
  putDerived(key: Buffer, name: string, content: Buffer): Promise<void>;
  /** For a file whose row was not committed. */
  remove(address: string): Promise<void>;
  /** Removes what broken uploads left behind; answers with their number. Call it at start. */
  cleanUp(now?: Date): Promise<number>;
}

const HOUR = 3_600_000;
const ADDRESS = /^[0-9a-f-]{36}$/;
const DERIVED = /^[0-9a-f-]{36}\.[a-z0-9-]{1,40}$/;
/** Enough to tell the three types from all others. */
const SIGNATURE_BYTES = 4100;

/** A folder as file store: `<folder>/ab/<address>`, drafts in `<folder>/drafts/`. */
export function folderStore(folder: string): FileStore {
  const pathOf = (address: string) => {
    if (!ADDRESS.test(address)) throw new ComplianceError('NOT_FOUND', 'file_not_found');
    return join(folder, address.slice(0, 2), address);
  };
  const keyOf = (key: Buffer, address: string) => deriveKey(key, `file:${address}`);

  const putBlob = async (
    key: Buffer,
    source: AsyncIterable<Buffer>,
    address: string = randomUUID(),
  ): Promise<StoredBlob> => {
    const draft = join(folder, 'drafts', address);
    const measured = measure(source);
    try {
      await writeDurably(draft, sealStream(keyOf(key, address), measured.through()));
      await moveDurably(draft, pathOf(address));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return { address, ...measured.result() };
  };

  /** Holds an upload as a draft while it is looked at: many slow uploads must not fill the memory. */
  const refined = async (
    key: Buffer,
    { mediaType, content }: Recognised,
    refine: NonNullable<ReceiveOptions['refine']>,
    address: string | undefined,
  ): Promise<StoredFile> => {
    const draft = join(folder, 'drafts', randomUUID());
    const once = newKey();
    const uploaded = measure(content);
    try {
      await writeDurably(draft, sealStream(once, uploaded.through()));
      const clear = () => openStream(once, createReadStream(draft, { highWaterMark: READ_BYTES }));
      const { content: instead, pages } = await refine(mediaType, () => wholeOf(clear()));
      const stored = await putBlob(key, instead === undefined ? clear() : oneOf(instead), address);
      const originalSha256 = uploaded.result().sha256;
      return { ...stored, mediaType, originalSha256, ...(pages === undefined ? {} : { pages }) };
    } finally {
      await rm(draft, { force: true });
    }
  };

  const derivedPath = (name: string) => {
    if (!DERIVED.test(name)) throw new Error('A derived file is named <address>.<what>');
    return join(folder, 'derived', name.slice(0, 2), name);
  };

  return {
    putBlob,
    async receive(key, source, { maxBytes = DOCUMENT_BYTES_MAX, address, refine } = {}) {
      const recognised = await recognise(limited(source, maxBytes));
      if (refine !== undefined) return refined(key, recognised, refine, address);
      const stored = await putBlob(key, recognised.content, address);
      return { ...stored, mediaType: recognised.mediaType, originalSha256: stored.sha256 };
    },
    async openDerived(key, name) {
      const path = derivedPath(name);
      // A preview is small: as a whole it is either sound or made again.
      const envelope = await readFile(path).catch(() => null);
      if (envelope === null) return null;
      try {
        return Readable.from([openSealed(key, envelope, `derived:${name}`)]);
      } catch {
        return null;
      }
    },
    async putDerived(key, name, content) {
      const draft = join(folder, 'drafts', randomUUID());
      try {
        await writeDurably(draft, oneOf(seal(key, content, `derived:${name}`)));
        await moveDurably(draft, derivedPath(name));
      } finally {
        await rm(draft, { force: true });
      }
    },
    async open(key, address) {
      const path = pathOf(address);
      const size = await sizeOf(path);
      if (size === null) throw new ComplianceError('NOT_FOUND', 'file_not_found');
      return Readable.from(openStream(keyOf(key, address), readFrom(path, size)));
    },
    remove: (address) => rm(pathOf(address), { force: true }),
    async cleanUp(now = new Date()) {
      const drafts = join(folder, 'drafts');
      const names = await readdir(drafts).catch(() => []);
      const old: string[] = [];
      for (const name of names) {
        // Another process may be writing a young one at this moment.
        const { mtimeMs } = await stat(join(drafts, name)).catch(() => ({ mtimeMs: Infinity }));
        if (mtimeMs < now.getTime() - HOUR) old.push(name);
      }
      await Promise.all(old.map((name) => rm(join(drafts, name), { force: true })));
      return old.length;
    },
  };
}

export { DamagedFile };

async function* limited(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const part of source) {
    bytes += part.length;
    if (bytes > maxBytes) throw new ComplianceError('TOO_LARGE', 'file_too_large');
    yield part;
  }
}

async function wholeOf(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

async function* oneOf(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

interface Recognised {
  mediaType: MediaType;
  content: AsyncIterable<Buffer>;
}

/** Looks at the beginning of a stream and answers with its type and the whole stream. */
async function recognise(source: AsyncGenerator<Buffer>): Promise<Recognised> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < SIGNATURE_BYTES) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(next.value);
    length += next.value.length;
  }
  if (length === 0) throw new ComplianceError('EMPTY_FILE', 'file_empty');
  const head = Buffer.concat(parts);
  const found = await fileTypeFromBuffer(head.subarray(0, SIGNATURE_BYTES));
  const mediaType = MEDIA_TYPES.find((type) => type === found?.mime);
  if (mediaType === undefined) {
    await source.return(undefined);
    const detail = PHONE_FORMATS.includes(found?.mime ?? '') ? 'file_heic' : 'file_type';
    throw new ComplianceError('UNSUPPORTED_MEDIA', detail);
  }
  return { mediaType, content: prepend(head, source) };
}

async function* prepend(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

function measure(source: AsyncIterable<Buffer>) {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    async *through(): AsyncGenerator<Buffer> {
      for await (const part of source) {
        hash.update(part);
        bytes += part.length;
        yield part;
      }
    },
    result: () => ({ bytes, sha256: hash.digest() }),
  };
}

async function writeDurably(path: string, content: AsyncIterable<Buffer>): Promise<void> {
  const file = await inFolder(path, () => open(path, 'wx', 0o600));
  try {
    // Not write(): on a disk that fills up it may take a part of the bytes and say nothing.
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts something at a path, and makes the folder first where it is not there: nearly always it is. */
async function inFolder<T>(path: string, put: () => Promise<T>): Promise<T> {
  try {
    return await put();
  } catch (error) {
    const isMissing =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return put();
  }
}

/** After this the file survives a power cut: the name is as durable as the bytes. */
async function moveDurably(from: string, to: string): Promise<void> {
  await inFolder(to, () => rename(from, to));
  const folder = await open(dirname(to), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What is read at a time, and a buffer takes for it whatever the file's size. */
const READ_BYTES = 1 << 20;

/**
 * A file's bytes in pieces. The buffers of a small file are as small: a package reads tens of thousands of scans, and a
 * megabyte set aside for each of them kept the garbage collector busy for longer than everything else took.
 */
function readFrom(path: string, size: number): Readable {
  // Told where the end is, it does not read once more to find out, into one more buffer.
  const end = size === 0 ? {} : { end: size - 1 };
  return createReadStream(path, { highWaterMark: Math.min(READ_BYTES, Math.max(1, size)), ...end });
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}
