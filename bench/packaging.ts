import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { createApiToken, tokenOf } from '../operations/api-tokens';
import { addUser } from '../operations/users';
import { folderStore } from '../stores/files';
import { startContestant, type Contestant } from './contestants';
import { rateOf, type Duel, type Round } from './figures';
import type { Installation } from './installation';
import { makePackage, type Asked, type MadePackage, type PackageOffice } from './package-client';
import { addCustomersWithDocuments } from './package-customers';
import { watchFootprint, type Footprint } from './package-footprint';
import { cpuOf, cpuOfProgram, spent } from './process-cost';
import { benchVerifying, unpack } from './verifying';

export interface PackagingOptions {
  installation: Installation;
  /** Environment of the product's processes. */
  env: NodeJS.ProcessEnv;
  apiAddress: string;
  pids: { postgres: number; temporal: number; worker: number; api: number };
  /** Where the product keeps its data, and where the bench puts its own. */
  folder: string;
  tabs: number;
  customers: number;
  /** Customers of one more package after the duel; 0 for none. */
  large: number;
  rounds: number;
  logFile: string;
  say: (line: string) => void;
}

export interface PackagingResult {
  packaging: Duel;
  verifying: Duel;
  /** The large package (first) beside the last one of the duel. */
  large: Duel | undefined;
  footprint: Footprint;
  notes: string[];
}

/**
 * Audit packages from the request to the ZIP on the disk, against Chromium printing the same HTML on as many tabs with the
 * same step to PDF/A. The customers and their documents are made before; the package is sealed by a second person.
 */
export async function benchPackaging(options: PackagingOptions): Promise<PackagingResult> {
  const { installation, folder, say, customers, rounds } = options;
  const office = await openOffice(options);
  const bare = startContestant('bench/print-package.js', {
    env: {
      ...options.env,
      BENCH_TABS: String(options.tabs),
      BENCH_DEALER: installation.dealerId,
    },
    logFile: options.logFile,
  });
  try {
    await fill(options, 0, customers);
    await warmUp(options, office, bare);
    const duel: { product: Round[]; bare: Round[] } = { product: [], bare: [] };
    const notes: string[] = [];
    let verifying: Duel | undefined;
    const footprint = watchFootprint(options.pids.worker, folder);
    for (let round = 1; round <= rounds; round += 1) {
      const html = join(folder, 'bench', 'html');
      const made = await build(options, office, {}, footprint);
      await bare.ask('prepare', { packageId: made.id, folder: html });
      const bareRound = await printBare(bare, html, made.round.units);
      duel.product.push(made.round);
      duel.bare.push(bareRound);
      say(
        `Packaging: round ${round} of ${rounds}: ${rateOf(made.round).toFixed(1)} against ${rateOf(bareRound).toFixed(1)} pages/s`,
      );
      if (round === rounds) {
        verifying = await benchVerifying(made.zip, made.unpacked, made.content, say);
        notes.push(noteOf(made, customers));
      }
      clear(folder);
    }
    const large = await buildLarge(options, office, footprint, duel.product);
    if (large !== undefined) notes.push(large.note);
    if (verifying === undefined) throw new Error('A bench has at least one round');
    return { packaging: duel, verifying, large: large?.duel, footprint: footprint.stop(), notes };
  } finally {
    await bare.stop();
    clear(folder);
  }
}

async function fill({ installation, folder, say }: PackagingOptions, first: number, until: number) {
  const started = performance.now();
  say(`Packaging: opening ${until - first} files with two documents each …`);
  await addCustomersWithDocuments(installation, folderStore(join(folder, 'files')), { first, until });
  say(`Packaging: ${until - first} files after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

/** Two officers, because nobody seals what they have asked for. */
async function openOffice({ installation: { run }, apiAddress }: PackagingOptions): Promise<PackageOffice> {
  const tokenFor = (name: string) =>
    run(async (tx) => {
      const password = randomBytes(16).toString('hex');
      const person = { email: `${name}@example.com`, name, role: 'officer', password } as const;
      const { id } = await addUser(tx, person);
      return tokenOf(tx, await createApiToken(tx, { userId: id, name }));
    });
  return { apiAddress, requester: await tokenFor('isteyen'), sealer: await tokenFor('muhurleyen') };
}

const WARM_UP_CUSTOMERS = 20;

async function warmUp(options: PackagingOptions, office: PackageOffice, bare: Contestant): Promise<void> {
  const { installation, folder, say } = options;
  say('Packaging: warming up …');
  const customers = await installation.run(async (tx) =>
    (await tx.sql('customers').where({ dealer_id: tx.dealerId }).limit(WARM_UP_CUSTOMERS).select('id')).map(
      ({ id }: { id: string }) => id,
    ),
  );
  const html = join(folder, 'bench', 'html');
  const { id } = await makePackage(office, { customers }, join(folder, 'bench.zip'));
  await bare.ask('prepare', { packageId: id, folder: html });
  await bare.ask('print', html);
  clear(folder);
}

interface Built extends MadePackage {
  zip: string;
  unpacked: string;
  content: Awaited<ReturnType<typeof unpack>>;
  round: Round;
}

/** Makes a package, and looks into it when the clock has stopped. */
async function build(
  options: PackagingOptions,
  office: PackageOffice,
  asked: Asked,
  footprint: ReturnType<typeof watchFootprint>,
): Promise<Built> {
  const { folder, pids } = options;
  const { worker, ...others } = pids;
  const cpu = () => ({ ...cpuOfProgram(worker, { own: 'worker', children: 'chromium' }), ...cpuOf(others) });
  const zip = join(folder, 'bench.zip');
  const unpacked = join(folder, 'bench', 'unpacked');
  footprint.begin();
  const before = cpu();
  const made = await makePackage(office, asked, zip);
  const cost = spent(before, cpu());
  footprint.end(zip);
  const content = await unpack(zip, unpacked);
  const round = { units: content.pages, seconds: made.seconds, cpu: cost };
  return { ...made, zip, unpacked, content, round };
}

async function printBare(bare: Contestant, html: string, pages: number): Promise<Round> {
  const cpu = () => cpuOfProgram(bare.pid, { own: 'worker', children: 'chromium' });
  const before = cpu();
  const started = performance.now();
  const printed = await bare.ask<number>('print', html);
  const seconds = (performance.now() - started) / 1000;
  if (printed !== pages)
    throw new Error(`The package has ${pages} pages, and bare Chromium printed ${printed}`);
  return { units: pages, seconds, cpu: spent(before, cpu()) };
}

async function buildLarge(
  options: PackagingOptions,
  office: PackageOffice,
  footprint: ReturnType<typeof watchFootprint>,
  smaller: readonly Round[],
): Promise<{ duel: Duel; note: string } | undefined> {
  const { customers, large, say } = options;
  const last = smaller.at(-1);
  if (large === 0 || last === undefined) return undefined;
  await fill(options, customers, large);
  const made = await build(options, office, {}, footprint);
  say(`Packaging: ${large} customers with ${rateOf(made.round).toFixed(1)} pages/s`);
  return { duel: { product: [made.round], bare: [last] }, note: noteOf(made, large) };
}

function noteOf({ content, seconds, parts }: Built, customers: number): string {
  const ways = Object.entries(parts).map(([part, took]) => `${part} ${took.toFixed(1)}`);
  const { pages, files, bytes } = content;
  return `${customers} customers, ${pages} pages, ${files} files, ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s (${ways.join(', ')}).`;
}

function clear(folder: string): void {
  rmSync(join(folder, 'bench'), { recursive: true, force: true });
  rmSync(join(folder, 'bench.zip'), { force: true });
}
