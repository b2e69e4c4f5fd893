import { join } from 'node:path';
import { Readable } from 'node:stream';

import sharp from 'sharp';

import { documentPictures } from '../../operations/package-pictures';
import type { PackageItem } from '../../operations/package-snapshot';
import { newKey } from '../../stores/crypto';
import { folderStore } from '../../stores/files';
import { scratchFolder } from './a-package';

const files = folderStore(join(scratchFolder(), 'files'));
const key = newKey();

/** A frozen customer with these documents, of which only what pictures need is looked at. */
async function itemWith(
  documents: readonly { kind: string; mediaType: string; content: Buffer }[],
): Promise<PackageItem> {
  const frozen = [];
  for (const { kind, mediaType, content } of documents) {
    const { address, sha256 } = await files.receive(key, Readable.from([content]));
    const path = `belgeler/K-1/${kind}.bin`;
    frozen.push({ kind, mediaType, address, sha256: sha256.toString('hex'), path });
  }
  return { documents: frozen } as unknown as PackageItem;
}

const photo = (side: number) =>
  sharp({ create: { width: side, height: side, channels: 3, background: '#123456' } })
    .jpeg()
    .toBuffer();

test('an image becomes a small picture of its own, the same each time; papers that are no image have none', async () => {
  const content = await photo(1200);
  const item = await itemWith([
    { kind: 'identity_card', mediaType: 'image/jpeg', content },
    { kind: 'address_proof', mediaType: 'application/pdf', content: Buffer.from('%PDF-1.4') },
  ]);
  const pictures = await documentPictures(files, key, item);
  expect([...pictures.keys()]).toEqual([item.documents[0]?.sha256]);
  const [url = ''] = pictures.values();
  expect(url).toMatch(/^data:image\/jpeg;base64,/);
  const { width } = await sharp(Buffer.from(url.split(',')[1] ?? '', 'base64')).metadata();
  expect(width).toBe(240);
  expect(await documentPictures(files, key, item)).toEqual(pictures);
});

test('an image that cannot be read is left out instead of sinking the customer’s file', async () => {
  const content = Buffer.concat([(await photo(200)).subarray(0, 40), Buffer.alloc(200, 7)]);
  const item = await itemWith([{ kind: 'identity_card', mediaType: 'image/jpeg', content }]);
  expect((await documentPictures(files, key, item)).size).toBe(0);
});
