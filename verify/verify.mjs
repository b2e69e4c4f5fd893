#!/usr/bin/env node
// Checks an audit package of Sicil without Sicil: Node 20 or later, nothing else, no network.
//
//   node verify.mjs FILE [--key FINGERPRINT_OR_PEM] [--json]
//
// PASS means: every file is the one the manifest lists, none is missing or added, the counts are right, every customer's
// history is unbroken and is the one of a signed checkpoint, and manifest and checkpoint are signed by the key whose
// fingerprint is printed. Whose key that is, only a comparison with a fingerprint you got from the dealer by another way
// can tell; --key makes that comparison. Exit codes: 0 pass, 4 fail, 2 usage.

import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';

// >>> checks (dogrula.html runs these same lines in a browser: no import, no Buffer from here to the end mark)

const MANIFEST = 'manifest.json';
const SIGNATURE = 'manifest.sig';
const PUBLIC_KEY = 'public-key.pem';
const EVENTS = 'olaylar.ndjson';
const CHECKPOINT = 'checkpoint.json';
const SIGNED = `${MANIFEST}, ${SIGNATURE}`;

/** Limits against a ZIP made to exhaust the reader: far above what a package of 100,000 customers needs. */
const MAX_DIRECTORY = 512 * 1024 * 1024;
const MAX_MANIFEST = 256 * 1024 * 1024;
const MAX_SMALL_FILE = 64 * 1024;
const MAX_LINE = 4 * 1024 * 1024;
/** Deflate cannot do better: whatever announces more is no content of anybody. */
const MAX_RATIO = 1032;
const CHUNK = 1024 * 1024;

const REASONS = {
  not_a_zip: ['ZIP dosyası okunamıyor', 'this is not a readable ZIP'],
  unsafe_name: ['güvenli olmayan dosya adı', 'unsafe file name'],
  duplicate: ['aynı ad iki kez var', 'the name occurs twice'],
  overlap: ['ZIP içinde çakışan veya gizli veri', 'overlapping or hidden data in the ZIP'],
  mismatch: ['ZIP kayıtları birbirini tutmuyor', 'the ZIP contradicts itself about this file'],
  missing: ['dosya eksik', 'the file is missing'],
  extra: ['manifestte olmayan fazladan dosya', 'extra file that the manifest does not list'],
  changed: ['içerik değişmiş', 'the content has been changed'],
  count: ['sayı tutmuyor', 'wrong count'],
  root: ['dosya listesinin özeti tutmuyor', 'the list of files does not lead to its Merkle root'],
  manifest: ['manifest okunamıyor', 'the manifest cannot be read'],
  signature: ['imza geçersiz', 'wrong signature'],
  chain: ['olay zinciri kopuk', 'the chain of events is broken'],
  checkpoint: ['denetim noktası tutmuyor', 'the checkpoint does not hold'],
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

/**
 * @param source `{size, read(position, length), chunk(position, length)}`; bytes of `chunk` are valid until the next call
 * @param platform `{hash(), crc32(bytes, before), inflate(chunks, packed), verify(der, bytes, signature)}`
 * @param {string|null} pinned fingerprint in hex, or PEM text, of the key that must have signed
 */
async function checkPackage(source, platform, pinned) {
  try {
    return await checkArchive({ source, platform, problems: [] }, pinned);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { pass: false, fingerprint: null, keyCompared: false, problems: [error.problem], facts: null };
  }
}

async function checkArchive(run, pinned) {
  run.entries = await readDirectory(run.source);
  const { problems } = run;
  const manifestBytes = await readSmall(run, MANIFEST, MAX_MANIFEST);
  const signature = await readSmall(run, SIGNATURE, MAX_SMALL_FILE);
  const pem = await readSmall(run, PUBLIC_KEY, MAX_SMALL_FILE);
  const key = await checkSignature(run, manifestBytes, signature, pem, pinned);
  const manifest = manifestBytes === null ? null : parseManifest(manifestBytes, problems);
  if (manifest !== null) {
    checkCounts(manifest, problems);
    checkRoot(run.platform, manifest, problems);
    await checkFiles(run, manifest);
    await checkHistory(run, manifest, key);
  }
  return {
    pass: problems.length === 0,
    fingerprint: key === null ? null : grouped(key.hex),
    keyCompared: pinned !== null,
    problems,
    facts: manifest === null ? null : factsOf(manifest),
  };
}

// ---- key and signature

/** DER of the one Ed25519 key in a PEM text, or null. */
function derOf(pem) {
  const found = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem);
  if (found === null) return null;
  try {
    const der = Uint8Array.from(atob(found[1].replace(/\s/g, '')), (c) => c.charCodeAt(0));
    return der.length === 44 && hexOf(der.subarray(0, 12)) === '302a300506032b6570032100' ? der : null;
  } catch {
    return null;
  }
}

/** A fingerprint as people write it, or a PEM text, as `{hex, der}`; null when it is neither. */
function keyFrom(platform, given) {
  const hex = given
    .replace(/^sha-?256:/i, '')
    .replace(/[\s:-]/g, '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return { hex, der: null };
  const der = derOf(given);
  return der === null ? null : { hex: hexOf(sha256(platform, der)), der };
}

function grouped(hex) {
  return hex.match(/.{4}/g).join(' ');
}

/** Adds what is wrong with key or signature; answers with the key in the ZIP, if it holds one. */
async function checkSignature({ platform, problems }, manifest, signature, pem, pinned) {
  const der = pem === null ? null : derOf(new TextDecoder().decode(pem));
  if (pem !== null && der === null) problems.push({ path: PUBLIC_KEY, reason: 'bad_key', detail: '' });
  const key = der === null ? null : { hex: hexOf(sha256(platform, der)), der };
  const named = pinned === null ? null : keyFrom(platform, pinned);
  if (named !== null && key !== null && key.hex !== named.hex) {
    problems.push({ path: PUBLIC_KEY, reason: 'unknown_key', detail: grouped(key.hex) });
  }
  const judge = named?.der ?? der;
  if (manifest !== null && signature !== null && judge !== null) {
    if (!(await isSigned(platform, judge, manifest, signature)))
      problems.push({ path: SIGNED, reason: 'signature', detail: '' });
  }
  return key;
}

async function isSigned(platform, der, bytes, signature) {
  return signature.length === 64 && platform.verify(der, bytes, signature);
}

// ---- manifest

function parseManifest(bytes, problems) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const manifest = JSON.parse(text);
    const isFile = (f) => typeof f.path === 'string' && Number.isSafeInteger(f.bytes) && isDigest(f.sha256);
    const { counts, files, excluded = [], leftOut = [] } = manifest;
    if (!Array.isArray(files) || !files.every(isFile)) throw new Error('no list of files');
    if (typeof counts !== 'object' || counts === null) throw new Error('no counts');
    if (!Array.isArray(excluded) || !leftOut.every(({ customer }) => typeof customer === 'string'))
      throw new Error('no list of who is not in it');
    if (canonical(manifest) !== text) throw new Error('another reader may read it otherwise');
    return { ...manifest, excluded, leftOut };
  } catch {
    problems.push({ path: MANIFEST, reason: 'manifest', detail: '' });
    return null;
  }
}

/** RFC 8785: one way to write it, so that a member written twice has no second meaning. */
function canonical(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

function checkCounts({ counts, files, excluded }, problems) {
  wrongCounts(problems, counts, {
    files: files.length,
    customers: files.filter((f) => f.path.startsWith('dosyalar/')).length,
    documents: files.filter((f) => f.path.startsWith('belgeler/')).length,
    excluded: excluded.length,
  });
}

function wrongCounts(problems, counts, found) {
  for (const [name, actual] of Object.entries(found)) {
    if (counts[name] === actual) continue;
    const detail = `${name}: ${printable(counts[name])} ≠ ${actual}`;
    problems.push({ path: MANIFEST, reason: 'count', detail });
  }
}

/** RFC 6962: a leaf is SHA-256(00 ‖ JSON of the file), a node SHA-256(01 ‖ left ‖ right); the files sorted by path. */
function checkRoot(platform, { files, merkleRoot }, problems) {
  let level = files.map(({ bytes, path, sha256: hex }) =>
    leafOf(platform, JSON.stringify({ bytes, path, sha256: hex })),
  );
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at < level.length; at += 2)
      above.push(at + 1 < level.length ? nodeOf(platform, level[at], level[at + 1]) : level[at]);
    level = above;
  }
  const sorted = files.every(({ path }, at) => at === 0 || files[at - 1].path < path);
  const root = hexOf(level.length === 0 ? sha256(platform) : level[0]);
  if (!sorted || root !== merkleRoot) problems.push({ path: MANIFEST, reason: 'root', detail: '' });
}

async function checkFiles(run, manifest) {
  const { entries, problems } = run;
  const listed = new Set([MANIFEST, SIGNATURE]);
  for (const file of manifest.files) {
    if (listed.has(file.path)) {
      problems.push({ path: file.path, reason: 'duplicate', detail: '' });
      continue;
    }
    listed.add(file.path);
    const entry = entries.get(file.path);
    if (entry === undefined) problems.push({ path: file.path, reason: 'missing', detail: '' });
    else await checkFile(run, entry, file);
    run.platform.progress?.(file.bytes);
  }
  for (const path of entries.keys()) {
    if (!listed.has(path)) problems.push({ path, reason: 'extra', detail: '' });
  }
}

async function checkFile({ source, platform, problems }, entry, file) {
  const hash = platform.hash();
  let damaged = entry.size !== file.bytes;
  try {
    if (!damaged) for await (const chunk of content(source, platform, entry)) hash.update(chunk);
  } catch {
    damaged = true;
  }
  if (damaged || hexOf(hash.digest()) !== file.sha256) {
    problems.push({ path: file.path, reason: 'changed', detail: '' });
  }
}

function factsOf({ packageNo, profile, dealer, asOf, period, sealedBy, sealedAt, counts }) {
  return { packageNo, profile, dealer, asOf, period, sealedBy, sealedAt, counts };
}

// ---- history: every customer's events, from the first one to the head that the signed checkpoint saw

async function checkHistory(run, manifest, key) {
  const { entries, problems } = run;
  const listed = (path) => manifest.files.some((file) => file.path === path);
  if (manifest.counts.events === undefined && !listed(EVENTS)) return;
  for (const path of [EVENTS, CHECKPOINT]) {
    if (!listed(path) && !problems.some((known) => known.path === path))
      problems.push({ path, reason: 'missing', detail: '' });
  }
  if (problems.some(({ path }) => path === EVENTS || path === CHECKPOINT)) return;
  try {
    const proof = parseProof(await readSmall(run, CHECKPOINT, MAX_MANIFEST));
    await checkCheckpoint(run, manifest, proof, key);
    const heads = await walkChains(run, entries.get(EVENTS), proof.checkpoint.dealer);
    wrongCounts(problems, manifest.counts, { events: heads.lines });
    checkHeads(run, manifest, proof, heads.found);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    problems.push(error.problem);
  }
}

function parseProof(bytes) {
  try {
    const proof = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const isHead = ({ chain, code, hash, index, proof: path, seq }) =>
      typeof chain === 'string' &&
      typeof code === 'string' &&
      isDigest(hash) &&
      Number.isSafeInteger(index) &&
      Number.isSafeInteger(seq) &&
      path.every(isDigest);
    const { dealer, leafCount } = proof.checkpoint;
    const isStatement = typeof dealer === 'string' && Number.isSafeInteger(leafCount);
    if (isStatement && typeof proof.signature === 'string' && proof.customers.every(isHead))
      return { ...proof, signed: utf8(canonical(proof.checkpoint)) };
  } catch {
    // said below
  }
  throw new Broken(CHECKPOINT, 'checkpoint', 'JSON');
}

async function checkCheckpoint({ platform }, manifest, { checkpoint, signature, signed }, key) {
  if (key === null || !/^[0-9a-f]{128}$/.test(signature) || checkpoint.keyFingerprint !== grouped(key.hex))
    throw new Broken(CHECKPOINT, 'signature');
  if (!(await isSigned(platform, key.der, signed, bytesOf(signature))))
    throw new Broken(CHECKPOINT, 'signature');
  if (manifest.checkpoint?.sha256 !== hexOf(sha256(platform, signed)))
    throw new Broken(CHECKPOINT, 'checkpoint', MANIFEST);
}

/** Reads the events line by line, each a link of its customer's chain; answers with the last link of each. */
async function walkChains({ source, platform }, entry, dealer) {
  const found = new Map();
  let lines = 0;
  for await (const line of linesOf(content(source, platform, entry))) {
    lines += 1;
    const event = parseEvent(line, lines);
    const before = found.get(event.chain) ?? { seq: 0, hash: '', code: null };
    const linked = event.seq === before.seq + 1 && event.previous === before.hash && event.dealer === dealer;
    if (!linked || hashOfEvent(platform, event) !== event.hash)
      throw new Broken(EVENTS, 'chain', `satır / line ${lines}`);
    const code = event.event === 'customer.created' ? codeIn(event) : before.code;
    found.set(event.chain, { seq: event.seq, hash: event.hash, code });
  }
  return { found, lines };
}

/** What a line holds, in canonical order: all of it, but the hash itself, goes into the hash. */
const EVENT = 'actorId,actorKind,at,caseId,chain,dealer,detail,event,hash,previous,seq,v';

/** A line as it was hashed and no other: what stands beside the hashed members, or twice, would be vouched for by nothing. */
function parseEvent(line, number) {
  try {
    const event = JSON.parse(line);
    const { seq, ...texts } = event;
    const isPlain = Number.isSafeInteger(seq) && Object.values(texts).every((it) => typeof it === 'string');
    if (isPlain && Object.keys(event).join() === EVENT && JSON.stringify(event) === line) return event;
  } catch {
    // said below
  }
  throw new Broken(EVENTS, 'chain', `satır / line ${number}`);
}

/** The code under which a chain says that its customer was opened: nobody is given the history of somebody else. */
function codeIn({ detail }) {
  try {
    return JSON.parse(detail).code ?? null;
  } catch {
    return '';
  }
}

/** Every member with its length in characters before it, joined by commas. */
function hashOfEvent(
  platform,
  { v, dealer, chain, seq, at, actorKind, actorId, event, caseId, detail, previous },
) {
  const text = [v, dealer, chain, seq, at, actorKind, actorId, event, caseId, detail, previous]
    .map((part) => `${/[\ud800-\udbff]/.test(part) ? [...part].length : String(part).length}:${part}`)
    .join(',');
  return hexOf(sha256(platform, utf8(text)));
}

/** Every customer with a file has a history that ends where the checkpoint saw it, and nobody else has one. */
function checkHeads({ platform, problems }, manifest, { checkpoint, customers }, found) {
  const files = manifest.files.filter(({ path }) => path.startsWith('dosyalar/'));
  const expected = new Set(files.map(({ path }) => path.slice('dosyalar/'.length, -'.pdf'.length)));
  // Left out with a reason that the manifest names: the file is not there, the history is.
  for (const { customer } of manifest.leftOut) expected.add(customer);
  for (const head of customers) {
    const walked = found.get(head.chain);
    const isExpected = expected.delete(head.code) && (walked?.code ?? head.code) === head.code;
    if (!isExpected || walked === undefined || walked.seq !== head.seq || walked.hash !== head.hash)
      problems.push({ path: EVENTS, reason: 'chain', detail: printable(head.code) });
    else if (!isIncluded(platform, head, checkpoint))
      problems.push({ path: CHECKPOINT, reason: 'checkpoint', detail: printable(head.code) });
  }
  for (const code of expected)
    problems.push({ path: CHECKPOINT, reason: 'checkpoint', detail: printable(code) });
  if (found.size !== customers.length)
    wrongCounts(problems, { chains: customers.length }, { chains: found.size });
}

/** Whether the leaf of this head leads to the checkpoint's root. */
function isIncluded(platform, { chain, hash, seq, index, proof }, { leafCount, merkleRoot }) {
  if (index < 0 || index >= leafCount) return false;
  let node = leafOf(platform, JSON.stringify({ chain, hash, seq }));
  let used = 0;
  let at = index;
  for (let width = leafCount; width > 1; width = Math.ceil(width / 2)) {
    if (at % 2 === 1 || at + 1 < width) {
      if (used >= proof.length) return false;
      const neighbour = bytesOf(proof[used++]);
      node = at % 2 === 1 ? nodeOf(platform, neighbour, node) : nodeOf(platform, node, neighbour);
    }
    at = Math.floor(at / 2);
  }
  return used === proof.length && hexOf(node) === merkleRoot;
}

async function* linesOf(chunks) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop();
    if (rest.length > MAX_LINE) throw new Broken(EVENTS, 'chain');
    yield* parts;
  }
  if (rest !== '') throw new Broken(EVENTS, 'chain');
}

// ---- bytes

function sha256(platform, ...parts) {
  const hash = platform.hash();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const leafOf = (platform, json) => sha256(platform, Uint8Array.of(0), utf8(json));
const nodeOf = (platform, left, right) => sha256(platform, Uint8Array.of(1), left, right);
const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hexOf = (bytes) => Array.from(bytes, (byte) => HEX[byte]).join('');
const isDigest = (hex) => typeof hex === 'string' && /^[0-9a-f]{64}$/.test(hex);
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const u16 = (bytes, at) => bytes[at] | (bytes[at + 1] << 8);
const u32 = (bytes, at) => (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;

function u64(bytes, at) {
  const value = u32(bytes, at) + u32(bytes, at + 4) * 2 ** 32;
  if (!Number.isSafeInteger(value)) throw new Broken('ZIP', 'not_a_zip');
  return value;
}

// ---- ZIP

/**
 * The entries of the central directory by name. Refuses whatever lets two readers see two different archives: names that
 * leave the folder or occur twice, a local header that says otherwise, overlaps, and bytes that belong to no file.
 */
async function readDirectory(source) {
  const { count, offset, length } = await readEnd(source);
  if (length > MAX_DIRECTORY || count * 46 > length) throw new Broken('ZIP', 'not_a_zip');
  const bytes = await source.read(offset, length);
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
  await checkLayout(source, [...entries.values()], offset);
  return entries;
}

/** Where the central directory lies. It must end where its end record begins, and that record must end the file. */
async function readEnd(source) {
  const { size } = source;
  if (size < 22) throw new Broken('ZIP', 'not_a_zip');
  const end = await source.read(size - 22, 22);
  if (u32(end, 0) !== 0x06054b50 || u16(end, 20) !== 0) throw new Broken('ZIP', 'not_a_zip');
  let last = size - 22;
  let found = { count: u16(end, 10), length: u32(end, 12), offset: u32(end, 16) };
  if (u32(end, 4) !== 0 || u16(end, 8) !== found.count) throw new Broken('ZIP', 'not_a_zip');
  if (found.count === 0xffff || found.length === 0xffffffff || found.offset === 0xffffffff) {
    last = size - 22 - 20 - 56;
    if (last < 0) throw new Broken('ZIP', 'not_a_zip');
    const wide = await source.read(last, 76);
    const alone = u32(wide, 16) === 0 && u32(wide, 20) === 0 && u32(wide, 60) === 0 && u32(wide, 72) === 1;
    const isWide = u32(wide, 0) === 0x06064b50 && u64(wide, 4) === 44 && u32(wide, 56) === 0x07064b50;
    if (!isWide || !alone || u64(wide, 64) !== last || u64(wide, 24) !== u64(wide, 32))
      throw new Broken('ZIP', 'not_a_zip');
    const whole = { count: u64(wide, 32), length: u64(wide, 40), offset: u64(wide, 48) };
    const agrees = (name, none) => found[name] === none || found[name] === whole[name];
    if (!agrees('count', 0xffff) || !agrees('length', 0xffffffff) || !agrees('offset', 0xffffffff))
      throw new Broken('ZIP', 'not_a_zip');
    found = whole;
  }
  if (found.offset + found.length !== last) throw new Broken('ZIP', 'not_a_zip');
  return found;
}

function parseEntry(bytes, at) {
  if (at + 46 > bytes.length || u32(bytes, at) !== 0x02014b50) throw new Broken('ZIP', 'not_a_zip');
  const nameEnd = at + 46 + u16(bytes, at + 28);
  const next = nameEnd + u16(bytes, at + 30);
  if (next > bytes.length) throw new Broken('ZIP', 'not_a_zip');
  const entry = {
    rawName: bytes.subarray(at + 46, nameEnd),
    path: new TextDecoder().decode(bytes.subarray(at + 46, nameEnd)),
    flags: u16(bytes, at + 8),
    method: u16(bytes, at + 10),
    stamp: u32(bytes, at + 12),
    crc: u32(bytes, at + 16),
    packed: u32(bytes, at + 20),
    size: u32(bytes, at + 24),
    offset: u32(bytes, at + 42),
    start: 0,
  };
  const name = printable(entry.path);
  if (!isSafeName(entry.path) || !isPlainFile(u32(bytes, at + 38))) throw new Broken(name, 'unsafe_name');
  const comment = u16(bytes, at + 32);
  const fields = extraFields(bytes.subarray(nameEnd, next));
  if (comment !== 0 || u16(bytes, at + 34) !== 0 || fields === null) throw new Broken(name, 'overlap');
  widen(entry, fields.get(SIZES));
  // Encrypted, patched or by another method: not what a package holds.
  if ((entry.flags & ~0x080e) !== 0 || (entry.method !== 0 && entry.method !== 8))
    throw new Broken(name, 'not_a_zip');
  const most = entry.method === 0 ? entry.packed : entry.packed * MAX_RATIO;
  if (entry.size > most || (entry.method === 0 && entry.size !== entry.packed))
    throw new Broken(name, 'mismatch');
  return { entry, next };
}

/** Takes the 64-bit values of the zip64 field, which holds only those that did not fit. */
function widen(entry, field) {
  if (field === undefined) return;
  let value = 0;
  for (const name of ['size', 'packed', 'offset']) {
    if (entry[name] !== 0xffffffff) continue;
    if (value + 8 > field.length) throw new Broken('ZIP', 'not_a_zip');
    entry[name] = u64(field, value);
    value += 8;
  }
}

/** The extra field of 64-bit sizes. */
const SIZES = 0x0001;
/** What a program that zips a package again adds: sizes, times (Windows, Unix, old Unix) and the numbers of the owner. */
const KNOWN_FIELDS = [SIZES, 0x000a, 0x5455, 0x5855, 0x7875];

/** Extra fields by id, each once; null where there is any other, which may give the file a second name that some follow. */
function extraFields(bytes) {
  const fields = new Map();
  let at = 0;
  while (at + 4 <= bytes.length) {
    const id = u16(bytes, at);
    const end = at + 4 + u16(bytes, at + 2);
    if (!KNOWN_FIELDS.includes(id) || fields.has(id) || end > bytes.length) return null;
    fields.set(id, bytes.subarray(at + 4, end));
    at = end;
  }
  return at === bytes.length ? fields : null;
}

/** Neither link, folder nor device, by the mode of Unix or the flags of DOS; and no program that runs as its owner. */
function isPlainFile(attributes) {
  const mode = attributes >>> 16;
  const kind = mode & 0o170000;
  return (kind === 0 || kind === 0o100000) && (mode & 0o7000) === 0 && (attributes & 0x18) === 0;
}

/** Printable ASCII, relative, no empty part, no `.` or `..`, no backslash or drive: the same file on every system. */
function isSafeName(path) {
  return /^[\x20-\x7e]+$/.test(path) && !/[\\:]|^\/|(^|\/)\.{0,2}(\/|$)/.test(path);
}

/** Files lie one after the other from the first byte to the directory, each as its local header and descriptor say. */
async function checkLayout(source, entries, directory) {
  const sorted = entries.sort((a, b) => a.offset - b.offset);
  let expected = 0;
  for (const [index, entry] of sorted.entries()) {
    const name = printable(entry.path);
    if (entry.offset !== expected) throw new Broken(name, 'overlap');
    const header = await source.read(entry.offset, 30 + entry.rawName.length);
    const extra = u16(header, 28);
    if (!agreesWithHeader(entry, header)) throw new Broken(name, 'mismatch');
    entry.start = entry.offset + header.length + extra;
    if (extra !== 0 && extraFields(await source.read(entry.start - extra, extra)) === null)
      throw new Broken(name, 'overlap');
    expected = sorted[index + 1]?.offset ?? directory;
    const gap = expected - entry.start - entry.packed;
    if (gap < 0 || gap > 24 || ((entry.flags & 8) === 0 && gap !== 0)) throw new Broken(name, 'overlap');
    if (gap > 0 && !isDescriptor(entry, await source.read(expected - gap, gap)))
      throw new Broken(name, 'mismatch');
    if ((entry.flags & 8) !== 0 && gap === 0) throw new Broken(name, 'overlap');
  }
  if (expected !== directory) throw new Broken('ZIP', 'overlap');
}

function agreesWithHeader(entry, header) {
  const streamed = (entry.flags & 8) !== 0;
  const fits = (value, own) => value === own || value === 0xffffffff || (streamed && value === 0);
  return (
    u32(header, 0) === 0x04034b50 &&
    u16(header, 6) === entry.flags &&
    u16(header, 8) === entry.method &&
    u32(header, 10) === entry.stamp &&
    (u32(header, 14) === entry.crc || (streamed && u32(header, 14) === 0)) &&
    fits(u32(header, 18), entry.packed) &&
    fits(u32(header, 22), entry.size) &&
    u16(header, 26) === entry.rawName.length &&
    entry.rawName.every((byte, at) => byte === header[30 + at])
  );
}

/** CRC and both lengths after the data, of 32 or 64 bits, with or without their mark. */
function isDescriptor(entry, bytes) {
  const marked = bytes.length === 16 || bytes.length === 24;
  if (marked && u32(bytes, 0) !== 0x08074b50) return false;
  const rest = marked ? bytes.subarray(4) : bytes;
  if (rest.length === 12)
    return u32(rest, 0) === entry.crc && u32(rest, 4) === entry.packed && u32(rest, 8) === entry.size;
  return (
    rest.length === 20 &&
    u32(rest, 0) === entry.crc &&
    u64(rest, 4) === entry.packed &&
    u64(rest, 12) === entry.size
  );
}

/** The unpacked bytes of an entry, a chunk at a time; throws when they are not as many as announced or fail the CRC. */
async function* content(source, platform, entry) {
  const chunks =
    entry.method === 0
      ? stored(source, entry)
      : platform.inflate(copies(stored(source, entry)), entry.packed);
  let size = 0;
  let crc = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > entry.size) throw new Error('longer than announced');
    crc = platform.crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.size || (crc !== null && crc !== entry.crc)) throw new Error('damaged');
}

async function* stored(source, entry) {
  for (let done = 0; done < entry.packed;) {
    const chunk = await source.chunk(entry.start + done, Math.min(CHUNK, entry.packed - done));
    done += chunk.length;
    yield chunk;
  }
}

/** One buffer is filled again and again; inflating happens later, so each chunk becomes its own. */
async function* copies(chunks) {
  for await (const chunk of chunks) yield Uint8Array.from(chunk);
}

async function readSmall({ source, platform, entries, problems }, path, limit) {
  const entry = entries.get(path);
  if (entry === undefined) {
    problems.push({ path, reason: 'missing', detail: '' });
    return null;
  }
  const whole = new Uint8Array(entry.size > limit ? 0 : entry.size);
  let at = 0;
  try {
    if (entry.size > limit) throw new Error('too large');
    for await (const chunk of content(source, platform, entry)) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  } catch {
    const isSealed = path === MANIFEST || path === SIGNATURE;
    problems.push({ path: isSealed ? SIGNED : path, reason: isSealed ? 'signature' : 'changed', detail: '' });
    return null;
  }
}

// ---- what people see

/** Text from the package may hold terminal codes or marks that turn its direction: none of it reaches the screen. */
function printable(value) {
  const text = typeof value === 'object' || typeof value === 'function' ? '?' : String(value);
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '�').slice(0, 200);
}

/** The result as lines for a person: Turkish first, English beside it. */
function describe(result) {
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
    `      ${counts.files} dosya / files · ${counts.customers} müşteri / customers · ${counts.documents} belge / documents · ${counts.events ?? 0} olay / events`,
    `      anlık görüntü / as of ${printable(asOf)} · mühür / sealed ${printable(sealedAt)}`,
    `      anahtar / key SHA-256: ${result.fingerprint}`,
    `      ${compare}`,
  ];
}

// <<< checks

export { describe };

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
    return await checkPackage(fileSource(fd), NODE, pinned);
  } finally {
    closeSync(fd);
  }
}

const NODE = {
  hash: () => createHash('sha256'),
  crc32: (bytes, before) => (zlib.crc32 === undefined ? null : zlib.crc32(bytes, before ?? 0)),
  async *inflate(chunks, packed) {
    const inflate = zlib.createInflateRaw();
    // The error reaches whoever reads `inflate`; the pipeline only makes sure that both ends stop together.
    pipeline(Readable.from(chunks), inflate, () => undefined);
    yield* inflate;
    if (inflate.bytesWritten !== packed) throw new Error('something lies behind the end');
  },
  verify(der, bytes, signature) {
    try {
      const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
      return verifySignature(null, bytes, key, signature);
    } catch {
      return false;
    }
  },
};

function fileSource(fd) {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const fill = (into, position) => {
    for (let done = 0; done < into.length;) {
      const read = readSync(fd, into, done, into.length - done, position + done);
      if (read === 0) throw new Broken('ZIP', 'not_a_zip');
      done += read;
    }
    return into;
  };
  return {
    size: fstatSync(fd).size,
    read: (position, length) => fill(Buffer.alloc(length), position),
    chunk: (position, length) => fill(buffer.subarray(0, length), position),
  };
}

function readPinnedKey(given) {
  let text = given;
  if (keyFrom(NODE, text) === null && !text.includes('-----BEGIN')) {
    try {
      text = readFileSync(given, 'utf8');
    } catch {
      throw new UsageError(
        '--key: 64 onaltılık haneli parmak izi ya da okunabilir bir PEM dosyası verin / give a fingerprint of 64 hex digits or a readable PEM file',
      );
    }
  }
  if (keyFrom(NODE, text) === null)
    throw new UsageError('--key: dosyada açık anahtar yok / the file holds no public key');
  return text;
}

function openFile(file) {
  try {
    const fd = openSync(file, 'r');
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch {
    // said below, without the system's own words
  }
  throw new UsageError(
    'Dosya açılamıyor: açılmış klasörü değil, ZIP dosyasının kendisini verin. / ' +
      'The file cannot be opened: name the ZIP file itself, not the unpacked folder.',
  );
}

async function main(args) {
  const key = args.indexOf('--key');
  const pinned = key === -1 ? undefined : args.splice(key, 2)[1];
  const json = args.includes('--json');
  const files = args.filter((arg) => arg !== '--json');
  if (files.length !== 1 || files[0].startsWith('--') || (key !== -1 && pinned === undefined)) {
    throw new UsageError('Kullanım / usage: node verify.mjs PAKET.zip [--key PARMAK_İZİ | PEM] [--json]');
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
