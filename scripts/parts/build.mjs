import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

import { StartError, say } from './messages.mjs';
import { root } from './paths.mjs';
import { withDeathSignal } from './processes.mjs';

const require = createRequire(import.meta.url);
const DIST = join(root, 'dist');
const STAMP = join(DIST, '.build-stamp.json');
const NOT_SOURCES = new Set(['node_modules', 'dist', 'tests', 'coverage', 'docs', 'scripts']);

/**
 * Compiles and bundles what changed since the last build, in a process of its own: the bundler's memory goes with it.
 * Answers whether anything had to be done.
 */
export async function ensureBuilt({ quietly = false } = {}) {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stampOfSources()) return false;
  if (!quietly) say('Building …');
  const bound = withDeathSignal(process.execPath, [join(root, 'scripts', 'build.mjs')], 'SIGTERM');
  const child = spawn(bound.command, bound.args, {
    stdio: ['ignore', quietly ? 'ignore' : 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(127));
  });
  if (code !== 0) throw new StartError('Sicil could not be built; the reason is above.');
  return true;
}

/** Compiles the sources into dist/ and bundles the workflows, which fails on code that is not deterministic. */
export async function build() {
  const started = Date.now();
  const stamp = stampOfSources();
  mkdirSync(DIST, { recursive: true });
  compile();
  removeLeftovers(DIST);
  await bundleWorkflows();
  writeFileSync(STAMP, stamp);
  say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function compile() {
  // A lost output file must come back: the incremental state would say that it is up to date.
  if (!existsSync(STAMP)) rmSync(join(DIST, '.tsbuildinfo'), { force: true });
  rmSync(STAMP, { force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const done = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
    cwd: root,
    encoding: 'utf8',
    timeout: 5 * 60_000,
  });
  if (done.status !== 0) throw new StartError(`The sources do not compile:\n${done.stdout}${done.stderr}`);
}

/** A source that was deleted must not live on in dist/: a removed migration would still run. */
function removeLeftovers(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeLeftovers(path);
    const source = join(root, relative(DIST, path)).replace(/\.js(\.map)?$/, '');
    const isOutput = /\.js(\.map)?$/.test(entry.name) && !entry.name.startsWith('workflow-bundle');
    if (isOutput && !existsSync(`${source}.ts`)) rmSync(path);
  }
}

async function bundleWorkflows() {
  const workflowsPath = join(DIST, 'workflows', 'index.js');
  if (!existsSync(workflowsPath)) return;
  const { bundleWorkflowCode } = require('@temporalio/worker');
  const findings = [];
  const silent = () => {};
  const keep = (text) => findings.push(text);
  const logger = { trace: silent, debug: silent, info: silent, log: silent, warn: keep, error: keep };
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath, logger, ...bundleOptions() });
    writeFileSync(join(DIST, 'workflow-bundle.js'), code);
  } catch (error) {
    throw new StartError(`The workflows could not be bundled:\n${[...findings, error.message].join('\n')}`);
  }
}

/** The failure converter runs inside the bundle, too: client, worker and bundle take it from the same place. */
function bundleOptions() {
  const file = join(DIST, 'temporal-converter.js');
  return existsSync(file) ? { failureConverterPath: require(file).failureConverterPath } : {};
}

/** Changes when a source is added, edited or removed. */
function stampOfSources() {
  const files = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...sourcesIn(root)];
  return JSON.stringify(
    files.map((file) => {
      const { mtimeMs, size } = statSync(join(root, file));
      return [file, Math.round(mtimeMs), size];
    }),
  );
}

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return folder === root && NOT_SOURCES.has(entry.name) ? [] : sourcesIn(path);
    return entry.name.endsWith('.ts') ? [relative(root, path)] : [];
  });
}
