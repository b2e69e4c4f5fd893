import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '../../cli/main';
import { emptyDatabase } from '../support/database';

export const ADMIN_TOKEN = 'a-token-of-more-than-32-characters-0123456789';

/** What one command answered. */
interface Answer {
  code: number;
  out: string;
  err: string;
}

export interface CommandWorld {
  folder: string;
  databaseUrl: string;
}

/** An empty database and data folder that the environment of this process points to while the tests of a file run. */
export function useCommandWorld(): CommandWorld {
  const world = {} as CommandWorld;
  const saved = { ...process.env };
  let database: Awaited<ReturnType<typeof emptyDatabase>>;
  beforeAll(async () => {
    world.folder = mkdtempSync(join(tmpdir(), 'sicil-cli-'));
    database = await emptyDatabase();
    world.databaseUrl = database.url;
    Object.assign(process.env, {
      DATABASE_URL: database.url,
      SICIL_DATA_DIR: world.folder,
      SICIL_EMPTY: '1',
    });
  }, 120_000);
  afterAll(async () => {
    process.env = saved;
    await database.drop();
    rmSync(world.folder, { recursive: true, force: true });
  });
  return world;
}

/** Runs a command in this process and keeps what it says. */
export async function sicil(...args: string[]): Promise<Answer> {
  const said = { out: '', err: '' };
  const capture = (stream: NodeJS.WriteStream, key: 'out' | 'err') =>
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      said[key] += String(chunk);
      return true;
    });
  const spies = [capture(process.stdout, 'out'), capture(process.stderr, 'err')];
  try {
    return { code: await runCommand(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
