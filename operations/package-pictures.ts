import { buffer } from 'node:stream/consumers';

import { ComplianceError } from '../domain/errors';
import type { FileStore } from '../stores/files';
import { openPreview } from '../stores/previews';
import { isPictured } from './package-paper-lines';
import type { PackageItem } from './package-snapshot';

/**
 * Small pictures of a customer's documents for the file, as data URLs by the SHA-256 of the document: drawn anew, never
 * the bytes that somebody sent. Documents that may not be shown, or of which no picture can be made, are left out. `key`
 * is the customer's.
 */
export async function documentPictures(
  files: FileStore,
  key: Buffer,
  item: PackageItem,
): Promise<Map<string, string>> {
  const pictures = new Map<string, string>();
  for (const document of item.documents) {
    if (!isPictured(item, document)) continue;
    const picture = await pictureOf(files, key, document);
    if (picture !== null)
      pictures.set(document.sha256, `data:image/jpeg;base64,${picture.toString('base64')}`);
  }
  return pictures;
}

async function pictureOf(
  files: FileStore,
  key: Buffer,
  document: { address: string; mediaType: string },
): Promise<Buffer | null> {
  try {
    return await buffer(await openPreview(files, key, document, { page: 1, size: 'thumb' }));
  } catch (error) {
    // The document itself lies in the package all the same.
    if (error instanceof ComplianceError && error.code === 'STATE_FORBIDS') return null;
    throw error;
  }
}
