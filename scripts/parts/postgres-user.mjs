import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { StartError } from './messages.mjs';

/** Where Postgres can work when its own user cannot reach the usual places. */
export const COMMON_FOLDER = '/var/lib/sicil';

/**
 * Postgres refuses to run as root, so root hands it to another user: `postgres`, created when absent.
 * @returns {{uid: number, gid: number} | undefined} undefined when this process is not root
 */
export function postgresUser() {
  if (process.getuid?.() !== 0) return undefined;
  const existing = idsOf('postgres');
  if (existing) return existing;
  const tried = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres']],
    ['adduser', ['-S', '-D', '-H', 'postgres']],
  ].map(([command, args]) => {
    spawnSync(command, args, { timeout: 10_000 });
    return command;
  });
  const created = idsOf('postgres');
  if (created) return created;
  throw new StartError(
    `Postgres: it must not run as root, and no user "postgres" exists or could be made (tried ${tried.join(', ')}).\n` +
      'Start Sicil as an ordinary user, create a user "postgres", or set DATABASE_URL to a server of your own.',
  );
}

function idsOf(name) {
  const id = (flag) => spawnSync('id', [flag, name], { encoding: 'utf8', timeout: 5_000 });
  const [user, group] = [id('-u'), id('-g')];
  if (user.status !== 0 || group.status !== 0) return undefined;
  return { uid: Number(user.stdout.trim()), gid: Number(group.stdout.trim()) };
}

/** Whether that user can enter a folder: every parent must be traversable. */
export function canEnter(folder, user) {
  if (user === undefined) return true;
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', timeout: 5_000 }).status === 0
  );
}

/** A folder under /var/lib/sicil of its own for this data directory. */
export function commonFolderFor(dataDir) {
  return join(COMMON_FOLDER, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
}
