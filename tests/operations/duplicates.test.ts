import type { Tx } from '../../db/transaction';
import type { CustomerType } from '../../domain/customer';
import { createCustomer, updateRecord } from '../../operations/customers';
import {
  dismissDuplicate,
  findDuplicates,
  openDuplicates,
  recordDuplicates,
} from '../../operations/duplicates';
import { listTasks } from '../../operations/tasks';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { until } from '../support/wait';
import { inventedTckn } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
// Every test has a dealer of its own: nobody else's files resemble its own.
beforeEach(async () => {
  dealer = await makeDealer(db, installation);
});

const open = (record: Record<string, unknown>, type: CustomerType = 'natural_person_tr') =>
  dealer.run(async (tx) => (await createCustomer(tx, { type, trigger: 'voluntary', record })).id);
const find = (record: Record<string, unknown>, type: CustomerType = 'natural_person_tr') =>
  dealer.run(async (tx) => (await findDuplicates(tx, [{ type, record }]))[0]);
const pairs = (id: string) => dealer.run((tx) => openDuplicates(tx, id));
const tasksOf = (id: string) =>
  dealer.run(async (tx) =>
    (await listTasks(tx, { customerId: id, limit: 50 })).filter(({ kind }) => kind === 'duplicate'),
  );

const AYSE = { givenNames: 'Ayşe', surname: 'Çolak', birthDate: '1990-05-17' };

test('the same identity number is found under any spelling of it, a filler of somebody’s books is not', async () => {
  const tckn = inventedTckn(4711);
  const id = await open({ ...AYSE, tckn });
  const found = await find({
    givenNames: 'Mehmet',
    tckn: `${tckn.slice(0, 3)} ${tckn.slice(3, 7)}-${tckn.slice(7)}`,
  });
  expect(found?.candidates).toMatchObject([
    { customerId: id, displayName: 'Ayşe Çolak', strength: 'strong', reasons: ['same_identity_number'] },
  ]);
  await open({ givenNames: 'Nihai', surname: 'Tüketici', tckn: '11111111111' });
  expect((await find({ givenNames: 'Başka', surname: 'Biri', tckn: '11111111111' }))?.candidates).toEqual([]);
});

test('T03, T04, T05: a second surname, a hyphen and a missing middle name with the birth date are probable', async () => {
  const id = await open({ ...AYSE, givenNames: 'Ayşe Nur', surname: 'Çolak-Yıldırım' });
  for (const [givenNames, surname, reason] of [
    ['Ayşe Nur', 'Çolak', 'similar_name_and_birth_date'],
    ['AYŞE NUR', 'ÇOLAK YILDIRIM', 'same_name_and_birth_date'],
    ['Ayse', 'Colak Yildirim', 'similar_name_and_birth_date'],
  ]) {
    const found = await find({ ...AYSE, givenNames, surname });
    expect(found?.candidates).toMatchObject([{ customerId: id, strength: 'probable', reasons: [reason] }]);
  }
  expect((await find({ ...AYSE, birthDate: '1990-05-18' }))?.candidates).toEqual([]);
});

test('T15: where only the year of birth is known, the day says nothing', async () => {
  await open({ ...AYSE, birthDate: '1990-01-01', birthDatePrecision: 'year' });
  expect((await find({ ...AYSE, birthDate: '1990-01-01' }))?.candidates).toEqual([]);
});

test('T23: one passport number of two countries is two people', async () => {
  const paper = (issuingCountry: string) => ({
    givenNames: 'John',
    surname: 'Smith',
    idDocument: { type: 'passport', number: 'AB 123456', issuingCountry },
  });
  const id = await open(paper('GBR'), 'natural_person_foreign');
  expect((await find(paper('USA'), 'natural_person_foreign'))?.candidates).toEqual([]);
  const same = { ...paper('GBR'), givenNames: 'Jon' };
  expect((await find(same, 'natural_person_foreign'))?.candidates).toMatchObject([
    { customerId: id, strength: 'strong', reasons: ['same_document'] },
  ]);
});

test('T22: twins are shown for a look, strangers of one surname and birth date are not', async () => {
  const first = inventedTckn(1000);
  const near = inventedTckn(1001);
  const id = await open({ ...AYSE, tckn: first });
  const twin = await find({ ...AYSE, givenNames: 'Fatma', tckn: near });
  expect(twin?.candidates).toMatchObject([
    { customerId: id, strength: 'possible', reasons: ['twin_near_number'] },
  ]);
  expect((await find({ ...AYSE, givenNames: 'Fatma' }))?.candidates).toEqual([]);
});

test('T16: three companies at one address with one phone are a network and no duplicates', async () => {
  const shared = {
    phone: '0212 555 12 12',
    address: { province: 'İstanbul', district: 'Fatih', line: 'Kalpakçılar Cad. No: 12' },
  };
  const ids = [
    await open({ title: 'Kaya Kuyumculuk A.Ş.', vkn: '1234567890', ...shared }, 'company'),
    await open({ title: 'Kaya Sarrafiye Ltd. Şti.', vkn: '2345678901', ...shared }, 'company'),
  ];
  const third = await find({ title: 'Kaya Dış Ticaret A.Ş.', vkn: '3456789012', ...shared }, 'company');
  expect(third?.candidates).toEqual([]);
  expect(third?.network.map(({ customerId }) => customerId).sort()).toEqual(ids.sort());
  expect(third?.network[0]?.reasons).toEqual(['network_address', 'network_phone']);
  expect(await pairs(ids[0] ?? '')).toEqual([]);
});

test('a title with its register number is probable, whatever its legal form is written like', async () => {
  const id = await open({ title: 'Altın Dünyası Ltd. Şti.', tradeRegisterNumber: '123456-0' }, 'company');
  const found = await find(
    { title: 'ALTIN DÜNYASI LİMİTED ŞİRKETİ', tradeRegisterNumber: '123456-0' },
    'company',
  );
  expect(found?.candidates).toMatchObject([{ customerId: id, strength: 'probable' }]);
});

test('many subjects are judged in one call, each by itself and never as their own duplicate', async () => {
  const tckn = inventedTckn(815);
  const id = await open({ ...AYSE, tckn });
  const answers = await dealer.run((tx) =>
    findDuplicates(tx, [
      { type: 'natural_person_tr', record: { givenNames: 'Hiç', surname: 'Kimse' } },
      { type: 'natural_person_tr', record: { tckn } },
      { type: 'natural_person_tr', record: { ...AYSE, tckn }, customerId: id },
    ]),
  );
  expect(answers.map(({ candidates }) => candidates.map(({ customerId }) => customerId))).toEqual([
    [],
    [id],
    [],
  ]);
});

test('a pair found at creation is kept once, seen from both sides, with one task for the staff', async () => {
  const first = await open(AYSE);
  const second = await open({ ...AYSE, surname: 'Çolak' });
  const [pair] = await pairs(first);
  expect(await pairs(second)).toMatchObject([{ id: pair?.id, customerId: first, strength: 'probable' }]);
  expect(pair).toMatchObject({ customerId: second, reasons: ['same_name_and_birth_date'] });
  expect(await tasksOf(second)).toMatchObject([{ forRole: 'staff', detail: { otherId: first } }]);
  await dealer.run((tx) => recordDuplicates(tx, [first, second]));
  expect([...(await tasksOf(first)), ...(await tasksOf(second))]).toHaveLength(1);
});

const edit = (id: string, patch: Record<string, unknown>) =>
  dealer.run((tx) => updateRecord(tx, id, { patch, ifVersion: null }));

test('a correction that takes the resemblance away ends the pair and its task', async () => {
  const first = await open(AYSE);
  const second = await open({ ...AYSE });
  await edit(second, { birthDate: '1971-01-02' });
  expect(await pairs(first)).toEqual([]);
  expect(await tasksOf(second)).toEqual([]);
  await edit(second, { birthDate: AYSE.birthDate });
  expect(await pairs(first)).toHaveLength(1);
  expect(await tasksOf(second)).toHaveLength(1);
});

test('a dismissed pair stays dismissed until it is surer than it was', async () => {
  const tckn = inventedTckn(9999);
  const first = await open({ ...AYSE, tckn });
  const second = await open({ ...AYSE });
  const [pair] = await pairs(second);
  await dealer.run((tx) => dismissDuplicate(tx, pair?.id ?? '', 'İki kuzen'));
  expect(await tasksOf(second)).toEqual([]);
  await edit(second, { occupation: 'Öğretmen' });
  expect(await pairs(second)).toEqual([]);
  await expect(dealer.run((tx) => dismissDuplicate(tx, pair?.id ?? '', 'Yine'))).rejects.toThrow(
    'duplicate_ended',
  );
  await edit(second, { tckn });
  expect(await pairs(first)).toMatchObject([{ id: pair?.id, strength: 'strong' }]);
});

const waitingForLock = async () =>
  (
    await db.owner.raw<{ rows: unknown[] }>(
      "select from pg_locks where locktype = 'advisory' and not granted",
    )
  ).rows.length > 0;

test('two clerks who open the same person at the same moment are told', async () => {
  const tckn = inventedTckn(31337);
  const entry = (tx: Tx) =>
    createCustomer(tx, { type: 'natural_person_tr', trigger: 'voluntary', record: { ...AYSE, tckn } });
  let entered = (): void => undefined;
  let commit = (): void => undefined;
  const isEntered = new Promise<void>((resolve) => (entered = resolve));
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  const first = dealer.run(async (tx) => {
    const file = await entry(tx);
    entered();
    await mayCommit;
    return file;
  });
  await isEntered;
  let isSettled = false;
  const second = dealer.run(entry).finally(() => (isSettled = true));
  // The second clerk looks while the first one's file is not yet committed: waiting is the only way to see it.
  await until('the second clerk to wait', async () => isSettled || (await waitingForLock()));
  commit();
  const [a, b] = [await first, await second];
  expect(await pairs(a.id)).toMatchObject([{ customerId: b.id, strength: 'strong' }]);
});

test('another dealer’s files are never anybody’s duplicates', async () => {
  const tckn = inventedTckn(555);
  await open({ ...AYSE, tckn });
  dealer = await makeDealer(db, installation);
  expect(await find({ ...AYSE, tckn })).toEqual({ candidates: [], network: [] });
});

test('files that share one filler number do not bury the staff in tasks', async () => {
  for (let index = 0; index < 13; index += 1) await open({ ...AYSE });
  expect(await tasksOf(await open({ ...AYSE }))).toHaveLength(10);
});
