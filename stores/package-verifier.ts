import { createRequire } from 'node:module';
import { join } from 'node:path';

import { projectRoot } from '../project-root';

/** What `verify/verify.mjs` found. `path` names the file, `reason` is a code of that program. */
export interface Verification {
  pass: boolean;
  /** Of the key inside the ZIP; null when it holds none. Compare it, or name the key. */
  fingerprint: string | null;
  keyCompared: boolean;
  problems: { path: string; reason: string; detail: string }[];
}

interface Verifier {
  verifyPackage(file: string, options?: { key?: string }): Promise<Verification>;
  describe(result: Verification): string[];
}

/** The one-file verifier as it is shipped: never compiled, so that users, tests and packages run the same bytes. */
export const VERIFIER_FILE = join(projectRoot, 'verify', 'verify.mjs');

/**
 * Checks a package file. `key` pins the key by fingerprint, PEM text or PEM file.
 * @throws Error when the file cannot be opened or `key` is no key (exit code 2); a forged package is a result, not an error.
 */
export async function verifyPackage(file: string, options: { key?: string } = {}): Promise<Verification> {
  return verifier().verifyPackage(file, options);
}

/** The result as lines for a person, Turkish with English beside it. */
export function describeVerification(result: Verification): string[] {
  return verifier().describe(result);
}

function verifier(): Verifier {
  return createRequire(__filename)(VERIFIER_FILE) as Verifier;
}
