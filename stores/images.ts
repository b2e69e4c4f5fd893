import { ComplianceError } from '../domain/errors';
import type { MediaType } from './files';
import { isolation, Refused, type Isolation, type ReadFile } from './isolation';

/** Pixels of the largest image that is taken: an A4 page at 600 dpi has 35 million. */
export const IMAGE_PIXELS_MAX = 36_000_000;

/**
 * A picture written anew, upright and in sRGB: what the camera wrote beside it (place, time, device, a thumbnail of the
 * uncropped picture) and whatever hangs behind its end is gone. A JPEG stays a JPEG, a PNG a PNG.
 * Throws TOO_LARGE `image_pixels` before a pixel is decoded, INVALID_INPUT `image_damaged`.
 */
export async function reencodeImage(
  read: ReadFile,
  mediaType: MediaType,
  apart: Isolation = isolation,
): Promise<Buffer> {
  try {
    const made = await apart.run(async () => ({
      kind: 'reencodeImage',
      content: await read(),
      mediaType,
      pixelsMax: IMAGE_PIXELS_MAX,
    }));
    return Buffer.from(made.content ?? []);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === 'image_pixels')
      throw new ComplianceError('TOO_LARGE', 'image_pixels', [{ pointer: '/file', code: 'image_pixels' }]);
    throw new ComplianceError('INVALID_INPUT', 'image_damaged', [
      { pointer: '/file', code: 'image_damaged' },
    ]);
  }
}
