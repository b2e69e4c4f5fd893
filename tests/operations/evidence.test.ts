import type { Tx } from '../../db/transaction';
import type { Lights } from '../../domain/verification';
import { readCustomer, updateRecord } from '../../operations/customers';
import { decide, excludedPeople } from '../../operations/decisions';
import { recordEvidence, type NewEvidence } from '../../operations/evidence';
import { readEvidence } from '../../operations/evidence-views';
import { advanceOnboarding, submitCase } from '../../operations/onboarding';
import { confirmCardSpelling } from '../../operations/register-retries';
import { advanceVerification, recordRegisterAnswer, registerQuestion } from '../../operations/verification';
import { getCase } from '../../db/cases';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { openFile, type NewFile } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
let clerk: TestUser;
let lookout: TestUser;
let officer: TestUser;
let decider: TestUser;
let seed = 700;

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  [clerk, lookout, officer, decider] = [
    await dealer.addUser('staff'),
    await dealer.addUser('officer'),
    await dealer.addUser('officer'),
    await dealer.addUser('officer'),
  ];
});

const by = <T>(user: TestUser, fn: (tx: Tx) => Promise<T>) => dealer.run(fn, user.userId);
const seenAt = () => new Date(installation.clock.now().getTime() - 60_000);
const seen = (
  kind: NewEvidence['kind'],
  result: NewEvidence['result'],
  extra: Partial<NewEvidence> = {},
) => ({
  kind,
  result,
  seenAt: seenAt(),
  note: 'e-Devlet sayfasında görüldü',
  ...extra,
});

/** A register of one answer, asked as the workflow would, until the case stands still. */
async function run(
  customerId: string,
  answer: (names: string) => 'match' | 'mismatch' | 'unavailable' | null,
) {
  const caseId = (await by(clerk, (tx) => readCustomer(tx, customerId))).openCaseId ?? '';
  for (let turn = 0; turn < 20; turn++) {
    const step = await dealer.run((tx) => advanceOnboarding(tx, customerId, caseId));
    if (step.do !== 'verify' && step.do !== 'again') break;
    if (step.do === 'again') continue;
    for (;;) {
      const next = await dealer.run((tx) => advanceVerification(tx, customerId, caseId, answer('') !== null));
      if (next.do !== 'ask_register') break;
      await dealer.run(async (tx) => {
        const question = await registerQuestion(tx, customerId, caseId, next.subject);
        if (question === null) throw new Error('nothing to ask');
        const result = answer(`${question.givenNames} ${question.surname}`) ?? 'off';
        await recordRegisterAnswer(tx, customerId, question, { result, provider: 'test', simulated: false });
      });
    }
  }
  return caseId;
}

async function submitted(file: NewFile, answer: Parameters<typeof run>[1] = () => 'match') {
  seed += 1;
  const id = await by(clerk, (tx) => openFile(tx, { seed, ...file }));
  await by(clerk, (tx) => submitCase(tx, id));
  return { id, caseId: await run(id, answer) };
}

const stageOf = (caseId: string) => by(clerk, async (tx) => (await getCase(tx, caseId)).stage);
const lightsOf = (caseId: string): Promise<Lights> =>
  by(clerk, async (tx) => (await getCase(tx, caseId)).lights);
const openTasks = (customerId: string): Promise<{ kind: string; evidence: string | null }[]> =>
  by(clerk, (tx) =>
    tx
      .sql('tasks')
      .where({ customer_id: customerId, state: 'open' })
      .whereIn('kind', ['gather_evidence', 'register_unavailable'])
      .orderByRaw("detail ->> 'evidence'")
      .select('kind', tx.sql.raw("detail ->> 'evidence' as evidence")),
  );
const findingsOf = (id: string) => by(clerk, async (tx) => (await readCustomer(tx, id)).findings);

test('a company that verifies asks staff for its tax number and its trade register, and does not wait for them', async () => {
  const { id, caseId } = await submitted({ type: 'company' });
  expect(await stageOf(caseId)).toBe('decision');
  expect((await openTasks(id)).map(({ evidence }) => evidence)).toEqual(['trade_register', 'vkn']);
  expect(await lightsOf(caseId)).toMatchObject({ format: 'green', checksum: 'green', register: 'grey' });
});

test('what a person saw turns the light of that identity green and ends its task', async () => {
  const { id, caseId } = await submitted({ type: 'company' });
  await by(lookout, (tx) => recordEvidence(tx, id, seen('vkn', 'match', { barcode: 'YF-1' })));
  const { identities, register } = await lightsOf(caseId);
  expect(identities?.map(({ field, register: light }) => [field, light])).toEqual([
    ['representatives[0].person.tckn', 'green'],
    ['beneficialOwners[0].person.tckn', 'green'],
    ['vkn', 'green'],
  ]);
  expect(register).toBe('green');
  expect((await openTasks(id)).map(({ evidence }) => evidence)).toEqual(['trade_register']);
  const { evidence } = await by(clerk, (tx) => readEvidence(tx, id));
  expect(evidence).toEqual([
    expect.objectContaining({
      kind: 'vkn',
      field: 'vkn',
      result: 'match',
      barcode: 'YF-1',
      note: 'e-Devlet sayfasında görüldü',
      recordedBy: 'Deneme officer',
      holds: true,
    }),
  ]);
});

test('neither note nor barcode stands in the database as typed', async () => {
  const { id } = await submitted({ type: 'company' });
  await by(lookout, (tx) =>
    recordEvidence(tx, id, seen('vkn', 'match', { note: 'GİZLİNOT', barcode: 'GİZLİBARKOD' })),
  );
  const { rows } = await db.owner.raw(
    `select row_to_json(v)::text || (select coalesce(string_agg(row_to_json(a)::text, ''), '') from audit_log a where a.chain_id = ?) as all
     from verifications v where customer_id = ? and method = 'manual'`,
    [id, id],
  );
  expect(rows).toHaveLength(1);
  const bytes = Buffer.from('GİZLİ').toString('hex');
  expect(rows[0].all).not.toContain('GİZLİ');
  expect(rows[0].all).not.toContain(bytes);
});

test('a contradiction is a finding on the field and sends the case back; a later match closes it', async () => {
  const { id, caseId } = await submitted({ type: 'company' });
  await by(lookout, (tx) => recordEvidence(tx, id, seen('vkn', 'mismatch')));
  expect(await findingsOf(id)).toEqual([
    expect.objectContaining({ code: 'register_mismatch', field: 'vkn', severity: 'blocking' }),
  ]);
  expect(await stageOf(caseId)).toBe('waiting_customer');
  expect((await lightsOf(caseId)).register).toBe('red');
  installation.clock.moveBy(1000);
  await by(lookout, (tx) => recordEvidence(tx, id, seen('vkn', 'match')));
  expect(await findingsOf(id)).toEqual([]);
  await run(id, () => 'match');
  expect(await stageOf(caseId)).toBe('decision');
  expect((await lightsOf(caseId)).register).toBe('green');
});

test('an edit of the value makes the answer worthless and asks anew; an edit of anything else does not', async () => {
  const { id, caseId } = await submitted({ type: 'company' });
  await by(lookout, (tx) => recordEvidence(tx, id, seen('vkn', 'match')));
  const vkn = async () => (await lightsOf(caseId)).identities?.find(({ field }) => field === 'vkn')?.register;
  const version = async () => (await by(clerk, (tx) => readCustomer(tx, id))).version;
  const edit = async (patch: object) => {
    const ifVersion = await version();
    await by(clerk, (tx) => updateRecord(tx, id, { patch, ifVersion }));
    await run(id, () => 'match');
  };
  await edit({ phone: '+902121112244' });
  expect(await vkn()).toBe('green');
  expect((await openTasks(id)).map(({ evidence }) => evidence)).toEqual(['trade_register']);
  await edit({ vkn: '4540536920' });
  expect(await vkn()).toBe('grey');
  expect((await openTasks(id)).map(({ evidence }) => evidence)).toEqual(['trade_register', 'vkn']);
});

test('who gathered evidence for a case may not decide it, and the database refuses it too', async () => {
  const { id, caseId } = await submitted({ type: 'company' });
  await by(lookout, (tx) => recordEvidence(tx, id, seen('vkn', 'match')));
  const approve = (user: TestUser) =>
    by(user, (tx) => decide(tx, id, { decision: 'approve', reason: 'tamam' }));
  await expect(approve(lookout)).rejects.toMatchObject({ code: 'FOUR_EYES' });
  const excluded = await by(decider, async (tx) => excludedPeople(tx, await getCase(tx, caseId)));
  expect(excluded).toContain(lookout.userId);
  const insert = by(lookout, (tx) =>
    tx.sql('decisions').insert({
      dealer_id: tx.dealerId,
      id: '018f0000-0000-7000-8000-000000000001',
      customer_id: id,
      case_id: caseId,
      decision: 'approve',
      reason: 'x',
      decided_by: lookout.userId,
      decided_at: tx.now,
      record_version: 1,
      four_eyes: 'enforced',
    }),
  );
  await expect(insert).rejects.toMatchObject({ code: 'SC002' });
  await approve(decider);
  // Nobody looked up the trade register: its task is withdrawn with the case, not done.
  const states = await by(clerk, (tx) =>
    tx.sql('tasks').where({ customer_id: id, kind: 'gather_evidence' }).orderBy('state').pluck('state'),
  );
  expect(states).toEqual(['cancelled', 'done']);
});

test('where the register stayed silent an officer records what they saw, and staff may not', async () => {
  const { id, caseId } = await submitted({}, () => 'unavailable');
  expect(await openTasks(id)).toContainEqual({
    kind: 'register_unavailable',
    evidence: 'population_register',
  });
  const look = (user: TestUser) =>
    by(user, (tx) => recordEvidence(tx, id, seen('population_register', 'match')));
  await expect(look(clerk)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await look(officer);
  expect((await lightsOf(caseId)).register).toBe('green');
  expect((await openTasks(id)).map(({ kind }) => kind)).toEqual(['gather_evidence']);
});

test('a name the card writes otherwise is asked about once more, after somebody vouched for the card', async () => {
  const asked: string[] = [];
  const onlyAyse = (names: string) => {
    if (names !== '') asked.push(names);
    return names === 'Ayşe Denemeoğlu' ? 'match' : 'mismatch';
  };
  const { id, caseId } = await submitted({}, onlyAyse);
  expect(await stageOf(caseId)).toBe('waiting_customer');
  const { retries } = await by(clerk, (tx) => readEvidence(tx, id));
  expect(retries).toEqual([
    {
      field: 'tckn',
      spellings: [{ spelling: 'first_given_name', givenNames: 'Ayşe', surname: 'Denemeoğlu' }],
    },
  ]);
  const vouch = () =>
    by(clerk, (tx) => confirmCardSpelling(tx, id, { field: 'tckn', spelling: 'first_given_name' }));
  installation.clock.moveBy(1000);
  await vouch();
  await run(id, onlyAyse);
  expect(asked).toEqual(['Ayşe Nur Denemeoğlu', 'Ayşe Denemeoğlu']);
  expect(await stageOf(caseId)).toBe('decision');
  expect(await findingsOf(id)).toEqual([]);
  await expect(vouch()).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
  expect(await by(decider, async (tx) => excludedPeople(tx, await getCase(tx, caseId)))).toContain(
    clerk.userId,
  );
});

test('a card is vouched for once: a second mismatch stays one', async () => {
  const { id, caseId } = await submitted({}, () => 'mismatch');
  const vouch = () =>
    by(clerk, (tx) => confirmCardSpelling(tx, id, { field: 'tckn', spelling: 'first_given_name' }));
  installation.clock.moveBy(1000);
  await vouch();
  await run(id, () => 'mismatch');
  expect(await stageOf(caseId)).toBe('waiting_customer');
  await expect(vouch()).rejects.toMatchObject({ code: 'STATE_FORBIDS', detail: 'already_retried' });
  expect((await by(clerk, (tx) => readEvidence(tx, id))).retries).toEqual([]);
});

test.each<[string, Partial<NewEvidence>, string]>([
  ['another kind of customer', { kind: 'trade_register' }, '/kind'],
  ['a field that is not there', { kind: 'address', field: 'address.city' }, '/field'],
  ['an instant to come', { kind: 'address', seenAt: new Date('2030-01-01') }, '/seenAt'],
  [
    'a document of nobody',
    { kind: 'address', documentId: '018f0000-0000-7000-8000-000000000001' },
    '/documentId',
  ],
])('evidence about %s is refused by name', async (_what, input, pointer) => {
  const { id } = await submitted({});
  const recorded = by(lookout, (tx) => recordEvidence(tx, id, { ...seen('address', 'match'), ...input }));
  await expect(recorded).rejects.toMatchObject({ code: 'INVALID_INPUT', fields: [{ pointer }] });
});

test('an address that is not so is a finding on the address, with the article behind it', async () => {
  const { id } = await submitted({});
  await by(lookout, (tx) => recordEvidence(tx, id, seen('address', 'mismatch')));
  expect(await findingsOf(id)).toEqual([
    expect.objectContaining({ code: 'register_mismatch', field: 'address', legalBasis: 'TY m.6/3' }),
  ]);
});

test('the hash of the paper stays with the answer', async () => {
  const { id } = await submitted({});
  const { documents } = await by(clerk, (tx) => readCustomer(tx, id));
  const paper = documents.find(({ kind }) => kind === 'address_proof');
  await by(lookout, (tx) =>
    recordEvidence(tx, id, seen('address', 'match', paper === undefined ? {} : { documentId: paper.id })),
  );
  const { evidence } = await by(clerk, (tx) => readEvidence(tx, id));
  expect(evidence[0]?.document).toEqual({ id: paper?.id, sha256: paper?.sha256 });
});
