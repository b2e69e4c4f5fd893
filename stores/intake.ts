import { ComplianceError } from '../domain/errors';
import type { MediaType, ReceiveOptions } from './files';
import { reencodeImage } from './images';
import { inspectPdf } from './pdf-inspection';

/** Endings that a name may have for each type. A name without an ending claims nothing. */
const ENDINGS: Record<MediaType, readonly string[]> = {
  'application/pdf': ['pdf'],
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/png': ['png'],
};

/** Endings that programs give to bytes of any kind: they claim nothing either. */
const NEUTRAL = ['bin', 'dat', 'tmp'];

const SHORT: Record<MediaType, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpeg',
  'image/png': 'png',
};

/**
 * The look at a file that somebody uploaded: its name must not claim another type than its content has, images are
 * written anew, PDFs must be only paper. Throws ComplianceError with a reason; then nothing is kept.
 */
export function intakeOf(fileName: string): NonNullable<ReceiveOptions['refine']> {
  return async (mediaType, read) => {
    refuseOtherEnding(fileName, mediaType);
    if (mediaType === 'application/pdf') return { pages: await inspectPdf(read) };
    return { content: await reencodeImage(read, mediaType), pages: 1 };
  };
}

/** The problem names both: `named_pdf_is_png`, or `named_otherwise_is_png`. */
function refuseOtherEnding(fileName: string, mediaType: MediaType): void {
  const ending = /\.([^.\s]{1,20})$/.exec(fileName)?.[1]?.toLowerCase();
  if (ending === undefined || NEUTRAL.includes(ending) || ENDINGS[mediaType].includes(ending)) return;
  const claimed = (Object.keys(ENDINGS) as MediaType[]).find((type) => ENDINGS[type].includes(ending));
  const code = `named_${claimed === undefined ? 'otherwise' : SHORT[claimed]}_is_${SHORT[mediaType]}`;
  throw new ComplianceError('UNSUPPORTED_MEDIA', 'file_ending', [{ pointer: '/file', code }]);
}
