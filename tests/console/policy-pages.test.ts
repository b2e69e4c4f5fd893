import { decide } from '../../operations/decisions';
import { submitCase } from '../../operations/onboarding';
import { advancePolicyChange } from '../../operations/policy-apply';
import { listChangeViews } from '../../operations/policy-views';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { openFile } from '../workflows/files';
import { awaitingDecision } from './files';
import { formAt, signedIn, textOf, valueOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);

let dealer: TestDealer;
let officer: TestUser;
let visits: { officer: Visitor; manager: Visitor; auditor: Visitor };

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
  const [manager, auditor] = [await dealer.addUser('manager'), await dealer.addUser('auditor')];
  visits = {
    officer: await signedIn(api.url, officer),
    manager: await signedIn(api.url, manager),
    auditor: await signedIn(api.url, auditor),
  };
}, 60_000);

const POLICIES = '/settings/policies';
const CHANGES = '/settings/policy-changes';

async function drive(): Promise<void> {
  for (const { id } of (await dealer.run((tx) => listChangeViews(tx, { limit: 50 }))).data)
    for (;;) if ((await dealer.run((tx) => advancePolicyChange(tx, id))).do === 'rest') break;
}

test('a stranger changes the review period, sees who is affected, applies it as two people, and undoes it', async () => {
  const staff = await dealer.addUser('staff');
  const customerId = await dealer.run(async (tx) => {
    const id = await openFile(tx, { seed: 4200 });
    await submitCase(tx, id);
    await awaitingDecision(tx, id);
    return id;
  }, staff.userId);
  await dealer.run((tx) => decide(tx, customerId, { decision: 'approve', reason: 'tam' }), officer.userId);
  const reviewOn = async () => textOf((await visits.officer.get(`/customers/${customerId}`)).html);
  expect(await reviewOn()).toContain('22.11.2027');

  const list = await visits.officer.get(POLICIES);
  expect(textOf(list.html)).toContain('Periyodik güncelleme');
  const form = formAt((await visits.officer.get(`${POLICIES}/refresh`)).html, `${POLICIES}/refresh`);
  const typed = { ...form, 'value.low.light': '9', reason: 'Riskler değişti' };
  const preview = await visits.officer.post(`${POLICIES}/refresh`, { ...typed, act: 'preview' });
  expect(preview.status).toBe(200);
  expect(textOf(preview.html)).toContain('Sonraki güncelleme: 22.11.2027 → 22.08.2027');
  const seal = valueOf(preview.html, 'seal') ?? '';
  const proposed = await visits.officer.post(`${POLICIES}/refresh`, { ...typed, seal, act: 'propose' });
  expect(proposed.path).toMatch(/^\/settings\/policy-changes\//);
  expect(textOf(proposed.html)).toContain('ikinci bir kişi onaylamalı');
  expect(await reviewOn()).toContain('22.11.2027');

  expect(textOf((await visits.manager.get('/tasks')).html)).toContain('Kural değişikliğini onayla');
  const asked = await visits.manager.get(proposed.path);
  expect(textOf(asked.html)).toContain('22.11.2027 → 22.08.2027');
  const approved = await visits.manager.post(`${proposed.path}/approve`);
  expect(textOf(approved.html)).toContain('Değişiklik onaylandı.');
  await drive();
  expect(await reviewOn()).toContain('22.08.2027');
  const applied = textOf((await visits.auditor.get(proposed.path)).html);
  expect(applied).toContain('1 / 1 müşteri');
  expect(applied).toContain('2026.11.1+1');
  expect(applied).not.toContain('Geri almayı öner');

  const undoing = await visits.officer.post(`${proposed.path}/undo`, { reason: 'Yanlış girildi' });
  expect(textOf(undoing.html)).toContain('Geri alma: Periyodik güncelleme');
  expect(textOf((await visits.manager.post(`${undoing.path}/approve`)).html)).toContain('onaylandı');
  await drive();
  expect(await reviewOn()).toContain('22.11.2027');
  expect(textOf((await visits.officer.get(CHANGES)).html)).toContain('geri alındı');
}, 60_000);

test('what was not looked at is not proposed: other values are shown their own preview first', async () => {
  const path = `${POLICIES}/decisionTarget`;
  const form = formAt((await visits.officer.get(path)).html, path);
  const typed = { ...form, value: '2', reason: 'Deneme' };
  const seal = valueOf((await visits.officer.post(path, { ...typed, act: 'preview' })).html, 'seal') ?? '';
  const answer = await visits.officer.post(path, { ...typed, value: '3', seal, act: 'propose' });
  expect(answer.status).toBe(200);
  expect(valueOf(answer.html, 'seal')).not.toBe(seal);
  expect(textOf((await visits.officer.get(POLICIES)).html)).not.toContain('Onay bekleyen öneri');
});

test('the form of every value gives back exactly the value that it shows', async () => {
  const { html } = await visits.officer.get(POLICIES);
  const paths = [...html.matchAll(/href="(\/settings\/policies\/\w+)"/g)].map((match) => match[1] ?? '');
  expect(paths.length).toBeGreaterThan(12);
  for (const path of paths) {
    const page = (await visits.officer.get(path)).html;
    const answer = await visits.officer.post(path, {
      ...formAt(page, path),
      ...ticksOf(page),
      act: 'preview',
    });
    expect([path, answer.status, textOf(answer.html).includes('Şimdiki değerle aynı')]).toEqual([
      path,
      422,
      true,
    ]);
  }
}, 60_000);

test('factors of the risk are ticked by their names, countries are named', async () => {
  const path = `${POLICIES}/risk`;
  const page = (await visits.officer.get(path)).html;
  expect(textOf(page)).toMatch(/nakit ödeme.*Kore/);
  expect(textOf(page)).not.toMatch(/PRK|cash_payment|country_call_for_action/);
  const ticked = ticksOf(page);
  const left = Object.entries(ticked).filter(
    ([name]) => name !== 'value.groups.behaviour.factors.cash_payment',
  );
  expect(left).toHaveLength(Object.keys(ticked).length - 1);
  const form = { ...formAt(page, path), ...Object.fromEntries(left), reason: 'Deneme', act: 'preview' };
  const answer = await visits.officer.post(path, form);
  expect(answer.status).toBe(200);
  expect(Object.keys(ticksOf(answer.html))).toEqual(left.map(([name]) => name));
});

/** The ticked boxes of a page, as a browser sends them. */
const ticksOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<input type="checkbox"[^>]*name="([^"]+)"[^>]* checked/g)].map(([, name]) => [
      name,
      'yes',
    ]),
  );

test('a wrong value says at its field what to do, and keeps what was typed', async () => {
  const path = `${POLICIES}/thresholds`;
  const form = formAt((await visits.officer.get(path)).html, path);
  expect(form['value.identificationKurus']).toBe('185.000,00');
  const typed = { ...form, 'value.identificationKurus': '250.000,00', act: 'preview' };
  const answer = await visits.officer.post(path, typed);
  expect(answer.status).toBe(422);
  expect(textOf(answer.html)).toContain('Kimlik tespiti: Yasal sınırdan daha gevşek olamaz');
  expect(valueOf(answer.html, 'value.identificationKurus')).toBe('250.000,00');
});

test('a rule of the dealer’s own is proposed with boxes and lists', async () => {
  const path = '/settings/rules/new';
  const form = formAt((await visits.officer.get(path)).html, path);
  const typed = {
    ...form,
    'value.types.natural_person_tr': 'yes',
    'value.triggers.continuous': 'yes',
    'value.field': 'sourceOfWealth',
    'value.severity': 'warning',
    reason: 'Yüksek tutarlı işlemler',
  };
  const preview = await visits.officer.post(path, { ...typed, act: 'preview' });
  expect(textOf(preview.html)).toContain('1 yeni eksik çıkar.');
  const seal = valueOf(preview.html, 'seal') ?? '';
  const proposed = await visits.officer.post(path, { ...typed, seal, act: 'propose' });
  expect(textOf(proposed.html)).toContain('Kural OWN-01');
  await visits.manager.post(`${proposed.path}/approve`);
  await drive();
  const matrix = textOf((await visits.auditor.get('/settings/rules?confidence=ours&q=own')).html);
  expect(matrix).toContain('OWN-01');
  expect(matrix).toContain('Yüksek tutarlı işlemler');
  const nothing = await visits.officer.post(path, { ...form, act: 'preview' });
  expect(nothing.status).toBe(422);
});

test('the matrix says which rules an adviser has to confirm, and where each comes from', async () => {
  const all = textOf((await visits.auditor.get('/settings/rules?confidence=recalled')).html);
  expect(all).toContain('danışmanınızca teyit edilecek');
  expect(all).toContain('Kaynaklar');
  expect(textOf((await visits.auditor.get('/settings/rules?q=zzz')).html)).toContain(
    'Bu süzgece uyan kural yok',
  );
  expect((await visits.auditor.get('/settings/rules/NP-01')).status).toBe(403);
});
