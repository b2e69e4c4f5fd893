import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { projectRoot } from '../../project-root';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const adrs = readdirSync(join(projectRoot, 'docs', 'adr')).map((file) => `docs/adr/${file}`);
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'THIRD_PARTY.md',
  'docs/architecture.md',
  'docs/operations.md',
  ...adrs,
];
const packageJson = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

test.each(documents)('%s names no machine, no home folder and no package registry', (path) => {
  const revealing = /\/(?:home|root|work|Users)\/|\bregistry\.|\bartifactory\b|\bnexus\b|\bmirror\b/i;
  expect(
    read(path)
      .split('\n')
      .filter((line) => revealing.test(line)),
  ).toEqual([]);
});

test.each(documents)('%s links only to files that exist', (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target ?? '');
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));
  // Screenshots are taken of a running release; until the first is there, none can be missing.
  const withoutPictures = existsSync(join(projectRoot, 'docs', 'images', 'today.png'))
    ? local
    : local.filter((target) => !target.startsWith('docs/images/'));
  const folder = join(projectRoot, dirname(path));
  expect(withoutPictures.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
});

test.each(['README.md', 'CONTRIBUTING.md', 'docs/operations.md'])(
  '%s names npm commands that exist',
  (path) => {
    const named = [...read(path).matchAll(/npm (?:run ([a-z:-]+)|(start|test)\b)/g)].map(
      ([, script, short]) => script ?? short ?? '',
    );
    const unknown = named.filter((name) => !(name in packageJson.scripts));
    expect(named.length).toBeGreaterThan(1);
    expect(unknown).toEqual([]);
  },
);

test('the README explains every variable that the program reads, and no other', () => {
  const internal = new Set(['SICIL_EMBEDDED', 'SICIL_MAILBOX_DIR', 'SICIL_REGISTER_URL']);
  const source = read('config.ts');
  const schema = source.slice(
    source.indexOf('const Environment'),
    source.indexOf('export type RegisterMode'),
  );
  const known = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name ?? '');
  const table = read('README.md').split('## Configuration')[1]?.split('## What is not there yet')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const explained = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name ?? ''),
  );
  const byName = (a: string, b: string) => a.localeCompare(b);
  expect(known.length).toBeGreaterThan(10);
  expect(explained.toSorted(byName)).toEqual(known.filter((name) => !internal.has(name)).toSorted(byName));
});

test('third-party software is named package by package', () => {
  const named = read('THIRD_PARTY.md');
  const packages = [
    ...Object.keys(packageJson.dependencies),
    ...Object.keys(packageJson.optionalDependencies),
  ];
  const missing = packages.filter((name) => !named.includes(name.replace(/^@temporalio\/(.*)$/, '$1')));
  expect(missing).toEqual([]);
});

describe('CHANGELOG.md', () => {
  const lines = read('CHANGELOG.md').split('\n');

  test('begins with what is unreleased and keeps to its headings', () => {
    const versions = lines.filter((line) => line.startsWith('## '));
    expect(versions[0]).toBe('## [Unreleased]');
    expect(
      versions.slice(1).filter((line) => !/^## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/.test(line)),
    ).toEqual([]);
    const kinds = lines.filter((line) => line.startsWith('### '));
    expect(kinds.length).toBeGreaterThan(0);
    expect(
      kinds.filter((line) => !/^### (Added|Changed|Deprecated|Removed|Fixed|Security)$/.test(line)),
    ).toEqual([]);
  });

  test('speaks to the officer: entries name no folder and no file of the code', () => {
    const entries = lines.filter((line) => line.startsWith('- '));
    expect(entries.length).toBeGreaterThan(5);
    expect(
      entries.filter((entry) => /\b(operations|domain|workflows|activities|api)\/|\.ts\b/.test(entry)),
    ).toEqual([]);
  });
});

describe.each(adrs)('%s', (path) => {
  const text = read(path);

  test('puts the decision first, then context, options, consequences and where it shows', () => {
    expect(text).toMatch(/^# \d+\. \S/);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Decision', 'Context', 'Options', 'Consequences', 'Where it shows']);
    expect(Number(/(\d{4})-/.exec(path)?.[1])).toBe(Number(/^# (\d+)\./.exec(text)?.[1]));
  });

  test('points at code that exists', () => {
    const where = text.split('## Where it shows')[1] ?? '';
    const paths = [...where.matchAll(/`([a-z./-]+[a-z0-9_./-]*)`/g)]
      .map(([, found]) => found ?? '')
      .filter((found) => found.includes('/') || /\.(ts|js|json)$/.test(found));
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((found) => !existsSync(join(projectRoot, found)))).toEqual([]);
  });
});

test('decisions are numbered without a gap', () => {
  expect(adrs.map((path) => Number(/(\d{4})-/.exec(path)?.[1]))).toEqual(adrs.map((_, at) => at + 1));
});
