import { listCasesOf } from '../../db/cases';
import { getCustomer, listVersions } from '../../db/customers';
import { listOpenDuties } from '../../db/duties';
import { openFindings } from '../../db/findings';
import type { Tx } from '../../db/transaction';
import type { Trigger } from '../../domain/customer';
import { createCustomers, type NewCustomer } from '../../operations/customer-batch';
import { createCustomer, readCustomer } from '../../operations/customers';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { completeRecord } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
}, 60_000);

const INPUTS: NewCustomer[] = [
  { type: 'natural_person_tr', trigger: 'continuous', record: completeRecord('natural_person_tr', 11) },
  { type: 'company', trigger: 'continuous', record: completeRecord('company', 12), language: 'en' },
  { type: 'natural_person_tr', trigger: 'threshold', record: { givenNames: 'Işıl', tckn: '11111111111' } },
  { type: 'association', trigger: 'voluntary', record: {} },
];

/** Everything a new file consists of, without what differs between any two files. */
async function fileOf(tx: Tx, id: string): Promise<unknown> {
  const customer = await getCustomer(tx, id);
  const { code: _code, id: _id, findings, openCaseId, ...view } = await readCustomer(tx, id);
  const own = { dealer_id: tx.dealerId, customer_id: id };
  const terms: { term: string }[] = await tx.sql('customer_search_terms').where(own).orderBy('term');
  const digests: { field: string; digest: Buffer }[] = await tx
    .sql('customer_blind_indexes')
    .where(own)
    .orderBy(['field', 'digest']);
  const tasks: { kind: string; for_role: string; state: string }[] = await tx.sql('tasks').where(own);
  const trail: { event: string; detail: Record<string, unknown> }[] = await tx
    .sql('audit_log')
    .where({ dealer_id: tx.dealerId, chain_id: id })
    .orderBy('seq');
  return {
    view: { ...view, createdAt: null, updatedAt: null },
    findings: findings.map((finding) => ({ ...finding, openedAt: null })),
    opened: (await openFindings(tx, id)).map(({ caseId }) => caseId === openCaseId),
    foldKey: customer.foldKey,
    missing: customer.missing,
    createdBy: customer.createdBy,
    versions: (await listVersions(tx, id)).map(({ version, caseId, authorKind, authorId }) => ({
      version,
      ofCase: caseId === openCaseId,
      authorKind,
      authorId,
    })),
    cases: (await listCasesOf(tx, id)).map(({ kind, stage, owner, waitingOn, nextStep, nextAt, lights }) => ({
      kind,
      stage,
      owner,
      waitingOn,
      nextStep,
      nextAt,
      lights,
    })),
    duties: (await listOpenDuties(tx, id)).map(({ kind, state, dueAt, signalAfter, attempts }) => ({
      kind,
      state,
      dueAt,
      signalAfter,
      attempts,
    })),
    terms: terms.map(({ term }) => term).filter((term) => !term.startsWith('#')),
    digests: digests.map(({ field, digest }) => `${field} ${digest.toString('hex')}`),
    tasks: tasks.map(({ kind, for_role, state }) => `${kind} ${for_role} ${state}`),
    trail: trail.map(({ event, detail }) => ({ event, detail: { ...detail, code: null } })),
  };
}

test('files opened together are the files that would have been opened one by one', async () => {
  const alone: unknown[] = [];
  for (const input of INPUTS) {
    const { id } = await dealer.run((tx) => createCustomer(tx, input));
    alone.push(await dealer.run((tx) => fileOf(tx, id)));
  }
  const created = await dealer.run((tx) => createCustomers(tx, INPUTS));
  const together = await dealer.run(async (tx) => {
    const files: unknown[] = [];
    for (const { id } of created) files.push(await fileOf(tx, id));
    return files;
  });
  expect(together).toEqual(alone);
  const first = together[0] as { duties: { kind: string }[]; terms: string[]; trail: { event: string }[] };
  expect(first.duties.map(({ kind }) => kind).sort()).toEqual(['case_expiry', 'collecting_deadline']);
  expect(first.terms).toContain('denemeoglu');
  expect(first.trail.slice(0, 2).map(({ event }) => event)).toEqual(['case.opened', 'customer.created']);
  expect(together[2]).toMatchObject({ tasks: ['collect_missing staff open'] });
});

test('one record of the wrong shape among many opens nothing', async () => {
  const count = () => dealer.run(async (tx) => Number((await tx.sql('customers').count('* as n'))[0]?.['n']));
  const before = await count();
  const bad: NewCustomer = { type: 'company', trigger: 'continuous', record: { title: 7 } };
  await expect(dealer.run((tx) => createCustomers(tx, [...INPUTS, bad]))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: [{ pointer: '/record/title', code: 'wrong_type' }],
  });
  expect(await count()).toBe(before);
});

test('opening a file waits for nobody who is still opening others', async () => {
  const input: NewCustomer = { type: 'natural_person_tr', trigger: 'voluntary', record: {} };
  const codes: string[] = [];
  await dealer.run(async (slow) => {
    codes.push(...(await createCustomers(slow, [input, input])).map(({ code }) => code));
    // While that transaction is open; a row lock on the counter would end in the lock timeout here.
    codes.push((await dealer.run((quick) => createCustomer(quick, input))).code);
  });
  expect(new Set(codes).size).toBe(3);
  expect([...codes].sort()).toEqual(codes);
});

test('the year in a code is the year in Türkiye', async () => {
  const input: NewCustomer = { type: 'natural_person_tr', trigger: 'voluntary', record: {} };
  const before = installation.clock.now();
  installation.clock.moveTo(new Date('2026-12-31T21:30:00Z'));
  try {
    const { code } = await dealer.run((tx) => createCustomer(tx, input));
    expect(code).toMatch(/^KYM-2027-\d{6}$/);
  } finally {
    installation.clock.moveTo(before);
  }
});

test('a process of the release before shares the numbers', async () => {
  const trigger: Trigger = 'voluntary';
  const next = async () => {
    const { code } = await dealer.run((tx) =>
      createCustomer(tx, { type: 'natural_person_tr', trigger, record: {} }),
    );
    return Number(code.slice(-6));
  };
  const before = await next();
  const [row] = await dealer.run((tx) =>
    tx
      .sql('dealers')
      .where({ id: tx.dealerId })
      .increment('customer_counter', 1)
      .returning('customer_counter'),
  );
  expect(row).toEqual({ customer_counter: before + 1 });
  expect(await next()).toBe(before + 2);
});

test('imported customers count their deadlines from their own place in the line', async () => {
  const input: NewCustomer = { type: 'natural_person_tr', trigger: 'threshold', record: {} };
  const dueTimes = await dealer.run(async (tx) => {
    const [first, second] = await createCustomers(tx, [
      { ...input, imported: { importId: tx.dealerId, rowNumber: 2, delayMs: 0 } },
      { ...input, imported: { importId: tx.dealerId, rowNumber: 3, delayMs: 90_000 } },
    ]);
    const duties = async (id = '') => (await listOpenDuties(tx, id)).map(({ dueAt }) => dueAt.getTime());
    return { first: await duties(first?.id), second: await duties(second?.id) };
  });
  expect(dueTimes.first).toHaveLength(2);
  expect(dueTimes.second).toEqual(dueTimes.first.map((time) => time + 90_000));
});
