import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { findOnPath, isProgram } from './find-program.mjs';
import { StartError } from './messages.mjs';
import { cacheFolder } from './paths.mjs';
import { withDeathSignal } from './processes.mjs';

/** The release whose server (1.29.1) the product was tried with; later ones cannot be built by `go install`. */
const VERSION = '1.5.1';

/**
 * Finds the Temporal command line tool, which holds the development server: on the PATH, in the cache, by download, by
 * building it. TEMPORAL_ADDRESS comes before all of these and is the caller's.
 * @returns {Promise<{path: string, version: string}>}
 */
export async function acquireTemporal(progress = () => {}) {
  const tried = ['TEMPORAL_ADDRESS (not set)'];
  const onPath = findOnPath('temporal');
  if (onPath && versionOf(onPath)) return { path: onPath, version: versionOf(onPath) };
  tried.push(`"temporal" on the PATH (${onPath ? 'does not run' : 'absent'})`);

  const cached = cacheFolder('temporal', VERSION, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (isProgram(cached) && versionOf(cached)) return { path: cached, version: versionOf(cached) };
  tried.push(`${cached} (absent)`);

  for (const way of [download, build]) {
    const outcome = await way(cached, progress).catch(
      (error) => `${way.name} into ${cached} (${error.code ?? error.message})`,
    );
    if (outcome === undefined && versionOf(cached)) return { path: cached, version: versionOf(cached) };
    tried.push(outcome ?? `${cached} (does not run)`);
  }
  throw new StartError(
    `Temporal: its development server could not be had.\n${tried.map((place) => `  tried: ${place}`).join('\n')}\n` +
      'Any one of these helps: install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on the PATH;\n' +
      `put its binary at ${cached}; install Go 1.24 or newer and start again; or set TEMPORAL_ADDRESS to a server of your own.`,
  );
}

function versionOf(program) {
  const answer = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

async function download(target, progress) {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform];
  const processor = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  const url = `https://temporal.download/cli/archive/v${VERSION}?platform=${system}&arch=${processor}`;
  if (!system || !processor) return `${url} (no archive for this machine)`;
  progress('Temporal: downloading its development server …');
  mkdirSync(join(target, '..'), { recursive: true });
  const folder = mkdtempSync(join(target, '..', 'download-'));
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) return `${url} (HTTP ${answer.status})`;
    const archive = join(folder, 'archive');
    writeFileSync(archive, Buffer.from(await answer.arrayBuffer()));
    const unpacked = spawnSync('tar', ['-xf', archive, '-C', folder], { timeout: 60_000 });
    if (unpacked.status !== 0) return `${url} (the archive could not be unpacked)`;
    const program = join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
    chmodSync(program, 0o755);
    renameSync(program, target);
    return undefined;
  } catch (error) {
    return `${url} (${error.name === 'TimeoutError' ? 'no answer within 20 s' : (error.cause?.code ?? error.message)})`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(target, progress) {
  const command = `go install -ldflags="-s -w" github.com/temporalio/cli/cmd/temporal@v${VERSION}`;
  const go = findOnPath('go');
  if (!go) return `${command} (Go is not installed)`;
  progress('Temporal: building its development server with Go; this takes 5 to 10 minutes, once per user …');
  mkdirSync(join(target, '..'), { recursive: true });
  const folder = mkdtempSync(join(target, '..', 'build-'));
  const started = Date.now();
  const ticker = setInterval(() => {
    progress(`Temporal: still building (${Math.round((Date.now() - started) / 60_000)} min)`);
  }, 60_000);
  try {
    const { code, output } = await runGo(go, `github.com/temporalio/cli/cmd/temporal@v${VERSION}`, folder);
    if (code !== 0) return `${command} (failed: ${output.trim().split('\n').at(-1)})`;
    renameSync(join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal'), target);
    return undefined;
  } finally {
    clearInterval(ticker);
    rmSync(folder, { recursive: true, force: true });
  }
}

function runGo(go, module, folder) {
  return new Promise((resolve) => {
    const bound = withDeathSignal(go, ['install', '-ldflags=-s -w', module], 'SIGTERM');
    const child = spawn(bound.command, bound.args, {
      env: { ...process.env, GOBIN: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30 * 60_000,
    });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-4_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * The development server's program for guardedSpawn.
 * @param options {port, uiPort?, file?, namespace?, pidFile}; without `file` its state lives in memory, without `uiPort` no UI
 */
export function temporalProgram(path, { port, uiPort, file, namespace, pidFile }) {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  args.push('--log-format', 'json', '--dynamic-config-value', 'matching.enableFairness=true');
  if (uiPort === undefined) args.push('--headless');
  else args.push('--ui-ip', '127.0.0.1', '--ui-port', String(uiPort));
  if (file !== undefined)
    args.push(
      '--db-filename',
      file,
      '--sqlite-pragma',
      'journal_mode=WAL',
      '--sqlite-pragma',
      'synchronous=NORMAL',
    );
  if (namespace !== undefined) args.push('--namespace', namespace);
  return { command: path, args, stopSignal: 'SIGINT', stopDeadlineMs: 10_000, pidFile };
}

/**
 * Only the version that made a state file is known to open it. Another version's file is set aside, never deleted:
 * Postgres holds every wait, so its duties bring the work back. Answers where the old file went, if it did.
 */
export function setAsideForeignState(file, version) {
  const mark = `${file}.version`;
  const madeBy = existsSync(mark) ? readFileSync(mark, 'utf8').trim() : undefined;
  let aside;
  if (existsSync(file) && madeBy !== version) {
    aside = `${file}.aside-${Date.now()}`;
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  writeFileSync(mark, `${version}\n`);
  return aside;
}

/** True once the server takes connections. `stillRunning` ends the wait early when it has died. */
export async function awaitConnection(address, { deadlineMs = 60_000, stillRunning = () => true } = {}) {
  const [host, port] = address.split(':');
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline && stillRunning()) {
    if (await takesConnections(host, Number(port))) return true;
    await pause(100);
  }
  return false;
}

/**
 * Whether the server still reads its own state. Its SQLite can refuse every statement with "interrupted (9)" once requests
 * were cut off on a very busy machine, for good and with its port open (temporalio/temporal#8017); a restart heals it.
 */
export function readsItsState(path, address, namespace) {
  const args = ['workflow', 'count', '--address', address, '--namespace', namespace];
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: 'ignore', timeout: 20_000 });
    child.on('error', () => resolve(true)); // not the server's fault
    child.on('exit', (code) => resolve(code === 0));
  });
}

function takesConnections(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const answer = (open) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
