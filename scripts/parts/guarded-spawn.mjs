import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('./guard.mjs', import.meta.url));

/**
 * Starts a foreign program under a guard.
 * @param program {command, args, cwd?, env?, uid?, gid?, stopSignal, stopDeadlineMs, pidFile}
 * @param output stdio for the program's two output streams: 'ignore', 'inherit' or a file descriptor
 * @returns the guard's ChildProcess; ending its stdin stops the program
 */
export function guardedSpawn(program, output = 'ignore') {
  return spawn(process.execPath, [guard, JSON.stringify(program)], {
    stdio: ['pipe', output, output],
    detached: true,
  });
}

/** Closes the pipe and waits until the guard, and with it the program, has gone. */
export async function stopGuarded(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.end();
  await gone;
}
