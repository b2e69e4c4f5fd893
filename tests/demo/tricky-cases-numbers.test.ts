import { updateRecord } from '../../operations/customers';
import { demoTckn, demoVkn } from '../../operations/demo/numbers';
import { isVkn } from '../../domain/identity-numbers';
import { openSheets } from '../../stores/sheet-reader';
import { workOnImport } from '../api/import-steps';
import { signedIn, textOf } from '../console/visitor';
import { textSheet, workbookFile } from '../stores/sheet-files';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { customerOf, findingsOf, openOne, read, takeIn, TODAY } from './tricky-files';

/** D-10, shares, numbers, ages and cells: T17 to T20, T28, T29. */
const db = useDatabase();
const installation = useInstallation(db, `${TODAY}T09:00:00Z`);
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
beforeEach(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
});

const owners = (index: number) =>
  customerOf(index).record['beneficialOwners'] as { person: Record<string, unknown> }[];

test('T17: of four partners with 25,00 % nobody owns by share: control decides, and naming a share is refused', async () => {
  const [partner] = owners(12);
  const byControl = await openOne(dealer, 12);
  expect(await findingsOf(dealer, byControl)).toEqual([]);
  const byShare = await openOne(dealer, 12, {
    beneficialOwners: [{ person: partner?.person, method: 'share', share: 25, path: 'doğrudan' }],
  });
  expect(await findingsOf(dealer, byShare)).toEqual(['owner_not_over beneficialOwners[0].method']);
  const nobody = await openOne(dealer, 12, { beneficialOwners: undefined });
  expect(await findingsOf(dealer, nobody)).toEqual(['missing beneficialOwners']);
  // A hundredth more is more than a quarter.
  const shareholders = (customerOf(12).record['shareholders'] as object[]).map((holder, at) => ({
    ...holder,
    share: [25.01, 25, 25, 24.99][at],
  }));
  const over = await openOne(dealer, 12, {
    shareholders,
    beneficialOwners: [{ person: partner?.person, method: 'share', share: 25.01, path: 'doğrudan' }],
  });
  expect(await findingsOf(dealer, over)).toEqual([]);
});

test('T18: 15 % held directly and 12 % through a company are 27 %: who is not named is missed', async () => {
  const [filiz] = owners(23);
  const id = await openOne(dealer, 23);
  expect(await findingsOf(dealer, id)).toEqual([]);
  const other = { ...filiz, person: { ...filiz?.person, givenNames: 'Onur', tckn: demoTckn(231) } };
  const patch = { beneficialOwners: [{ ...other, method: 'control', share: undefined }] };
  await dealer.run((tx) =>
    updateRecord(tx, id, { patch: JSON.parse(JSON.stringify(patch)) as unknown, ifVersion: null }),
  );
  expect(await findingsOf(dealer, id)).toEqual(['owner_missing beneficialOwners']);
  const visitor = await signedIn(api.url, officer);
  const page = textOf((await visitor.get(`/customers/${id}`)).html);
  expect(page).toContain('%27');
});

/** A tax number that begins with a zero, and the nine digits that a sheet makes of it. */
const WITH_ZERO =
  Array.from({ length: 10_000 }, (_, n) => `012345${String(n).padStart(4, '0')}`).find(isVkn) ?? '';
const NINE = WITH_ZERO.slice(1);

test('T19: nine digits that a sheet has made of a tax number are named as such, with the repair where its checksum holds', async () => {
  const check = async (value: string) => {
    const path = `/api/v1/checks`;
    return (await api.call('POST', path, { token: officer.token, body: { kind: 'tax_or_identity', value } }))
      .body;
  };
  const good = await check(NINE);
  expect(good).toMatchObject({ valid: false, fields: { suggested: WITH_ZERO, kind: 'vkn' } });
  expect(JSON.stringify(good)).toContain('Baştaki sıfır silinmiş olabilir');
  const other = `${NINE.slice(0, 8)}${(Number(NINE[8]) + 1) % 10}`;
  const bad = await check(other);
  expect(bad['valid']).toBe(false);
  expect(JSON.stringify(bad)).not.toMatch(/sıfır|suggested/);
  const id = await openOne(dealer, 8, { vkn: NINE, mersisNumber: undefined });
  expect(await findingsOf(dealer, id)).toEqual(['lost_leading_zero vkn']);
  expect((await read(dealer, id)).findings.map(({ field }) => field)).toContain('vkn');
});

test('T20: the fillers of accounting exports count as missing, not as wrong', async () => {
  const person = await openOne(dealer, 2);
  expect(customerOf(2).record['tckn']).toBe('11111111111');
  expect(await findingsOf(dealer, person)).toEqual(['missing tckn']);
  const company = await openOne(dealer, 8, { vkn: '2222222222', mersisNumber: undefined });
  expect(await findingsOf(dealer, company)).toEqual(['missing vkn']);
  await dealer.run((tx) => updateRecord(tx, company, { patch: { vkn: demoVkn(8) }, ifVersion: null }));
  expect(await findingsOf(dealer, company)).toEqual([]);
});

test('T28: a bill of three months and a day is too old for a lasting relationship, and the page shows its date', async () => {
  const fresh = await openOne(dealer, 4);
  await takeIn(dealer, fresh, ['address_proof'], { issuedOn: '2026-08-22' });
  expect(await findingsOf(dealer, fresh)).toEqual([]);
  const stale = await openOne(dealer, 6);
  await takeIn(dealer, stale, ['address_proof'], { issuedOn: '2026-08-21' });
  expect(await findingsOf(dealer, stale)).toEqual(['too_old documents.address_proof']);
  const visitor = await signedIn(api.url, officer);
  const page = textOf((await visitor.get(`/customers/${stale}/documents`)).html);
  expect(page).toContain('21.08.2026');
  expect(page).toContain('azami yaşı 3 ay; alındığında 93 günlüktü');
  // One purchase over the threshold takes the address, and no proof of it.
  const once = await openOne(dealer, 18);
  await takeIn(dealer, once, ['address_proof'], { issuedOn: '2026-08-21' });
  expect(await findingsOf(dealer, once)).toEqual([]);
});

test('T29: a cell that begins like a formula is imported as text, and leaves as text in either format', async () => {
  const formula = '=HYPERLINK("http://example.com";"Işık")';
  const file = await workbookFile([
    textSheet('Musteriler', [
      ['tip', 'tetik', 'unvan_ad', 'soyad', 'adres', 'meslek_faaliyet'],
      ['Gerçek kişi (T.C.)', 'Sürekli iş ilişkisi', formula, '+Çelik', '@adres', '-2+3'],
    ]),
  ]);
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(file)]), 'formül.xlsx');
  form.set('dryRun', 'false');
  const { body } = await api.call('POST', '/api/v1/imports', { token: officer.token, raw: form });
  await workOnImport(installation, { dealerId: dealer.dealerId, importId: String(body['id']) });
  const list = await api.call('GET', '/api/v1/customers', { token: officer.token });
  const [row] = list.body['data'] ?? [];
  expect(row?.['displayName']).toBe(`${formula} +Çelik`);
  expect((await read(dealer, String(row?.['id']))).record).toMatchObject({
    givenNames: formula,
    surname: '+Çelik',
    address: { line: '@adres' },
    occupation: '-2+3',
  });

  const out = async (format: string) => {
    const path = `/api/v1/customers/export?format=${format}&reason=Denetim`;
    const response = await fetch(api.url + path, {
      headers: { authorization: `Bearer ${officer.token}` },
      signal: AbortSignal.timeout(20_000),
    });
    return Buffer.from(await response.arrayBuffer());
  };
  const csv = (await out('csv')).toString();
  expect(csv).toContain(`'=HYPERLINK`);
  expect(csv).not.toMatch(/(^|[;"\n])[=@]/m);
  const cells: unknown[] = [];
  for await (const line of (await openSheets(await out('xlsx'))).rows('01_Musteriler'))
    cells.push(...line.cells);
  // A text cell is never calculated, so that nothing is put in front of it.
  expect(cells).toContainEqual({ kind: 'text', text: expect.stringContaining('=HYPERLINK(') });
});
