import { globSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { projectRoot } from '../project-root';

interface Layer {
  /** Folders and root files (without extension) that it may import. */
  imports: readonly string[];
  /** What it may import with `import type` only. */
  types?: readonly string[];
  /** Packages; Node's own modules count as `node:*`. */
  packages: readonly string[];
}

const nothing: readonly string[] = [];
const temporal = ['@temporalio/client', '@temporalio/common', '@temporalio/common/lib/time'];

/** Who may import whom (style.md §2, design §4): every arrow points down. A new arrow is written here on purpose. */
const LAYERS: Record<string, Layer> = {
  domain: {
    imports: nothing,
    packages: ['i18n-iso-countries/codes.json', 'ibantools', 'libphonenumber-js/max'],
  },
  workflows: { imports: ['domain'], types: ['activities'], packages: ['@temporalio/workflow'] },
  db: { imports: ['domain'], types: ['clock'], packages: ['knex', 'pg', 'uuid', 'node:*'] },
  stores: {
    imports: ['domain', 'locales', 'project-root'],
    types: ['db'],
    packages: [
      'canonicalize',
      'csv-parse',
      'csv-stringify/sync',
      'file-type',
      'sax',
      'yauzl',
      'yazl',
      'node:*',
      // Only in the process apart that decodes what strangers made.
      'pdfjs-dist/legacy/build/pdf.mjs',
      'sharp',
    ],
  },
  templates: { imports: ['domain', 'locales', 'project-root'], packages: ['handlebars', 'node:*'] },
  // HTML to PDF through Chromium: the render queue prints packages with it, the API forms that a person waits for.
  printing: { imports: nothing, types: ['logger'], packages: ['puppeteer-core', 'node:*'] },
  operations: {
    imports: ['domain', 'db', 'stores', 'templates', 'clock', 'country-names', 'locales'],
    packages: ['knex', 'uuid', 'zod', '@node-rs/argon2', 'node:*'],
  },
  activities: {
    imports: ['domain', 'db', 'stores', 'templates', 'operations'],
    types: ['logger'],
    packages: ['@temporalio/activity', 'node:*'],
  },
  workers: {
    imports: [
      'domain',
      'db',
      'stores',
      'operations',
      'activities',
      'workflows',
      'printing',
      'clock',
      'config',
      'leash',
      'logger',
      'temporal-converter',
      'temporal-wake-ups',
    ],
    packages: [
      ...temporal,
      '@temporalio/activity',
      '@temporalio/worker',
      'fast-xml-parser',
      'knex',
      'nodemailer',
      'opossum',
      'node:*',
    ],
  },
  api: {
    imports: [
      'domain',
      'db',
      'stores',
      'templates',
      'operations',
      'printing',
      'dev',
      'clock',
      'config',
      'country-names',
      'leash',
      'locales',
      'logger',
      'project-root',
      'temporal-converter',
      'temporal-wake-ups',
    ],
    packages: [
      '@temporalio/client',
      'busboy',
      'express',
      'helmet',
      'knex',
      'prom-client',
      'uuid',
      'zod',
      'zod-openapi',
      'node:*',
    ],
  },
  cli: {
    imports: [
      'activities',
      'domain',
      'db',
      'stores',
      'operations',
      'api',
      'workers',
      'clock',
      'config',
      'logger',
      'project-root',
    ],
    packages: ['commander', 'knex', 'uuid', 'node:*'],
  },
  dev: { imports: ['leash', 'logger'], packages: ['postal-mime', 'smtp-server', 'node:*'] },
  // Goes into every package as one file that runs anywhere.
  verify: { imports: nothing, packages: ['node:*'] },
  migrations: { imports: nothing, packages: ['knex'] },
};

/** Files beside the folders, for what several processes need at their start. */
const ROOT_FILES: Record<string, Layer> = {
  clock: { imports: nothing, packages: nothing },
  config: { imports: ['project-root'], packages: ['zod', 'node:*'] },
  'country-names': {
    imports: ['domain'],
    packages: ['i18n-iso-countries', 'i18n-iso-countries/langs/en.json', 'i18n-iso-countries/langs/tr.json'],
  },
  leash: { imports: nothing, packages: ['node:*'] },
  locales: { imports: ['project-root'], packages: ['i18next', 'node:*'] },
  logger: { imports: nothing, packages: ['pino'] },
  'project-root': { imports: nothing, packages: ['node:*'] },
  'payload-codec': { imports: ['stores'], packages: [...temporal, '@temporalio/proto'] },
  'failure-converter': { imports: nothing, packages: temporal },
  'temporal-converter': { imports: ['payload-codec', 'failure-converter'], packages: temporal },
  'temporal-wake-ups': {
    imports: ['workflows'],
    types: ['logger', 'operations'],
    packages: temporal,
  },
};

/** Folders without product code. */
const OTHER = ['node_modules', 'dist', 'tests', 'scripts', 'docs', 'locales', 'bench', 'coverage', 'docker'];

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm;

function violations(layer: Layer, own: string, file: string): string[] {
  const source = readFileSync(join(projectRoot, file), 'utf8');
  return [...source.matchAll(IMPORT)].flatMap(([, typeOnly, from, dynamic]) => {
    const target = from ?? dynamic ?? '';
    const refused = isRefused(layer, own, file, target, typeOnly !== undefined);
    return refused ? [`${file} imports ${target}`] : [];
  });
}

function isRefused(layer: Layer, own: string, file: string, target: string, typeOnly: boolean): boolean {
  if (!target.startsWith('.')) {
    return !layer.packages.includes(target.startsWith('node:') ? 'node:*' : target);
  }
  const [place = ''] = relative('.', join(dirname(file), target)).split('/');
  if (place === own) return false;
  return !layer.imports.includes(place) && !(typeOnly && layer.types?.includes(place) === true);
}

test.each(Object.entries(LAYERS))('%s imports only what its layer allows', (folder, layer) => {
  const files = globSync(`${folder}/**/*.{ts,mjs}`, { cwd: projectRoot });
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => violations(layer, folder, file))).toEqual([]);
});

test.each(Object.entries(ROOT_FILES))('%s.ts imports only what it may', (name, layer) => {
  expect(violations(layer, name, `${name}.ts`)).toEqual([]);
});

test('every folder and every file beside them has its place in the table', () => {
  const entries = readdirSync(projectRoot, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith('.'),
  );
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries.flatMap(({ name }) => (name.endsWith('.ts') ? [name.replace('.ts', '')] : []));
  expect(folders.filter((name) => !(name in LAYERS) && !OTHER.includes(name))).toEqual([]);
  expect(files.filter((name) => !(name in ROOT_FILES))).toEqual([]);
});

test('no folder is a drawer', () => {
  const drawers = globSync('**/{shared,common,utils,lib,helpers}/', {
    cwd: projectRoot,
    exclude: (path) => /(^|\/)(node_modules|dist|\.sicil|\.git)$/.test(path),
  });
  expect(drawers).toEqual([]);
});

test.each([
  ['domain/planted.ts', 'domain', `import { connect } from '../db/connection';`],
  [
    'workflows/planted.ts',
    'workflows',
    `import { createLifecycleActivities } from '../activities/lifecycle';`,
  ],
  ['workflows/planted.ts', 'workflows', `import { randomUUID } from 'node:crypto';`],
  ['activities/planted.ts', 'activities', `export { work } from '../workers/main';`],
])('a planted violation in %s is seen', (file, own, line) => {
  const [match] = [...line.matchAll(IMPORT)];
  const layer = LAYERS[own];
  expect(layer !== undefined && isRefused(layer, own, file, match?.[2] ?? '', match?.[1] !== undefined)).toBe(
    true,
  );
});
