import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';

import { StartError } from './messages.mjs';
import { root } from './paths.mjs';
import { onParentGone } from './parent.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Node 22.12 is the first that loads ESM-only packages by `require`. */
function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

/**
 * Runs this very program again under the Node that npm brought, when the running one is too old, and ends with its
 * exit code. Answers false, and does nothing, when the running Node will do.
 */
export function runUnderNewerNode() {
  if (isNewEnough()) return false;
  const bin = join(root, 'node_modules', '.bin');
  const node = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(node)) {
    throw new StartError(
      `Node ${process.versions.node} is too old, and npm brought no newer one for ${process.platform} on ${process.arch}.\n` +
        `  tried: the running Node (22.12 or newer is needed)\n  tried: ${node} (absent)\nInstall Node 24 and start again.`,
    );
  }
  const child = spawn(node, process.argv.slice(1), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, SICIL_LEASH: '1' },
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  onParentGone(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`${node} could not be run (${error.code ?? error.message})\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
  return true;
}
