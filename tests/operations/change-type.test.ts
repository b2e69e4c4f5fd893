import { changeType } from '../../operations/change-type';
import { createCustomer, readCustomer } from '../../operations/customers';
import { readTimeline } from '../../operations/timeline';
import { useApi } from '../support/api';
import { completeFile, inventedYkn } from '../support/complete-files';
import { formAt, signedIn, textOf } from '../console/visitor';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
});

const open = (type: Parameters<typeof completeFile>[0], changes: Record<string, unknown> = {}) =>
  dealer.run(async (tx) => {
    const { record } = completeFile(type, 'continuous', { seed: 40 });
    return (await createCustomer(tx, { type, trigger: 'continuous', record: { ...record, ...changes } })).id;
  });
const reason = 'Numara yabancı kimlik numarası çıktı';

test('a foreigner who was entered as a citizen goes on as a foreigner, with the number in its own field', async () => {
  const id = await open('natural_person_tr', { tckn: inventedYkn(41) });
  const before = await dealer.run((tx) => readCustomer(tx, id));
  expect(before.findings.map(({ code }) => code)).toContain('is_foreigner');
  const after = await dealer.run((tx) => changeType(tx, id, { type: 'natural_person_foreign', reason }));
  expect(after).toMatchObject({ type: 'natural_person_foreign', version: 2, code: before.code });
  expect(Object.keys(after.record)).toEqual(expect.not.arrayContaining(['tckn']));
  expect(after.record['ykn']).toMatch(/^99/);
  expect(after.findings.map(({ code }) => code)).not.toContain('is_foreigner');
  const { data } = await dealer.run((tx) => readTimeline(tx, id, { limit: 20 }));
  expect(data.find(({ event }) => event === 'customer.type_changed')?.detail).toMatchObject({
    from: 'natural_person_tr',
    to: 'natural_person_foreign',
    reason,
  });
});

test('fields that the new type does not know are named, and nothing is changed', async () => {
  const id = await open('company');
  const refused = dealer.run((tx) => changeType(tx, id, { type: 'association', reason }));
  await expect(refused).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: expect.arrayContaining([{ pointer: '/record/shareholders', code: 'unknown_field' }]),
  });
  expect(await dealer.run((tx) => readCustomer(tx, id))).toMatchObject({ type: 'company', version: 1 });
});

test('the page offers the switch where the number asks for it, with a reason', async () => {
  const staff = await dealer.addUser('staff');
  const visitor = await signedIn(api.url, staff);
  const citizen = await open('natural_person_tr', { tckn: undefined });
  expect((await visitor.get(`/customers/${citizen}`)).html).not.toContain('/change-type');
  const id = await open('natural_person_tr', { tckn: inventedYkn(42) });
  const action = `/customers/${id}/change-type?type&#x3D;natural_person_foreign`;
  const { html } = await visitor.get(`/customers/${id}`);
  const form = formAt(html, action);
  const path = action.replace('&#x3D;', '=');
  expect((await visitor.post(path, form)).status).toBe(422);
  const done = await visitor.post(path, { ...form, reason });
  expect(textOf(done.html)).toContain('Müşteri türü değiştirildi');
  expect(textOf(done.html)).toContain('Gerçek kişi (yabancı)');
});

test('the API answers with the file, and refuses the type that it has', async () => {
  const staff = await dealer.addUser('staff');
  const id = await open('natural_person_tr', { tckn: inventedYkn(43) });
  const path = `/api/v1/customers/${id}/change-type`;
  const body = { type: 'natural_person_foreign', reason };
  const first = await api.call('POST', path, { token: staff.token, body });
  expect([first.status, first.body['type']]).toEqual([200, 'natural_person_foreign']);
  expect((await api.call('POST', path, { token: staff.token, body })).status).toBe(409);
});
