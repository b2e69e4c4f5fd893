import { randomInt } from 'node:crypto';

import type { Knex } from 'knex';

import type { Clock } from '../clock';
import { inDealer, type Database } from '../db/transaction';
import { SYSTEM, type Role } from '../domain/customer';
import type { FileStore } from '../stores/files';
import type { KeyRing } from '../stores/keys';
import { addBranch, addDealer, listBranches } from './dealers';
import { demoVkn } from './demo/numbers';
import { furtherStories } from './demo/further-stories';
import { onboardingStories } from './demo/onboarding-stories';
import { standingStories } from './demo/standing-stories';
import type { DemoRole, World } from './demo/world';
import { loadPolicy } from './rules';
import { addUser } from './users';

export interface DemoSignIn {
  email: string;
  password: string;
  role: Role;
}

export interface DemoDealer {
  dealerId: string;
  signIns: DemoSignIn[];
  adminToken: string;
  customers: number;
}

const TITLE = 'Örnek Kuyumculuk San. ve Tic. Ltd. Şti.';
const ADMIN = { email: 'deniz.admin@demo.example', name: 'Deniz Admin' };
/** Who works at the demo dealer beside the first admin; their names say what they do. */
const COLLEAGUES: readonly { email: string; name: string; role: Exclude<Role, 'admin'> }[] = [
  { email: 'ayse.kasiyer@demo.example', name: 'Ayşe Kasiyer', role: 'staff' },
  { email: 'umut.uyum@demo.example', name: 'Umut Uyum', role: 'officer' },
  { email: 'yasemin.yonetici@demo.example', name: 'Yasemin Yönetici', role: 'manager' },
  { email: 'derya.denetci@demo.example', name: 'Derya Denetçi', role: 'auditor' },
];

/**
 * The demo dealer with its people, passwords made for this installation, and customers in every state. All in one
 * transaction: a first start that is cut off leaves nothing half-made, and the next one begins anew. Needs the owner's
 * connection, as every new dealer does.
 */
export async function addDemoDealer(
  owner: Knex,
  keys: KeyRing,
  clock: Clock,
  files: FileStore,
  options: { adminToken?: string; registerOn: boolean },
): Promise<DemoDealer> {
  return owner.transaction(async (sql) => {
    const admin = { ...ADMIN, password: newPassword() };
    const { dealerId, adminUserId, adminToken } = await addDealer(sql, keys, clock, {
      title: TITLE,
      vkn: demoVkn(900),
      licenceNumber: '34-0000',
      senderAddress: 'uyum@demo.example',
      admin,
      ...(options.adminToken === undefined ? {} : { adminToken: options.adminToken }),
    });
    const db: Database = { knex: sql, keys, clock };
    const colleagues = await addColleagues(db, dealerId, adminUserId);
    const idOf = (role: DemoRole) => colleagues.find((colleague) => colleague.role === role)?.id ?? '';
    const users = { staff: idOf('staff'), officer: idOf('officer'), manager: idOf('manager') };
    const customers = await seedDemo(db, files, dealerId, users, options);
    const signIns = [...colleagues, { ...admin, role: 'admin' as const }];
    return {
      dealerId,
      adminToken,
      customers,
      signIns: signIns.map(({ email, password, role }) => ({ email, password, role })),
    };
  });
}

async function addColleagues(db: Database, dealerId: string, adminUserId: string) {
  return inDealer(db, dealerId, { kind: 'user', userId: adminUserId, role: 'admin' }, async (tx) => {
    const added: (DemoSignIn & { id: string })[] = [];
    for (const colleague of COLLEAGUES) {
      const password = newPassword();
      const { id } = await addUser(tx, { ...colleague, password });
      added.push({ ...colleague, password, id });
    }
    return added;
  });
}

/**
 * The sixty customers of D-10 in every state, each made by the real operations on a clock set back, so that findings, cases,
 * ladders, notices and reviews are what they would have become; what falls due from now on is left to the workers.
 * Audit stamps stay those of the database. The same first start always gives the same customers.
 * Answers how many there are; a dealer who has customers already gets none.
 */
export async function seedDemo(
  db: Database,
  files: FileStore,
  dealerId: string,
  users: Record<DemoRole, string>,
  options: { registerOn: boolean },
): Promise<number> {
  const stored: string[] = [];
  try {
    return await db.knex.transaction(async (sql) => {
      // One transaction around all others, which become savepoints: the demo is there as a whole or not at all.
      const world = await worldOf({ knex: sql, keys: db.keys, clock: db.clock }, files, dealerId, {
        users,
        stored,
        registerOn: options.registerOn,
      });
      if (world === null) return 0;
      const stories = [...onboardingStories(world), ...standingStories(world), ...furtherStories(world)];
      // In the order of their opening, so that file numbers rise with the years.
      stories.sort((a, b) => a.opens.getTime() - b.opens.getTime());
      for (const story of stories) await story.live();
      return stories.length;
    });
  } catch (error) {
    await Promise.all(stored.map((address) => files.remove(address)));
    throw error;
  }
}

async function worldOf(
  db: Database,
  files: FileStore,
  dealerId: string,
  rest: Pick<World, 'users' | 'stored' | 'registerOn'>,
): Promise<World | null> {
  return inDealer(db, dealerId, SYSTEM, async (tx) => {
    if ((await tx.sql('customers').where({ dealer_id: dealerId }).first('id')) !== undefined) return null;
    await addBranch(tx, { name: 'Kapalıçarşı' });
    const branches = (await listBranches(tx)).map((branch) => branch.id);
    return { db, files, dealerId, branches, policy: await loadPolicy(tx), firstStart: tx.now, ...rest };
  });
}

/** No letter or digit that is mistaken for another when it is read from a screen. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Sixteen random characters in four groups, about 79 bits. */
function newPassword(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
