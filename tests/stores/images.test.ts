import { crc32, deflateSync } from 'node:zlib';

import sharp, { type Sharp } from 'sharp';

import { specimenJpeg, specimenPng } from '../../operations/demo/specimens';
import type { MediaType } from '../../stores/files';
import { reencodeImage } from '../../stores/images';
import { createIsolation, type Isolation } from '../../stores/isolation';

let apart: Isolation;
beforeAll(() => {
  apart = createIsolation();
});
afterAll(() => apart.close());

const JPEG = 'image/jpeg';
const PNG = 'image/png';
const reencode = (content: Buffer, type: MediaType) => reencodeImage(async () => content, type, apart);

/** A picture that is red on its left half and blue on its right one. */
function picture(width = 60, height = 40): Sharp {
  const half = { create: { width: width / 2, height, channels: 3, background: '#d02020' } } as const;
  return sharp({ create: { width, height, channels: 3, background: '#2020d0' } }).composite([
    { input: half, left: 0, top: 0 },
  ]);
}

const NOISE = { type: 'gaussian', mean: 128, sigma: 30 } as const;

/** Colour at a place, as [red, green, blue]. */
async function colourAt(content: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(content).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)];
}

const isRed = ([r = 0, , b = 0]: number[]) => r > b + 80;
const isBlue = ([r = 0, , b = 0]: number[]) => b > r + 80;

test('what a camera writes beside a picture is gone, and it stands upright', async () => {
  const taken = await picture()
    .withExif({
      IFD0: { Make: 'Telefon', Artist: 'Işık' },
      IFD3: { GPSLatitude: '41/1 0/1 30/1', GPSLatitudeRef: 'N' },
    })
    .withMetadata({ orientation: 6 })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><script>1</script></x:xmpmeta>')
    .jpeg()
    .toBuffer();
  const before = await sharp(taken).metadata();
  expect([before.exif, before.xmp, before.orientation]).toEqual([expect.any(Buffer), expect.any(Buffer), 6]);

  const kept = await reencode(taken, JPEG);
  const after = await sharp(kept).metadata();
  expect(after).toMatchObject({ format: 'jpeg', width: 40, height: 60, space: 'srgb' });
  expect([after.exif, after.xmp, after.icc, after.iptc, after.orientation]).toEqual(Array(5).fill(undefined));
  for (const word of ['Telefon', 'Exif', 'xmpmeta', 'script']) expect(kept.includes(word)).toBe(false);
  // Turned by a quarter to the right: what was left is on top.
  expect(isRed(await colourAt(kept, 20, 5))).toBe(true);
  expect(isBlue(await colourAt(kept, 20, 55))).toBe(true);
});

const kinds: [string, MediaType, () => Promise<Buffer>][] = [
  ['a CMYK JPEG', JPEG, () => picture().toColourspace('cmyk').jpeg().toBuffer()],
  ['a progressive JPEG', JPEG, () => picture().jpeg({ progressive: true }).toBuffer()],
  ['a PNG of 16 bits a channel', PNG, () => picture().toColourspace('rgb16').png().toBuffer()],
  ['an interlaced PNG', PNG, () => picture().png({ progressive: true }).toBuffer()],
  ['a PNG with a palette', PNG, () => picture().png({ palette: true }).toBuffer()],
  ['a PNG that moves', PNG, async () => animated(await picture().png().toBuffer())],
];
test.each(kinds)('%s stays what it shows', async (_what, type, make) => {
  const kept = await reencode(await make(), type);
  const { format, width, height, pages, depth, space } = await sharp(kept).metadata();
  expect([format, width, height, pages, depth, space]).toEqual([
    type.slice('image/'.length),
    60,
    40,
    undefined,
    'uchar',
    'srgb',
  ]);
  expect(isRed(await colourAt(kept, 10, 20))).toBe(true);
  expect(isBlue(await colourAt(kept, 50, 20))).toBe(true);
});

test('the quality of a photograph is kept', async () => {
  const noise = sharp({
    create: { width: 400, height: 300, channels: 3, background: '#808080', noise: NOISE },
  });
  const photo = await noise.blur(2).jpeg({ quality: 92 }).toBuffer();
  const kept = await reencode(photo, JPEG);
  const [a, b] = await Promise.all([photo, kept].map((content) => sharp(content).raw().toBuffer()));
  const error = (a ?? Buffer.alloc(0)).reduce((sum, value, at) => sum + (value - (b?.[at] ?? 0)) ** 2, 0);
  expect(error / (400 * 300 * 3)).toBeLessThan(4);
});

test('what hangs behind a picture or hides in it does not come along', async () => {
  const php = '<?php system($_GET["x"]); ?>';
  const jpeg = await picture().jpeg().toBuffer();
  const png = await picture().png().toBuffer();
  const hiding: [MediaType, Buffer][] = [
    [JPEG, Buffer.concat([jpeg, Buffer.from(`PK\u0003\u0004${php}`)])],
    [JPEG, specimenJpeg(php)],
    [PNG, Buffer.concat([png, Buffer.from(php)])],
  ];
  for (const [type, content] of hiding) {
    expect(content.includes('system(')).toBe(true);
    const kept = await reencode(content, type);
    expect(kept.includes('system(')).toBe(false);
    expect((await sharp(kept).metadata()).width).toBeGreaterThan(0);
  }
});

test.each([
  ['a JPEG that is cut short', JPEG, async () => (await photograph()).subarray(0, 4000)],
  ['a PNG that is cut short', PNG, async () => (await picture(600, 400).png().toBuffer()).subarray(0, 600)],
  [
    'a JPEG without a picture',
    JPEG,
    async () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xd9]),
  ],
  ['a PNG whose data is noise', PNG, async () => damaged(specimenPng(1))],
] as const)('%s is refused', async (_what, type, make) => {
  await expect(reencode(await make(), type)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    detail: 'image_damaged',
    fields: [{ pointer: '/file' }],
  });
});

test('a picture of 40 megapixels is refused by its header, before its pixels cost anything', async () => {
  await reencode(specimenPng(2), PNG);
  const before = process.memoryUsage().rss;
  const started = performance.now();
  // It says 8000 by 5000 and has no pixels at all: whoever decoded it would call it damaged.
  const claimed = pngHeader(8000, 5000);
  await expect(reencode(claimed, PNG)).rejects.toMatchObject({ code: 'TOO_LARGE', detail: 'image_pixels' });
  await expect(reencode(pngHeader(30_000, 30_000), PNG)).rejects.toMatchObject({ detail: 'image_pixels' });
  expect(performance.now() - started).toBeLessThan(2000);
  expect(process.memoryUsage().rss - before).toBeLessThan(20 * 1024 * 1024);
});

test('the largest picture that is taken fits the process apart', async () => {
  const scan = await sharp({ create: { width: 4960, height: 7016, channels: 3, background: '#f4f0e8' } })
    .jpeg({ progressive: true })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  expect(await sharp(await reencode(scan, JPEG)).metadata()).toMatchObject({ width: 7016, height: 4960 });
}, 30_000);

function photograph(): Promise<Buffer> {
  return sharp({ create: { width: 200, height: 150, channels: 3, background: '#808080', noise: NOISE } })
    .jpeg()
    .toBuffer();
}

const SIGNATURE_BYTES = 8;

/** A PNG with an animation's chunks, as browsers play them. */
function animated(png: Buffer): Buffer {
  const afterHeader = SIGNATURE_BYTES + 25;
  const control = chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]));
  return Buffer.concat([png.subarray(0, afterHeader), control, png.subarray(afterHeader)]);
}

function pngHeader(width: number, height: number): Buffer {
  const png = Buffer.from(specimenPng(1));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    png.subarray(0, SIGNATURE_BYTES),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function damaged(png: Buffer): Buffer {
  const copy = Buffer.from(png);
  copy.fill(0xaa, copy.indexOf('IDAT') + 4, copy.length - 20);
  return copy;
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
