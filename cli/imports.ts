import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Command } from 'commander';
import { v7 as uuidv7 } from 'uuid';

import { createImportActivities, createImportSteps } from '../activities/imports';
import { inDealer, type Database, type Tx } from '../db/transaction';
import { exportCustomers, recordExport, type ExportRequest } from '../operations/exports';
import { takeSheets } from '../operations/import-upload';
import { importFileKey, importProblems, readImport, registerImport } from '../operations/imports';
import { actorOf, identityOfToken } from '../operations/sign-in';
import { filesOf, keysOf, withDatabase, type Installation } from './installation';
import { EXIT, Stop, tell } from './output';

const TOKEN_ENV = 'SICIL_TOKEN';

/** Bringing customers in and taking them out without the API; in the name of the officer whose token it is. */
export function addImportCommands(program: Command): void {
  program
    .command('import')
    .argument('<file>', 'an XLSX or CSV file made from the template')
    .description('open a customer for every good row of a file (exit code 1 when rows have errors)')
    .option('--dry-run', 'only check; opens nothing', false)
    .option('--token-env <name>', 'environment variable that holds an officer’s API token', TOKEN_ENV)
    .option('--json', 'answer as JSON', false)
    .action(async (file: string, options: ImportOptions) => {
      const { view, problems } = await withDatabase('app', (installation) =>
        importFile(installation, file, options),
      );
      const { total, errors, warnings, created } = view.counts;
      tell(options.json, { ...view, problems }, [
        ...problems.map(({ cell, code, severity }) => `${cell}  ${severity}  ${code}`),
        `${view.status}: ${total} rows, ${errors} with errors, ${warnings} with warnings, ${created} records opened`,
      ]);
      if (errors > 0 || view.status === 'failed') process.exitCode = EXIT.failed;
    });
  program
    .command('export')
    .argument('<file>', 'where to write: .xlsx or .csv')
    .description('write all customers to a file, identity numbers in clear; the reason is logged')
    .requiredOption('--reason <reason>', 'why')
    .option('--token-env <name>', 'environment variable that holds an officer’s API token', TOKEN_ENV)
    .option('--json', 'answer as JSON', false)
    .action(async (file: string, options: ExportOptions) => {
      const customers = await withDatabase('app', (installation) => exportFile(installation, file, options));
      tell(options.json, { file, customers }, [`${customers} customers written to ${file}`]);
    });
}

interface ImportOptions {
  dryRun: boolean;
  tokenEnv: string;
  json: boolean;
}

interface ExportOptions {
  reason: string;
  tokenEnv: string;
  json: boolean;
}

/** Runs transactions in the name of whose token the environment holds. */
async function inTheNameOf(installation: Installation, tokenEnv: string) {
  const token = process.env[tokenEnv];
  if (token === undefined || token === '') throw new Stop(EXIT.usage, `The environment has no ${tokenEnv}`);
  const database: Database = {
    knex: installation.knex,
    clock: installation.clock,
    keys: await keysOf(installation),
  };
  const identity = await identityOfToken(database, token);
  if (identity === null) throw new Stop(EXIT.failed, `${tokenEnv} holds no token of this installation`);
  const { dealerId } = identity;
  const run = <T>(fn: (tx: Tx) => Promise<T>) => inDealer(database, dealerId, actorOf(identity), fn);
  return { database, dealerId, run };
}

/** The passes run here: no worker and no Temporal is needed. One that helps meanwhile does no harm. */
async function importFile(installation: Installation, file: string, { dryRun, tokenEnv }: ImportOptions) {
  const { database, dealerId, run } = await inTheNameOf(installation, tokenEnv);
  const files = filesOf(installation.config);
  const address = uuidv7();
  const taken = await takeSheets(
    files,
    await run(importFileKey),
    createReadStream(file) as AsyncIterable<Buffer>,
    address,
  );
  const stored = { ...taken, id: address, fileName: basename(file) };
  const importId = await run((tx) => registerImport(tx, { stored, dryRun, language: 'tr' }));
  if (importId !== stored.id) await files.remove(taken.address);
  const steps = createImportSteps(database);
  const activities = createImportActivities({ database, files, heartbeat: () => undefined });
  const ref = { dealerId, importId };
  for (let next = await steps.lookAtImport(ref); next.do !== 'rest'; next = await steps.lookAtImport(ref)) {
    if (next.do === 'check') await activities.checkImport(ref);
    else if (next.do === 'commit') await activities.commitImport(ref);
    else await activities.forgetImport(ref);
  }
  return run(async (tx) => ({
    view: await readImport(tx, importId),
    ...(await importProblems(tx, importId)),
  }));
}

async function exportFile(installation: Installation, file: string, { reason, tokenEnv }: ExportOptions) {
  const format = /\.(xlsx|csv)$/i.exec(file)?.[1]?.toLowerCase();
  if (format !== 'xlsx' && format !== 'csv') throw new Stop(EXIT.usage, 'The file must end in .xlsx or .csv');
  const { run } = await inTheNameOf(installation, tokenEnv);
  const request: ExportRequest = { filter: {}, format, reason, language: 'tr' };
  const count = await run((tx) => recordExport(tx, request));
  const content = exportCustomers(request, run, installation.clock.now());
  await pipeline(content, createWriteStream(file, { mode: 0o600 }));
  return count;
}
