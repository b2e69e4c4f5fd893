#!/usr/bin/env node
// Checks an audit package of Sicil without Sicil: Node 20 or later, nothing else, no network.
//
//   node verify.mjs FILE [--key FINGERPRINT_OR_PEM] [--json]
//
// PASS means: every file is the one the manifest lists, none is missing or added, the counts are right, and the manifest
// is signed by the key whose fingerprint is printed. Whose key that is, only a comparison with a fingerprint you got from
// the dealer by another way can tell; --key makes that comparison. Exit codes: 0 pass, 4 fail, 2 usage.

import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';

const MANIFEST = 'manifest.json';
const SIGNATURE = 'manifest.sig';
const PUBLIC_KEY = 'public-key.pem';
const SIGNED = `${MANIFEST}, ${SIGNATURE}`;

/** Limits against a ZIP made to exhaust the reader: far above what a package of 100,000 customers needs. */
const MAX_DIRECTORY = 512 * 1024 * 1024;
const MAX_MANIFEST = 256 * 1024 * 1024;
const MAX_SMALL_FILE = 64 * 1024;
const CHUNK = 1024 * 1024;

const REASONS = {
  not_a_zip: ['ZIP dosyası okunamıyor', 'this is not a readable ZIP'],
  unsafe_name: ['güvenli olmayan dosya adı', 'unsafe file name'],
  duplicate: ['aynı ad iki kez var', 'the name occurs twice'],
  overlap: ['ZIP içinde çakışan veya gizli veri', 'overlapping or hidden data in the ZIP'],
  missing: ['dosya eksik', 'the file is missing'],
  extra: ['manifestte olmayan fazladan dosya', 'extra file that the manifest does not list'],
  changed: ['içerik değişmiş', 'the content has been changed'],
  count: ['sayı tutmuyor', 'wrong count'],
  manifest: ['manifest okunamıyor', 'the manifest cannot be read'],
  signature: ['imza geçersiz', 'wrong signature'],
  bad_key: ['açık anahtar okunamıyor', 'the public key cannot be read'],
  unknown_key: ['bilinmeyen anahtar', 'unknown key: not the one you named'],
};

/** A reason why a package fails, found before its files can be compared. */
class Broken extends Error {
  constructor(path, reason, detail = '') {
    super(reason);
    this.problem = { path, reason, detail };
  }
}

/** The caller asked for something that cannot be done: exit code 2. */
export class UsageError extends Error {}

/**
 * @param {string} file path of the ZIP
 * @param {{key?: string}} [options] fingerprint (hex, any grouping), PEM text or path of a PEM file the key must match
 * @returns {Promise<{pass: boolean, fingerprint: string|null, keyCompared: boolean, problems: {path: string,
 *   reason: string, detail: string}[], facts: object|null}>}
 */
export async function verifyPackage(file, options = {}) {
  const pinned = options.key === undefined ? null : readPinnedKey(options.key);
  const fd = openFile(file);
  try {
    return await checkArchive(fd, pinned);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { pass: false, fingerprint: null, keyCompared: false, problems: [error.problem], facts: null };
  } finally {
    closeSync(fd);
  }
}

async function checkArchive(fd, pinned) {
  const entries = readDirectory(fd, fstatSync(fd).size);
  const problems = [];
  const manifestBytes = await readSmall(fd, entries, MANIFEST, MAX_MANIFEST, problems);
  const signature = await readSmall(fd, entries, SIGNATURE, MAX_SMALL_FILE, problems);
  const pem = await readSmall(fd, entries, PUBLIC_KEY, MAX_SMALL_FILE, problems);
  const fingerprint = checkSignature(manifestBytes, signature, pem, pinned, problems);
  const manifest = manifestBytes === null ? null : parseManifest(manifestBytes, problems);
  if (manifest !== null) {
    checkCounts(manifest, problems);
    await checkFiles(fd, entries, manifest, problems);
  }
  return {
    pass: problems.length === 0,
    fingerprint,
    keyCompared: pinned !== null,
    problems,
    facts: manifest === null ? null : factsOf(manifest),
  };
}

// ---- key and signature

function readPinnedKey(given) {
  const hex = given
    .replace(/^sha-?256:/i, '')
    .replace(/[\s:-]/g, '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return { hex, publicKey: null };
  let pem = given;
  if (!given.includes('-----BEGIN')) {
    try {
      pem = readFileSync(given, 'utf8');
    } catch {
      throw new UsageError('--key is neither a fingerprint of 64 hex digits nor a readable PEM file');
    }
  }
  try {
    const publicKey = createPublicKey(pem);
    return { hex: fingerprintHex(publicKey), publicKey };
  } catch {
    throw new UsageError('--key holds no public key');
  }
}

function fingerprintHex(publicKey) {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function grouped(hex) {
  return hex.match(/.{4}/g).join(' ');
}

/** Adds what is wrong with key or signature; answers with the fingerprint of the key in the ZIP, if it holds one. */
function checkSignature(manifest, signature, pem, pinned, problems) {
  let publicKey = null;
  if (pem !== null) {
    try {
      publicKey = createPublicKey(pem);
      if (publicKey.asymmetricKeyType !== 'ed25519') throw new Error('not Ed25519');
    } catch {
      publicKey = null;
      problems.push({ path: PUBLIC_KEY, reason: 'bad_key', detail: '' });
    }
  }
  const hex = publicKey === null ? null : fingerprintHex(publicKey);
  if (pinned !== null && hex !== null && hex !== pinned.hex) {
    problems.push({ path: PUBLIC_KEY, reason: 'unknown_key', detail: grouped(hex) });
  }
  const key = pinned?.publicKey ?? publicKey;
  if (manifest !== null && signature !== null && key !== null && !isSigned(manifest, signature, key)) {
    problems.push({ path: SIGNED, reason: 'signature', detail: '' });
  }
  return hex === null ? null : grouped(hex);
}

function isSigned(manifest, signature, key) {
  if (signature.length !== 64) return false;
  try {
    return verifySignature(null, manifest, key, signature);
  } catch {
    return false;
  }
}

// ---- manifest

function parseManifest(bytes, problems) {
  try {
    const manifest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const isFile = (f) =>
      typeof f.path === 'string' && Number.isSafeInteger(f.bytes) && /^[0-9a-f]{64}$/.test(f.sha256);
    if (!Array.isArray(manifest.files) || !manifest.files.every(isFile)) throw new Error('no list of files');
    if (typeof manifest.counts !== 'object' || manifest.counts === null) throw new Error('no counts');
    return manifest;
  } catch {
    problems.push({ path: MANIFEST, reason: 'manifest', detail: '' });
    return null;
  }
}

function checkCounts({ counts, files, excluded }, problems) {
  const found = {
    files: files.length,
    customers: files.filter((f) => f.path.startsWith('dosyalar/')).length,
    documents: files.filter((f) => f.path.startsWith('belgeler/')).length,
    excluded: Array.isArray(excluded) ? excluded.length : 0,
  };
  for (const [name, actual] of Object.entries(found)) {
    if (counts[name] !== actual) {
      problems.push({
        path: MANIFEST,
        reason: 'count',
        detail: `${name}: ${printable(counts[name])} ≠ ${actual}`,
      });
    }
  }
}

async function checkFiles(fd, entries, manifest, problems) {
  const listed = new Set([MANIFEST, SIGNATURE]);
  for (const file of manifest.files) {
    if (listed.has(file.path)) {
      problems.push({ path: file.path, reason: 'duplicate', detail: '' });
      continue;
    }
    listed.add(file.path);
    const entry = entries.get(file.path);
    if (entry === undefined) problems.push({ path: file.path, reason: 'missing', detail: '' });
    else await checkFile(fd, entry, file, problems);
  }
  for (const path of entries.keys()) {
    if (!listed.has(path)) problems.push({ path, reason: 'extra', detail: '' });
  }
}

async function checkFile(fd, entry, file, problems) {
  const hash = createHash('sha256');
  let damaged = entry.size !== file.bytes;
  try {
    if (!damaged) for await (const chunk of content(fd, entry)) hash.update(chunk);
  } catch {
    damaged = true;
  }
  if (damaged || hash.digest('hex') !== file.sha256) {
    problems.push({ path: file.path, reason: 'changed', detail: '' });
  }
}

function factsOf({ packageNo, profile, dealer, asOf, period, sealedBy, sealedAt, counts }) {
  return { packageNo, profile, dealer, asOf, period, sealedBy, sealedAt, counts };
}

// ---- ZIP

/**
 * The entries of the central directory by name. Refuses whatever lets two readers see two different archives: names that
 * leave the folder or occur twice, a local header that says otherwise, overlaps, and bytes that belong to no file.
 */
function readDirectory(fd, size) {
  const { count, offset, length } = readEnd(fd, size);
  if (length > MAX_DIRECTORY) throw new Broken('ZIP', 'not_a_zip');
  const bytes = readAt(fd, offset, length);
  const entries = new Map();
  const folded = new Set();
  let at = 0;
  for (let index = 0; index < count; index++) {
    const { entry, next } = parseEntry(bytes, at);
    at = next;
    const lower = entry.path.toLowerCase();
    if (folded.has(lower)) throw new Broken(printable(entry.path), 'duplicate');
    folded.add(lower);
    entries.set(entry.path, entry);
  }
  if (at !== length) throw new Broken('ZIP', 'not_a_zip');
  checkLayout(fd, [...entries.values()], offset);
  return entries;
}

/** Where the central directory lies. It must end where its end record begins, and that record must end the file. */
function readEnd(fd, size) {
  if (size < 22) throw new Broken('ZIP', 'not_a_zip');
  const end = readAt(fd, size - 22, 22);
  if (end.readUInt32LE(0) !== 0x06054b50 || end.readUInt16LE(20) !== 0) throw new Broken('ZIP', 'not_a_zip');
  let last = size - 22;
  let found = { count: end.readUInt16LE(10), length: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
  if (end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== found.count) throw new Broken('ZIP', 'not_a_zip');
  if (found.count === 0xffff || found.length === 0xffffffff || found.offset === 0xffffffff) {
    last = size - 22 - 20 - 56;
    if (last < 0) throw new Broken('ZIP', 'not_a_zip');
    const wide = readAt(fd, last, 76);
    const isWide = wide.readUInt32LE(0) === 0x06064b50 && wide.readUInt32LE(56) === 0x07064b50;
    if (!isWide || long(wide, 64) !== last) throw new Broken('ZIP', 'not_a_zip');
    found = { count: long(wide, 32), length: long(wide, 40), offset: long(wide, 48) };
  }
  if (found.offset + found.length !== last) throw new Broken('ZIP', 'not_a_zip');
  return found;
}

function parseEntry(bytes, at) {
  if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw new Broken('ZIP', 'not_a_zip');
  const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
  const next = extraEnd + bytes.readUInt16LE(at + 32);
  if (next > bytes.length) throw new Broken('ZIP', 'not_a_zip');
  const entry = {
    rawName: bytes.subarray(at + 46, nameEnd),
    path: bytes.toString('utf8', at + 46, nameEnd),
    flags: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    packed: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
    start: 0,
  };
  widen(entry, bytes.subarray(nameEnd, extraEnd));
  const kind = (bytes.readUInt32LE(at + 38) >>> 16) & 0o170000;
  if (!isSafeName(entry.path) || (kind !== 0 && kind !== 0o100000))
    throw new Broken(printable(entry.path), 'unsafe_name');
  if ((entry.flags & 0x2041) !== 0 || (entry.method !== 0 && entry.method !== 8)) {
    throw new Broken(printable(entry.path), 'not_a_zip');
  }
  return { entry, next };
}

/** Takes the 64-bit values of the zip64 field, which holds only those that did not fit. */
function widen(entry, extra) {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let value = at + 4;
    for (const name of ['size', 'packed', 'offset']) {
      if (entry[name] !== 0xffffffff) continue;
      if (value + 8 > extra.length) throw new Broken('ZIP', 'not_a_zip');
      entry[name] = long(extra, value);
      value += 8;
    }
  }
}

/** Printable ASCII, relative, no empty part, no `.` or `..`, no backslash or drive: the same file on every system. */
function isSafeName(path) {
  return /^[\x20-\x7e]+$/.test(path) && !/[\\:]|^\/|(^|\/)\.{0,2}(\/|$)/.test(path);
}

function checkLayout(fd, entries, directory) {
  let expected = 0;
  let slack = 0;
  for (const entry of entries.sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < expected || entry.offset - expected > slack)
      throw new Broken(printable(entry.path), 'overlap');
    const header = readAt(fd, entry.offset, 30 + entry.rawName.length);
    const agrees =
      header.readUInt32LE(0) === 0x04034b50 &&
      header.readUInt16LE(6) === entry.flags &&
      header.readUInt16LE(8) === entry.method &&
      header.readUInt16LE(26) === entry.rawName.length &&
      header.subarray(30).equals(entry.rawName);
    if (!agrees) throw new Broken(printable(entry.path), 'overlap');
    entry.start = entry.offset + header.length + header.readUInt16LE(28);
    expected = entry.start + entry.packed;
    slack = (entry.flags & 8) === 0 ? 0 : 24; // a data descriptor may follow
    if (expected > directory) throw new Broken(printable(entry.path), 'overlap');
  }
  if (directory - expected > slack) throw new Broken('ZIP', 'overlap');
}

/** The unpacked bytes of an entry, a chunk at a time; throws when they are not as many as announced or fail the CRC. */
async function* content(fd, entry) {
  const chunks = entry.method === 0 ? stored(fd, entry) : inflated(fd, entry);
  let size = 0;
  let crc = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > entry.size) throw new Error('longer than announced');
    if (zlib.crc32 !== undefined) crc = zlib.crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.size || (zlib.crc32 !== undefined && crc !== entry.crc)) throw new Error('damaged');
}

function* stored(fd, entry) {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, entry.packed)));
  for (let done = 0; done < entry.packed;) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, entry.packed - done), entry.start + done);
    if (read === 0) throw new Error('ends early');
    done += read;
    yield buffer.subarray(0, read);
  }
}

function inflated(fd, entry) {
  const inflate = zlib.createInflateRaw();
  // The error reaches whoever reads `inflate`; the pipeline only makes sure that both ends stop together.
  pipeline(Readable.from(copies(stored(fd, entry))), inflate, () => undefined);
  return inflate;
}

/** `stored` fills one buffer again and again; inflating happens later, so each chunk becomes its own. */
function* copies(chunks) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function readSmall(fd, entries, path, limit, problems) {
  const entry = entries.get(path);
  if (entry === undefined) {
    problems.push({ path, reason: 'missing', detail: '' });
    return null;
  }
  const chunks = [];
  try {
    if (entry.size > limit) throw new Error('too large');
    for await (const chunk of content(fd, entry)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  } catch {
    const signed = path === PUBLIC_KEY ? { path, reason: 'changed' } : { path: SIGNED, reason: 'signature' };
    problems.push({ ...signed, detail: '' });
    return null;
  }
}

function openFile(file) {
  try {
    const fd = openSync(file, 'r');
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch {
    // said below, without the system's own words
  }
  throw new UsageError('the file cannot be opened');
}

function readAt(fd, position, length) {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(fd, buffer, done, length - done, position + done);
    if (read === 0) throw new Broken('ZIP', 'not_a_zip');
    done += read;
  }
  return buffer;
}

function long(bytes, at) {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Broken('ZIP', 'not_a_zip');
  return Number(value);
}

// ---- what people see

/** Text from the package may hold terminal codes or marks that turn its direction: none of it reaches the screen. */
function printable(value) {
  return String(value)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '�')
    .slice(0, 200);
}

/** The result as lines for a person: Turkish first, English beside it. */
export function describe(result) {
  if (!result.pass) {
    const lines = result.problems.slice(0, 200).map(({ path, reason, detail }) => {
      const [tr, en] = REASONS[reason];
      return `FAIL  ${printable(path)}: ${tr} / ${en}${detail === '' ? '' : ` (${detail})`}`;
    });
    const more = result.problems.length - lines.length;
    return more > 0 ? [...lines, `FAIL  … +${more}`] : lines;
  }
  const { packageNo, dealer, asOf, sealedAt, counts } = result.facts;
  const compare = result.keyCompared
    ? 'Bu, verdiğiniz anahtardır. / This is the key you named.'
    : 'Parmak izini işletmeden başka bir yolla aldığınızla karşılaştırın. / Compare it with the one the dealer gave you by another way.';
  return [
    `PASS  ${printable(packageNo)} · ${printable(dealer?.title)} · VKN ${printable(dealer?.vkn)}`,
    `      ${counts.files} dosya / files · ${counts.customers} müşteri / customers · ${counts.documents} belge / documents`,
    `      anlık görüntü / as of ${printable(asOf)} · mühür / sealed ${printable(sealedAt)}`,
    `      anahtar / key SHA-256: ${result.fingerprint}`,
    `      ${compare}`,
  ];
}

async function main(args) {
  const key = args.indexOf('--key');
  const pinned = key === -1 ? undefined : args.splice(key, 2)[1];
  const json = args.includes('--json');
  const files = args.filter((arg) => arg !== '--json');
  if (files.length !== 1 || files[0].startsWith('--') || (key !== -1 && pinned === undefined)) {
    throw new UsageError('node verify.mjs FILE [--key FINGERPRINT_OR_PEM] [--json]');
  }
  const result = await verifyPackage(files[0], pinned === undefined ? {} : { key: pinned });
  console.log(json ? JSON.stringify(result) : describe(result).join('\n'));
  return result.pass ? 0 : 4;
}

function isProgram() {
  try {
    return realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url));
  } catch {
    return false;
  }
}

if (isProgram()) {
  main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error) => {
      console.error(error instanceof UsageError ? error.message : `verify: ${error.code ?? error.name}`);
      process.exitCode = error instanceof UsageError ? 2 : 1;
    },
  );
}
