import { chmodSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { projectRoot } from '../../project-root';

const COPIED = [
  'scripts',
  'dev',
  'leash.ts',
  'logger.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/**
 * A small clone of the program: the real start-up, Postgres, Temporal, mailbox and register, with short stand-ins for
 * the product's own processes, so that what is tested here is the start-up alone.
 */
export function smallClone(): string {
  const clone = mkdtempSync(join(tmpdir(), 'sicil-clone-'));
  chmodSync(clone, 0o711); // as root, Postgres's own user passes through
  for (const name of COPIED)
    cpSync(join(projectRoot, name), join(clone, name), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
  for (const [file, source] of Object.entries(STAND_INS)) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    writeFileSync(join(clone, file), source);
  }
  return clone;
}

const STAND_INS = {
  // Every seed adds a row, so a second one would be seen.
  'cli/main.ts': `
    import { Client } from 'pg';
    async function main(): Promise<void> {
      const client = new Client({ connectionString: process.env['DATABASE_URL'] });
      await client.connect();
      if (process.argv[2] === 'migrate') await client.query('create table if not exists seeds (at timestamptz default now())');
      if (process.argv[2] === 'seed') {
        await client.query('insert into seeds default values');
        console.log(JSON.stringify({ signIns: [{ email: 'uyum@ornek.example', password: 'gizli', role: 'officer' }] }));
      }
      await client.end();
    }
    void main();
  `,
  'workers/main.ts': `
    import { exitWithParent } from '../leash';
    exitWithParent();
    process.on('SIGTERM', () => process.exit(0));
    setInterval(() => {}, 1000);
  `,
  'api/main.ts': `
    import { createServer } from 'node:http';
    import { Client } from 'pg';
    import { exitWithParent } from '../leash';
    exitWithParent();
    process.on('SIGTERM', () => process.exit(0));
    createServer((request, response) => {
      if (request.url === '/readyz') response.end('ok');
      else void seeds().then((count) => response.end(count), () => response.writeHead(503).end());
    }).listen(Number(process.env['PORT']), process.env['HOST']);
    async function seeds(): Promise<string> {
      const client = new Client({ connectionString: process.env['DATABASE_URL'] });
      client.on('error', () => {});
      await client.connect();
      const { rows } = await client.query('select count(*)::text as n from seeds');
      await client.end();
      return rows[0].n;
    }
  `,
};
