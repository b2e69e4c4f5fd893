import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { v7 as uuidv7 } from 'uuid';

import { inDealer, type Tx } from '../../db/transaction';
import { getCustomer } from '../../db/customers';
import { itemsAfter } from '../../db/package-items';
import { frameEnvelopeOf, getPackage } from '../../db/packages';
import { SYSTEM } from '../../domain/customer';
import { drawSample } from '../../domain/sample';
import { addBranch } from '../../operations/dealers';
import { updateRecord } from '../../operations/customers';
import { addDocument } from '../../operations/documents';
import { withdrawCustomer } from '../../operations/onboarding';
import { completenessFile, readStatement } from '../../operations/package-completeness';
import { endFixWindow } from '../../operations/package-fix-window';
import { freezePackage } from '../../operations/package-freeze';
import { requestPackage, type PackageRequest } from '../../operations/package-request';
import { exclusionsOf, manifestScope } from '../../operations/package-scope-facts';
import {
  documentsInPackage,
  openFrame,
  openItem,
  openPackageKey,
  type PackageFrame,
  type PackageItem,
} from '../../operations/package-snapshot';
import { advancePackage, cancelPackage, listPackages, readPackage } from '../../operations/packages';
import { sealPackage } from '../../operations/package-seal';
import { openCustomerKey } from '../../operations/record-envelope';
import { listTasks } from '../../operations/tasks';
import { addPaper, addPerson, paper, usePackageWorld } from '../package/package-world';
import { makeDealer } from '../support/dealer';

const world = usePackageWorld('2026-01-10T09:00:00Z');
const people: Record<string, { id: string; code: string }> = {};
const idOf = (name: string) => people[name]?.id ?? '';
const codeOf = (name: string) => people[name]?.code ?? '';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function add(name: string, record: Record<string, unknown> = {}): Promise<string> {
  const id = await world.dealer.run((tx) => addPerson(tx, record));
  people[name] = {
    id,
    code: (await world.dealer.run((tx) => tx.sql('customers').where({ id }).first('code'))).code,
  };
  return id;
}

beforeAll(async () => {
  const { clock } = world.installation;
  const gone = await add('goneBefore', { surname: 'Eskioğlu' });
  await world.dealer.run((tx) => withdrawCustomer(tx, gone, 'vazgeçti'));
  clock.moveTo('2026-02-10T09:00:00Z');
  for (const name of ['ali', 'banu', 'can', 'defne', 'emre', 'figen']) {
    await add(name, name === 'banu' ? { address: { province: 'Ankara' } } : {});
  }
  await addPaper(world, idOf('ali'), 'identity_card');
  clock.moveTo('2026-11-20T09:00:00Z');
}, 120_000);

const PERIOD = { from: '2026-02-01', to: '2026-06-30' };
const ask = (options: Partial<PackageRequest> = {}) =>
  world.dealer.run(
    (tx) => requestPackage(tx, { profile: 'masak', period: PERIOD, ...options }),
    world.officer.userId,
  );

const asMachine = <T>(fn: (tx: Tx) => Promise<T>) =>
  inDealer(world.installation.database, world.dealer.dealerId, SYSTEM, fn, { isolation: 'repeatable read' });

const freeze = (id: string) => asMachine((tx) => freezePackage(tx, id, () => undefined));

/** Looks and freezes until something else is to be done. */
async function settle(id: string): Promise<string> {
  for (;;) {
    const next = await asMachine((tx) => advancePackage(tx, id));
    if (next.do !== 'freeze') return next.do;
    await freeze(id);
  }
}

async function frozen(id: string): Promise<{ frame: PackageFrame; items: PackageItem[] }> {
  return world.dealer.run(async (tx) => {
    const key = await openPackageKey(tx, await getPackage(tx, id));
    const frame = openFrame(key, id, await frameEnvelopeOf(tx, id));
    return { frame, items: (await itemsAfter(tx, id, '', 1000)).map((row) => openItem(key, id, row)) };
  });
}

const inside = async (id: string) => (await frozen(id)).items.map(({ code }) => code);

describe('the scope', () => {
  test('takes people in and leaves people out by name, with the reasons in the manifest', async () => {
    const { id } = await ask({
      filter: { province: ['Iğdır'] },
      include: [{ customerId: idOf('banu'), reason: 'denetçinin isteği' }],
      exclude: [{ customerId: idOf('can'), reason: 'başka dosyada' }],
      note: 'İlk parti',
    });
    await freeze(id);
    expect(await inside(id)).toEqual(['ali', 'banu', 'defne', 'emre', 'figen'].map(codeOf));
    const { frame } = await frozen(id);
    expect(exclusionsOf(frame)).toEqual([
      { customer: codeOf('goneBefore'), reason: 'outside_period', byName: false },
      { customer: codeOf('can'), reason: 'başka dosyada', byName: true },
    ]);
    expect(manifestScope(frame, null)).toEqual({
      included: [{ customer: codeOf('banu'), reason: 'denetçinin isteği' }],
      population: { customers: 4 },
      sample: { method: 'all' },
      note: 'İlk parti',
    });
    expect(await world.dealer.run((tx) => readPackage(tx, id))).toMatchObject({
      progress: { total: 5 },
      scope: { population: 4, excluded: 2 },
      include: [{ customerId: idOf('banu'), reason: 'denetçinin isteği' }],
      note: 'İlk parti',
      completeness: { customers: 5 },
    });
  });

  test('of named customers is these, as far as the period takes them in; one outside enters by name only', async () => {
    const customers = [idOf('goneBefore'), idOf('emre'), idOf('ali')];
    const { id } = await ask({ customers });
    await freeze(id);
    expect(await inside(id)).toEqual([codeOf('ali'), codeOf('emre')]);
    expect((await frozen(id)).frame).toMatchObject({
      outside: [codeOf('goneBefore')],
      scope: { customers: ['goneBefore', 'ali', 'emre'].map(codeOf) },
    });
    const named = await ask({ include: [{ customerId: idOf('goneBefore'), reason: 'eski dosya' }] });
    await freeze(named.id);
    expect(await inside(named.id)).toContain(codeOf('goneBefore'));
    expect((await frozen(named.id)).frame.outside).toEqual([]);
  });

  test('names the branches of its filter', async () => {
    const branch = await world.dealer.run((tx) => addBranch(tx, { name: 'Kapalıçarşı' }));
    const { id } = await ask({ filter: { branch: [branch] } });
    await freeze(id);
    expect((await frozen(id)).frame.scope?.branches).toEqual(['Kapalıçarşı']);
    expect(await inside(id)).toEqual([]);
  });

  test('with a sample holds the drawn files only; the population stays, and draws the same again', async () => {
    const sample = { size: 3, seed: 'denetim-7' };
    const { id } = await ask({ sample, exclude: [{ customerId: idOf('can'), reason: 'x' }] });
    await freeze(id);
    const population = ['ali', 'banu', 'defne', 'emre', 'figen'].map(codeOf);
    const { frame } = await frozen(id);
    expect(manifestScope(frame, null)).toMatchObject({
      population: { customers: 5, codes: population },
      sample: { method: 'sample', size: 3, seed: 'denetim-7' },
    });
    expect(await inside(id)).toEqual(drawSample(population, sample, sha256));
    const again = await ask({ sample, exclude: [{ customerId: idOf('can'), reason: 'x' }] });
    await freeze(again.id);
    expect(await inside(again.id)).toEqual(await inside(id));
    const left = population.find((code) => !drawSample(population, sample, sha256).includes(code));
    const other = Object.values(people).find(({ code }) => code === left);
    const added = await ask({
      sample,
      exclude: [{ customerId: idOf('can'), reason: 'x' }],
      include: [{ customerId: other?.id ?? '', reason: 'ayrıca' }],
    });
    await freeze(added.id);
    expect(await inside(added.id)).toContain(left);
    expect(await inside(added.id)).toHaveLength(4);
  });

  test.each([
    [
      'somebody unknown',
      () => ({ customers: ['01980000-0000-7000-8000-000000000000'] }),
      '/customers/0',
      'unknown_customer',
    ],
    [
      'a name in both lists',
      () => ({
        include: [{ customerId: idOf('ali'), reason: 'a' }],
        exclude: [{ customerId: idOf('ali'), reason: 'b' }],
      }),
      '/exclude/0/customerId',
      'named_twice',
    ],
    [
      'a reason of white space',
      () => ({ exclude: [{ customerId: idOf('ali'), reason: '  ' }] }),
      '/exclude/0/reason',
      'reason_required',
    ],
    ['a window of eleven days', () => ({ fixWindowDays: 11 }), '/fixWindowDays', 'not_a_number_of_days'],
    [
      'the replacing of nothing',
      () => ({ supersedes: '01980000-0000-7000-8000-000000000000' }),
      '/supersedes',
      'unknown_package',
    ],
  ])('with %s is refused', async (_what, options, pointer, code) => {
    await expect(ask(options())).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ pointer, code }],
    });
  });

  test('names nobody of another dealer', async () => {
    const other = await makeDealer(world.db, world.installation);
    const stranger = await other.run((tx) => addPerson(tx));
    await expect(ask({ include: [{ customerId: stranger, reason: 'x' }] })).rejects.toMatchObject({
      fields: [{ pointer: '/include/0/customerId', code: 'unknown_customer' }],
    });
  });
});

describe('the statement of completeness', () => {
  test('adds up to customers times requirements, and says the same in snapshot, API, file and row', async () => {
    const { id } = await ask();
    await freeze(id);
    const { frame, items } = await frozen(id);
    const asked = items.flatMap(({ statement = [] }) => statement);
    const missing = asked.filter(({ state }) => state === 'missing').length;
    const page = await world.dealer.run((tx) => readStatement(tx, id, { limit: 100 }));
    expect(page.totals).toEqual({
      customers: 6,
      requirements: frame.requirements?.length,
      met: asked.length - missing,
      missing,
      notApplicable: 6 * (frame.requirements?.length ?? 0) - asked.length,
      completedLate: 0,
    });
    expect(page.data.reduce((sum, line) => sum + line.missing.length, 0)).toBe(missing);
    expect(page.byRequirement.reduce((sum, row) => sum + row.missing, 0)).toBe(missing);
    expect((await world.dealer.run((tx) => readPackage(tx, id))).completeness).toEqual(page.totals);
    const lines: Record<string, unknown>[] = [];
    for await (const line of completenessFile(frame, walk(items))) lines.push(JSON.parse(line.toString()));
    expect(lines).toHaveLength(8);
    expect(lines.at(-1)).toEqual({ totals: page.totals });
    expect(missing).toBeGreaterThan(6);
  });

  test('names what is missing with its article, and the paper that shows what is met', async () => {
    const { id } = await ask({ customers: [idOf('ali')] });
    await freeze(id);
    const { items } = await frozen(id);
    const paper = items[0]?.documents[0]?.id;
    expect(items[0]?.statement?.flatMap(({ evidence }) => evidence)).toContainEqual({
      kind: 'document',
      id: paper,
      on: '2026-02-10',
    });
    const { data } = await world.dealer.run((tx) => readStatement(tx, id, { limit: 10 }));
    const address = data[0]?.missing.find(({ field }) => field === 'documents.address_proof');
    expect(address).toMatchObject({
      problems: [{ field: 'documents.address_proof', code: 'missing' }],
      evidence: [],
      completedOn: null,
    });
    expect(address?.legalBasis).toMatch(/TY m\./);
  });

  test('goes over pages, and can leave out whose files are complete', async () => {
    const { id } = await ask();
    await freeze(id);
    const first = await world.dealer.run((tx) => readStatement(tx, id, { limit: 4, missing: true }));
    const cursor = first.nextCursor ?? '';
    const second = await world.dealer.run((tx) => readStatement(tx, id, { limit: 4, missing: true, cursor }));
    expect([...first.data, ...second.data].map(({ code }) => code)).toEqual(await inside(id));
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
  });

  test('is there only once something is frozen, and not for another dealer', async () => {
    const { id } = await ask();
    const read = () => world.dealer.run((tx) => readStatement(tx, id, { limit: 1 }));
    await expect(read()).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
    await freeze(id);
    const other = await makeDealer(world.db, world.installation);
    await expect(other.run((tx) => readStatement(tx, id, { limit: 1 }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await world.dealer.run((tx) => cancelPackage(tx, id));
    await expect(read()).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
  });
});

async function* walk(items: PackageItem[]): AsyncGenerator<PackageItem> {
  yield* items;
}

describe('a rehearsal', () => {
  test('states what a package would, and makes nothing that could be sealed', async () => {
    const { id: packageId } = await ask();
    await freeze(packageId);
    const asked = await ask({ dryRun: true, fixWindowDays: 5 });
    expect(asked.number).toMatch(/^PR-2026-\d{4}$/);
    expect(await settle(asked.id)).toBe('rest');
    const view = await world.dealer.run((tx) => readPackage(tx, asked.id));
    expect(view).toMatchObject({
      status: 'rehearsed',
      phase: 'ended',
      dryRun: true,
      progress: { done: 6, total: 6 },
    });
    const statement = (id: string) => world.dealer.run((tx) => readStatement(tx, id, { limit: 100 }));
    expect(await statement(asked.id)).toEqual(await statement(packageId));
    await expect(
      world.dealer.run((tx) => sealPackage(tx, asked.id), world.manager.userId),
    ).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
    const forged = { status: 'awaiting_seal' };
    await expect(
      world.db.owner('audit_packages').where({ id: asked.id }).update(forged),
    ).rejects.toMatchObject({ code: '23514' });
    const listed = async (dryRun: boolean) =>
      (await world.dealer.run((tx) => listPackages(tx, { limit: 50, dryRun }))).data.map(({ id }) => id);
    expect(await listed(true)).toContain(asked.id);
    expect(await listed(false)).not.toContain(asked.id);
  });

  test('takes no package number, and is forgotten when a week has passed and the next one is asked for', async () => {
    const before = (await ask()).number;
    const { id } = await ask({ dryRun: true });
    await freeze(id);
    const after = (await ask()).number;
    expect(Number(after.slice(-4))).toBe(Number(before.slice(-4)) + 1);
    const { clock } = world.installation;
    const kept = () => world.dealer.run((tx) => readStatement(tx, id, { limit: 100 }));
    clock.moveBy(6 * 86_400_000);
    await ask({ dryRun: true });
    expect((await kept()).data).toHaveLength(6);
    clock.moveBy(2 * 86_400_000);
    await ask({ dryRun: true });
    expect((await kept()).data).toEqual([]);
    clock.moveTo('2026-11-20T09:00:00Z');
  });
});

describe('a fix window', () => {
  // 20 November 2026 is a Friday: two business days on is Tuesday.
  const asked = async () => {
    const { id } = await ask({ fixWindowDays: 2, customers: [idOf('defne'), idOf('emre')] });
    expect(await settle(id)).toBe('rest');
    return id;
  };
  const view = (id: string) => world.dealer.run((tx) => readPackage(tx, id));
  const tasks = async (id: string) =>
    (await world.dealer.run((tx) => listTasks(tx, { limit: 100 }))).filter(
      ({ kind, detail }) => kind === 'complete_for_package' && detail['packageId'] === id,
    );
  afterEach(() => world.installation.clock.moveTo('2026-11-20T09:00:00Z'));

  test('waits until the end of its last business day, with a task for each file with gaps', async () => {
    const id = await asked();
    const until = new Date('2026-11-24T21:00:00Z');
    expect(await view(id)).toMatchObject({
      status: 'rendering',
      phase: 'fixing',
      fixWindow: { days: 2, until },
    });
    expect(new Set((await tasks(id)).map(({ customerCode }) => customerCode))).toEqual(
      new Set(['defne', 'emre'].map(codeOf)),
    );
    expect((await tasks(id)).map(({ detail }) => detail['on'])).toEqual(['2026-11-24', '2026-11-24']);
    const row = await world.dealer.run((tx) => getPackage(tx, id));
    expect(row.signalAfter).toEqual(until);
    world.installation.clock.moveTo('2026-11-24T20:59:59Z');
    expect(await settle(id)).toBe('rest');
    world.installation.clock.moveTo('2026-11-24T21:00:00Z');
    expect(await settle(id)).toBe('include');
    expect(await tasks(id)).toEqual([]);
  });

  test('lets what completes a file enter as a layer of its own day, and nothing else', async () => {
    const id = await asked();
    const { items: before } = await frozen(id);
    const digest = await world.dealer.run(async (tx) => (await getPackage(tx, id)).snapshotSha256);
    world.installation.clock.moveTo('2026-11-23T10:00:00Z');
    const paper = await addPaper(world, idOf('defne'), 'identity_card');
    await world.dealer.run((tx) =>
      updateRecord(tx, idOf('defne'), { patch: { occupation: 'Sonradan Değişen' }, ifVersion: null }),
    );
    world.installation.clock.moveTo('2026-11-24T21:00:00Z');
    expect(await settle(id)).toBe('include');
    const { frame, items } = await frozen(id);
    const [defne, emre] = items;
    expect({ ...defne, late: undefined }).toEqual({ ...before[0], late: undefined });
    expect(emre).toEqual(before[1]);
    expect(defne?.late).toMatchObject({
      until: '2026-11-24T21:00:00.000Z',
      documents: [
        { id: paper, kind: 'identity_card', path: `belgeler/${codeOf('defne')}/identity-card-1.pdf` },
      ],
      values: [],
    });
    expect(defne?.late?.completed.map(({ on }) => on)).toContain('2026-11-23');
    expect(JSON.stringify(defne)).not.toContain('Sonradan');
    const { data, totals } = await world.dealer.run((tx) => readStatement(tx, id, { limit: 10 }));
    expect(data[0]?.missing.find(({ field }) => field === 'documents.identity_card')).toMatchObject({
      state: 'missing',
      completedOn: '2026-11-23',
      evidence: [{ kind: 'document', id: paper, on: '2026-11-23' }],
    });
    expect(totals.completedLate).toBe(defne?.late?.completed.length);
    expect(totals.met + totals.missing + totals.notApplicable).toBe(totals.customers * totals.requirements);
    expect(frame.scope?.fixWindow?.endedAt).toBe('2026-11-24T21:00:00.000Z');
    expect(await world.dealer.run(async (tx) => (await getPackage(tx, id)).snapshotSha256)).not.toEqual(
      digest,
    );
  });

  test('puts a paper that came late beside the one it makes good, which stays', async () => {
    const customer = await add('hande', {});
    await addUnseenCard(customer);
    const period = { from: '2026-02-01', to: '2026-12-31' };
    const { id } = await ask({ fixWindowDays: 1, customers: [customer], period });
    await settle(id);
    const late = await addPaper(world, customer, 'identity_card', paper('second'));
    world.installation.clock.moveTo('2026-11-24T09:00:00Z');
    await settle(id);
    const [item] = (await frozen(id)).items;
    const path = (n: number) => `belgeler/${codeOf('hande')}/identity-card-${n}.pdf`;
    expect(item?.documents.map((document) => document.path)).toEqual([path(1)]);
    expect(item?.late?.documents.map((document) => [document.id, document.path])).toEqual([[late, path(2)]]);
    expect(item === undefined ? [] : documentsInPackage(item).map((document) => document.path)).toEqual([
      path(1),
      path(2),
    ]);
  });

  test('takes in the value of a field that was missing, with its day', async () => {
    const customer = await add('gül', { occupation: '' });
    const { id } = await ask({
      fixWindowDays: 1,
      customers: [customer],
      period: { from: '2026-02-01', to: '2026-12-31' },
    });
    await settle(id);
    await world.dealer.run((tx) =>
      updateRecord(tx, customer, { patch: { occupation: 'Kuyumcu' }, ifVersion: null }),
    );
    world.installation.clock.moveTo('2026-11-24T09:00:00Z');
    expect(await settle(id)).toBe('include');
    const [item] = (await frozen(id)).items;
    expect(item?.record['occupation']).toBe('');
    expect(item?.late?.values).toContainEqual({ field: 'occupation', value: 'Kuyumcu', on: '2026-11-20' });
  });

  test('is ended early by an officer, once, and not where none is open', async () => {
    const id = await asked();
    const end = (userId: string) => world.dealer.run((tx) => endFixWindow(tx, id), userId);
    const staff = await world.dealer.addUser('staff');
    await expect(end(staff.userId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await end(world.officer.userId);
    expect(await end(world.officer.userId)).toMatchObject({ phase: 'fixing' });
    expect(await settle(id)).toBe('include');
    await expect(end(world.officer.userId)).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
  });

  test('withdraws its tasks when the package is cancelled', async () => {
    const id = await asked();
    await world.dealer.run((tx) => cancelPackage(tx, id));
    expect(await tasks(id)).toEqual([]);
  });
});

/** A card whose original nobody has seen: it is there, and does not do. */
async function addUnseenCard(customerId: string): Promise<void> {
  const key = await world.dealer.run(async (tx) => openCustomerKey(tx, await getCustomer(tx, customerId)));
  const stored = await world.files.receive(key, Readable.from([paper('unseen')]));
  await world.dealer.run((tx) =>
    addDocument(tx, customerId, {
      stored: { ...stored, id: uuidv7(), fileName: 'kimlik.pdf' },
      kind: 'identity_card',
      issuedOn: '2026-01-02',
    }),
  );
}

describe('a package that replaces another', () => {
  test('is named by the other once it is sealed, and only a sealed one is replaced, once', async () => {
    const first = await ask();
    await expect(ask({ supersedes: first.id })).rejects.toMatchObject({
      fields: [{ pointer: '/supersedes', code: 'package_not_sealed' }],
    });
    await forgeSeal(first.id);
    const second = await ask({ supersedes: first.id });
    expect(second.supersedes).toEqual({ id: first.id, number: first.number });
    expect((await world.dealer.run((tx) => readPackage(tx, first.id))).supersededBy).toBeNull();
    await freeze(second.id);
    expect((await frozen(second.id)).frame.scope?.supersedes).toBe(first.number);
    await forgeSeal(second.id);
    expect((await world.dealer.run((tx) => readPackage(tx, first.id))).supersededBy).toEqual({
      id: second.id,
      number: second.number,
    });
    await expect(ask({ supersedes: first.id })).rejects.toMatchObject({
      fields: [{ pointer: '/supersedes', code: 'superseded_already' }],
    });
  });

  async function forgeSeal(id: string): Promise<void> {
    const seal = {
      status: 'sealed',
      phase: 'ended',
      sealed_by: world.manager.userId,
      sealed_at: new Date(),
      four_eyes: 'enforced',
      manifest: Buffer.from('{}'),
      signature: Buffer.alloc(64),
    };
    await world.db.owner('audit_packages').where({ id }).update(seal);
  }
});
