import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { startProduct, type RunningProduct } from '../support/product';
import { until } from '../support/wait';

export type Part = 'postgres' | 'temporal' | 'dev' | 'worker' | 'api';

/** The whole product as `npm start` runs it, with one dealer without customers, and ways to hurt it. */
export interface System extends RunningProduct {
  adminToken: string;
  /** Ends a part the hard way and waits until the supervisor has brought it back. */
  kill(part: Part): Promise<void>;
  /** Ends Temporal and removes all that it has stored; the supervisor starts it anew with nothing. */
  loseTemporal(): Promise<void>;
  /** Waits until every part answers again. */
  ready(): Promise<void>;
  /** Everything the parts have logged so far. */
  logs(): string;
}

const ADMIN_TOKEN = 'token-of-the-first-admin-0123456789abcdef';

export async function startSystem(env: Record<string, string> = {}): Promise<System> {
  const product = await startProduct({ SICIL_EMPTY: '1', SICIL_ADMIN_TOKEN: ADMIN_TOKEN, ...env });
  const kill = async (part: Part) => {
    const before = product.pid(part);
    process.kill(before, 'SIGKILL');
    await until(`${part} is back`, () => replaced(product, part, before), 60_000);
  };
  return {
    ...product,
    adminToken: ADMIN_TOKEN,
    kill,
    async loseTemporal() {
      // Unlinked first: the running server loses sight of the files, and its successor finds none.
      for (const suffix of ['', '-wal', '-shm'])
        rmSync(join(product.dataDir, `temporal.sqlite${suffix}`), { force: true });
      await kill('temporal');
    },
    ready: async () => void (await until('every part is ready', () => isReady(product.address), 60_000)),
    logs: () => readLogs(product.dataDir),
  };
}

function replaced(product: RunningProduct, part: Part, before: number): boolean {
  try {
    return product.pid(part) !== before;
  } catch {
    return false; // the file is being written anew
  }
}

async function isReady(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2000) })).status === 200;
  } catch {
    return false;
  }
}

function readLogs(dataDir: string): string {
  const folder = join(dataDir, 'logs');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}
