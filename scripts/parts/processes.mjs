import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** True while a process with this id exists and is not a zombie. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return statOf(pid)?.state !== 'Z';
}

/** Writes the id of a process together with its start time, so that a reused id is not mistaken for it. */
export function recordProcess(file, pid) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid, started: statOf(pid)?.started ?? null }));
}

/** The id in such a file when that very process still runs, else undefined. */
export function recordedProcess(file) {
  if (!existsSync(file)) return undefined;
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8'));
    if (!Number.isInteger(pid) || !isAlive(pid)) return undefined;
    return started === null || statOf(pid)?.started === started ? pid : undefined;
  } catch {
    return undefined; // half-written at a crash: nothing in it can be trusted
  }
}

/**
 * Ends a process that outlived whoever was responsible for it: the signal first, SIGKILL after the deadline.
 * Answers whether there was one.
 */
export async function endOrphan(file, signal = 'SIGTERM', deadlineMs = 10_000) {
  const pid = recordedProcess(file);
  if (pid !== undefined) await endProcess(pid, signal, deadlineMs);
  rmSync(file, { force: true });
  return pid !== undefined;
}

/** Signals a process and waits until it is gone; SIGKILL after the deadline. */
export async function endProcess(pid, signal, deadlineMs) {
  send(pid, signal);
  if (await isGone(pid, deadlineMs)) return;
  send(pid, 'SIGKILL');
  await isGone(pid, 5_000);
}

async function isGone(pid, deadlineMs) {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    if (!isAlive(pid)) return true;
    await pause(50);
  }
  return !isAlive(pid);
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // gone in the meantime
  }
}

/** Id of a process's parent; undefined where there is no /proc. */
export function parentOf(pid) {
  return statOf(pid)?.parent;
}

/** State letter, parent and start time (clock ticks since boot) of a process; undefined where there is no /proc. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], parent: Number(fields[1]), started: fields[19] };
  } catch {
    return undefined;
  }
}

let deathSignals;

/**
 * On Linux the kernel itself can signal a child when its parent dies: a second string beside the pipe, for the case
 * that guard and supervisor are killed in the same instant.
 */
export function withDeathSignal(command, args, signal) {
  deathSignals ??= process.platform === 'linux' && helpOf('setpriv').includes('--pdeathsig');
  if (!deathSignals) return { command, args };
  return { command: 'setpriv', args: ['--pdeathsig', signal.replace(/^SIG/, ''), '--', command, ...args] };
}

function helpOf(program) {
  return spawnSync(program, ['--help'], { encoding: 'utf8', timeout: 5_000 }).stdout ?? '';
}
