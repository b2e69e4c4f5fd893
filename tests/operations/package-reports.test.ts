import { inDealer } from '../../db/transaction';
import { SYSTEM } from '../../domain/customer';
import { updateRecord } from '../../operations/customers';
import { decide } from '../../operations/decisions';
import { claimNotice, recordDelivery } from '../../operations/notices';
import { advanceOnboarding, submitCase } from '../../operations/onboarding';
import { freezePackage } from '../../operations/package-freeze';
import { customerFile } from '../../operations/package-reports';
import type { PackageItem } from '../../operations/package-snapshot';
import { summaryCollector } from '../../operations/package-summary';
import { packageWords, type PackageWords } from '../../operations/package-words';
import { packageItemsAfter, takePackage, type PackageInWork } from '../../operations/package-work';
import { workbookModel } from '../../operations/package-workbook';
import { requestPackage } from '../../operations/package-request';
import { advanceVerification, recordRegisterAnswer, registerQuestion } from '../../operations/verification';
import { LANGUAGES } from '../../locales';
import { renderCustomerFile, renderSummaryReport, type SummaryReport } from '../../templates/reports';
import { workbookSheets } from '../../templates/workbook';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { inventedTckn, openFile } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
let officer: TestUser;
let person = '';
let company = '';
let work: PackageInWork;
let items: PackageItem[];

const PERIOD = { from: '2026-01-01', to: '2026-12-31' };

/** Takes a complete file through verification, rating and a second person's approval. */
async function onboard(customerId: string): Promise<void> {
  await dealer.run((tx) => submitCase(tx, customerId));
  const caseId = await dealer.run(async (tx) => {
    const row = await tx
      .sql<{ id: string; customer_id: string }>('cases')
      .where({ customer_id: customerId })
      .first('id');
    return row?.id ?? '';
  });
  for (;;) {
    const step = await dealer.run((tx) => advanceOnboarding(tx, customerId, caseId));
    if (step.do === 'verify') await verify(customerId, caseId);
    else if (step.do !== 'again') break;
  }
  await dealer.run(
    (tx) => decide(tx, customerId, { decision: 'approve', reason: 'Belgeler tam' }),
    officer.userId,
  );
}

async function verify(customerId: string, caseId: string): Promise<void> {
  for (;;) {
    const step = await dealer.run((tx) => advanceVerification(tx, customerId, caseId, true));
    if (step.do !== 'ask_register') return;
    await dealer.run(async (tx) => {
      const question = await registerQuestion(tx, customerId, caseId, step.subject);
      if (question === null) return;
      const answer = { result: 'match' as const, provider: 'KPS', simulated: true };
      await recordRegisterAnswer(tx, customerId, question, answer);
    });
  }
}

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
  person = await dealer.run((tx) => openFile(tx, { seed: 11, record: { surname: 'Çağlayanğüş' } }));
  company = await dealer.run((tx) => openFile(tx, { type: 'company', seed: 22 }));
  await onboard(person);
  await onboard(company);
  const welcome: string[] = await dealer.run((tx) =>
    tx.sql('notices').where({ customer_id: person, kind: 'welcome' }).pluck('id'),
  );
  const claim = await dealer.run((tx) => claimNotice(tx, welcome[0] ?? ''));
  if (claim.state !== 'claimed') throw new Error('the welcome mail was not there to be claimed');
  await dealer.run((tx) =>
    recordDelivery(tx, claim.mail.noticeId, claim.mail.attempt, { result: 'sent', code: '250' }),
  );
  ({ work, items } = await freeze());
}, 120_000);

/** A package of everybody as they stand now. */
async function freeze(): Promise<{ work: PackageInWork; items: PackageItem[] }> {
  const { id } = await dealer.run((tx) => requestPackage(tx, { profile: 'masak', period: PERIOD }));
  await inDealer(
    installation.database,
    dealer.dealerId,
    SYSTEM,
    (tx) => freezePackage(tx, id, () => undefined),
    { isolation: 'repeatable read' },
  );
  const taken = await dealer.run((tx) => takePackage(tx, id));
  if (taken === null) throw new Error('the package is not being rendered');
  return { work: taken, items: await dealer.run((tx) => packageItemsAfter(tx, taken, '', 10)) };
}

const itemOf = (id: string): PackageItem => {
  const item = items.find(({ customerId }) => customerId === id);
  if (item === undefined) throw new Error('not in the package');
  return item;
};

/** The summary of the package; it is too small to have volumes. */
async function summaryOf(words: PackageWords): Promise<SummaryReport> {
  const keep = () => Promise.reject(new Error('a volume was cut'));
  const collector = summaryCollector(work.frame, work.report, words, { keep });
  for (const item of items) await collector.add(item);
  return collector.report();
}

test.each(LANGUAGES)('no report shows an identity number in clear, in %s', async (language) => {
  const words = packageWords(language);
  const report = await summaryOf(words);
  const pages = [
    renderSummaryReport(report, language),
    ...items.map((item) => renderCustomerFile(customerFile(item, work.report, words), language)),
  ].join('\n');
  expect(pages).toContain('Çağlayanğüş');
  expect(pages).not.toContain(inventedTckn(11));
  expect(pages).not.toContain(inventedTckn(22));
  expect(pages).not.toContain('1234567890');
  expect(pages).not.toContain('musteri-11@example.com</td>');
});

test('the workbook has the numbers in clear, as text', async () => {
  async function* all() {
    yield* items;
  }
  const model = workbookModel(work.frame, work.report, all, packageWords('tr'));
  const rows = [];
  for (const sheet of workbookSheets(model, 'tr')) for await (const row of sheet.rows) rows.push(row);
  const cells = rows.flat();
  for (const number of [inventedTckn(11), inventedTckn(22), '1234567890']) expect(cells).toContain(number);
});

test('a customer’s file tells what was verified, decided, sent and done, and by whom', () => {
  const file = customerFile(itemOf(person), work.report, packageWords('tr'));
  expect(file.lights).toEqual([
    expect.objectContaining({ format: 'green', checksum: 'green', register: 'grey', simulated: true }),
  ]);
  expect(file.verifications).toEqual([
    expect.objectContaining({ source: 'KPS', simulated: true, result: 'T.C. kimlik no: uyuşuyor' }),
  ]);
  expect(file.decisions).toEqual([
    expect.objectContaining({ decision: 'approve', by: 'Deneme officer', risk: 'low', recordVersion: 1 }),
  ]);
  expect(file.notices).toEqual([
    expect.objectContaining({ maskedAddress: 'm***@example.com', result: 'gönderildi' }),
  ]);
  expect(file.episodes).toEqual([expect.objectContaining({ kind: 'Müşteri kabulü', outcome: 'onaylandı' })]);
  expect(file.history.map(({ event }) => event)).toContain('Karar verildi');
  expect(file.history.map(({ actor }) => actor)).toContain('Deneme officer');
  expect(file.identity).toContainEqual({ label: 'Doğum tarihi', value: '17.05.1990' });
});

test('a company’s file names its representatives and beneficial owners', () => {
  const file = customerFile(itemOf(company), work.report, packageWords('tr'));
  expect(file.representatives).toEqual([expect.objectContaining({ name: 'Mehmet Örnek' })]);
  expect(file.beneficialOwners).toEqual([expect.objectContaining({ name: 'Mehmet Örnek', share: '%100' })]);
});

test('a file says under which policy it was decided, and what the record’s versions changed', async () => {
  await dealer.run((tx) => updateRecord(tx, company, { patch: { phone: '+905321112244' }, ifVersion: null }));
  await dealer.run((tx) => updateRecord(tx, company, { patch: { phone: '+905321112255' }, ifVersion: null }));
  const again = await freeze();
  const words = packageWords('tr');
  const file = customerFile(itemOf(person), work.report, words);
  expect(file.decisions[0]?.policyVersion).toMatch(/^2026/);
  async function* all() {
    yield* again.items;
  }
  const rows = [];
  for await (const row of workbookModel(again.work.frame, again.work.report, all, words).changes)
    if (row.field === 'Telefon') rows.push(row);
  expect(rows).toHaveLength(2);
  expect(rows[0]?.beforeDigest).toMatch(/^[0-9a-f]{16}$/);
  // The second change starts from what the first one left.
  expect(rows[1]?.beforeDigest).toBe(rows[0]?.afterDigest);
  expect(rows[1]?.afterDigest).not.toBe(rows[1]?.beforeDigest);
});

test('each requirement is met, missing or not applicable for each customer, and report and sheet count the same', async () => {
  const words = packageWords('tr');
  const { completeness } = await summaryOf(words);
  if (completeness === null) throw new Error('the snapshot holds no statement');
  const { totals } = completeness;
  expect(totals.product).toBe(2 * (work.frame.requirements?.length ?? 0));
  expect(totals.met + totals.missing + totals.notApplicable).toBe(totals.product);
  async function* all() {
    yield* items;
  }
  const counted = { met: 0, missing: 0, not_applicable: 0 };
  const { completeness: sheet } = workbookModel(work.frame, work.report, all, words);
  for await (const { state, count } of sheet ?? []) counted[state] += count;
  expect(counted).toEqual({
    met: totals.met,
    missing: totals.missing,
    not_applicable: totals.notApplicable,
  });
  const file = customerFile(itemOf(person), work.report, words);
  const [line] = file.statement?.lines.filter(({ state }) => state === 'met') ?? [];
  expect(line?.evidence).toMatch(/(kayıt sürümü|belge|doğrulama|form) \S+ \(\d\d\.\d\d\.\d{4}\)/);
  expect(file.statement?.lines.length).toBe((file.statement?.met ?? 0) + (file.statement?.missing ?? 0));
  expect(file.statement?.others).not.toBe('');
});

test.each(LANGUAGES)('every code of a frozen customer and every parameter has words in %s', (language) => {
  const words = packageWords(language);
  const file = customerFile(itemOf(person), work.report, words);
  const shown = [
    ...file.history.map(({ event }) => event),
    ...file.history.map(({ detail }) => detail ?? ''),
    ...file.notices.flatMap(({ subject, channel, result }) => [subject, channel, result]),
    ...file.episodes.flatMap(({ kind, outcome }) => [kind, outcome ?? '']),
    ...work.frame.parameters.flatMap(words.parameters).flatMap(({ name, value }) => [name, value]),
  ].join('\n');
  // A code would show as camelCase, snake_case, an ISO period or name.name.
  expect(
    shown.match(/\b[a-z]+_[a-z_]+\b|\b[a-z]+[A-Z][a-zA-Z]+\b|\bPT?\d+[A-Z]\b|\b[a-z_]+\.[a-z_]+\b/g),
  ).toBeNull();
});

test('freezing waits for nobody and holds nobody up: an edit made meanwhile is saved, and stays out', async () => {
  const { id } = await dealer.run((tx) => requestPackage(tx, { profile: 'masak', period: PERIOD }));
  await inDealer(
    installation.database,
    dealer.dealerId,
    SYSTEM,
    async (tx) => {
      await tx.sql.raw('select 1 from customers limit 1');
      const edit = { patch: { occupation: 'Kuyumcu' }, ifVersion: null };
      await dealer.run((other) => updateRecord(other, person, edit));
      await freezePackage(tx, id, () => undefined);
      await dealer.run((other) =>
        updateRecord(other, company, { patch: { activity: 'Perakende' }, ifVersion: null }),
      );
    },
    { isolation: 'repeatable read' },
  );
  const later = await dealer.run(async (tx) => {
    const taken = await takePackage(tx, id);
    return taken === null ? [] : packageItemsAfter(tx, taken, '', 10);
  });
  expect(later.map(({ record }) => record['occupation'] ?? record['activity'])).toEqual([
    'Öğretmen',
    'Toptan ticaret',
  ]);
});
