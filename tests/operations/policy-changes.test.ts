import { createHash } from 'node:crypto';

import { listOpenDuties } from '../../db/duties';
import { openFindings } from '../../db/findings';
import { inDealer, type Tx } from '../../db/transaction';
import type { ComplianceError } from '../../domain/errors';
import { DEFAULT_POLICY, type Policy } from '../../domain/rules/policy';
import { RULE_VERSION } from '../../domain/rules/requirements';
import { createApiToken, tokenOf } from '../../operations/api-tokens';
import { advancePolicyChange, recordPolicyFailure } from '../../operations/policy-apply';
import {
  approveChange,
  proposeChange,
  proposeUndo,
  rejectChange,
  withdrawChange,
  type ChangeRequest,
} from '../../operations/policy-changes';
import { checkedValue, POLICY_SHAPES } from '../../operations/policy-values';
import { previewChange } from '../../operations/policy-preview';
import { listMoved, readChange } from '../../operations/policy-views';
import { listPolicyViews, listRequirementViews } from '../../operations/rule-views';
import { loadPolicy, policyAsOf, policyVersion } from '../../operations/rules';
import { openFile } from '../workflows/files';
import { activeCustomer, told, useOffice } from '../notices/office';

const office = useOffice();
const TODAY = '2026-11-22';
const REFRESH = DEFAULT_POLICY.find(({ key }) => key === 'refresh')?.value as Policy['refresh'];
const AGES = DEFAULT_POLICY.find(({ key }) => key === 'documentAges')?.value as Policy['documentAges'];
/** A low risk is confirmed every twelve months; now every nine. */
const NINE_MONTHS = { ...REFRESH, low: { ...REFRESH.low, light: 'P9M' } };

let seed = 7000;

async function active(record: Record<string, unknown> = {}): Promise<string> {
  seed += 1;
  return activeCustomer(office, { seed, record });
}

const propose = (request: ChangeRequest, reason = 'Risk değerlendirmesi') =>
  office.dealer.run((tx) => proposeChange(tx, { ...request, reason }), office.officer.userId);
const approve = (id: string) => office.dealer.run((tx) => approveChange(tx, id));

/** Does by hand what the workflow does. */
async function drive(id: string): Promise<void> {
  for (;;) if ((await office.machine((tx) => advancePolicyChange(tx, id))).do === 'rest') return;
}

async function change(request: ChangeRequest): Promise<string> {
  const id = await propose(request);
  await approve(id);
  await drive(id);
  return id;
}

async function undo(id: string): Promise<string> {
  const undoing = await office.dealer.run(
    (tx) => proposeUndo(tx, id, 'Yanlış girildi'),
    office.officer.userId,
  );
  await approve(undoing);
  await drive(undoing);
  return undoing;
}

/** Everything that can move, as people and machine see it. */
async function datesOf(id: string) {
  const { customer, cases } = await told(office, id);
  const duties = await office.machine((tx) => listOpenDuties(tx, id));
  return {
    nextReviewOn: customer.nextReviewOn,
    duties: duties
      .filter(({ kind }) => kind !== 'notice')
      .map(({ kind, dueAt }) => `${kind} ${dueAt.toISOString()}`)
      .sort(),
    cases: cases
      .filter(({ stage }) => stage !== 'closed')
      .map(({ kind, dueOn, nextAt, ladderStep }) => ({ kind, dueOn, nextAt, ladderStep })),
  };
}

const read = (id: string) => office.machine((tx) => readChange(tx, id));

test('a shorter review period is seen beforehand, approved by a second person, applied, and undone to the day', async () => {
  const id = await active();
  const before = await datesOf(id);
  expect(before.nextReviewOn).toBe('2027-11-22');

  const request = { key: 'refresh', value: NINE_MONTHS, validFrom: TODAY };
  const preview = await office.machine((tx) => previewChange(tx, request, { limit: 50 }));
  expect(preview.exact).toMatchObject({ affected: 1, byKind: { review: 1 }, dueAtOnce: 0 });
  expect(preview.concerned).toBe(1);
  const on = preview.lines.find(({ customer }) => customer.id === id)?.moves[0]?.on;
  expect(on).toEqual({ from: '2027-11-22', to: '2027-08-22' });
  expect(await datesOf(id)).toEqual(before);

  const changed = await change(request);
  expect((await datesOf(id)).nextReviewOn).toBe('2027-08-22');
  expect(await read(changed)).toMatchObject({
    state: 'applied',
    number: 1,
    progress: { done: 1, total: 1 },
    moved: { review: 1 },
    fourEyes: 'enforced',
  });
  const undoing = await undo(changed);
  expect(await datesOf(id)).toEqual(before);
  expect(await read(changed)).toMatchObject({ state: 'undone', undoneBy: undoing });
  const { data } = await office.machine((tx) => listMoved(tx, changed, { limit: 10 }));
  expect(data[0]?.moves[0]).toMatchObject({ what: 'review', oldOn: '2027-11-22', newOn: '2027-08-22' });
});

test('whoever proposed it, or made the token that did, cannot approve it; only a manager can', async () => {
  const value = { ...REFRESH, low: { ...REFRESH.low, light: 'P8M' } };
  const request = { key: 'refresh', value, validFrom: TODAY, reason: 'Deneme' };
  const own = await office.dealer.run((tx) => proposeChange(tx, request));
  await expect(approve(own)).rejects.toMatchObject({ code: 'FOUR_EYES' });
  const officers = office.dealer.run((tx) => approveChange(tx, own), office.officer.userId);
  await expect(officers).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(propose(request)).rejects.toMatchObject({ code: 'CONFLICT', detail: 'policy_change_open' });
  await office.dealer.run((tx) => withdrawChange(tx, own, 'vazgeçildi'));
  await expect(approve(own)).rejects.toMatchObject({ code: 'STATE_FORBIDS' });

  // The admin made a token for the officer: what it proposes, the admin may not approve.
  const token = await office.dealer.run(async (tx) =>
    tokenOf(tx, await createApiToken(tx, { userId: office.officer.userId, name: 'ERP' })),
  );
  const tokenHash = createHash('sha256').update(token).digest();
  const actor = { kind: 'user', userId: office.officer.userId, role: 'officer', tokenHash } as const;
  const byToken = await inDealer(office.installation.database, office.dealer.dealerId, actor, (tx) =>
    proposeChange(tx, request),
  );
  await expect(approve(byToken)).rejects.toMatchObject({ code: 'FOUR_EYES' });
  await office.dealer.run((tx) => rejectChange(tx, byToken, 'hayır'));
  expect(await read(byToken)).toMatchObject({ state: 'rejected', decisionReason: 'hayır' });
});

test('the database itself refuses an approval by the proposer', async () => {
  const id = await propose({ key: 'decisionTarget', value: 'P2D', validFrom: TODAY });
  await expect(
    office.db
      .owner('policy_changes')
      .where({ id })
      .update({ four_eyes: 'enforced', decided_by: office.officer.userId }),
  ).rejects.toMatchObject({ code: 'SC002' });
  await office.dealer.run((tx) => rejectChange(tx, id, 'hayır'));
});

test.each([
  ['retention', 'P5Y', '/value', 'weaker_than_law'],
  [
    'thresholds',
    { identificationKurus: 20_000_000, paymentEvidenceKurus: 1 },
    '/value/identificationKurus',
    'weaker_than_law',
  ],
  ['beneficialOwnership', { overPercent: 30 }, '/value/overPercent', 'weaker_than_law'],
  ['documentAges', { ...AGES, address_proof: 'P6M' }, '/value/address_proof', 'weaker_than_law'],
  ['retention', 'sekiz yıl', '/value', 'not_a_period'],
  ['collectingPeriod', 'PT0H', '/value', 'too_small'],
  ['suspendAfterDays', 21, '/value', 'before_last_rung'],
  ['suspendAfterDays', 30, '/value', 'nothing_changes'],
  [
    'refresh',
    { ...REFRESH, low: { ...REFRESH.low, light: 'P30M' } },
    '/value/low/light',
    'light_not_shorter',
  ],
  ['fourEyes', { mode: 'recorded', reason: null }, '/value/reason', 'reason_required'],
  ['documentAges', { address_proof: 'P3M' }, '/value/board_decision', 'required'],
  ['colour', 'red', '/key', 'unknown_code'],
])('a value of %s that is %j is refused at %s', async (key, value, pointer, code) => {
  const refused = await propose({ key, value, validFrom: TODAY }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'INVALID_INPUT' });
  expect((refused as ComplianceError).fields).toContainEqual({ pointer, code });
});

test('a day that has passed is refused: what was decided until today stands', async () => {
  const refused = propose({ key: 'decisionTarget', value: 'P2D', validFrom: '2026-11-21' });
  await expect(refused).rejects.toMatchObject({ fields: [{ pointer: '/validFrom', code: 'in_the_past' }] });
});

test('every key of the policy has a shape, and its seeded value fits and keeps its own bounds', () => {
  for (const { key, value, floor } of DEFAULT_POLICY) {
    expect([key, Object.keys(POLICY_SHAPES).includes(key)]).toEqual([key, true]);
    expect(checkedValue(key, value, floor ?? []).warnings).toEqual([]);
  }
});

test('what was in force on a day, as known at an instant, has one answer; nothing is overwritten', async () => {
  const before = office.installation.clock.now();
  const target = (day: string, knownAt?: Date) =>
    office.machine(async (tx) => {
      const asOf = { day, ...(knownAt === undefined ? {} : { knownAt }) };
      const { values, version } = await policyAsOf(tx, asOf);
      return [values.decisionTarget, version.split('+').length];
    });
  office.installation.clock.moveBy(60_000);
  await change({ key: 'decisionTarget', value: 'P3D', validFrom: '2026-12-01' });
  expect(await target('2026-11-30')).toEqual(['P1D', expect.any(Number)]);
  expect(await target('2026-12-01')).toEqual(['P3D', 2]);
  expect(await target('2026-12-01', before)).toEqual(['P1D', expect.any(Number)]);
  office.installation.clock.moveTo('2026-12-01T09:00:00Z');
  expect((await office.machine(loadPolicy)).decisionTarget).toBe('P3D');
  const views = await office.machine((tx) => listPolicyViews(tx, { day: '2026-12-01' }));
  expect(views.find(({ key }) => key === 'decisionTarget')).toMatchObject({ validFrom: '2026-12-01' });
});

test('a new ladder finds those who climb it, keeps what they have climbed, and gives the days back', async () => {
  const id = await office.act((tx) => openFile(tx, { seed: 7900, record: { occupation: undefined } }));
  await office.pass(id, 5);
  const before = await datesOf(id);
  expect(before.cases[0]).toMatchObject({ ladderStep: 2 });
  const seeded = DEFAULT_POLICY.find(({ key }) => key === 'followUpLadder')
    ?.value as Policy['followUpLadder'];
  const value = seeded.map((rung) => (rung.step === 'reminder_2' ? { ...rung, day: 10 } : rung));
  const validFrom = '2026-11-28';
  const changed = await change({ key: 'followUpLadder', value, validFrom });
  expect(await read(changed)).toMatchObject({ state: 'scheduled' });
  expect(await datesOf(id)).toEqual(before);
  await office.pass(id, 0.5);
  office.installation.clock.moveTo('2026-11-28T00:00:00+03:00');
  await drive(changed);
  const after = await datesOf(id);
  expect(after.cases[0]?.ladderStep).toBe(2);
  expect(Number(after.cases[0]?.nextAt) - Number(before.cases[0]?.nextAt)).toBe(3 * 86_400_000);
  await undo(changed);
  expect(await datesOf(id)).toEqual(before);
});

test('a review already announced moves with its period, and its case ends where the new day is far away', async () => {
  const id = await active();
  await office.pass(id, 340);
  const today = office.installation.clock.now().toISOString().slice(0, 10);
  const shorter = await change({ key: 'refresh', value: NINE_MONTHS, validFrom: today });
  await office.serve(id);
  expect((await told(office, id)).customer).toMatchObject({ nextReviewOn: '2027-08-22' });
  const overdue = await office.machine((tx) => openFindings(tx, id));
  expect(overdue.map(({ code }) => code)).toEqual(['review_overdue']);

  const longer = { ...REFRESH, low: { ...REFRESH.low, light: 'P18M' } };
  await undo(shorter);
  await change({ key: 'refresh', value: longer, validFrom: today });
  expect(await office.machine((tx) => openFindings(tx, id))).toEqual([]);
  const { customer, cases } = await told(office, id);
  expect(customer).toMatchObject({ nextReviewOn: '2028-05-22', status: 'active', reviewOverdueSince: null });
  expect(cases.find(({ kind }) => kind === 'refresh')).toMatchObject({ outcome: 'superseded' });
  expect(await office.machine(doctor)).toEqual([]);
  await change({ key: 'refresh', value: REFRESH, validFrom: today });
});

test('a rule of the dealer’s own opens gaps after two people wanted it, and retiring it closes them', async () => {
  const id = await active();
  const value = {
    types: ['natural_person_tr'],
    triggers: ['continuous'],
    field: 'sourceOfWealth',
    severity: 'blocking',
  };
  const request = { requirement: 'new', value, validFrom: TODAY };
  const preview = await office.machine((tx) => previewChange(tx, request, { limit: 50 }));
  const line = preview.lines.find(({ customer }) => customer.id === id);
  expect(line?.opened).toMatchObject([{ field: 'sourceOfWealth', code: 'missing', severity: 'blocking' }]);
  expect(preview.exact?.findingsOpened).toBe(preview.exact?.affected);

  const changed = await change(request);
  const { key, number, moved } = await read(changed);
  expect(moved.findings).toBe(preview.exact?.affected);
  const [finding] = await office.machine((tx) => openFindings(tx, id));
  expect(finding).toMatchObject({
    requirementId: key,
    ruleVersion: `${RULE_VERSION}+${number}`,
    confidence: 'ours',
  });
  expect(await followUpOf(id)).toMatchObject({ stage: 'waiting_customer' });
  const rules = await office.machine((tx) => listRequirementViews(tx));
  expect(rules.find((rule) => rule.id === key)).toMatchObject({ reason: 'Risk değerlendirmesi' });

  await change({ requirement: key, value: null, validFrom: TODAY });
  expect(await office.machine((tx) => openFindings(tx, id))).toEqual([]);
  expect(await followUpOf(id)).toMatchObject({ outcome: 'completed' });
});

test('a seeded rule can be made stricter, not looser, and never removed', async () => {
  const id = await active({ phone: undefined });
  const severities = async () =>
    (await office.machine((tx) => openFindings(tx, id))).map(({ field, severity }) => `${field} ${severity}`);
  expect(await severities()).toEqual(['phone warning']);
  const ask = (requirement: string, value: unknown) => propose({ requirement, value, validFrom: TODAY });
  await expect(ask('NP-01', { severity: 'warning' })).rejects.toMatchObject({
    fields: [{ pointer: '/value/severity', code: 'weaker_than_law' }],
  });
  await expect(ask('NP-01', null)).rejects.toMatchObject({ fields: [{ code: 'seeded_rule_stays' }] });
  const stricter = await change({ requirement: 'NP-17', value: { severity: 'blocking' }, validFrom: TODAY });
  expect(await severities()).toEqual(['phone blocking']);
  await undo(stricter);
  expect(await severities()).toEqual(['phone warning']);
});

test('a decision keeps the version of the policy that it was taken under', async () => {
  const id = await active();
  const version = await office.machine(policyVersion);
  await change({ key: 'documentExpiryNoticeDays', value: [45, 7], validFrom: TODAY });
  expect(await office.machine(policyVersion)).not.toBe(version);
  const row: unknown = await office.db.owner('decisions').where({ customer_id: id }).first('policy_version');
  expect(row).toEqual({ policy_version: version });
});

test('undoing is refused where a later change stands on it, and never undone itself', async () => {
  const first = await change({ key: 'onboardingExpiry', value: 'P40D', validFrom: TODAY });
  const second = await change({ key: 'onboardingExpiry', value: 'P50D', validFrom: TODAY });
  await expect(undo(first)).rejects.toMatchObject({ detail: 'policy_changed_since' });
  const undoing = await undo(second);
  await expect(undo(undoing)).rejects.toMatchObject({ detail: 'policy_not_undoable' });
  await undo(first);
  expect((await office.machine(loadPolicy)).onboardingExpiry).toBe('P30D');
});

test('a file that stops the work every time is passed over, with a task, and the rest goes on', async () => {
  const id = await active();
  const changed = await propose({ requirement: 'NP-18', value: { severity: 'blocking' }, validFrom: TODAY });
  await approve(changed);
  await office.machine((tx) => advancePolicyChange(tx, changed));
  const first: { id: string } = await office.db
    .owner('customers')
    .where({ dealer_id: office.dealer.dealerId })
    .orderBy('id')
    .first('id');
  for (let turn = 0; turn < 6; turn += 1)
    await office.machine((tx) => recordPolicyFailure(tx, changed, 'BROKEN'));
  await drive(changed);
  expect(await read(changed)).toMatchObject({ state: 'applied', errorCode: null, moved: { skipped: 1 } });
  const tasks = (await told(office, first.id)).tasks.map(({ kind }) => kind);
  expect(tasks).toContain('policy_change_skipped');
  expect(id).not.toBe(first.id);
});

async function followUpOf(id: string) {
  return (await told(office, id)).cases.find(({ kind }) => kind === 'follow_up');
}

/** What breaks an invariant; duties of customers whom nobody serves in this test are late, and that is all. */
async function doctor(tx: Tx): Promise<unknown[]> {
  const { rows } = await tx.sql.raw<{ rows: { problem: string }[] }>('select problem from gate.doctor(?)', [
    tx.now,
  ]);
  return rows.filter(({ problem }) => problem !== 'duty_overdue');
}
