import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import yauzl from 'yauzl';

import { VERIFIER_FILE } from '../stores/package-verifier';
import type { Duel, Round } from './figures';

const run = promisify(execFile);
const LIMITS = { timeout: 10 * 60_000, maxBuffer: 64 * 1024 * 1024 };
const ROUNDS = 3;

/** What lies in a ZIP, written to a folder. */
export interface Unpacked {
  files: number;
  bytes: number;
  /** Pages of the PDFs that the product made. */
  pages: number;
}

/** Writes every file of a package's ZIP to a folder. */
export async function unpack(zip: string, folder: string): Promise<Unpacked> {
  const archive = await yauzl.openPromise(zip, { lazyEntries: true });
  const found: Unpacked = { files: 0, bytes: 0, pages: 0 };
  for await (const entry of archive.eachEntry()) {
    const path = join(folder, entry.fileName);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(path));
    found.files += 1;
    found.bytes += entry.uncompressedSize;
    if (entry.fileName.endsWith('.pdf') && !entry.fileName.startsWith('belgeler/'))
      found.pages += await pagesOf(path);
  }
  return found;
}

async function pagesOf(pdf: string): Promise<number> {
  return (await readFile(pdf, 'latin1')).match(/\/Type \/Page\b/g)?.length ?? 0;
}

/** The verifier on a ZIP against `sha256sum` over the files that lie in it. Units are megabytes of files. */
export async function benchVerifying(
  zip: string,
  folder: string,
  { bytes }: Pick<Unpacked, 'bytes'>,
  say: (line: string) => void,
): Promise<Duel> {
  const ours = () => run(process.execPath, [VERIFIER_FILE, zip], LIMITS);
  const bare = () =>
    run('sh', ['-c', 'find "$1" -type f -print0 | xargs -0 sha256sum', 'sh', folder], LIMITS);
  const duel: { product: Round[]; bare: Round[] } = { product: [], bare: [] };
  for (const warmUp of [ours, bare]) await warmUp();
  for (let round = 1; round <= ROUNDS; round += 1) {
    duel.product.push(await timed(ours, bytes));
    duel.bare.push(await timed(bare, bytes));
  }
  const seconds = (rounds: readonly Round[]) => rounds.map((round) => round.seconds.toFixed(1)).join(', ');
  say(`Verifying ${(bytes / 1e6).toFixed(0)} MB: ${seconds(duel.product)} s against ${seconds(duel.bare)} s`);
  return duel;
}

async function timed(work: () => Promise<unknown>, bytes: number): Promise<Round> {
  const started = performance.now();
  await work();
  return { units: bytes / 1e6, seconds: (performance.now() - started) / 1000, cpu: {} };
}
