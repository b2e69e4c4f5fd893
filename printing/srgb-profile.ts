/**
 * The colour space sRGB (IEC 61966-2-1) as an ICC profile of version 2, computed here so that no file of unknown licence
 * is shipped: its three primaries adapted to D50 (Bradford), and its curve as 1024 points for all three channels.
 */
export function srgbProfile(): Buffer {
  const curve = curveTag();
  const tags: [name: string, content: Buffer][] = [
    ['desc', descriptionTag('sRGB IEC61966-2.1')],
    ['cprt', textTag('No copyright, use freely')],
    ['wtpt', xyzTag(WHITE_D50)],
    ['rXYZ', xyzTag([0.43607, 0.22249, 0.01392])],
    ['gXYZ', xyzTag([0.38515, 0.71687, 0.09708])],
    ['bXYZ', xyzTag([0.14307, 0.06061, 0.7141])],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const directory = Buffer.alloc(4 + tags.length * 12);
  directory.writeUInt32BE(tags.length, 0);
  const parts: Buffer[] = [];
  const places = new Map<Buffer, number>();
  let at = HEADER_BYTES + directory.length;
  tags.forEach(([name, content], index) => {
    const place = places.get(content) ?? at;
    if (!places.has(content)) {
      const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
      parts.push(padded);
      places.set(content, at);
      at += padded.length;
    }
    directory.write(name, 4 + index * 12, 'latin1');
    directory.writeUInt32BE(place, 8 + index * 12);
    directory.writeUInt32BE(content.length, 12 + index * 12);
  });
  return Buffer.concat([header(at), directory, ...parts]);
}

const HEADER_BYTES = 128;
const WHITE_D50 = [0.9642, 1, 0.82491] as const;
const POINTS = 1024;

/** A display profile, RGB to XYZ, with a date of its own: profiles of one content are the same bytes. */
function header(bytes: number): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(bytes, 0);
  head.writeUInt32BE(0x02_10_00_00, 8);
  head.write('mntrRGB XYZ ', 12, 'latin1');
  [2026, 1, 1, 0, 0, 0].forEach((part, index) => head.writeUInt16BE(part, 24 + index * 2));
  head.write('acsp', 36, 'latin1');
  xyz(WHITE_D50).copy(head, 68);
  return head;
}

function xyz(values: readonly number[]): Buffer {
  const out = Buffer.alloc(12);
  values.forEach((value, index) => out.writeInt32BE(Math.round(value * 65_536), index * 4));
  return out;
}

function tag(type: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), content]);
}

const xyzTag = (values: readonly number[]) => tag('XYZ ', xyz(values));
const textTag = (text: string) => tag('text', Buffer.from(`${text}\0`, 'latin1'));

/** Text in ASCII; the forms for Unicode and for old Macintoshes stay empty, but must be there. */
function descriptionTag(text: string): Buffer {
  const ascii = Buffer.from(`${text}\0`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(ascii.length);
  return tag('desc', Buffer.concat([length, ascii, Buffer.alloc(4 + 4 + 2 + 1 + 67)]));
}

function curveTag(): Buffer {
  const out = Buffer.alloc(4 + POINTS * 2);
  out.writeUInt32BE(POINTS, 0);
  for (let index = 0; index < POINTS; index += 1) {
    const value = index / (POINTS - 1);
    const linear = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    out.writeUInt16BE(Math.round(linear * 65_535), 4 + index * 2);
  }
  return tag('curv', out);
}
