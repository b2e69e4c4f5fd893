import { DEFAULT_POLICY } from '../../domain/rules/policy';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { advancePolicyChange } from '../../operations/policy-apply';
import { approveChange, proposeChange } from '../../operations/policy-changes';
import { listChangeViews } from '../../operations/policy-views';
import { listRequirementViews } from '../../operations/rule-views';
import { loadPolicy } from '../../operations/rules';
import { ensureSeededRules } from '../../operations/seed-rules';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const TODAY = '2026-11-22';

const renew = async (dealer: TestDealer) =>
  (await ensureSeededRules(db.app, installation.keys, installation.clock)).get(dealer.dealerId);

/** A dealer of an earlier version: one rule missing, one that said something else, one since given up, one value missing. */
async function earlierDealer(): Promise<TestDealer> {
  const dealer = await makeDealer(db, installation);
  const own = { dealer_id: dealer.dealerId };
  await db
    .owner('requirements')
    .where({ ...own, id: 'NP-22' })
    .delete();
  const old = REQUIREMENTS.find(({ id }) => id === 'NP-01');
  await db
    .owner('requirements')
    .where({ ...own, id: 'NP-01' })
    .update({ rule: JSON.stringify({ ...old, legalBasis: 'TY m.5' }) });
  await db.owner('requirements').insert({
    ...own,
    id: 'NP-99',
    version: '2025.1.1',
    valid_from: '2008-04-01',
    rule: JSON.stringify({ ...old, id: 'NP-99' }),
  });
  await db
    .owner('policies')
    .where({ ...own, key: 'mergeUndoPeriod' })
    .delete();
  return dealer;
}

test('an installation of an earlier version gets the new rules from today, and keeps what it was', async () => {
  const dealer = await earlierDealer();
  expect(await renew(dealer)).toEqual({ added: 2, replaced: 1, retired: 1 });
  const rules = await dealer.run((tx) => listRequirementViews(tx, { day: TODAY }));
  expect(rules.map(({ id }) => id).sort()).toEqual(REQUIREMENTS.map(({ id }) => id).sort());
  expect(rules.find(({ id }) => id === 'NP-22')).toMatchObject({ validFrom: TODAY });
  expect(rules.find(({ id }) => id === 'NP-01')).toMatchObject({ validFrom: TODAY, legalBasis: 'TY m.6/1' });
  const yesterday = await dealer.run((tx) => listRequirementViews(tx, { day: '2026-11-21' }));
  expect(yesterday.find(({ id }) => id === 'NP-01')).toMatchObject({ legalBasis: 'TY m.5', validTo: TODAY });
  expect(yesterday.map(({ id }) => id)).toContain('NP-99');
  expect(yesterday.map(({ id }) => id)).not.toContain('NP-22');
  expect((await dealer.run((tx) => loadPolicy(tx))).mergeUndoPeriod).toBe('P30D');
});

test('the files are judged anew once, by the machine; doing it again changes nothing', async () => {
  const dealer = await earlierDealer();
  await renew(dealer);
  const { data } = await dealer.run((tx) => listChangeViews(tx, { limit: 10 }));
  expect(data).toMatchObject([{ target: 'seed', state: 'scheduled', effect: 'findings' }]);
  const id = data[0]?.id ?? '';
  for (let turn = 0; turn < 3; turn += 1) await dealer.run((tx) => advancePolicyChange(tx, id));
  expect(await renew(dealer)).toEqual({ added: 0, replaced: 0, retired: 0 });
  const after = await dealer.run((tx) => listChangeViews(tx, { limit: 10 }));
  expect(after.data).toMatchObject([{ id, state: 'applied' }]);
});

test('what the dealer has changed stays the dealer’s', async () => {
  const dealer = await makeDealer(db, installation);
  const officer = await dealer.addUser('officer');
  const reason = 'daha sıkı';
  for (const request of [
    { requirement: 'NP-17', value: { severity: 'blocking' }, validFrom: TODAY, reason },
    { key: 'retention', value: 'P10Y', validFrom: TODAY, reason },
  ]) {
    const id = await dealer.run((tx) => proposeChange(tx, request), officer.userId);
    await dealer.run((tx) => approveChange(tx, id));
  }
  expect(await renew(dealer)).toEqual({ added: 0, replaced: 0, retired: 0 });
  expect((await dealer.run((tx) => loadPolicy(tx))).retention).toBe('P10Y');
});

test('a new dealer needs no renewal', async () => {
  const dealer = await makeDealer(db, installation);
  expect(await renew(dealer)).toEqual({ added: 0, replaced: 0, retired: 0 });
  expect(Object.keys(await dealer.run((tx) => loadPolicy(tx))).sort()).toEqual(
    DEFAULT_POLICY.map(({ key }) => key as string).sort(),
  );
});
