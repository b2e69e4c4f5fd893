import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StartError, say } from './messages.mjs';
import { root } from './paths.mjs';

/**
 * Brings the database to this version and, on the first start, loads the demo dealer.
 * @returns what `seed` told at the first start: {signIns: [{email, password, role}], adminToken?}
 */
export async function firstStart(supervisor, folder, env) {
  const script = join(root, 'dist', 'cli', 'main.js');
  await supervisor.runOnce('migrate', { script, args: ['migrate'], env }, 300_000);
  const kept = join(folder, 'sign-ins.json');
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  // A server or a mail system of one's own never gets demo data; an empty dealer is there for the asking.
  const isOwn = Boolean(process.env.DATABASE_URL || process.env.SMTP_URL);
  if (isOwn && process.env.SICIL_EMPTY !== '1') return { signIns: [] };
  say(process.env.SICIL_EMPTY === '1' ? 'Making the first dealer …' : 'Loading the demo dealer …');
  const output = await supervisor.runOnce('seed', { script, args: ['seed', '--json'], env }, 300_000);
  const told = lastJson(output);
  writeFileSync(`${kept}.new`, `${JSON.stringify(told, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${kept}.new`, kept);
  return told;
}

function lastJson(output) {
  try {
    return JSON.parse(output.slice(output.indexOf('{')));
  } catch {
    throw new StartError(
      'seed: its answer could not be read, so no sign-ins are known. See logs/seed.log in the data directory.',
    );
  }
}
