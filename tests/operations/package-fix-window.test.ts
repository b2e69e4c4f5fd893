import { Readable } from 'node:stream';

import { v7 as uuidv7 } from 'uuid';

import { getCustomer } from '../../db/customers';
import { getPackage } from '../../db/packages';
import { updateRecord } from '../../operations/customers';
import { addDocument } from '../../operations/documents';
import { readStatement } from '../../operations/package-completeness';
import { endFixWindow } from '../../operations/package-fix-window';
import { documentsInPackage } from '../../operations/package-snapshot';
import { cancelPackage, readPackage } from '../../operations/packages';
import { openCustomerKey } from '../../operations/record-envelope';
import { listTasks } from '../../operations/tasks';
import { addPaper, paper } from '../package/package-world';
import { useScopeWorld } from './scope-world';

const { world, idOf, codeOf, add, ask, settle, frozen } = useScopeWorld();

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
    const card = await addPaper(world, idOf('defne'), 'identity_card');
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
        { id: card, kind: 'identity_card', path: `belgeler/${codeOf('defne')}/identity-card-1.pdf` },
      ],
      values: [],
    });
    expect(defne?.late?.completed.map(({ on }) => on)).toContain('2026-11-23');
    expect(JSON.stringify(defne)).not.toContain('Sonradan');
    const { data, totals } = await world.dealer.run((tx) => readStatement(tx, id, { limit: 10 }));
    expect(data[0]?.missing.find(({ field }) => field === 'documents.identity_card')).toMatchObject({
      state: 'missing',
      completedOn: '2026-11-23',
      evidence: [{ kind: 'document', id: card, on: '2026-11-23' }],
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
