import { createCustomer, readCustomer, revealField, updateRecord } from '../../operations/customers';
import { readTimeline } from '../../operations/timeline';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, PASSWORD, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { paperPdf } from '../support/pdf-files';
import { awaitingDecision, COMPANY, completeCustomer, PERSON } from './files';
import { formAt, signedIn, textOf, valueOf, visitorOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);

let dealer: TestDealer;
let clerk: TestUser;
let staff: Visitor;
let officer: Visitor;

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  clerk = await dealer.addUser('staff');
  staff = await signedIn(api.url, clerk);
  officer = await signedIn(api.url, await dealer.addUser('officer'));
});

const PDF = paperPdf();

const newPerson = () =>
  dealer.run((tx) =>
    createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record: { ...PERSON } }),
  );
const read = (id: string) => dealer.run((tx) => readCustomer(tx, id));

test('a clerk opens a file, fills the record and uploads a document with plain forms alone', async () => {
  const opened = await staff.post('/customers', {
    type: 'natural_person_tr',
    trigger: 'continuous',
    givenNames: 'Işık İsmail',
    surname: 'Çınar',
    tckn: '10000000146',
    birthDate: '04.03.1985',
    phone: '',
    email: '',
    branchId: '',
    language: 'tr',
  });
  const id = /\/customers\/([0-9a-f-]{36})\/record/.exec(opened.path)?.[1] ?? '';
  expect(textOf(opened.html)).toContain('Müşteri dosyası açıldı');
  expect((await read(id)).record).toEqual({
    givenNames: 'Işık İsmail',
    surname: 'Çınar',
    tckn: '100******46',
    birthDate: '1985-03-04',
  });

  const form = formAt(opened.html, `/customers/${id}/record`);
  const saved = await staff.post(`/customers/${id}/record`, {
    ...form,
    'address.province': 'İstanbul',
    'address.line': 'Kapalıçarşı, Kalpakçılar Cad. No 12',
    onOwnAccount: 'yes',
  });
  expect(textOf(saved.html)).toContain('Kayıt kaydedildi.');
  expect((await read(id)).record).toMatchObject({
    address: { province: 'İstanbul', line: 'Kapalıçarşı, Kalpakçılar Cad. No 12' },
    onOwnAccount: true,
    tckn: '100******46',
  });

  const uploaded = await staff.upload(
    `/customers/${id}/documents`,
    { kind: 'identity_card', number: '', issuedOn: '', expiresOn: '06.05.2031', originalSeen: 'yes' },
    { name: 'kimlik ön.pdf', content: PDF },
  );
  expect(textOf(uploaded.html)).toContain('Belge yüklendi.');
  expect((await read(id)).documents).toMatchObject([
    { kind: 'identity_card', expiresOn: '2031-05-06', number: null, fileName: 'kimlik ön.pdf' },
  ]);
});

test('two clicks on the same button open one file', async () => {
  const page = await staff.get('/customers/new?type=company');
  const form = { ...formAt(page.html, '/customers'), title: 'İki Tık Kuyumculuk' };
  const [first, second] = [await staff.post('/customers', form), await staff.post('/customers', form)];
  expect(second.path).toBe(first.path);
  const list = await staff.get('/customers?q=iki%20tik');
  expect(list.html.match(/İki Tık Kuyumculuk/g)).toHaveLength(1);
});

test('a form that is sent untouched changes nothing, masked numbers included', async () => {
  const { id } = await newPerson();
  const before = await read(id);
  const page = await staff.get(`/customers/${id}/record`);
  expect(valueOf(page.html, 'tckn')).toBe('100******46');
  await staff.post(`/customers/${id}/record`, formAt(page.html, `/customers/${id}/record`));
  const after = await read(id);
  expect([after.version, after.record]).toEqual([before.version, before.record]);
});

test('emptying a field removes it', async () => {
  const { id } = await newPerson();
  const page = await staff.get(`/customers/${id}/record`);
  await staff.post(`/customers/${id}/record`, { ...formAt(page.html, `/customers/${id}/record`), phone: '' });
  expect((await read(id)).record).not.toHaveProperty('phone');
});

test('a value of the wrong shape is refused beside its field, and what was typed stays', async () => {
  const { id } = await newPerson();
  const page = await staff.get(`/customers/${id}/record`);
  const refused = await staff.post(`/customers/${id}/record`, {
    ...formAt(page.html, `/customers/${id}/record`),
    surname: 'Yeni',
    birthDate: '31.02.1985',
  });
  expect(refused.status).toBe(422);
  expect(refused.html).toMatch(/<div class="problem"[\s\S]*href="#f-birthDate"/);
  expect(refused.html).toContain('aria-invalid="true"');
  expect(valueOf(refused.html, 'surname')).toBe('Yeni');
  expect((await read(id)).record['surname']).toBe('Çınar');
});

test('an edit of a record that has moved meanwhile overwrites nothing and shows both', async () => {
  const { id } = await newPerson();
  const page = await staff.get(`/customers/${id}/record`);
  await dealer.run((tx) => updateRecord(tx, id, { patch: { occupation: 'Doktor' }, ifVersion: 1 }));
  const conflict = await staff.post(`/customers/${id}/record`, {
    ...formAt(page.html, `/customers/${id}/record`),
    surname: 'Başka',
  });
  expect(conflict.status).toBe(412);
  expect(textOf(conflict.html)).toContain('Başka');
  expect((await read(id)).record).toMatchObject({ surname: 'Çınar', occupation: 'Doktor' });
});

test('rows of a company are added, changed and removed, and numbers that nobody touched stay whole', async () => {
  const { id } = await dealer.run((tx) =>
    createCustomer(tx, { type: 'company', trigger: 'continuous', record: { ...COMPANY } }),
  );
  const action = `/customers/${id}/record`;
  const first = await staff.get(action);
  await staff.post(action, {
    ...formAt(first.html, action),
    'representatives[0].person.surname': 'Altın',
    'representatives[1].person.givenNames': 'Şule',
    'representatives[1].person.tckn': '10000000078',
    'shareholders[1].name': 'Şule İnce',
    'shareholders[1].share': '40',
  });
  const clear = (field: string) => dealer.run((tx) => revealField(tx, id, field, 'test'));
  expect((await read(id)).record).toMatchObject({
    representatives: [
      { person: { givenNames: 'Ayşe', surname: 'Altın' }, authority: { kind: 'müdür' } },
      { person: { givenNames: 'Şule' } },
    ],
    shareholders: [{ share: 60 }, { name: 'Şule İnce', share: 40 }],
  });
  expect(await clear('representatives[0].person.tckn')).toBe('10000000146');

  const second = await staff.get(action);
  await staff.post(action, { ...formAt(second.html, action), 'representatives[0].remove': 'yes' });
  expect((await read(id)).record['representatives']).toMatchObject([{ person: { givenNames: 'Şule' } }]);
  expect(await clear('representatives[0].person.tckn')).toBe('10000000078');
});

test('amounts are read as they are typed in Turkish, and an ambiguous one is asked again', async () => {
  const { id } = await dealer.run((tx) =>
    createCustomer(tx, { type: 'natural_person_tr', trigger: 'threshold', record: { ...PERSON } }),
  );
  const action = `/customers/${id}/record`;
  const page = await staff.get(action);
  const fields = formAt(page.html, action);
  const ambiguous = await staff.post(action, { ...fields, 'transaction.amountKurus': '185.000' });
  expect([ambiguous.status, valueOf(ambiguous.html, 'transaction.amountKurus')]).toEqual([422, '185.000']);
  await staff.post(action, { ...fields, 'transaction.amountKurus': '185.000,50' });
  expect((await read(id)).record['transaction']).toEqual({ amountKurus: 18_500_050 });
  const again = await staff.get(action);
  expect(valueOf(again.html, 'transaction.amountKurus')).toBe('185000,50');
});

test.each([
  ['a page that calls itself a picture', 'x.png', Buffer.from('<html><script>1</script></html>'), 415],
  ['an empty file', 'bos.pdf', Buffer.alloc(0), 422],
])(
  '%s is refused with words beside the file, and nothing is stored',
  async (_what, name, content, status) => {
    const { id } = await newPerson();
    const page = await staff.upload(`/customers/${id}/documents`, { kind: 'other' }, { name, content });
    expect(page.status).toBe(status);
    expect(page.html).toContain('id="f-file-error"');
    expect((await read(id)).documents).toEqual([]);
  },
);

test('a masked number is shown for a reason, once, and the view is on record', async () => {
  const { id } = await newPerson();
  const without = await staff.post(`/customers/${id}/reveal`, { field: 'tckn', reason: ' ' });
  expect([without.status, without.html.includes('10000000146')]).toEqual([422, false]);
  const page = await staff.post(`/customers/${id}/reveal`, { field: 'tckn', reason: 'Nüfus sorgusu' });
  expect(page.html).toContain('10000000146');
  expect(page.headers.get('cache-control')).toBe('no-store');
  const { data } = await dealer.run((tx) => readTimeline(tx, id, { limit: 5 }));
  expect(data[0]).toMatchObject({ event: 'customer.value_revealed', actor: { id: clerk.userId } });
});

test('a second person approves; whose hand is in the file reads why they may not', async () => {
  const id = await dealer.run((tx) => completeCustomer(tx));
  const caseId = await dealer.run((tx) => awaitingDecision(tx, id));
  const admin = await signedIn(api.url, dealer.admin);
  const own = await admin.get(`/cases/${caseId}`);
  expect(textOf(own.html)).toContain('dört göz ilkesi');
  expect(own.html).not.toContain('name="decision"');

  const empty = await officer.post(`/customers/${id}/decisions`, { version: '1', reason: '' });
  expect(empty.status).toBe(422);
  expect(empty.html).toMatch(/href="#f-decision"[\s\S]*href="#f-reason"/);

  const page = await officer.get(`/cases/${caseId}`);
  const decided = await officer.post(`/customers/${id}/decisions`, {
    ...formAt(page.html, `/customers/${id}/decisions`),
    decision: 'approve',
    reason: 'Belgeler tam, risk düşük.',
  });
  expect(decided.path).toBe(`/cases/${caseId}`);
  expect(textOf(decided.html)).toContain('Belgeler tam, risk düşük.');
  expect((await read(id)).status).toBe('active');

  const confirmed = await staff.post(`/customers/${id}/refresh`, { act: 'confirm' });
  expect(textOf(confirmed.html)).toContain('Güncelleme tamamlandı');
});

test('an act that the state forbids is answered on the page it came from', async () => {
  const { id } = await newPerson();
  const page = await staff.post(`/customers/${id}/refresh`, { act: 'confirm' });
  expect(page.status).toBe(409);
  expect(page.html).toContain('class="problem"');
});

test('staff neither see nor reach what their role forbids', async () => {
  const { id } = await newPerson();
  const nav = await staff.get('/');
  expect(nav.html).not.toContain('/settings/users');
  for (const path of ['/settings/users', '/settings/tokens', '/packages/new']) {
    expect([path, (await staff.get(path)).status]).toEqual([path, 403]);
  }
  const decided = await staff.post(`/customers/${id}/decisions`, {
    decision: 'approve',
    reason: 'x',
    version: '1',
  });
  expect(decided.status).toBe(403);
});

test('an auditor reads everything and is offered nothing to change', async () => {
  const auditor = await signedIn(api.url, await dealer.addUser('auditor'));
  const { id } = await newPerson();
  for (const path of ['', '/record', '/documents', '/timeline']) {
    const page = await auditor.get(`/customers/${id}${path}`);
    expect(page.status).toBe(200);
    const forms = [...page.html.matchAll(/<form method="post" action="([^"]+)"/g)].map((match) => match[1]);
    expect(
      forms.filter((action) => !['/language', '/logout', `/customers/${id}/record`].includes(action ?? '')),
    ).toEqual([]);
    expect(page.html).not.toContain('save-bar');
  }
  expect((await auditor.post(`/customers/${id}/record`, { version: '1' })).status).toBe(403);
});

test('another dealer sees nothing of it', async () => {
  const { id } = await newPerson();
  const stranger = await signedIn(api.url, (await makeDealer(db, installation)).admin);
  expect((await stranger.get(`/customers/${id}`)).status).toBe(404);
  expect((await stranger.get('/customers?q=isik')).html).not.toContain(id);
});

test('a form that another site caused is refused', async () => {
  const { id } = await newPerson();
  const response = await fetch(`${api.url}/customers/${id}/submit`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      cookie: [...staff.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.example',
    },
  });
  expect(response.status).toBe(403);
});

test('an admin adds a colleague and a token, which is shown once', async () => {
  const admin = await signedIn(api.url, dealer.admin);
  const weak = await admin.post('/settings/users', {
    email: 'yeni@example.com',
    name: 'Yeni Kişi',
    role: 'officer',
    password: 'kısa',
  });
  expect([weak.status, valueOf(weak.html, 'name')]).toEqual([422, 'Yeni Kişi']);
  const added = await admin.post('/settings/users', {
    email: 'yeni@example.com',
    name: 'Yeni Kişi',
    role: 'officer',
    password: PASSWORD,
  });
  expect(textOf(added.html)).toContain('yeni@example.com');
  const colleague = await signedIn(api.url, { email: 'yeni@example.com' });
  expect((await colleague.get('/packages/new')).status).toBe(200);

  const made = await admin.post('/settings/tokens', { name: 'ERP', userId: clerk.userId });
  const token = /sicil_[\w-]{40,}/.exec(made.html)?.[0] ?? '';
  expect((await api.call('GET', '/api/v1/customers', { token })).status).toBe(200);
  expect((await admin.get('/settings/tokens')).html).not.toContain(token);
});

test('a new password ends other sessions and is asked for with the present one', async () => {
  const user = await dealer.addUser('officer');
  const [here, elsewhere] = [await signedIn(api.url, user), await signedIn(api.url, user)];
  const newPassword = 'yepyeni bir parola';
  const wrong = await here.post('/me/password', { currentPassword: 'yanlış', newPassword });
  expect(wrong.status).toBe(403);
  const changed = await here.post('/me/password', { currentPassword: PASSWORD, newPassword });
  expect(textOf(changed.html)).toContain('Parolanız değişti');
  expect((await elsewhere.get('/customers')).path).toContain('/login');
  expect((await here.get('/customers')).path).toBe('/customers');
});

test('a wrong password is refused in the same words as an unknown address', async () => {
  const words = async (email: string) => {
    const page = await visitorOf(api.url).post('/login', { email, password: 'not the password' });
    expect(page.status).toBe(401);
    return textOf(/<div class="problem"[\s\S]*?<\/div>/.exec(page.html)?.[0] ?? '');
  };
  expect(await words('nobody@example.com')).toBe(await words(clerk.email));
});

test('a package is asked for with a plain form and waits for another person', async () => {
  const page = await officer.get('/packages/new');
  const form = formAt(page.html, '/packages');
  const wrong = await officer.post('/packages', { ...form, from: '2026-12-31', to: '2026-01-01' });
  expect(wrong.status).toBe(422);
  const asked = await officer.post('/packages', { ...form, status: 'onboarding' });
  expect(asked.status).toBe(200);
  expect(asked.path).toMatch(/^\/packages\/[0-9a-f-]{36}$/);
  expect(asked.html).toContain('http-equiv="refresh"');
  expect(textOf(asked.html)).toContain('Kabul sürecinde');

  const id = asked.path.split('/')[2] ?? '';
  await db.owner('audit_packages').where({ id }).update({ status: 'awaiting_seal', phase: 'ready' });
  const own = await officer.get(asked.path);
  expect(own.html).not.toContain(`action="${asked.path}/seal"`);
  expect(textOf(own.html)).toContain('mührü ikinci bir kişi vurmalı');
  const refused = await officer.post(`${asked.path}/seal`);
  expect([refused.status, refused.html.includes('class="problem"')]).toEqual([403, true]);
  const manager = await signedIn(api.url, await dealer.addUser('manager'));
  expect((await manager.get(asked.path)).html).toContain(`action="${asked.path}/seal"`);
  const cancelled = await officer.post(`${asked.path}/cancel`);
  expect(textOf(cancelled.html)).toContain('İptal edildi');
});
