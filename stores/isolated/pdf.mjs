import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

import { scanObjects } from './pdf-objects.mjs';
import { Refusal } from './refusal.mjs';

// pdf.js looks for these globals when it is loaded.
const canvas = createRequire(import.meta.url)('@napi-rs/canvas');
Object.assign(globalThis, {
  DOMMatrix: canvas.DOMMatrix,
  Path2D: canvas.Path2D,
  ImageData: canvas.ImageData,
});
const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');

const home = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const PREVIEW_QUALITY = 85;
/** Pixels that one picture inside a page may have. */
const IMAGE_PIXELS_MAX = 64_000_000;
/** Header and end of a file stand within so many bytes of its borders. */
const EDGE_BYTES = 2048;

/** Refuses a PDF that is not only paper, that is damaged or too long; answers with its number of pages. */
export async function inspectPdf(content, pagesMax) {
  if (!content.subarray(-EDGE_BYTES).includes('%%EOF')) throw new Refusal('pdf_damaged');
  await scanObjects(content);
  return withDocument(content, async (document) => {
    const pages = document.numPages;
    if (pages > pagesMax) throw new Refusal('pdf_pages');
    const { info } = await document.getMetadata();
    if (info.EncryptFilterName !== null && info.EncryptFilterName !== undefined)
      throw new Refusal('pdf_encrypted');
    if (info.IsXFAPresent === true) throw new Refusal('pdf_form');
    // The second look, through the eyes of a reader that follows the references.
    if ((await document.getJSActions()) !== null) throw new Refusal('pdf_script');
    if ((await document.getOpenAction())?.action !== undefined) throw new Refusal('pdf_active');
    if ((await document.getAttachments()) !== null) throw new Refusal('pdf_attachment');
    for (let number = 1; number <= pages; number++) {
      const page = await document.getPage(number);
      if ((await page.getJSActions()) !== null) throw new Refusal('pdf_script');
      page.cleanup();
    }
    return { pages };
  });
}

/** Number of pages of a PDF that was taken before. */
export async function countPages(content) {
  return withDocument(content, async ({ numPages }) => ({ pages: numPages }));
}

/** A JPEG of one page, at most `side` pixels wide and high, with the number of pages. */
export async function renderPdf(content, number, side) {
  return withDocument(content, async (document) => {
    if (number > document.numPages) throw new Refusal('no_such_page');
    const page = await document.getPage(number);
    const plain = page.getViewport({ scale: 1 });
    const scale = Math.min(side / plain.width, side / plain.height);
    const viewport = page.getViewport({ scale });
    const sheet = canvas.createCanvas(
      Math.min(side, Math.max(1, Math.round(viewport.width))),
      Math.min(side, Math.max(1, Math.round(viewport.height))),
    );
    await page.render({ canvas: sheet, viewport, background: '#ffffff' }).promise;
    return { content: await sheet.encode('jpeg', PREVIEW_QUALITY), pages: document.numPages };
  });
}

async function withDocument(content, use) {
  const task = pdfjs.getDocument({
    // pdf.js takes the bytes over.
    data: new Uint8Array(content),
    isEvalSupported: false,
    enableXfa: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    disableFontFace: true,
    useWasm: false,
    isOffscreenCanvasSupported: false,
    stopAtErrors: false,
    maxImageSize: IMAGE_PIXELS_MAX,
    standardFontDataUrl: join(home, 'standard_fonts') + sep,
    cMapUrl: join(home, 'cmaps') + sep,
    iccUrl: join(home, 'iccs') + sep,
    wasmUrl: join(home, 'wasm') + sep,
    cMapPacked: true,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  // A file that asks for a password is not one that everybody can check.
  task.onPassword = () => void task.destroy().catch(() => undefined);
  try {
    return await use(await task.promise);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(error?.name === 'PasswordException' ? 'pdf_encrypted' : 'pdf_damaged');
  } finally {
    await task.destroy().catch(() => undefined);
  }
}
