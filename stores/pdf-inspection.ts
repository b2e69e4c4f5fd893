import { ComplianceError } from '../domain/errors';
import { isolation, Refused, type Isolation, type ReadFile } from './isolation';

/** Pages of the longest PDF that is taken. */
export const PDF_PAGES_MAX = 200;

/** Why a PDF is refused; each has its text under `error.` and `problem.`. */
const REASONS = [
  'pdf_encrypted',
  'pdf_script',
  'pdf_active',
  'pdf_attachment',
  'pdf_form',
  'pdf_pages',
  'pdf_bomb',
  'pdf_damaged',
] as const;
type Reason = (typeof REASONS)[number];

/** A file that takes too much time or memory to look at is one that nobody should open. */
const ENDED: Record<string, Reason> = { timeout: 'pdf_bomb', memory: 'pdf_bomb' };

/**
 * Number of pages of a PDF that is only paper. Throws INVALID_INPUT with one of the reasons above where it is encrypted,
 * runs scripts or programs, carries files or dynamic forms, is damaged, too long, or unpacks to more than is sane.
 */
export async function inspectPdf(read: ReadFile, apart: Isolation = isolation): Promise<number> {
  try {
    const { pages = 0 } = await apart.run(async () => ({
      kind: 'inspectPdf',
      content: await read(),
      pagesMax: PDF_PAGES_MAX,
    }));
    return pages;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const code = ENDED[error.code] ?? REASONS.find((reason) => reason === error.code) ?? 'pdf_damaged';
    throw new ComplianceError('INVALID_INPUT', code, [{ pointer: '/file', code }]);
  }
}
