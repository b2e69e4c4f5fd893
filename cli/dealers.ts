import { randomBytes } from 'node:crypto';

import type { Command } from 'commander';

import { dealerIdByCode, dealerIds } from '../db/dealers';
import { inDealer } from '../db/transaction';
import { SYSTEM, type Role } from '../domain/customer';
import { addDealer } from '../operations/dealers';
import { addDemoDealer } from '../operations/demo';
import { rotateSigningKey, type RotatedKey } from '../operations/key-rotation';
import { filesOf, keysOf, withDatabase, type Installation } from './installation';
import { EXIT, Stop, tell } from './output';

/** What `seed` tells the supervisor: who may sign in, and the first admin's token, known only at the first start. */
export interface Seeded {
  signIns: { email: string; password: string; role: Role }[];
  adminToken?: string;
}

export function addDealerCommands(program: Command): void {
  program
    .command('seed')
    .description(
      'load the demo dealer, or with SICIL_EMPTY=1 one dealer without customers; does nothing when there is one',
    )
    .option('--json', 'answer as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const seeded = await withDatabase('owner', seed);
      tell(json, seeded, linesOf(seeded));
    });

  const dealer = program.command('dealer').description('dealers of this installation');
  dealer
    .command('add')
    .description('add a dealer with its first admin')
    .requiredOption('--title <title>', 'title of the firm')
    .requiredOption('--admin-email <email>', 'e-mail of the first admin, unique over all dealers')
    .option('--admin-name <name>', 'name of the first admin', 'Yönetici')
    .option(
      '--password-env <name>',
      'environment variable that holds the admin’s password; made here when left out',
    )
    .option('--vkn <vkn>', 'tax number')
    .option('--licence <number>', 'number of the licence (yetki belgesi)')
    .option('--sender <address>', 'e-mail address that notices come from')
    .option('--json', 'answer as JSON', false)
    .action(async (options: DealerOptions) => {
      const added = await withDatabase('owner', (installation) => addOne(installation, options));
      tell(options.json, added, [
        `Dealer ${added.code} (${added.dealerId}) is there.`,
        `Sign in as ${added.signIn.email} with ${added.signIn.password}`,
        `API token of the admin, shown once: ${added.adminToken}`,
      ]);
    });
  addKeyCommand(dealer);
}

/** Exchanges the key that a dealer's packages are signed with. */
function addKeyCommand(dealer: Command): void {
  dealer
    .command('rotate-signing-key')
    .description(
      'give a dealer a new key for packages and checkpoints; what the old one signed stays checkable',
    )
    .argument('<code>', 'code of the dealer')
    .option('--json', 'answer as JSON', false)
    .action(async (code: string, { json }: { json: boolean }) => {
      const rotated = await withDatabase('owner', (installation) => rotateOne(installation, code));
      tell(json, rotated, [
        `Retired: ${rotated.former}`,
        `Signs from now on: ${rotated.current}`,
        'Tell the new fingerprint to whoever checks your packages, by a way of your own.',
      ]);
    });
}

async function rotateOne(installation: Installation, code: string): Promise<RotatedKey> {
  const { knex, clock } = installation;
  const dealerId = await dealerIdByCode(knex, code);
  if (dealerId === null) throw new Stop(EXIT.usage, `There is no dealer ${code}`);
  const database = { knex, clock, keys: await keysOf(installation) };
  return inDealer(database, dealerId, SYSTEM, rotateSigningKey, { isolation: 'repeatable read' });
}

interface DealerOptions {
  title: string;
  adminEmail: string;
  adminName: string;
  passwordEnv?: string;
  vkn?: string;
  licence?: string;
  sender?: string;
  json: boolean;
}

async function addOne(installation: Installation, options: DealerOptions) {
  const password = options.passwordEnv === undefined ? newPassword() : process.env[options.passwordEnv];
  if (password === undefined)
    throw new Stop(EXIT.usage, `The environment has no ${options.passwordEnv ?? ''}`);
  const { knex, clock } = installation;
  const added = await addDealer(knex, await keysOf(installation), clock, {
    title: options.title,
    ...(options.vkn === undefined ? {} : { vkn: options.vkn }),
    ...(options.licence === undefined ? {} : { licenceNumber: options.licence }),
    ...(options.sender === undefined ? {} : { senderAddress: options.sender }),
    admin: { email: options.adminEmail, name: options.adminName, password },
  });
  return { ...added, signIn: { email: options.adminEmail, password } };
}

/** The first dealer of an installation. Passwords are made here and told once. */
export async function seed(installation: Installation): Promise<Seeded> {
  const { config, knex, clock } = installation;
  if ((await dealerIds(knex)).length > 0) return { signIns: [] };
  const keys = await keysOf(installation);
  const token = config.adminToken === undefined ? {} : { adminToken: config.adminToken };
  if (!config.empty) {
    const demo = { ...token, registerOn: config.register.mode !== 'off' };
    const { signIns, adminToken } = await addDemoDealer(knex, keys, clock, filesOf(config), demo);
    return { signIns, adminToken };
  }
  const admin = { email: 'admin@sicil.example', name: 'Yönetici', password: newPassword() };
  const { adminToken } = await addDealer(knex, keys, clock, { title: 'İşletmem', admin, ...token });
  return { signIns: [{ email: admin.email, password: admin.password, role: 'admin' }], adminToken };
}

function linesOf({ signIns, adminToken }: Seeded): string[] {
  if (adminToken === undefined) return ['There is a dealer already; nothing was done.'];
  return [
    ...signIns.map(({ email, password, role }) => `${role}: ${email} / ${password}`),
    `API token of the first admin, shown once: ${adminToken}`,
  ];
}

function newPassword(): string {
  return randomBytes(15).toString('base64url');
}
