import { StringDecoder } from 'node:string_decoder';

import sax from 'sax';

import { CELL_LENGTH_MAX, SheetRefusal } from './sheet-limits';

/** Told of an XML part as it passes by; names come without their namespace's prefix. */
export interface XmlListener {
  open?(name: string, attributes: Record<string, string>): void;
  text?(piece: string): void;
  close?(name: string): void;
}

/** Reads a part to its end. */
export async function parseXml(source: AsyncIterable<Buffer>, listener: XmlListener): Promise<void> {
  const parser = xmlParser(listener);
  for await (const chunk of source) parser.write(chunk);
  parser.end();
}

/**
 * A parser to be fed by hand, so that whoever feeds it can hand on what came out in between. Document types are refused:
 * entities of one's own are how a few bytes become gigabytes.
 */
export function xmlParser(listener: XmlListener): { write(chunk: Buffer): void; end(): void } {
  const parser = sax.parser(true, { position: false });
  const decoder = new StringDecoder('utf8');
  let length = 0;
  parser.onopentag = (tag) => {
    length = 0;
    listener.open?.(local(tag.name), tag.attributes as Record<string, string>);
  };
  const text = (piece: string) => {
    length += piece.length;
    if (length > CELL_LENGTH_MAX * 2) throw new SheetRefusal('too_long_cell');
    listener.text?.(piece);
  };
  parser.ontext = text;
  parser.oncdata = text;
  parser.onclosetag = (name) => listener.close?.(local(name));
  parser.ondoctype = () => {
    throw new SheetRefusal('damaged_sheet');
  };
  parser.onerror = () => {
    throw new SheetRefusal('damaged_sheet');
  };
  return {
    write: (chunk) => void parser.write(decoder.write(chunk)),
    end: () => void parser.write(decoder.end()).close(),
  };
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);
