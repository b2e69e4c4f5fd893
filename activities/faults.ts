/** SQLSTATE classes and codes that pass by themselves: connection, resources, operator, rollback, lock. */
const PASSING_CLASSES = ['08', '53', '57', '40'];
const PASSING_CODES = new Set([
  '55P03',
  '25P03',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const PASSING_MESSAGES = /^(Connection terminated|timeout expired|Client has encountered a connection error)/;

/** Whether an error tells of a part that is away or busy, which comes back. */
export function passesByItself(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined && (PASSING_CODES.has(code) || PASSING_CLASSES.includes(code.slice(0, 2))))
    return true;
  return error.name === 'KnexTimeoutError' || PASSING_MESSAGES.test(error.message);
}

/** SQLSTATE or a system error's name: five or more capitals and digits, never a value. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && /^[A-Z0-9_]{5,20}$/.test(code) ? code : undefined;
}

/** What keeps a file of a package from being made. */
export type FileFaultCode = 'DISK_FULL' | 'DOCUMENT_LOST' | 'DOCUMENT_CHANGED' | 'PRINTER' | 'FILE';

/** A file of a package could not be made: the code is all that people and logs get to see. */
export class FileFault extends Error {
  override readonly name = 'FileFault';

  constructor(
    readonly code: FileFaultCode,
    options?: ErrorOptions,
  ) {
    super(`A file could not be made: ${code}`, options);
  }
}

/** What a log may say of the failure behind it: its class and code. A message could quote what was being printed. */
export function causeOf({ cause }: FileFault): { cause?: string; causeCode?: string } {
  if (cause === undefined) return {};
  const code = codeOf(cause);
  return {
    cause: cause instanceof Error ? cause.constructor.name : typeof cause,
    ...(code === undefined ? {} : { causeCode: code }),
  };
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const LOST = new Set(['ENOENT', 'NOT_FOUND']);

/** Runs what makes a file and names its failure; an outage of a part around it passes as it is, to be tried again. */
export async function makingFile<T>(otherwise: FileFaultCode, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof FileFault || passesByItself(error)) throw error;
    const code = codeOf(error) ?? '';
    if (FULL.has(code)) throw new FileFault('DISK_FULL', { cause: error });
    throw new FileFault(LOST.has(code) ? 'DOCUMENT_LOST' : otherwise, { cause: error });
  }
}
