import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';

import { guardedSpawn } from './guarded-spawn.mjs';
import { StartError, say } from './messages.mjs';
import { endOrphan, recordProcess, withDeathSignal } from './processes.mjs';

const LARGEST_LOG = 10 * 1024 * 1024;
const STEADY_MS = 60_000;
const LONGEST_PAUSE_MS = 30_000;
const CHECK_EVERY_MS = 30_000;
/** Failed checks in a row after which a part counts as stuck: a busy machine fails one or two. */
const FAILED_CHECKS_MAX = 3;

/**
 * Keeps the parts of one start running: starts them, restarts a dead one with back-off, stops them in reverse order.
 *
 * A part is {name, ready(stillRunning), prepare?(), healthy?(), stopDeadlineMs} and either
 *  - `program`: a foreign program for guardedSpawn, or
 *  - `node`: {script, args?, env}: one of our own programs, which holds an IPC leash.
 * A part that runs and is not `healthy` several times in a row is ended and started again.
 */
export class Supervisor {
  #folder;
  #running = [];
  #stopping;
  #rotation;
  #checks;
  #checking = false;

  constructor(folder, { checkEveryMs = CHECK_EVERY_MS } = {}) {
    this.#folder = folder;
    this.#checks = setInterval(() => void this.#checkHealth(), checkEveryMs);
    this.#checks.unref();
    this.#rotation = setInterval(() => this.#rotateLogs(), 60_000);
    this.#rotation.unref();
  }

  get isStopping() {
    return this.#stopping !== undefined;
  }

  logFile(name) {
    return join(this.#folder, 'logs', `${name}.log`);
  }

  pidFile(name) {
    return join(this.#folder, 'run', `${name}.pid`);
  }

  /** Ends whatever an earlier, killed supervisor and its guards left behind. */
  async endOrphans(names) {
    const signals = { postgres: 'SIGINT', temporal: 'SIGINT' };
    const ended = await Promise.all(
      names.map(async (name) =>
        (await endOrphan(this.pidFile(name), signals[name] ?? 'SIGTERM')) ? name : undefined,
      ),
    );
    const left = ended.filter((name) => name !== undefined);
    if (left.length > 0) say(`Ended what an earlier start had left running: ${left.join(', ')}`);
  }

  /** Starts a part and waits until it is ready; throws a StartError that names it and its log. */
  async start(part) {
    if (this.isStopping) throw new StartError('Stopped while starting.');
    const entry = { part, child: undefined, pauseMs: 1_000, startedAt: 0, timer: undefined, settled: false };
    this.#running.push(entry);
    await this.#launch(entry);
    if (entry.child === undefined) throw new StartError('Stopped while starting.');
    const isReady = await part.ready(() => !hasExited(entry.child) && !this.isStopping);
    if (this.isStopping) throw new StartError('Stopped while starting.');
    if (!isReady) {
      throw new StartError(`${part.name}: it did not become ready.\nIts log: ${this.logFile(part.name)}`);
    }
    entry.settled = true;
    if (hasExited(entry.child)) this.#onExit(entry, entry.child.exitCode, entry.child.signalCode);
  }

  async #launch(entry) {
    const { part } = entry;
    await part.prepare?.();
    if (this.isStopping) return;
    const log = openSync(this.logFile(part.name), 'a', 0o600);
    entry.child = part.program
      ? guardedSpawn({ ...part.program, pidFile: this.pidFile(part.name) }, log)
      : this.#spawnNode(part, log);
    closeSync(log);
    entry.startedAt = Date.now();
    const { child } = entry;
    child.on('error', () => {});
    child.on('exit', (code, signal) => {
      if (entry.settled && child === entry.child) this.#onExit(entry, code, signal);
    });
  }

  #spawnNode({ name, node }, log) {
    const { command, args } = withDeathSignal(
      process.execPath,
      [node.script, ...(node.args ?? [])],
      'SIGTERM',
    );
    const child = spawn(command, args, {
      env: { ...node.env, SICIL_LEASH: '1' },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true, // Ctrl-C reaches the supervisor alone, which keeps the order of stopping
    });
    if (child.pid !== undefined) recordProcess(this.pidFile(name), child.pid);
    return child;
  }

  #onExit(entry, code, signal) {
    if (this.isStopping || entry.timer) return;
    if (Date.now() - entry.startedAt > STEADY_MS) entry.pauseMs = 1_000;
    const pause = entry.pauseMs;
    entry.pauseMs = Math.min(entry.pauseMs * 2, LONGEST_PAUSE_MS);
    const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
    say(
      `${entry.part.name} ${how}; starting it again in ${pause / 1000} s (log: ${this.logFile(entry.part.name)})`,
    );
    entry.timer = setTimeout(() => void this.#restart(entry), pause);
  }

  async #restart(entry) {
    const { part } = entry;
    entry.timer = undefined;
    try {
      // A killed guard may have left its program; nothing may run twice on one data folder.
      await endOrphan(this.pidFile(part.name), part.program?.stopSignal ?? 'SIGTERM');
      if (this.isStopping) return;
      await this.#launch(entry);
      const { child } = entry;
      if (child === undefined || this.isStopping) return;
      if (await part.ready(() => !hasExited(child) && !this.isStopping)) say(`${part.name} is back`);
    } catch (error) {
      say(`${part.name} could not be started again: ${error.message}`);
      entry.startedAt = Date.now();
      this.#onExit(entry, 1, null);
    }
  }

  async #checkHealth() {
    if (this.#checking) return;
    this.#checking = true;
    for (const entry of this.#running) {
      const { part, child } = entry;
      if (part.healthy === undefined || !entry.settled || hasExited(child)) continue;
      entry.failedChecks = (await part.healthy()) ? 0 : (entry.failedChecks ?? 0) + 1;
      if (entry.failedChecks < FAILED_CHECKS_MAX || this.isStopping || child !== entry.child) continue;
      entry.failedChecks = 0;
      say(`${part.name} runs but does its work no longer; ending it`);
      await stopChild(child, part);
    }
    this.#checking = false;
  }

  /**
   * Runs one of our programs to its end.
   * @returns what it printed on stdout; its stderr goes to the part's log
   */
  async runOnce(name, { script, args, env }, timeoutMs) {
    if (this.isStopping) throw new StartError('Stopped while starting.');
    const log = openSync(this.logFile(name), 'a', 0o600);
    const logged = fstatSync(log).size;
    const bound = withDeathSignal(process.execPath, [script, ...args], 'SIGTERM');
    const child = spawn(bound.command, bound.args, {
      env,
      stdio: ['ignore', 'pipe', log],
      timeout: timeoutMs,
    });
    closeSync(log);
    this.#running.push({ part: { name, stopDeadlineMs: 2_000 }, child });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    const code = await new Promise((resolve) => child.once('close', resolve));
    this.#running = this.#running.filter((entry) => entry.child !== child);
    if (this.isStopping) throw new StartError('Stopped while starting.');
    if (code === 0) return output;
    const why = readFileSync(this.logFile(name)).subarray(logged).toString().trim().split('\n').slice(-6);
    throw new StartError(
      [`${name}: it failed (code ${code}).`, ...why, `Its log: ${this.logFile(name)}`].join('\n'),
    );
  }

  /** Stops every part, last started first, each within its deadline; may be called any number of times. */
  stop() {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll() {
    clearInterval(this.#rotation);
    clearInterval(this.#checks);
    await Promise.resolve(); // so that isStopping is true before anything is stopped
    for (const entry of this.#running.toReversed()) {
      clearTimeout(entry.timer);
      await stopChild(entry.child, entry.part);
      await endOrphan(this.pidFile(entry.part.name), entry.part.program?.stopSignal ?? 'SIGTERM');
    }
  }

  #rotateLogs() {
    for (const { part } of this.#running) {
      const file = this.logFile(part.name);
      if (!existsSync(file) || statSync(file).size < LARGEST_LOG) continue;
      // The writer keeps its descriptor, opened for appending: copy and cut, as logrotate's copytruncate.
      copyFileSync(file, `${file}.1`);
      truncateSync(file);
    }
  }
}

function hasExited(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stopChild(child, part) {
  if (child === undefined || child.pid === undefined || hasExited(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (part.program) child.stdin.end();
  else child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), part.stopDeadlineMs);
  await gone;
  clearTimeout(late);
}
