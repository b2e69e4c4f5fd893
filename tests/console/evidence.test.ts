import { readCustomer } from '../../operations/customers';
import { submitCase } from '../../operations/onboarding';
import { recordRegisterAnswer, registerQuestion, advanceVerification } from '../../operations/verification';
import { advanceOnboarding } from '../../operations/onboarding';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { openFile } from '../workflows/files';
import { awaitingDecision, HOSTILE } from './files';
import { formAt, signedIn, textOf, valueOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let clerk: TestUser;
let staff: Visitor;
let officer: Visitor;
let auditor: Visitor;
let company = '';
let caseId = '';

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  clerk = await dealer.addUser('staff');
  staff = await signedIn(api.url, clerk);
  officer = await signedIn(api.url, await dealer.addUser('officer'));
  auditor = await signedIn(api.url, await dealer.addUser('auditor'));
  company = await dealer.run((tx) => openFile(tx, { type: 'company', seed: 41 }), clerk.userId);
  await dealer.run((tx) => submitCase(tx, company), clerk.userId);
  caseId = await dealer.run((tx) => awaitingDecision(tx, company));
});

const page = () => `/customers/${company}/evidence`;

test('the case shows the lights of each identity with its owner, and leads to what is to be looked up', async () => {
  const { html } = await officer.get(`/cases/${caseId}`);
  const text = textOf(html);
  expect(text).toContain('Kimlik numaralarının her biri');
  expect(text).toMatch(/Mehmet Örnek ✓ Uygun ✓ Uygun – Sorgulanmadı/);
  expect(text).toMatch(/Örnek Ticaret A\.Ş\./);
  expect(html.replaceAll('&#x3D;', '=')).toContain(`href="${page()}?request=vkn%7Cvkn#record"`);
  expect(html).not.toContain('href="/tasks/');
});

test('a clerk records what they saw with a plain form, chosen by the task that led here', async () => {
  const { html } = await staff.get(`${page()}?request=vkn%7Cvkn`);
  expect(valueOf(html, 'request')).toBe('vkn|vkn');
  const saved = await staff.post(page(), {
    ...formAt(html, page()),
    result: 'match',
    note: HOSTILE,
    barcode: 'YF-9',
    seenAt: '22.11.2026 11:05',
  });
  const text = textOf(saved.html);
  expect(saved.status).toBe(200);
  expect(text).toContain('Kanıt kaydedildi.');
  expect(text).toContain('✓ Eşleşiyor');
  expect(text).toContain('22.11.2026 11:05');
  expect(text).toContain('Barkod YF-9');
  expect(saved.html).not.toContain('<script>alert');
  expect(text).toContain(HOSTILE);
});

test('what is left wrong is said beside its field, and what was typed stays', async () => {
  const { html } = await staff.get(page());
  const refused = await staff.post(page(), {
    ...formAt(html, page()),
    request: '',
    barcode: 'YF',
    seenAt: '31.02.2026',
  });
  expect(refused.status).toBe(422);
  for (const field of ['request', 'result', 'seenAt', 'note'])
    expect(refused.html).toContain(`id="f-${field}-error"`);
  expect(valueOf(refused.html, 'barcode')).toBe('YF');
  expect(refused.html).toMatch(/<div class="problem"[\s\S]*href="#f-seenAt"/);
});

test('who may only read sees the evidence and no form', async () => {
  const { status, html } = await auditor.get(page());
  expect(status).toBe(200);
  expect(html).not.toContain(`action="${page()}"`);
  expect((await auditor.post(page(), { request: 'vkn|vkn', result: 'match', note: 'x' })).status).toBe(403);
});

test('an empty file has nothing to be looked up, and says so', async () => {
  const id = await dealer.run((tx) =>
    openFile(tx, { trigger: 'voluntary', papers: [], record: { tckn: undefined } }),
  );
  const text = textOf((await staff.get(`/customers/${id}/evidence`)).html);
  expect(text).toContain('sorgulanacak bir şey yok');
  expect(text).toContain('Henüz kanıt kaydedilmedi.');
});

test('"kart böyle gösteriyor" asks the register once more', async () => {
  const id = await dealer.run((tx) => openFile(tx, { seed: 43 }), clerk.userId);
  await dealer.run((tx) => submitCase(tx, id), clerk.userId);
  const open = (await dealer.run((tx) => readCustomer(tx, id))).openCaseId ?? '';
  await dealer.run(async (tx) => {
    const next = await advanceVerification(tx, id, open, true);
    const question = next.do === 'ask_register' ? await registerQuestion(tx, id, open, next.subject) : null;
    if (question === null) throw new Error('nothing was asked');
    await recordRegisterAnswer(tx, id, question, { result: 'mismatch', provider: 'test', simulated: false });
    await advanceVerification(tx, id, open, true);
  });
  await dealer.run((tx) => advanceOnboarding(tx, id, open));
  const { html } = await staff.get(`/customers/${id}/evidence`);
  expect(textOf(html)).toContain('Nüfus kaydı adı tanımadı');
  expect(textOf(html)).toContain('Ayşe Denemeoğlu');
  const action = `/customers/${id}/register-retries`;
  const asked = await staff.post(action, formAt(html, action));
  expect(textOf(asked.html)).toContain('Nüfus kaydına bir kez daha soruluyor.');
  expect(textOf(asked.html)).not.toContain('Nüfus kaydı adı tanımadı');
});
