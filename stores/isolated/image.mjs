import sharp from 'sharp';

import { Refusal } from './refusal.mjs';

// One image at a time and nothing kept: what the process may take up is limited from outside.
sharp.cache(false);
sharp.concurrency(1);

const TIMEOUT_SECONDS = 12;
/** Hardly to be told from the upload, at about its size. */
const JPEG_QUALITY = 90;
const PREVIEW_QUALITY = 85;

/**
 * The same picture written anew: upright, in sRGB, without EXIF, place, colour profile or anything behind its end. A JPEG
 * stays a JPEG and a PNG a PNG. The size is read from the header, before a pixel is decoded.
 */
export async function reencodeImage(content, mediaType, pixelsMax) {
  const image = await open(content, pixelsMax);
  // Best coding would hold all of a large picture's coefficients in memory: 200 MB more, for a file 5 % smaller.
  const jpeg = { quality: JPEG_QUALITY, chromaSubsampling: '4:4:4', optimiseCoding: false };
  const upright = image.autoOrient().toColourspace('srgb');
  const written = mediaType === 'image/jpeg' ? upright.jpeg(jpeg) : upright.png({ compressionLevel: 6 });
  return { content: await bytesOf(written) };
}

/** A JPEG of an image, at most `side` pixels wide and high. */
export async function renderImage(content, side, pixelsMax) {
  const image = await open(content, pixelsMax);
  const fitted = image
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg({ quality: PREVIEW_QUALITY });
  return { content: await bytesOf(fitted) };
}

async function open(content, pixelsMax) {
  // Dimensions come from the header alone; the second wall holds where a decoder finds more than it said.
  const header = await sharp(content, { limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw new Refusal('image_damaged');
    });
  if (header.width * header.height > pixelsMax) throw new Refusal('image_pixels');
  const image = sharp(content, { limitInputPixels: pixelsMax, failOn: 'error' });
  return image.timeout({ seconds: TIMEOUT_SECONDS });
}

async function bytesOf(image) {
  return image.toBuffer().catch(() => {
    throw new Refusal('image_damaged');
  });
}
