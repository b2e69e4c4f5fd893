// npm test: installs what is needed, checks everything, and ends with the line "N passed, N failed".
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { acquireChromium } from './parts/chromium.mjs';
import { ensureInstalled } from './parts/install.mjs';
import { fail, say } from './parts/messages.mjs';
import { runUnderNewerNode } from './parts/node.mjs';
import { onParentGone } from './parts/parent.mjs';
import { root } from './parts/paths.mjs';
import { withDeathSignal } from './parts/processes.mjs';
import { acquireTemporal } from './parts/temporal.mjs';

const MINUTE = 60_000;
const results = mkdtempSync(join(tmpdir(), 'sicil-results-'));
let running;

/** A static stage counts as one check; a jest stage counts its tests. */
const STAGES = [
  { name: 'format', run: () => check('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'types', run: () => check('tsc', ['--noEmit', '-p', '.']) },
  { name: 'lint', run: () => check('oxlint', ['--type-aware', '--quiet']) },
  { name: 'build and workflow bundle', run: () => check('node', [join('scripts', 'build.mjs')]) },
  { name: 'unit, workflow and integration tests', run: () => jest('units') },
  {
    name: 'browser run',
    run: () => (hasBrowserRun() ? jest('browser', ['--runInBand']) : skipped('tests/e2e is absent')),
  },
];

try {
  ensureInstalled();
  if (!runUnderNewerNode()) await runStages();
} catch (error) {
  fail(error);
  say('\n0 passed, 1 failed');
}

async function runStages() {
  stopOnSignal();
  await acquireTools();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, run } of STAGES) {
    say(`\n── ${name}`);
    const started = Date.now();
    const outcome = await run();
    for (const key of Object.keys(total)) total[key] += outcome[key] ?? 0;
    const counts = `${outcome.passed} passed, ${outcome.failed} failed${outcome.skipped ? `, ${outcome.skipped} skipped` : ''}`;
    say(`── ${name}: ${counts} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
  rmSync(results, { recursive: true, force: true });
  if (total.skipped > 0) say(`\n${total.skipped} skipped (data or rights that this machine does not have)`);
  say(`\n${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
}

/** Building a tool can take minutes: that happens here, with progress, and not inside some test's time limit. */
async function acquireTools() {
  await acquireTemporal(say);
  await acquireChromium(say);
}

async function check(command, args) {
  const code = await execute(command, args, {}, 10 * MINUTE);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function jest(stage, args = []) {
  const file = join(results, `${stage}.json`);
  const options = ['--json', `--outputFile=${file}`, '--testLocationInResults', ...args];
  const code = await execute('jest', options, { SICIL_TEST_STAGE: stage }, 40 * MINUTE);
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const counts = JSON.parse(readFileSync(file, 'utf8'));
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  return {
    passed: counts.numPassedTests,
    // A failed teardown or hook leaves no failed test, yet the run has failed.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: counts.numPendingTests + counts.numTodoTests,
  };
}

function hasBrowserRun() {
  const folder = join(root, 'tests', 'e2e');
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.test.ts'));
}

function skipped(reason) {
  say(`skipped: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1 };
}

function execute(command, args, env, timeout) {
  const bin = join(root, 'node_modules', '.bin');
  const bound = withDeathSignal(command === 'node' ? process.execPath : join(bin, command), args, 'SIGTERM');
  return new Promise((resolve) => {
    running = spawn(bound.command, bound.args, {
      cwd: root,
      env: { ...process.env, ...env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
      // jest's JSON would go to stdout; its readable report goes to stderr.
      stdio: ['ignore', command === 'jest' ? 'ignore' : 'inherit', 'inherit'],
      timeout,
    });
    running.on('error', () => resolve(127));
    running.on('exit', (code) => resolve(code ?? 1));
  });
}

function stopOnSignal() {
  // Also takes the leash out of the environment: the tests' own processes must not think it theirs.
  onParentGone(() => {
    running?.kill('SIGTERM');
    process.exit(130);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      running?.kill('SIGTERM');
      process.exit(130);
    });
  }
}
