import { listCustomers } from '../../operations/customer-list';
import { changeType } from '../../operations/change-type';
import { updateRecord } from '../../operations/customers';
import { findDuplicates } from '../../operations/duplicates';
import { demoTckn, demoYkn } from '../../operations/demo/numbers';
import { confirmCardSpelling } from '../../operations/register-retries';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { useRegisterLine } from './register-line';
import { CITIZENS_PAPERS, customerOf, findingsOf, openOne, read, takeIn, TODAY } from './tricky-files';

/** D-10, names and the register: T01 to T08, T15. */
const db = useDatabase();
const installation = useInstallation(db, `${TODAY}T09:00:00Z`);
const register = useRegisterLine();
let dealer: TestDealer;
beforeEach(async () => {
  dealer = await makeDealer(db, installation);
});

const found = (q: string) =>
  dealer.run(async (tx) => (await listCustomers(tx, { q, limit: 10 })).data.map(({ id }) => id));
const FOREIGNERS_PAPERS = ['passport', 'signature_sample', 'address_proof'] as const;

test('T01: who is typed “ibrahim isik” is found as “İBRAHİM IŞIK”, stays as typed, and the register is asked İBRAHİM IŞIK', async () => {
  const tckn = demoTckn(2);
  const id = await openOne(dealer, 2, { givenNames: 'ibrahim', surname: 'ışık', tckn });
  await takeIn(dealer, id, CITIZENS_PAPERS);
  for (const q of ['ibrahim isik', 'İBRAHİM IŞIK', 'Ibrahim', 'IŞIK', 'işik'])
    expect([q, await found(q)]).toEqual([q, [id]]);
  expect(await read(dealer, id)).toMatchObject({
    displayName: 'ibrahim ışık',
    record: { givenNames: 'ibrahim', surname: 'ışık' },
  });
  await register.verify(dealer, id);
  expect(register.asked).toEqual([{ service: 'KPSPublic', members: `${tckn} | İBRAHİM | IŞIK | 1978` }]);
});

test('T02: a name pasted with U+0307 stays as pasted, equals İsmail wherever names are compared, and is clean for the register', async () => {
  const { record } = customerOf(29);
  expect(record['givenNames']).toBe('I\u0307smail');
  const id = await openOne(dealer, 29);
  await takeIn(dealer, id, CITIZENS_PAPERS);
  expect((await read(dealer, id)).displayName).toBe('I\u0307smail Dağ');
  expect(await findingsOf(dealer, id)).toEqual([]);
  for (const q of ['İsmail', 'ismail', 'i\u0307smail dağ', 'ISMAIL DAG'])
    expect([q, await found(q)]).toEqual([q, [id]]);
  const same = { ...record, givenNames: 'İsmail', tckn: undefined, idDocument: undefined, phone: undefined };
  const [twin] = await dealer.run((tx) => findDuplicates(tx, [{ type: 'natural_person_tr', record: same }]));
  expect(twin?.candidates).toMatchObject([{ customerId: id, strength: 'probable' }]);
  expect(twin?.candidates[0]?.reasons).toContain('same_name_and_birth_date');
  await register.verify(dealer, id);
  expect(register.asked[0]?.members).toContain(' | İSMAİL | DAĞ | ');
});

test('T03: a second surname that the card does not have is a red light and a finding to be settled, never a rejection', async () => {
  const tckn = demoTckn(26);
  register.script[tckn] = 'false';
  const id = await openOne(dealer, 26, { surname: 'Çolak Yıldırım' });
  await takeIn(dealer, id, CITIZENS_PAPERS);
  const row = await register.verify(dealer, id);
  expect(row).toMatchObject({ stage: 'waiting_customer', lights: { register: 'red', checksum: 'green' } });
  expect(await findingsOf(dealer, id)).toEqual(['register_mismatch tckn']);
  expect((await read(dealer, id)).status).toBe('onboarding');
  // The clerk looks at the card, and the record is put right: the register is asked anew, and knows her.
  delete register.script[tckn];
  await dealer.run((tx) => updateRecord(tx, id, { patch: { surname: 'Çolak' }, ifVersion: null }));
  const again = await register.verify(dealer, id);
  expect(register.asked.map(({ members }) => members.split(' | ')[2])).toEqual(['ÇOLAK YILDIRIM', 'ÇOLAK']);
  expect(again).toMatchObject({ stage: 'decision', lights: { register: 'green' } });
  expect(await findingsOf(dealer, id)).toEqual([]);
});

test('T04: “Özdemir-Kaya” and “ÖZDEMİR KAYA” are one name, and the register is asked the card’s spelling once somebody vouches for it', async () => {
  const tckn = demoTckn(21);
  register.script[tckn] = 'false';
  const id = await openOne(dealer, 21);
  await takeIn(dealer, id, CITIZENS_PAPERS);
  expect(await found('özdemir kaya')).toEqual([id]);
  expect(await found('OZDEMIR-KAYA')).toEqual([id]);
  await register.verify(dealer, id);
  expect(await findingsOf(dealer, id)).toEqual(['register_mismatch tckn']);
  delete register.script[tckn];
  installation.clock.moveBy(1000);
  await dealer.run((tx) => confirmCardSpelling(tx, id, { field: 'tckn', spelling: 'without_hyphen' }));
  const row = await register.verify(dealer, id);
  expect(register.asked.map(({ members }) => members.split(' | ')[2])).toEqual([
    'ÖZDEMİR-KAYA',
    'ÖZDEMİR KAYA',
  ]);
  expect(row).toMatchObject({ stage: 'decision', lights: { register: 'green' } });
  expect((await read(dealer, id)).record['surname']).toBe('Özdemir-Kaya');
});

test('T05: a middle name that only the card has is a warning, goes on, and ends once staff write what the card says', async () => {
  const id = await openOne(dealer, 39);
  await takeIn(dealer, id, CITIZENS_PAPERS);
  expect(await findingsOf(dealer, id)).toEqual(['(mrz_mismatch givenNames)']);
  expect(await register.verify(dealer, id)).toMatchObject({ stage: 'decision' });
  await dealer.run((tx) => updateRecord(tx, id, { patch: { givenNames: 'Çağrı Emre' }, ifVersion: null }));
  expect(await findingsOf(dealer, id)).toEqual([]);
});

test('T06: one name is enough for a foreigner whose passport has no surname, and for nobody else', async () => {
  const sukarno = await openOne(dealer, 52);
  expect(await findingsOf(dealer, sukarno)).toEqual([]);
  expect((await read(dealer, sukarno)).displayName).toBe('Sukarno');
  const unsaid = await openOne(dealer, 52, { noSurname: undefined, idDocument: undefined });
  expect(await findingsOf(dealer, unsaid)).toContain('missing surname');
  const citizen = await openOne(dealer, 4, { surname: undefined, noSurname: true });
  expect(await findingsOf(dealer, citizen)).toEqual(['missing surname']);
});

test('T07: a 99-number in the citizen’s field is named as a foreigner’s, the foreigners’ service is asked, and the type follows', async () => {
  const { record } = customerOf(48);
  const number = demoYkn(48);
  const id = await openOne(dealer, 48, { tckn: number, ykn: undefined }, { type: 'natural_person_tr' });
  await takeIn(dealer, id, ['residence_permit', 'identity_card', 'signature_sample', 'address_proof']);
  expect(await findingsOf(dealer, id)).toContain('is_foreigner tckn');
  await dealer.run((tx) => changeType(tx, id, { type: 'natural_person_foreign', reason: 'T07' }));
  expect(await findingsOf(dealer, id)).toEqual([]);
  expect(await read(dealer, id)).toMatchObject({ type: 'natural_person_foreign' });
  expect((await read(dealer, id)).record).not.toHaveProperty('tckn');
  const row = await register.verify(dealer, id);
  expect(register.asked).toEqual([
    {
      service: 'KPSPublicYabanciDogrula',
      members: `${number} | NGUYEN THİ | LAN | 17 | 1 | 1993`,
    },
  ]);
  expect(row).toMatchObject({ stage: 'decision', lights: { register: 'green' } });
  expect(record['ykn']).toBe(number);
});

test('T08: of somebody with both numbers the Turkish identity is asked, and the foreigner’s number stays with the file', async () => {
  const id = await openOne(dealer, 50);
  await takeIn(dealer, id, FOREIGNERS_PAPERS);
  expect(await findingsOf(dealer, id)).toEqual(['(is_citizen tckn)']);
  await register.verify(dealer, id);
  expect(register.asked).toEqual([
    { service: 'KPSPublic', members: `${demoTckn(50)} | JEAN-LUC | D&apos;AMBOİSE | 1969` },
  ]);
  expect(await found(demoYkn(50))).toEqual([id]);
  expect(await found(demoTckn(50))).toEqual([id]);
});

test('T15: of whom the register knows the year only, a citizen is asked by the year, and a foreigner is left to people', async () => {
  const id = await openOne(dealer, 42);
  await takeIn(dealer, id, CITIZENS_PAPERS);
  expect(await findingsOf(dealer, id)).toEqual([]);
  await register.verify(dealer, id);
  expect(register.asked).toEqual([{ service: 'KPSPublic', members: `${demoTckn(42)} | IŞIK | DAĞ | 1940` }]);
  const foreigner = await openOne(dealer, 51, { birthDate: '1990-01-01', birthDatePrecision: 'year' });
  await takeIn(dealer, foreigner, ['residence_permit', 'signature_sample', 'address_proof']);
  const row = await register.verify(dealer, foreigner);
  expect(register.asked).toHaveLength(1);
  expect(row.lights).toMatchObject({ register: 'grey' });
});
