import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bundleWorkflowCode } from '@temporalio/worker';

import { projectRoot } from '../../project-root';
import { bundleOptions } from '../../workers/bundle-options';

/** What the bundle is made of; a change of any makes a new one. */
const SOURCES = ['workflows/*.ts', 'domain/*.ts', 'failure-converter.ts', 'package-lock.json'];

/** Path of the workflows' bundle: made by the first test file that asks, and kept until the sources change. */
export async function workflowBundle(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: projectRoot }).sort()) {
    hash.update(file).update(readFileSync(join(projectRoot, file)));
  }
  const path = join(tmpdir(), `sicil-workflows-${hash.digest('hex').slice(0, 24)}.js`);
  if (!existsSync(path)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(projectRoot, 'workflows', 'index.ts'),
      logger: silentLogger,
      ...bundleOptions,
    });
    // Another test file may be at it: whole files only.
    const own = `${path}.${process.pid}`;
    writeFileSync(own, code);
    renameSync(own, path);
  }
  return path;
}

const silent = () => undefined;
/** For tools of the SDK that would fill the screen. */
export const silentLogger = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};
