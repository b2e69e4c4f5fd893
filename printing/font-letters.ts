import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/**
 * Code points for which a WOFF2 font has a glyph, read from its character map (W3C WOFF 2.0, OpenType `cmap`).
 * @throws Error when it is no WOFF2 font or has no map of Unicode.
 */
export function lettersOf(path: string): Set<number> {
  const font = readFileSync(path);
  if (font.toString('latin1', 0, 4) !== 'wOF2') throw new Error('Not a WOFF2 font');
  const { cmap, directoryEnd } = placeOfMap(font);
  const compressed = font.subarray(directoryEnd, directoryEnd + font.readUInt32BE(20));
  const tables = brotliDecompressSync(compressed);
  return readMap(tables.subarray(cmap.at, cmap.at + cmap.length));
}

const CMAP = 0;
const GLYF = 10;
const LOCA = 11;
const NAMED = 63;

/** The tables lie one after the other, packed together; the directory tells the lengths. */
function placeOfMap(font: Buffer): { cmap: { at: number; length: number }; directoryEnd: number } {
  let cursor = 48;
  let at = 0;
  let cmap: { at: number; length: number } | undefined;
  const number = () => {
    let value = 0;
    for (;;) {
      const byte = font.readUInt8(cursor);
      cursor += 1;
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  };
  for (let left = font.readUInt16BE(12); left > 0; left -= 1) {
    const flags = font.readUInt8(cursor);
    cursor += 1;
    const tag = flags & 63;
    if (tag === NAMED) cursor += 4;
    const isOutline = tag === GLYF || tag === LOCA;
    const plainLength = number();
    const length = isOutline === (flags >> 6 === 0) ? number() : plainLength;
    if (tag === CMAP) cmap = { at, length };
    at += length;
  }
  if (cmap === undefined) throw new Error('A font has no character map');
  return { cmap, directoryEnd: cursor };
}

function readMap(cmap: Buffer): Set<number> {
  for (let index = cmap.readUInt16BE(2) - 1; index >= 0; index -= 1) {
    const entry = 4 + index * 8;
    const subtable = cmap.subarray(cmap.readUInt32BE(entry + 4));
    const format = subtable.readUInt16BE(0);
    if (format === 12) return readGroups(subtable);
    if (format === 4) return readSegments(subtable);
  }
  throw new Error('A font has no character map of Unicode');
}

function readGroups(map: Buffer): Set<number> {
  const letters = new Set<number>();
  for (let index = 0; index < map.readUInt32BE(12); index += 1) {
    const group = 16 + index * 12;
    for (let code = map.readUInt32BE(group); code <= map.readUInt32BE(group + 4); code += 1)
      letters.add(code);
  }
  return letters;
}

function readSegments(map: Buffer): Set<number> {
  const letters = new Set<number>();
  const twice = map.readUInt16BE(6);
  for (let at = 0; at < twice; at += 2) {
    const end = map.readUInt16BE(14 + at);
    const start = map.readUInt16BE(16 + twice + at);
    const delta = map.readUInt16BE(16 + 2 * twice + at);
    const rangeAt = 16 + 3 * twice + at;
    const range = map.readUInt16BE(rangeAt);
    for (let code = start; code <= end && code !== 0xff_ff; code += 1) {
      const glyph = range === 0 ? code + delta : map.readUInt16BE(rangeAt + range + (code - start) * 2);
      if ((glyph & 0xff_ff) !== 0) letters.add(code);
    }
  }
  return letters;
}
