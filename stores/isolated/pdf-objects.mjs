import { inflateSync, createInflate } from 'node:zlib';

import { Refusal } from './refusal.mjs';

/** Largest object stream, and what all streams together may unpack to, in bytes. */
const OBJECTS_MAX = 32 * 1024 * 1024;
const UNPACKED_MAX = 1024 * 1024 * 1024;
/** A4 at 600 dpi in colour, uncompressed, is 104 MB. */
const STREAM_MAX = 160 * 1024 * 1024;

/** Names that give a PDF something to do. Long ones are looked for everywhere, also where a reader might see no object. */
const SCRIPT = ['JavaScript'];
const ACTIVE = ['Launch', 'RichMedia', 'ImportData', 'SubmitForm', 'GoToE', 'GoToR', 'Rendition', 'Movie'];
const ATTACHED = ['EmbeddedFile', 'EmbeddedFiles', 'FileAttachment'];

/**
 * Looks at every name in a file, those inside object streams too, and refuses what is not paper: scripts, programs,
 * attachments, forms that run, encryption. It reads bytes and not the reference table, so that an object which only some
 * readers find is found here as well. Answers with the texts of all objects.
 */
export async function scanObjects(content) {
  const { plain, streams } = split(content);
  const objects = [resolveNames(plain)];
  if (hasName(objects[0], ['Encrypt'])) throw new Refusal('pdf_encrypted');
  let unpacked = 0;
  for (const stream of streams) {
    if (holdsObjects(stream)) objects.push(resolveNames(objectsOf(stream)));
    else unpacked = await measure(stream, unpacked);
  }
  const everything = resolveNames(content.toString('latin1'));
  for (const text of [...objects, everything]) {
    if (hasName(text, SCRIPT)) throw new Refusal('pdf_script');
    if (hasName(text, ACTIVE)) throw new Refusal('pdf_active');
    if (hasName(text, ATTACHED)) throw new Refusal('pdf_attachment');
  }
  for (const text of objects) {
    if (hasName(text, ['JS'])) throw new Refusal('pdf_script');
    if (hasName(text, ['XFA'])) throw new Refusal('pdf_form');
    if (hasName(text, ['EF'])) throw new Refusal('pdf_attachment');
    if (opensWithMore(text, objects)) throw new Refusal('pdf_active');
  }
  return objects;
}

/** The file without the contents of its streams, and these with their dictionaries. */
function split(content) {
  const text = content.toString('latin1');
  const streams = [];
  let plain = '';
  let from = 0;
  for (const match of text.matchAll(/>>\s*stream(\r\n|\n|\r)/g)) {
    if (match.index < from) continue;
    const start = match.index + match[0].length;
    const end = text.indexOf('endstream', start);
    if (end === -1) continue;
    const before = text.slice(from, start);
    plain += before;
    const opened = before.lastIndexOf(' obj');
    streams.push({
      dictionary: resolveNames(before.slice(Math.max(opened, 0))),
      data: content.subarray(start, end),
    });
    from = end;
  }
  return { plain: plain + text.slice(from), streams };
}

/** `/J#61vaScript` is `/JavaScript`. */
function resolveNames(text) {
  return text.replaceAll(/#([0-9A-Fa-f]{2})/g, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function hasName(text, names) {
  return new RegExp(`/(?:${names.join('|')})(?![^\\s/<>()[\\]{}%])`).test(text);
}

/** Told by what readers need, not by its type: they do not ask for that. */
function holdsObjects({ dictionary }) {
  return hasName(dictionary, ['ObjStm']) || (hasName(dictionary, ['N']) && hasName(dictionary, ['First']));
}

/** Objects packed into a stream. One that is packed otherwise than all known programs do it is not looked into but refused. */
function objectsOf({ dictionary, data }) {
  const filters = filtersOf(dictionary);
  if (!hasName(dictionary, ['Filter'])) return data.toString('latin1');
  if (filters.length !== 1 || filters[0] !== 'FlateDecode') throw new Refusal('pdf_damaged');
  try {
    return inflateSync(data, { maxOutputLength: OBJECTS_MAX }).toString('latin1');
  } catch (error) {
    throw new Refusal(error.code === 'ERR_BUFFER_TOO_LARGE' ? 'pdf_bomb' : 'pdf_damaged');
  }
}

function filtersOf(dictionary) {
  const match = /\/Filter\s*(\[[^\]]*\]|\/[^\s/<>()[\]{}%]+)/.exec(dictionary);
  return [...(match?.[1] ?? '').matchAll(/\/([^\s/<>()[\]{}%]+)/g)].map(([, name]) => name);
}

/** What a stream unpacks to is counted and thrown away: a few bytes must not become gigabytes in somebody's reader. */
async function measure({ dictionary, data }, before) {
  const flates = filtersOf(dictionary).filter((name) => name === 'FlateDecode').length;
  if (flates > 1) throw new Refusal('pdf_bomb');
  // Only what begins as packed data can be measured; whatever is wrong with it shows when its page is drawn.
  if (flates === 0) return before;
  let bytes = 0;
  const inflate = createInflate();
  inflate.end(data);
  try {
    for await (const part of inflate) {
      bytes += part.length;
      if (bytes > STREAM_MAX || before + bytes > UNPACKED_MAX) throw new Refusal('pdf_bomb');
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
  }
  return before + bytes;
}

/** A file may say which page it opens on; anything else that happens at opening is refused. */
function opensWithMore(text, objects) {
  for (const [, target, number, generation] of text.matchAll(
    /\/OpenAction\s*(\[|<<|null|(\d+)\s+(\d+)\s+R)/g,
  )) {
    if (target === '[' || target === 'null') continue;
    if (target === '<<') {
      if (!/\/OpenAction\s*<<[^>]*\/S\s*\/GoTo\b/.test(text)) return true;
      continue;
    }
    const body = bodyOf(objects, number, generation);
    if (!/^\s*\[/.test(body) && !/\/S\s*\/GoTo\b/.test(body)) return true;
  }
  return false;
}

function bodyOf(objects, number, generation) {
  for (const text of objects) {
    const match = new RegExp(`(?:^|\\s)${number}\\s+${generation}\\s+obj\\b([\\s\\S]*?)endobj`).exec(text);
    if (match !== null) return match[1];
  }
  // Inside an object stream: its dictionary cannot hold one of the actions above, or the file would have been refused.
  return '[';
}
