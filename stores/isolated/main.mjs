import { countPages, inspectPdf, renderPdf } from './pdf.mjs';
import { reencodeImage, renderImage } from './image.mjs';
import { Refusal } from './refusal.mjs';

/**
 * A process of its own for everything that decodes what strangers made: it has no key, no database and no environment, and
 * may be killed at any moment. One job at a time comes in over IPC; the answer is its result or the code of a refusal.
 */

const JOBS = {
  inspectPdf: ({ content, pagesMax }) => inspectPdf(content, pagesMax),
  reencodeImage: ({ content, mediaType, pixelsMax }) => reencodeImage(content, mediaType, pixelsMax),
  countPages: ({ content }) => countPages(content),
  renderPdf: ({ content, page, side }) => renderPdf(content, page, side),
  renderImage: ({ content, side, pixelsMax }) => renderImage(content, side, pixelsMax),
};

process.on('disconnect', () => process.exit(0));

process.on('message', (job) => {
  // IPC hands bytes over as a Uint8Array of their own.
  const content = Buffer.from(job.content.buffer, job.content.byteOffset, job.content.byteLength);
  Promise.resolve()
    .then(() => JOBS[job.kind]({ ...job, content }))
    .then(
      (result) => process.send({ result }),
      (error) => process.send({ refused: error instanceof Refusal ? error.code : 'unreadable' }),
    );
});

process.send({ ready: true });
