import { decide } from '../../operations/decisions';
import { demoPhone, demoTckn, demoYkn } from '../../operations/demo/numbers';
import { openDuplicates } from '../../operations/duplicates';
import { submitCase } from '../../operations/onboarding';
import { awaitingDecision } from '../console/files';
import { signedIn, textOf } from '../console/visitor';
import { useApi, type Json } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { CITIZENS_PAPERS, customerOf, openOne, read, takeIn, TODAY } from './tricky-files';

/** D-10, who is one and who is several: T09, T16, T22, T23, and T20 where fillers would make doubles. */
const db = useDatabase();
const installation = useInstallation(db, `${TODAY}T09:00:00Z`);
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
beforeEach(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
});

const post = (path: string, body: unknown) =>
  api.call('POST', `/api/v1/${path}`, { token: officer.token, body });
const found = async (q: string) => {
  const { body } = await api.call('GET', `/api/v1/customers?q=${encodeURIComponent(q)}`, {
    token: officer.token,
  });
  return body['data']?.map((row) => String(row['id']));
};
/** What the check says about one of the sixty before its file is opened. */
const check = async (index: number): Promise<Json> => {
  const { type, record } = customerOf(index);
  const { status, body } = await post('duplicates/check', { type, record });
  expect(status).toBe(200);
  return body;
};
const pairs = (id: string) => dealer.run((tx) => openDuplicates(tx, id));

test('T09: somebody naturalised has two files until a person merges them; the one that is left is found by both numbers', async () => {
  const names = { givenNames: 'Olena', surname: 'Kovalenko', birthDate: '1986-02-11' };
  const [ykn, tckn] = [demoYkn(53), demoTckn(530)];
  const before = await openOne(dealer, 53, { ...names, ykn });
  const after = await openOne(dealer, 4, { ...names, tckn });
  expect(await pairs(before)).toMatchObject([{ customerId: after, strength: 'probable' }]);
  const merged = await post(`customers/${before}/merge`, {
    absorb: after,
    take: ['tckn', 'nationality', 'idDocument'],
    reason: 'Vatandaşlığa geçti; aynı kişi',
  });
  expect(merged).toMatchObject({ status: 200, body: { id: before } });
  for (const q of [ykn, tckn, 'kovalenko']) expect([q, await found(q)]).toEqual([q, [before]]);
  expect(await read(dealer, after)).toMatchObject({ status: 'closed' });
  // What was is still there to be read: the file before the merge had the old number only.
  const version = await db
    .owner('customer_versions')
    .where({ customer_id: before })
    .count('* as count')
    .first();
  expect(Number(version?.['count'])).toBe(2);
});

test('T16: three companies of one house with one telephone are a network, shown as such, and no duplicates', async () => {
  const ids = [await openOne(dealer, 22), await openOne(dealer, 23)];
  const { candidates, network } = await check(28);
  expect(candidates).toEqual([]);
  expect(network?.map((member) => String(member['customerId'])).sort()).toEqual([...ids].sort());
  expect(network?.[0]?.['reasons']).toEqual(['network_address', 'network_phone']);
  const third = await openOne(dealer, 28);
  for (const id of [...ids, third]) expect(await pairs(id)).toEqual([]);
  const visitor = await signedIn(api.url, officer);
  const page = textOf((await visitor.get(`/customers/${third}`)).html);
  expect(page).toContain('Kılıç Kuyumculuk San. ve Tic. Ltd. Şti.');
  expect(page).toContain('Gaziantep Altın Takı A.Ş.');
});

test('T22: twins of one house with numbers in a row are asked about, and nobody merges them but a person', async () => {
  const first = await openOne(dealer, 37);
  const { candidates } = await check(38);
  expect(candidates).toMatchObject([
    { customerId: first, strength: 'possible', reasons: ['twin_near_number', 'twin_same_address'] },
  ]);
  const second = await openOne(dealer, 38);
  expect(await pairs(first)).toMatchObject([{ customerId: second, strength: 'possible' }]);
  // Each goes its own way to the end.
  for (const id of [first, second]) {
    await takeIn(dealer, id, CITIZENS_PAPERS);
    await dealer.run((tx) => submitCase(tx, id));
    await dealer.run((tx) => awaitingDecision(tx, id));
    await dealer.run((tx) => decide(tx, id, { decision: 'approve', reason: 'Uygun' }), officer.userId);
    expect(await read(dealer, id)).toMatchObject({ status: 'active' });
  }
  const [pair] = await pairs(first);
  expect((await post(`duplicates/${pair?.id}/dismiss`, { reason: 'İkiz kardeş' })).status).toBe(200);
  expect([await pairs(first), await pairs(second)]).toEqual([[], []]);
});

test('T23: one passport number of two countries is two people', async () => {
  const german = await openOne(dealer, 49);
  const number = (index: number) => (customerOf(index).record['idDocument'] as { number: string }).number;
  expect(number(49)).toBe(number(53));
  expect((await check(53))['candidates']).toEqual([]);
  const ukrainian = await openOne(dealer, 53);
  expect([await pairs(german), await pairs(ukrainian)]).toEqual([[], []]);
  // The same number of the same country is one person, whatever they are called.
  const again = await openOne(dealer, 49, { givenNames: 'Hanna', surname: 'Schmidt', phone: demoPhone(88) });
  expect(await pairs(again)).toMatchObject([
    { customerId: german, strength: 'strong', reasons: ['same_document'] },
  ]);
});

test('T20: two customers with the filler of an accounting export are not one customer', async () => {
  const first = await openOne(dealer, 2);
  const second = await openOne(dealer, 14, { tckn: '11111111111' });
  expect([await pairs(first), await pairs(second)]).toEqual([[], []]);
});
