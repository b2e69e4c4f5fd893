import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StartError, say } from './messages.mjs';
import { npm } from './npm.mjs';
import { root } from './paths.mjs';

const LOCK = join(root, 'package-lock.json');
const INSTALLED = join(root, 'node_modules', '.package-lock.json');
const STAMP = join(root, 'node_modules', '.sicil-lock-hash');

/** Runs `npm ci` when node_modules is absent or older than package-lock.json says. */
export function ensureInstalled() {
  if (isInstalled()) return;
  say('Installing packages (npm ci); the first time takes a minute …');
  const started = Date.now();
  // `npm ci` refuses a lock that lacks the packages of some other platform; --no-save then installs what the lock holds.
  if (!runs(['ci']) && !runs(['install', '--no-save'])) {
    throw new StartError(
      'Packages: neither "npm ci" nor "npm install" succeeded; their own messages are above.\n' +
        `Check the network, the npm registry setting and the disk of ${root}, then start again.`,
    );
  }
  writeFileSync(STAMP, lockHash());
  say(`Packages installed in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

function runs(command) {
  const args = [...command, '--no-audit', '--no-fund', '--loglevel=error'];
  return npm(args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], timeout: 15 * 60_000 }).status === 0;
}

/** A fresh clone writes every file anew, so when times disagree the content decides. */
function isInstalled() {
  if (!existsSync(INSTALLED)) return false;
  if (statSync(INSTALLED).mtimeMs + 5_000 >= statSync(LOCK).mtimeMs) return true;
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockHash();
}

function lockHash() {
  return createHash('sha256').update(readFileSync(LOCK)).digest('hex');
}
