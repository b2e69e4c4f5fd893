import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

import { StartError } from './messages.mjs';
import { root } from './paths.mjs';
import { recordProcess, recordedProcess } from './processes.mjs';

/** Raised when an older program could not read what this one writes. */
const DATA_VERSION = 1;
const MEGABYTE = 1024 * 1024;

/** The folder that SICIL_DATA_DIR names, absolute; `.sicil` beside the program by default. */
export function dataFolder() {
  return resolve(process.env.SICIL_DATA_DIR || join(root, '.sicil'));
}

/** Makes the folder, refuses one of a newer program and one on a full disk. */
export function openDataDir(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    // As root, Postgres runs as another user and must pass through to its own folder, which nobody else can read.
    chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
    for (const name of ['logs', 'run', 'keys'])
      mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(
      `Data directory: ${folder} cannot be used (${error.code}).\nSet SICIL_DATA_DIR to a folder you may write.`,
    );
  }
  refuseNewer(folder);
  requireFreeSpace(folder, 500);
}

function refuseNewer(folder) {
  const file = join(folder, 'version.json');
  if (!existsSync(file)) {
    writeFileSync(file, `${JSON.stringify({ dataVersion: DATA_VERSION })}\n`);
    return;
  }
  const { dataVersion } = JSON.parse(readFileSync(file, 'utf8'));
  if (dataVersion <= DATA_VERSION) return;
  throw new StartError(
    `Data directory: ${folder} was made by a newer Sicil (data version ${dataVersion}; this program knows up to ${DATA_VERSION}).\n` +
      'Start the newer program, or set SICIL_DATA_DIR to another folder. Nothing was changed.',
  );
}

/** Postgres stops for good on a full disk, so a nearly full one is refused before anything starts. */
export function requireFreeSpace(folder, megabytes) {
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / MEGABYTE);
  if (free >= megabytes) return;
  throw new StartError(
    `Disk: ${free} MB are free where ${folder} lives; Sicil needs ${megabytes} MB to start.\n` +
      'Free some space, or set SICIL_DATA_DIR to a folder on another disk. Nothing was started.',
  );
}

/** Takes the folder for this process; a second start on the same folder is told which process has it. */
export function lockDataDir(folder) {
  const file = join(folder, 'run', 'supervisor.pid');
  for (let attempt = 0; attempt < 2; attempt++) {
    // Written first and linked as a whole: nobody may read a lock that does not yet name its holder.
    const mine = `${file}.${process.pid}`;
    recordProcess(mine, process.pid);
    try {
      linkSync(mine, file);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    } finally {
      rmSync(mine, { force: true });
    }
    const holder = recordedProcess(file);
    if (holder !== undefined) {
      throw new StartError(
        `Sicil already runs on ${folder} (process ${holder}).\nStop it first ("kill ${holder}"), or set SICIL_DATA_DIR to another folder.`,
      );
    }
    rmSync(file, { force: true }); // left by a start that was killed
  }
  throw new StartError(`Another start on ${folder} is under way.`);
}

/** The key that wraps every dealer's key: made once, readable by this user alone. */
export function ensureMasterKey(folder) {
  const file = process.env.SICIL_MASTER_KEY_FILE || join(folder, 'keys', 'master.key');
  if (existsSync(file)) return file;
  if (process.env.SICIL_MASTER_KEY_FILE) {
    throw new StartError(
      `Master key: SICIL_MASTER_KEY_FILE names ${file}, which is absent. Put the key there, or unset the variable.`,
    );
  }
  if (existsSync(join(folder, 'sign-ins.json'))) {
    throw new StartError(
      `Master key: ${file} is missing, and the data cannot be read without it. Restore it from your backup.`,
    );
  }
  writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  return file;
}
