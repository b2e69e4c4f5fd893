#!/usr/bin/env node
import { Command, CommanderError } from 'commander';

import { problemOf } from '../api/errors';
import type * as Api from '../api/main';
import type * as Contract from '../api/openapi';
import { loadConfig } from '../config';
import { migrate } from '../db/migrate';
import { ComplianceError } from '../domain/errors';
import { ensureSeededRules } from '../operations/seed-rules';
import { addCheckCommands } from './checks';
import { addDealerCommands } from './dealers';
import { addImportCommands } from './imports';
import type * as Workers from '../workers/main';
import { keysOf, withDatabase } from './installation';
import { EXIT, Stop, tell } from './output';

/** The command line tool `sicil` (design §8). Server and workers are loaded only by the commands that run them: they are large. */
export function createProgram(): Command {
  const program = new Command('sicil')
    .description('Sicil: customer files that are correct, complete and current')
    .exitOverride()
    .showHelpAfterError();
  program
    .command('serve')
    .description('run the API and the console')
    .action(() => (require('../api/main') as typeof Api).serve());
  program
    .command('worker')
    .description('run workflows and activities')
    .option('--queues <names>', 'task queues to poll, separated by commas; all when left out')
    .action(async ({ queues }: { queues?: string }) => {
      const { work } = require('../workers/main') as typeof Workers;
      await work(
        process.env,
        queues?.split(',').map((queue) => queue.trim()),
      );
    });
  program
    .command('migrate')
    .description('bring the database to this version; safe to run side by side')
    .option('--json', 'answer as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const { applied } = await migrate(loadConfig(process.env).databaseUrl);
      await withDatabase('app', async (installation) => {
        const keys = await keysOf(installation);
        // Dealers of an earlier version get the rules that this one brings.
        await ensureSeededRules(installation.knex, keys, installation.clock);
      });
      tell(json, { applied }, applied.length === 0 ? ['The database is at this version.'] : applied);
    });
  program
    .command('openapi')
    .description('print the contract (OpenAPI 3.1)')
    .action(() => tell(true, (require('../api/openapi') as typeof Contract).openApiDocument(), []));
  addDealerCommands(program);
  addImportCommands(program);
  addCheckCommands(program);
  return program;
}

/** Runs one command and answers with its exit code; what it has to say goes to the two standard streams. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    const code = Number(process.exitCode ?? EXIT.fine);
    process.exitCode = undefined;
    return code;
  } catch (error) {
    // Commander has already said what is wrong with the call.
    if (!(error instanceof CommanderError)) process.stderr.write(`${messageOf(error)}\n`);
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  if (error instanceof Stop) return error.exitCode;
  return EXIT.failed;
}

/** Messages of the database may quote values: they are named by their code alone. */
function messageOf(error: unknown): string {
  if (error instanceof ComplianceError) {
    // What happened and what to do about it, as the API says it; the code for who looks it up.
    const { detail, errors } = problemOf(error, 'en', '');
    const fields = errors.map(({ pointer, code, message }) => `  ${pointer}: ${message} (${code})`);
    return [`${detail} (${error.message})`, ...fields].join('\n');
  }
  if (!(error instanceof Error)) return 'The command failed';
  const code = 'code' in error ? String(error.code) : '';
  if (/^[0-9A-Z]{5}$/.test(code)) return `The database refused the command (SQLSTATE ${code})`;
  return error.message === '' ? `The command failed (${code || error.name})` : error.message;
}

if (require.main === module) {
  void (async () => {
    process.exitCode = await runCommand(process.argv.slice(2));
  })();
}
