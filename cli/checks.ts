import type { Command } from 'commander';

import { dealerIds } from '../db/dealers';
import { listAuditProblems, listStuck, type AuditProblem } from '../db/doctor';
import { inDealer, type RecordKeys } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { checkpointProblems } from '../operations/checkpoints';
import { describeVerification, verifyPackage } from '../stores/package-verifier';
import { withDatabase, type Installation } from './installation';
import { EXIT, Stop, tell } from './output';

/** Checking needs no secret: it works without the master key file. */
const NO_KEYS: RecordKeys = {
  openDealerKey: () => {
    throw new Error('Checking the audit log opens no keys');
  },
  knownDealerKey: () => undefined,
};

/** Every break in a chain, and everything that no longer agrees with a signed checkpoint. */
async function auditProblems({ knex, clock }: Installation): Promise<AuditProblem[]> {
  const problems = await listAuditProblems(knex);
  for (const dealerId of await dealerIds(knex)) {
    const database = { knex, clock, keys: NO_KEYS };
    // One snapshot: a checkpoint made meanwhile must not be compared with heads read before it.
    const options = { isolation: 'repeatable read' as const, statementTimeoutMs: 300_000 };
    problems.push(...(await inDealer(database, dealerId, SYSTEM, checkpointProblems, options)));
  }
  return problems;
}

/** Commands that look and change nothing. */
export function addCheckCommands(program: Command): void {
  program
    .command('doctor')
    .description('list what is stuck; the expected number is zero (exit code 3 otherwise)')
    .option('--json', 'answer as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const problems = await withDatabase('app', ({ knex, clock }) => listStuck(knex, clock.now()));
      tell(json, { healthy: problems.length === 0, problems }, [
        ...problems.map(({ problem, dealerId, subjectId }) => `${problem}  dealer ${dealerId}  ${subjectId}`),
        problems.length === 0 ? 'Nothing is stuck.' : `${problems.length} stuck`,
      ]);
      if (problems.length > 0) process.exitCode = EXIT.unhealthy;
    });

  program
    .command('audit')
    .description('the audit log')
    .command('verify')
    .description(
      'check every hash chain against itself and the signed checkpoints; names edited and deleted rows (exit code 4)',
    )
    .option('--json', 'answer as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const problems = await withDatabase('app', auditProblems);
      tell(json, { intact: problems.length === 0, problems }, [
        ...problems.map(
          ({ problem, dealerId, chainId, seq }) =>
            `${problem}  dealer ${dealerId}  chain ${chainId}  entry ${seq}`,
        ),
        problems.length === 0
          ? 'PASS  The audit log is as it was written.'
          : `FAIL  ${problems.length} problems`,
      ]);
      if (problems.length > 0) process.exitCode = EXIT.verificationFailed;
    });

  program
    .command('verify-package')
    .description('check an audit package offline (exit code 4 when it fails)')
    .argument('<file>', 'the ZIP')
    .option('--key <key>', 'fingerprint, PEM or PEM file that the signature must belong to')
    .option('--json', 'answer as JSON', false)
    .action(async (file: string, { json, key }: { json: boolean; key?: string }) => {
      const result = await verifyPackage(file, key === undefined ? {} : { key }).catch((error: unknown) => {
        throw new Stop(EXIT.usage, error instanceof Error ? error.message : 'The package cannot be opened');
      });
      tell(json, result, describeVerification(result));
      if (!result.pass) process.exitCode = EXIT.verificationFailed;
    });
}
