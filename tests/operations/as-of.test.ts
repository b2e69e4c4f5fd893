import fc from 'fast-check';

import { listCustomersAt, pastInstant, readCustomerAt } from '../../operations/as-of';
import { listCases, readCase } from '../../operations/cases';
import { listCustomers, type CustomerQuery } from '../../operations/customer-list';
import { createCustomer, readCustomer, updateRecord } from '../../operations/customers';
import { attestOriginal, withdrawDocument } from '../../operations/documents';
import { submitCase, withdrawCustomer } from '../../operations/onboarding';
import { awaitingDecision, completeCustomer, document, PERSON } from '../console/files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
});

/** An instant after everything so far, final for whoever asks later. */
function instant(): string {
  installation.clock.moveBy(61_000);
  const at = installation.clock.now().toISOString();
  installation.clock.moveBy(61_000);
  return at;
}

const open = (record: Record<string, unknown> = PERSON) =>
  dealer.run(async (tx) => {
    const { id } = await createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record });
    return id;
  });
const now = (id: string) => dealer.run((tx) => readCustomer(tx, id));
const at = (id: string, asOf: string) =>
  dealer.run(async (tx) => {
    const { openCase: _openCase, ...view } = await readCustomerAt(tx, id, pastInstant(asOf, tx.now));
    return view;
  });
const patch = (id: string, record: Record<string, unknown>) =>
  dealer.run((tx) => updateRecord(tx, id, { patch: record, ifVersion: null }));

describe('a file as it was', () => {
  let marriages = 0;
  /** What people and machines do to a file; what a state forbids is tried, too. */
  const ACTS: Record<string, (id: string) => Promise<unknown>> = {
    rename: (id) => patch(id, { surname: `Yıldız ${(marriages += 1)}` }),
    forgetTheAddress: (id) => patch(id, { address: null }),
    giveTheAddress: (id) => patch(id, { address: PERSON.address, phone: '0532 000 00 00' }),
    takeThePapers: (id) =>
      dealer.run(async (tx) => {
        for (const kind of ['identity_card', 'signature_sample', 'address_proof'] as const)
          await document(tx, id, kind);
      }),
    withdrawAPaper: async (id) => {
      const { documents } = await now(id);
      const current = documents.find(({ state }) => state === 'current');
      await dealer.run((tx) => withdrawDocument(tx, id, current?.id ?? id, 'okunmuyor'));
    },
    submit: (id) => dealer.run((tx) => submitCase(tx, id)),
    verifyAndRate: (id) => dealer.run((tx) => awaitingDecision(tx, id)),
    withdraw: (id) => dealer.run((tx) => withdrawCustomer(tx, id, 'vazgeçti')),
  };

  test('is at every instant what a reader saw then, through any sequence of acts', async () => {
    const acts = fc.array(fc.constantFrom(...Object.keys(ACTS)), { minLength: 3, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(acts, async (names) => {
        const id = await open({ givenNames: 'Işıl', surname: 'Çakır' });
        const seen = [{ asOf: instant(), view: await now(id) }];
        for (const name of names) {
          await ACTS[name]?.(id).catch(() => undefined);
          seen.push({ asOf: instant(), view: await now(id) });
        }
        for (const { asOf, view } of seen) expect(await at(id, asOf)).toEqual(view);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  test('keeps the open case: its stage, its owner and what came next', async () => {
    const id = await dealer.run((tx) => completeCustomer(tx));
    const collecting = instant();
    const { openCaseId } = await now(id);
    const before = await dealer.run((tx) => readCase(tx, openCaseId ?? ''));
    await dealer.run((tx) => awaitingDecision(tx, id));
    const decision = instant();
    await patch(id, { surname: 'Değişti' });
    const then = (asOf: string) => dealer.run(async (tx) => (await readCustomerAt(tx, id, asOf)).openCase);
    expect(await then(collecting)).toMatchObject({
      id: openCaseId,
      stage: before.stage,
      owner: before.owner,
      nextStep: before.nextStep?.what,
      nextAt: before.nextStep?.at,
    });
    expect(await then(decision)).toMatchObject({ stage: 'decision' });
    const { data } = await dealer.run((tx) => listCases(tx, { customerId: id, limit: 1 }));
    expect(data[0]?.stage).not.toBe('decision');
  });

  test('shows an original as not yet seen, and a paper as not yet withdrawn', async () => {
    const id = await open();
    const { id: documentId } = await dealer.run((tx) =>
      document(tx, id, 'tax_certificate', { originalSeen: false }),
    );
    const unseen = instant();
    await dealer.run((tx) => attestOriginal(tx, id, documentId));
    const seen = instant();
    await dealer.run((tx) => withdrawDocument(tx, id, documentId, 'yanlış belge'));
    const paper = async (asOf: string) => (await at(id, asOf)).documents[0];
    expect(await paper(unseen)).toMatchObject({ state: 'current', originalSeen: null, ended: null });
    expect(await paper(seen)).toMatchObject({ state: 'current', originalSeen: { at: expect.any(Date) } });
    expect(await paper(instant())).toMatchObject({ state: 'withdrawn', ended: { reason: 'yanlış belge' } });
  });

  test('does not exist before it was opened, nor for another dealer', async () => {
    const before = instant();
    const id = await open();
    const other = await makeDealer(db, installation);
    const after = instant();
    await expect(at(id, before)).rejects.toMatchObject({ code: 'NOT_FOUND', detail: 'as_of_before_file' });
    const foreign = other.run((tx) => readCustomerAt(tx, id, after));
    await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND', detail: 'customer_not_found' });
  });

  test('is written once a transaction, and not at all when nothing on a screen changed', async () => {
    const id = await open();
    const states = () => db.owner('customer_states').where({ customer_id: id }).orderBy('valid_from');
    expect(await states()).toHaveLength(1);
    await patch(id, { surname: 'Öz', phone: null, address: null });
    const [first, second, ...more] = await states();
    expect(more).toEqual([]);
    expect(first.valid_to).toEqual(second.valid_from);
    await db.owner('customers').where({ id }).update({ activated_at: new Date() });
    expect(await states()).toHaveLength(2);
  });

  test('cannot be written or changed by the application', async () => {
    const id = await open();
    const forged = (sql: string) => dealer.run((tx) => tx.sql.raw(sql, [id]));
    await expect(
      forged("update customer_states set status = 'active' where customer_id = ?"),
    ).rejects.toThrow(/permission denied/);
    await expect(forged('delete from customer_version_terms where customer_id = ?')).rejects.toThrow(
      /permission denied/,
    );
  });
});

describe('the list as it was', () => {
  const QUERIES: Omit<CustomerQuery, 'limit'>[] = [
    {},
    { sort: '-createdAt' },
    { sort: 'nextReviewOn' },
    { status: ['onboarding'] },
    { missing: ['any'] },
    { missing: ['address.line'] },
    { province: ['istanbul'] },
    { risk: ['low', 'medium'] },
    { q: 'eski' },
    { q: 'gumus esk' },
    { q: '0532 123' },
    { q: '10000000146' },
  ];

  test('has the same rows, order and pages as the screen had, for every filter and search', async () => {
    const own = await makeDealer(db, installation);
    const ids: string[] = [];
    for (const surname of ['Eski', 'Çelik', 'Ilgaz', 'İnce', 'Eskici', 'Şahin'])
      ids.push(
        await own.run(async (tx) => {
          const record = { ...PERSON, surname, givenNames: 'Gümüş' };
          return (await createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record })).id;
        }),
      );
    const everything = (list: (query: CustomerQuery) => ReturnType<typeof listCustomers>) =>
      Promise.all(QUERIES.map((query) => allPages(list, query)));
    const live = () => everything((query) => own.run((tx) => listCustomers(tx, query)));
    const past = (asOf: string) => everything((query) => own.run((tx) => listCustomersAt(tx, query, asOf)));

    const first = { rows: await live(), asOf: instant() };
    const change = (index: number, record: Record<string, unknown>) =>
      own.run((tx) => updateRecord(tx, ids[index] ?? '', { patch: record, ifVersion: null }));
    await change(0, { surname: 'Yeni', phone: '0555 999 88 77', address: { province: 'Ankara' } });
    await change(1, { surname: 'Eskiyapar', tckn: null });
    await own.run((tx) => withdrawCustomer(tx, ids[2] ?? '', 'vazgeçti'));
    const second = { rows: await live(), asOf: instant() };
    await change(0, { surname: 'Eski' });
    await own.run((tx) =>
      createCustomer(tx, { type: 'company', trigger: 'voluntary', record: { title: 'Eski Gümüş A.Ş.' } }),
    );

    expect(second.rows).not.toEqual(first.rows);
    expect(await past(first.asOf)).toEqual(first.rows);
    expect(await past(second.asOf)).toEqual(second.rows);
    expect(await past(instant())).toEqual(await live());
  }, 30_000);

  async function allPages(
    list: (query: CustomerQuery) => ReturnType<typeof listCustomers>,
    query: Omit<CustomerQuery, 'limit'>,
  ) {
    const rows = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await list({ ...query, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      rows.push(...page.data);
      cursor = page.nextCursor;
    }
    return rows;
  }
});
