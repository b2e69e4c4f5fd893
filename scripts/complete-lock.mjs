// node scripts/complete-lock.mjs: a registry that mirrors only some platforms leaves the others' optional packages out of
// package-lock.json, and `npm ci` then refuses the lock everywhere. This writes them back, by name and exact version.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './parts/paths.mjs';
import { say } from './parts/messages.mjs';

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = {};

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const isKnown = lock.packages[`node_modules/${name}`] ?? lock.packages[`${path}/node_modules/${name}`];
    if (isKnown || !/^\d/.test(version)) continue;
    added[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    };
  }
}
const packages = Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(packages);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
say(`${Object.keys(added).length} packages of other platforms added to package-lock.json`);

/** Such packages carry their platform in their name: core-linux-arm64-musl, binding-win32-x64-msvc. */
function platformOf(name) {
  const [, os, cpu, libc] =
    /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name) ?? [];
  if (os === undefined) throw new Error(`${name} does not name its platform`);
  const library =
    os !== 'linux'
      ? undefined
      : libc?.startsWith('musl')
        ? 'musl'
        : libc?.startsWith('gnu')
          ? 'glibc'
          : undefined;
  return { cpu: [cpu], ...(library ? { libc: [library] } : {}), os: [os] };
}
