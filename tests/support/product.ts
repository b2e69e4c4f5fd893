import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../project-root';
import { occupiedPort, startIn } from '../startup/program';
import { until } from './wait';

/** A person who can sign in to the demo dealer. */
export interface SignIn {
  email: string;
  password: string;
  role: string;
}

/** The whole product as `npm start` brings it up, on a port and a data directory of its own. */
export interface RunningProduct {
  /** http://127.0.0.1:port, without a slash at the end. */
  address: string;
  dataDir: string;
  signIns: SignIn[];
  adminToken: string | undefined;
  /** Id of one of its processes: postgres, temporal, dev, worker, api, supervisor. */
  pid(part: string): number;
  stop(): Promise<void>;
}

/**
 * Starts the product with everything embedded and waits until it is ready. The caller stops it.
 * @param env settings of design §8, such as SICIL_DAY_SECONDS
 */
export async function startProduct(env: Record<string, string> = {}): Promise<RunningProduct> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sicil-product-'));
  chmodSync(dataDir, 0o711); // as root, Postgres's own user passes through
  const { port, release } = await occupiedPort();
  await release();
  const start = startIn(projectRoot, {
    PORT: String(port),
    HOST: '127.0.0.1',
    SICIL_DATA_DIR: dataDir,
    ...env,
  });
  await until('the product is ready', () => hasEnded() || start.output().includes('Sicil is ready'), 180_000);
  if (hasEnded()) throw new Error(`The product did not start:\n${start.output()}`);
  const told = JSON.parse(readFileSync(join(dataDir, 'sign-ins.json'), 'utf8')) as Partial<RunningProduct>;
  return {
    address: `http://127.0.0.1:${port}`,
    dataDir,
    signIns: told.signIns ?? [],
    adminToken: told.adminToken,
    pid: (part) =>
      (JSON.parse(readFileSync(join(dataDir, 'run', `${part}.pid`), 'utf8')) as { pid: number }).pid,
    async stop() {
      start.process.kill('SIGTERM');
      await start.ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };

  function hasEnded(): boolean {
    return start.process.exitCode !== null;
  }
}
