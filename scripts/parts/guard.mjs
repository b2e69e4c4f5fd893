// Runs one foreign program (Postgres, Temporal) and stops it when the pipe on stdin closes: whoever started the guard
// is then gone, however it went. Started by guardedSpawn() with one argument, the JSON of the program.
import { spawn } from 'node:child_process';

import { recordProcess, withDeathSignal } from './processes.mjs';

const program = JSON.parse(process.argv[2]);
const { command, args } = withDeathSignal(program.command, program.args, program.stopSignal);

// The guard leaves only with its child: Ctrl-C reaches the supervisor, which keeps the order of stopping.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const child = spawn(command, args, {
  cwd: program.cwd,
  env: { ...process.env, ...program.env },
  stdio: ['ignore', 'inherit', 'inherit'],
  // Its own process group: a signal to the terminal's group must not reach it before the supervisor decides.
  detached: true,
  ...(program.uid === undefined ? {} : { uid: program.uid, gid: program.gid }),
});
child.on('error', (error) => {
  process.stderr.write(`${program.command} could not be run: ${error.code ?? error.message}\n`);
  process.exit(127);
});
if (child.pid !== undefined) recordProcess(program.pidFile, child.pid);
child.on('exit', (code, signal) => process.exit(code ?? (signal === program.stopSignal ? 0 : 1)));

process.stdin.resume();
process.stdin.on('end', stop);
process.stdin.on('error', stop);

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  child.kill(program.stopSignal);
  setTimeout(() => child.kill('SIGKILL'), program.stopDeadlineMs).unref();
}
