import { createCipheriv, createDecipheriv, type CipherGCM, type DecipherGCM } from 'node:crypto';

/**
 * Form of an encrypted file (STREAM construction, reliability.md §8): the header, then chunks of 1 MiB, each AES-256-GCM
 * with its own tag. A chunk's nonce is its number and whether it is the last, so that a file cut short, put together in
 * another order or with a chunk twice does not open. The key must be used for one file only.
 */
const HEADER = Buffer.from('SICILF1\n');
const CHUNK_BYTES = 1024 * 1024;
const TAG_BYTES = 16;

/** What every damage to an encrypted file is reported as. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

/** Ciphertext of a stream of bytes; memory holds one chunk at a time. */
export async function* sealStream(key: Buffer, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let counter = 0;
  for await (const { chunk, last } of inChunks(source, CHUNK_BYTES)) {
    const cipher: CipherGCM = createCipheriv('aes-256-gcm', key, nonceOf(counter, last));
    cipher.setAAD(HEADER);
    // The header goes with the first chunk: a small file is one write.
    const head = counter === 0 ? [HEADER] : [];
    yield Buffer.concat([...head, cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    counter += 1;
  }
}

/** Plaintext of what `sealStream` made. Throws DamagedFile at the first chunk that is not what was written there. */
export async function* openStream(key: Buffer, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let counter = 0;
  for await (const { chunk, last } of inChunks(withoutHeader(source), CHUNK_BYTES + TAG_BYTES)) {
    yield openChunk(key, nonceOf(counter, last), chunk);
    counter += 1;
  }
}

function openChunk(key: Buffer, nonce: Buffer, chunk: Buffer): Buffer {
  if (chunk.length < TAG_BYTES) throw new DamagedFile('An encrypted file is cut short');
  const decipher: DecipherGCM = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(HEADER);
  decipher.setAuthTag(chunk.subarray(-TAG_BYTES));
  try {
    const clear = decipher.update(chunk.subarray(0, -TAG_BYTES));
    // A stream cipher keeps nothing back for its end, which only checks the tag.
    decipher.final();
    return clear;
  } catch {
    throw new DamagedFile('An encrypted file is not what was written');
  }
}

function nonceOf(counter: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(counter, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

async function* withoutHeader(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const part of source) {
    if (head === undefined) {
      yield part;
      continue;
    }
    head = joined([head, part]);
    if (head.length < HEADER.length) continue;
    if (!head.subarray(0, HEADER.length).equals(HEADER))
      throw new DamagedFile('An encrypted file has no header');
    yield head.subarray(HEADER.length);
    head = undefined;
  }
  if (head !== undefined) throw new DamagedFile('An encrypted file is cut short');
}

/** The bytes in pieces of one size; the last piece may be shorter, and an empty stream is one empty piece. */
async function* inChunks(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ chunk: Buffer; last: boolean }> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const part of source) {
    parts.push(part);
    length += part.length;
    // More than one piece has to be there before one is given away: only then is it known not to be the last.
    while (length > size) {
      const whole = joined(parts);
      yield { chunk: whole.subarray(0, size), last: false };
      parts = [whole.subarray(size)];
      length -= size;
    }
  }
  yield { chunk: joined(parts), last: true };
}

/** A file in one piece is not copied: in a download of thousands these copies were most of what had to be cleared away. */
function joined(parts: readonly Buffer[]): Buffer {
  const [first, ...others] = parts.filter((part) => part.length > 0);
  if (first === undefined) return Buffer.alloc(0);
  return others.length === 0 ? first : Buffer.concat([first, ...others]);
}
