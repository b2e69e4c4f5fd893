import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { projectRoot } from '../../project-root';

interface Service {
  image?: string;
  build?: { target?: string };
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  networks?: string[];
  volumes?: string[];
  secrets?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  restart?: string;
  init?: boolean;
}

interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};
const all = Object.entries(compose.services);
const ours = ['api', 'worker', 'render', 'migrate'];

describe('docker-compose.yml', () => {
  test('keeps every root file system read-only and every service restarting', () => {
    expect(all.filter(([, { read_only }]) => read_only !== true).map(([name]) => name)).toEqual([]);
    expect(all.filter(([, { restart }]) => restart === undefined).map(([name]) => name)).toEqual([]);
  });

  test('takes every capability from all but Postgres, whose image needs some to leave root', () => {
    const without = all.filter(([, { cap_drop }]) => cap_drop?.includes('ALL') !== true);
    expect(without.map(([name]) => name)).toEqual(['postgres']);
  });

  test('holds no secret: each one is a file that git and the image leave out', () => {
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(read('.gitignore').split('\n')).toContain('secrets/');
    expect(read('.dockerignore').split('\n')).toContain('secrets');
    const values = all.flatMap(([, { environment }]) => Object.entries(environment ?? {}));
    const suspicious = values.filter(
      ([key, value]) => /PASSWORD|PWD|TOKEN|KEY/.test(key) && !value.startsWith('/run/secrets/'),
    );
    expect(suspicious).toEqual([]);
    const used = new Set(all.flatMap(([, { secrets }]) => secrets ?? []));
    expect([...used].filter((name) => compose.secrets[name] === undefined)).toEqual([]);
  });

  test('lets only migrations sign in as the superuser', () => {
    const users = ours.map((name) => [name, service(name).environment?.['DATABASE_USER']]);
    expect(Object.fromEntries(users)).toEqual({
      api: 'sicil_login',
      worker: 'sicil_login',
      render: 'sicil_login',
      migrate: 'postgres',
    });
    expect(read('docker/postgres-init.sh')).toContain('create role sicil_login login');
    expect(ours.filter((name) => service(name).secrets?.includes('postgres_password'))).toEqual(['migrate']);
  });

  test('publishes the API alone, on this machine alone', () => {
    expect(all.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['api']);
    expect(service('api').ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  test('lets the browser that prints reach nothing but the inner network', () => {
    expect(service('render').networks).toEqual(['inside']);
    expect(compose.networks['inside']?.internal).toBe(true);
  });

  test('serves every queue once', () => {
    const queues = ['worker', 'render'].flatMap((name) => service(name).command?.at(-1)?.split(',') ?? []);
    expect(queues.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'lifecycle',
      'notices',
      'registry',
      'render',
    ]);
  });

  test('starts API and workers after the migration, and not after Temporal', () => {
    for (const name of ['api', 'worker', 'render']) {
      expect(service(name).depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
    }
    expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  test('keeps the data of Postgres 18 where its image puts them', () => {
    expect(service('postgres').image).toMatch(/^postgres:18\b/);
    expect(service('postgres').volumes).toContain('postgres:/var/lib/postgresql');
  });

  test('switches fairness between dealers on', () => {
    const config = parse(read('docker/temporal-dynamic-config.yaml')) as Record<string, { value: boolean }[]>;
    expect(config['matching.enableFairness']).toEqual([{ value: true }]);
    const path = service('temporal').environment?.['DYNAMIC_CONFIG_FILE_PATH'];
    expect(service('temporal').volumes).toEqual([`./docker/temporal-dynamic-config.yaml:${path}:ro`]);
  });

  test('mounts only files and volumes that exist, and names versions', () => {
    const sources = all
      .flatMap(([, { volumes }]) => volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '');
    const missing = sources.filter((source) =>
      source.startsWith('./') ? !existsSync(join(projectRoot, source)) : !(source in compose.volumes),
    );
    expect(missing).toEqual([]);
    expect(all.filter(([, { image }]) => image === undefined || !/:\d/.test(image))).toEqual([]);
    const version = (JSON.parse(read('package.json')) as { version: string }).version;
    expect(ours.filter((name) => !service(name).image?.endsWith(`:${version}`))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages = new Map<string, string[]>();
  for (const line of lines) {
    const from = /^FROM (\S+) AS (\S+)$/.exec(line);
    if (from) stages.set(from[2] ?? '', [line]);
    else [...stages.values()].at(-1)?.push(line);
  }

  test('has the stages that the compose file builds, each ending as a user who is not root', () => {
    const targets = ours.flatMap((name) => service(name).build?.target ?? []);
    for (const target of targets) {
      const stage = stages.get(target) ?? [];
      expect(stage.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER node');
    }
  });

  test('installs a browser and its fonts for the printing worker alone', () => {
    const withBrowser = [...stages].filter(([, stage]) =>
      stage.some((line) => /\bchromium\b/.test(line) && /install/.test(line)),
    );
    expect(withBrowser.map(([name]) => name)).toEqual(['render']);
    expect(stages.get('render')?.join('\n')).toContain('fonts-noto-core');
  });

  test('runs on the Node of the product, installs by the lock file and starts commands that exist', () => {
    const bases = lines.filter((line) => line.startsWith('FROM node:'));
    expect(bases.length).toBeGreaterThan(1);
    expect(new Set(bases.map((line) => line.split(' ')[1]))).toEqual(new Set(['node:24-bookworm-slim']));
    expect(stages.get('build')?.join('\n')).toContain('npm ci');
    const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
    for (const [, script] of read('Dockerfile').matchAll(/npm run ([a-z-]+)/g)) {
      expect(Object.keys(scripts)).toContain(script);
    }
  });

  test('copies in no secret, data or repository', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.sicil', '.env', 'secrets', 'node_modules']));
  });
});
