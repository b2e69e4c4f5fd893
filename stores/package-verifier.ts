import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

/** The lines of the verifier that know neither Node nor a browser. */
const CHECKS = /\/\/ >>> checks[^\n]*\n([\s\S]*)\/\/ <<< checks/;

/**
 * The verifier as a page that works by double click, offline: the same checks, with what a browser has instead of Node.
 * The same bytes in every package of a version, so that they can be compared with those of another source.
 */
export function htmlVerifier(): string {
  const checks = CHECKS.exec(readFileSync(VERIFIER_FILE, 'utf8'))?.[1];
  if (checks === undefined) throw new Error('The verifier has lost its marks');
  const script = `'use strict';\n${checks}\n${part('browser.js')}`;
  const style = part('dogrula.css');
  const policy = `default-src 'none'; script-src ${sourceHash(script)}; style-src ${sourceHash(style)}; base-uri 'none'; form-action 'none'`;
  const pieces: Record<string, string> = {
    POLICY: policy,
    '<!-- style -->': `<style>${style}</style>`,
    '<!-- script -->': `<script>${script}</script>`,
  };
  return part('dogrula.html').replaceAll(
    /POLICY|<!-- style -->|<!-- script -->/g,
    (name) => pieces[name] ?? '',
  );
}

function part(name: string): string {
  return readFileSync(join(projectRoot, 'verify', name), 'utf8');
}

/** How a Content-Security-Policy names a script or style that stands in the page. */
export function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
