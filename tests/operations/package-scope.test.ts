import { createHash } from 'node:crypto';

import { drawSample } from '../../domain/sample';
import { addBranch } from '../../operations/dealers';
import { completenessFile, readStatement } from '../../operations/package-completeness';
import { exclusionsOf, manifestScope } from '../../operations/package-scope-facts';
import type { PackageRequest } from '../../operations/package-request';
import { type PackageItem } from '../../operations/package-snapshot';
import { cancelPackage, listPackages, readPackage } from '../../operations/packages';
import { sealPackage } from '../../operations/package-seal';
import { addPerson } from '../package/package-world';
import { makeDealer } from '../support/dealer';
import { useScopeWorld } from './scope-world';

const { world, people, idOf, codeOf, ask, freeze, settle, frozen, inside } = useScopeWorld();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

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
    const asked: Partial<PackageRequest> = {
      filter: { branch: [branch] },
      include: [{ customerId: idOf('ali'), reason: 'x' }],
    };
    const { id } = await ask(asked);
    await freeze(id);
    const { frame } = await frozen(id);
    expect(frame.scope?.branches).toEqual(['Kapalıçarşı']);
    expect(manifestScope(frame, null).branches).toEqual(['Kapalıçarşı']);
    expect(await inside(id)).toEqual([codeOf('ali')]);
  });

  test('that holds nobody ends a package as failed, and a rehearsal with nobody counted', async () => {
    const nobody: Partial<PackageRequest> = { period: { from: '2020-01-01', to: '2020-12-31' } };
    const { id } = await ask(nobody);
    await freeze(id);
    const view = () => world.dealer.run((tx) => readPackage(tx, id));
    expect(await view()).toMatchObject({ status: 'failed', errorCode: 'EMPTY_SCOPE', asOf: null });
    expect(await settle(id)).toBe('discard');
    const rehearsal = await ask({ ...nobody, dryRun: true });
    await freeze(rehearsal.id);
    expect(await world.dealer.run((tx) => readPackage(tx, rehearsal.id))).toMatchObject({
      status: 'rehearsed',
      errorCode: null,
      progress: { done: 0, total: 0 },
      completeness: { customers: 0 },
    });
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
    [
      'a branch that is not there',
      () => ({ filter: { branch: ['01980000-0000-7000-8000-000000000000'] } }),
      '/filter/branch',
      'unknown_branch',
    ],
    [
      'a period that has not begun',
      () => ({ period: { from: '2026-11-21', to: '2027-11-21' } }),
      '/period/from',
      'day_in_future',
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

  test('of a period that begins today and ends next year is taken', async () => {
    await expect(ask({ period: { from: '2026-11-20', to: '2027-11-20' } })).resolves.toMatchObject({
      status: 'rendering',
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
