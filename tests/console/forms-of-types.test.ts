import { z } from 'zod';

import { CUSTOMER_TYPES, type CustomerType } from '../../domain/customer';
import { createCustomer, readCustomer } from '../../operations/customers';
import { getCustomer } from '../../db/customers';
import { openCustomerKey, openRecord } from '../../operations/record-envelope';
import { RECORD_SHAPES } from '../../operations/record-shape';
import { sectionsOf } from '../../api/console/record-form';
import { useApi } from '../support/api';
import { completeFile } from '../support/complete-files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { enterByForm } from './form-entry';
import { formAt, signedIn, valueOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;
let visitor: Visitor;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await dealer.addUser('staff');
  visitor = await signedIn(api.url, staff);
});

const clearRecord = (id: string) =>
  dealer.run(async (tx) => {
    const customer = await getCustomer(tx, id);
    const key = await openCustomerKey(tx, customer);
    return openRecord(key, id, customer.version, customer.envelope);
  });

/** A file with a person and an account for everything that its type can say. */
function everything(type: CustomerType): Record<string, unknown> {
  const today = installation.clock.now().toISOString().slice(0, 10);
  const { record } = completeFile(type, 'continuous', { today });
  const isPerson = type.startsWith('natural_person');
  const known = Object.keys(RECORD_SHAPES[type].shape);
  const person = { givenNames: 'Oğuz', surname: 'Şen', birthDate: '1960-01-02', birthPlace: 'Muş' };
  const extra: Record<string, unknown> = {
    onOwnAccount: false,
    onBehalfOf: { person, title: 'İğde A.Ş.', authority: { kind: 'vekil', from: '2026-01-01' } },
    sourcesOfFunds: ['salary', 'abroad'],
    sourceOfFunds: 'Emekli ikramiyesi',
    sourceOfWealth: 'Miras',
    taxResidency: { country: 'DEU', number: '12/345' },
    establishedOn: '1999-12-31',
    fax: '0212 000 00 00',
    legalCapacity: 'full',
    soleTrader: isPerson,
    tradeName: 'Işık Takı',
    transaction: {
      kind: 'sale',
      description: 'Bilezik',
      amountKurus: 19_000_050,
      currency: 'TRY',
      payment: 'cash',
      on: '2026-11-20',
      metal: 'gold',
      purity: '22 ayar',
      grams: '12,345',
      purpose: 'Düğün',
    },
    ...(isPerson ? { representative: { person, authority: { kind: 'vasi', signing: 'sole' } } } : {}),
    idDocument: {
      ...(record['idDocument'] as object | undefined),
      issuedOn: '2020-02-29',
      mrz: 'I<TURA12B34567<<<<<<<<<<<<<<<<\n9005178F4101011TUR<<<<<<<<<<<8\nAGAOGLU<<AYSE<NUR<<<<<<<<<<<<<',
    },
  };
  return { ...record, ...Object.fromEntries(Object.entries(extra).filter(([key]) => known.includes(key))) };
}

test.each(CUSTOMER_TYPES)('a %s entered by form is the same record as one sent to the API', async (type) => {
  const record = everything(type);
  const sent = await dealer.run((tx) => createCustomer(tx, { type, trigger: 'threshold', record }));
  const opened = await visitor.post('/customers', { type, trigger: 'threshold' });
  const id = /\/customers\/([0-9a-f-]{36})\/record/.exec(opened.path)?.[1] ?? '';
  await enterByForm(visitor, id, type, 'threshold', record);
  expect(await clearRecord(id)).toEqual(await clearRecord(sent.id));
  const [byForm, byApi] = await dealer.run(async (tx) => [
    await readCustomer(tx, id),
    await readCustomer(tx, sent.id),
  ]);
  const what = ({ code, field }: { code: string; field: string }) => `${code} ${field}`;
  expect(byForm?.findings.map(what)).toEqual(byApi?.findings.map(what));
});

test.each(CUSTOMER_TYPES)('the form of a %s knows every field that its record has', (type) => {
  const offered = new Set(
    sectionsOf(type, 'threshold').flatMap(({ list, fields }) =>
      fields.map(({ path }) => (list === undefined ? path : `${list}[].${path}`)),
    ),
  );
  expect(pathsOf(RECORD_SHAPES[type]).filter((path) => !offered.has(path))).toEqual([]);
});

/** Leaves of a shape; a list of texts is one leaf. */
function pathsOf(shape: z.ZodType, at = ''): string[] {
  const inner = shape instanceof z.ZodOptional ? (shape.unwrap() as z.ZodType) : shape;
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, member]) =>
      pathsOf(member as z.ZodType, at === '' ? key : `${at}.${key}`),
    );
  }
  const item = inner instanceof z.ZodArray ? inner.element : null;
  return item instanceof z.ZodObject ? pathsOf(item, `${at}[]`) : [at];
}

test('what is seldom needed is folded away, and opens when it says something', async () => {
  const record = { givenNames: 'Işık', surname: 'Çınar' };
  const { id } = await dealer.run((tx) =>
    createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record }),
  );
  const action = `/customers/${id}/record`;
  const folded = /<details class="card fold" id="s-soleTrader">/;
  const { html } = await visitor.get(action);
  expect(html).toMatch(folded);
  const saved = await visitor.post(action, { ...formAt(html, action), tradeName: 'Işık Takı' });
  expect(saved.html).not.toMatch(folded);
  expect(saved.html).toMatch(/<details class="card fold" id="s-soleTrader" open>/);
});

test('ticks come off one by one, and a source that the form does not know stays', async () => {
  const record = { sourcesOfFunds: ['salary', 'piyango', 'credit'] };
  const { id } = await dealer.run((tx) =>
    createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record }),
  );
  const action = `/customers/${id}/record`;
  const { html } = await visitor.get(action);
  expect(html).toContain('name="sourcesOfFunds.salary" value="yes" checked');
  const untouched = { 'sourcesOfFunds.salary': 'yes', 'sourcesOfFunds.credit': 'yes' };
  await visitor.post(action, { ...formAt(html, action), ...untouched });
  expect((await dealer.run((tx) => readCustomer(tx, id))).version).toBe(1);
  await visitor.post(action, {
    ...formAt(html, action),
    'sourcesOfFunds.credit': 'yes',
    'sourcesOfFunds.other': 'yes',
  });
  expect((await clearRecord(id))['sourcesOfFunds']).toEqual(['piyango', 'credit', 'other']);
});

test('the districts of the province on file are offered, and any other is taken', async () => {
  const { id } = await dealer.run((tx) =>
    createCustomer(tx, {
      type: 'natural_person_tr',
      trigger: 'continuous',
      record: { address: { province: 'ISTANBUL', district: 'Springfield' } },
    }),
  );
  const { html } = await visitor.get(`/customers/${id}/record`);
  expect(html).toContain('<option value="Üsküdar"></option>');
  expect(html).not.toContain('<option value="Çankaya"></option>');
  expect(valueOf(html, 'address.district')).toBe('Springfield');
});
