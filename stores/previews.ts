import { Readable } from 'node:stream';

import { ComplianceError } from '../domain/errors';
import { deriveKey } from './crypto';
import type { FileStore } from './files';
import { IMAGE_PIXELS_MAX } from './images';
import { isolation, Refused, type Isolation, type Job } from './isolation';

export const PREVIEW_SIZES = ['thumb', 'page'] as const;
export type PreviewSize = (typeof PREVIEW_SIZES)[number];

/** Pixels that a preview has at most, wide and high. */
const SIDES: Record<PreviewSize, number> = { thumb: 240, page: 1600 };
/** Part of every name: a preview that a changed program would draw otherwise is made anew. */
const DRAWN_BY = 'v1';

/** A document as its previews need it; `address` is its file's. */
export interface Previewed {
  address: string;
  mediaType: string;
}

/**
 * A picture of one page (from 1): a JPEG made here, never the file itself. It is made at the first look and kept,
 * encrypted under a key derived from the customer's, so that it goes where that key goes.
 * Throws NOT_FOUND for a page that is not there, STATE_FORBIDS where no picture can be made of the file.
 */
export async function openPreview(
  files: FileStore,
  key: Buffer,
  file: Previewed,
  { page, size }: { page: number; size: PreviewSize },
  apart: Isolation = isolation,
): Promise<Readable> {
  const name = `${file.address}.${size}-${page}-${DRAWN_BY}`;
  const own = deriveKey(key, 'previews');
  const kept = await files.openDerived(own, name);
  if (kept !== null) return kept;
  const { content } = await draw(apart, async () => {
    const original = await whole(await files.open(key, file.address));
    const side = SIDES[size];
    if (file.mediaType === 'application/pdf') return { kind: 'renderPdf', content: original, page, side };
    if (page !== 1) throw new Refused('no_such_page');
    return { kind: 'renderImage', content: original, side, pixelsMax: IMAGE_PIXELS_MAX };
  });
  const made = Buffer.from(content ?? []);
  await files.putDerived(own, name, made);
  return Readable.from([made]);
}

/** How many pages a document has; 1 for an image. Throws STATE_FORBIDS where its file cannot be read. */
export async function countPages(
  files: FileStore,
  key: Buffer,
  file: Previewed,
  apart: Isolation = isolation,
): Promise<number> {
  if (file.mediaType !== 'application/pdf') return 1;
  const { pages } = await draw(apart, async () => ({
    kind: 'countPages',
    content: await whole(await files.open(key, file.address)),
  }));
  return pages ?? 1;
}

async function draw(apart: Isolation, prepare: () => Promise<Job>) {
  try {
    return await apart.run(prepare);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === 'no_such_page') throw new ComplianceError('NOT_FOUND', 'page_not_found');
    throw new ComplianceError('STATE_FORBIDS', 'no_preview');
  }
}

async function whole(source: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
