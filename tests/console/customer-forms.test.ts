import sharp from 'sharp';

import { createCustomer } from '../../operations/customers';
import { readForms } from '../../operations/form-views';
import { readPermissions } from '../../operations/privacy';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { PERSON } from './files';
import { formAt, signedIn, textOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: Visitor;

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await signedIn(api.url, await dealer.addUser('staff'));
});

const scan = () =>
  sharp({ create: { width: 300, height: 400, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer();

async function newCustomer(trigger: 'continuous' | 'threshold' = 'continuous'): Promise<string> {
  const record = { ...PERSON, occupation: undefined };
  const { id } = await dealer.run((tx) => createCustomer(tx, { type: 'natural_person_tr', trigger, record }));
  return `/customers/${id}/forms`;
}

const idOf = (page: string) => page.split('/')[2] ?? '';
const formsOf = (page: string) => dealer.run((tx) => readForms(tx, idOf(page)));

/** Records the notice, so that the page offers the form. */
async function inform(page: string): Promise<void> {
  await staff.post(`${page}/privacy-notices`, { version: '2026-11', channel: 'counter_screen' });
}

test('a clerk informs the customer, issues the form, and binds the signed scan with plain forms alone', async () => {
  const page = await newCustomer();
  const first = await staff.get(page);
  expect(textOf(first.html)).toContain('aydınlatma metni gösterilmiş olmalıdır');
  expect(first.html).not.toContain('id="issue"');

  const informed = await staff.post(`${page}/privacy-notices`, formAt(first.html, `${page}/privacy-notices`));
  expect(textOf(informed.html)).toContain('tezgâhta ekrandan');
  expect(textOf(informed.html)).toContain('Meslek'); // stays blank on the paper

  const issued = await staff.post(page, formAt(informed.html, page));
  expect(textOf(issued.html)).toContain('FRM-2026-000001');
  expect(textOf(issued.html)).toContain('imza bekliyor');
  const [form] = await formsOf(page);
  expect(issued.html).toContain(`/api/v1${page}/${form?.id}/office-pdf`);

  const { file: _file, ...sign } = formAt(issued.html, `${page}/${form?.id}/signature`);
  expect(sign['pdfSha256']).toBe(form?.pdf.sha256);
  const signed = await staff.upload(
    `${page}/${form?.id}/signature`,
    { ...sign, originalSeen: 'yes' },
    { name: 'imzalı.jpg', content: await scan() },
  );
  expect(textOf(signed.html)).toContain('imzalandı');
  expect(signed.html).not.toContain('name="pdfSha256"');
  expect((await formsOf(page))[0]?.state).toBe('signed');
});

test('two clicks on the button issue one form', async () => {
  const page = await newCustomer();
  await inform(page);
  const form = formAt((await staff.get(page)).html, page);
  await Promise.all([staff.post(page, form), staff.post(page, form)]);
  expect(await formsOf(page)).toHaveLength(1);
});

test('a form about a transaction says beside its fields what is missing, and keeps what was typed', async () => {
  const page = await newCustomer('threshold');
  await inform(page);
  const form = formAt((await staff.get(page)).html, page);
  const refused = await staff.post(page, {
    ...form,
    'transaction.kind': 'sale',
    'transaction.grams': '12,5',
  });
  expect(refused.status).toBe(422);
  expect(refused.html).toContain('id="f-transaction-amountKurus-error"');
  expect(refused.html).toContain('value="12,5"');
  const issued = await staff.post(page, {
    ...formAt(refused.html, page),
    'transaction.amountKurus': '185.000,50',
    'transaction.payment': 'cash',
  });
  expect(issued.status).toBe(200);
  expect((await formsOf(page))[0]?.transaction).toMatchObject({ amountKurus: 18_500_050, grams: '12,5' });
});

test('a void needs its reason, and shows it afterwards', async () => {
  const page = await newCustomer();
  await inform(page);
  await staff.post(page, formAt((await staff.get(page)).html, page));
  const [form] = await formsOf(page);
  const refused = await staff.post(`${page}/${form?.id}/void`, { reason: '' });
  expect(refused.status).toBe(422);
  expect(refused.html).toContain('aria-invalid="true"');
  const voided = await staff.post(`${page}/${form?.id}/void`, { reason: 'yanlış müşteri' });
  expect(textOf(voided.html)).toContain('yanlış müşteri');
  expect(textOf(voided.html)).toContain('iptal edildi');
});

test('a permission is recorded with its way and source, and its history stays', async () => {
  const page = await newCustomer();
  const given = { marketingChannel: 'sms', marketingState: 'given', marketingSource: 'form' };
  await staff.post(`${page}/marketing-permissions`, given);
  const { html } = await staff.post(`${page}/marketing-permissions`, {
    ...given,
    marketingState: 'withdrawn',
    marketingSource: 'phone',
  });
  expect(textOf(html)).toContain('SMS: geri alındı, telefonla');
  expect(textOf(html)).toContain('SMS: verildi, imzalı form');
  expect((await dealer.run((tx) => readPermissions(tx, idOf(page)))).current.sms).toBe('withdrawn');
  expect(
    (await staff.post(`${page}/marketing-permissions`, { ...given, marketingChannel: 'x' })).status,
  ).toBe(422);
});

test('an auditor reads the forms and is offered nothing to do', async () => {
  const page = await newCustomer();
  await inform(page);
  await staff.post(page, formAt((await staff.get(page)).html, page));
  const auditor = await signedIn(api.url, await dealer.addUser('auditor'));
  const { html, status } = await auditor.get(page);
  expect(status).toBe(200);
  expect(html).toContain('FRM-2026-');
  expect(html).not.toContain(`action="${page}`);
});
