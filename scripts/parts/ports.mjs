import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { StartError } from './messages.mjs';

/** A TCP port nobody listens on at this moment. */
export function freePort(host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Undefined when the port can be listened on, else the error code (EADDRINUSE, EACCES, EADDRNOTAVAIL …). */
export function portTrouble(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/**
 * The embedded parts' ports: chosen free at first start and kept, so that bookmarks and tools keep working.
 * @returns {Promise<Record<string, number>>}
 */
export async function keptPorts(file, names) {
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  for (const name of names) {
    while (kept[name] === undefined) {
      const port = await freePort();
      if (!Object.values(kept).includes(port)) kept[name] = port;
    }
  }
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  return kept;
}

/** Refuses to go on while a port is taken: names the part, the port and the remedy. */
export async function requirePort({ part, port, host, remedy }) {
  const trouble = await portTrouble(port, host);
  if (trouble === undefined) return;
  const why =
    trouble === 'EADDRINUSE'
      ? 'is in use by another program'
      : trouble === 'EACCES'
        ? 'may not be opened by this user'
        : `cannot be opened on ${host} (${trouble})`;
  throw new StartError(`${part}: port ${port} ${why}.\n${remedy}\nNothing was left running.`);
}
