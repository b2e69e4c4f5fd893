import { randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import type { Tx } from '../../db/transaction';
import { CUSTOMER_TYPES, type CustomerType } from '../../domain/customer';
import { createCustomer, readCustomer, requireOpenCase, updateRecord } from '../../operations/customers';
import { addDocument } from '../../operations/documents';
import { submitCase } from '../../operations/onboarding';
import { completeFile, type CompleteDocument } from '../support/complete-files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';

const TODAY = '2026-11-22';
const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
}, 60_000);

const bring = (tx: Tx, id: string, { kind, issuedOn, originalSeen }: CompleteDocument) =>
  addDocument(tx, id, {
    kind,
    issuedOn,
    originalSeen,
    stored: {
      id: uuidv7(),
      address: uuidv7(),
      mediaType: 'application/pdf',
      bytes: 1,
      sha256: randomBytes(32),
      fileName: 'belge.pdf',
    },
  });

/** Opens a complete file, papers included, and answers with its view. */
async function open(tx: Tx, type: CustomerType, changes: Record<string, unknown> = {}, seed = 1) {
  const { record, documents } = completeFile(type, 'continuous', { today: TODAY, seed });
  const { id, ...opened } = await createCustomer(tx, {
    type,
    trigger: 'continuous',
    record: JSON.parse(JSON.stringify({ ...record, ...changes })),
  });
  for (const document of documents) await bring(tx, id, document);
  return { opened, view: await readCustomer(tx, id) };
}

const codesOf = ({ findings }: { findings: readonly { code: string; field: string }[] }) =>
  findings.map(({ code, field }) => `${field}: ${code}`);

test.each(CUSTOMER_TYPES)(
  '%s: the papers are all that a complete record lacks, and with them it goes on',
  async (type) => {
    await dealer.run(async (tx) => {
      const { opened, view } = await open(tx, type);
      expect(codesOf(opened).filter((finding) => !finding.startsWith('documents.'))).toEqual([]);
      expect(opened.completeness).toBeLessThan(100);
      expect([codesOf(view), view.completeness]).toEqual([[], 100]);
      await submitCase(tx, view.id);
      expect((await requireOpenCase(tx, view.id)).stage).toBe('verifying');
    });
  },
);

test('what a file says raises its risk, and high risk asks where the money comes from', async () => {
  await dealer.run(async (tx) => {
    const publicInfluence = { kind: 'foreign', office: 'bakan' };
    const { view } = await open(tx, 'natural_person_tr', { publicInfluence }, 2);
    expect(codesOf(view)).toEqual(
      expect.arrayContaining([
        'sourceOfFunds: missing',
        'sourceOfWealth: missing',
        'documents.funds_proof: missing',
      ]),
    );
    const patch = { sourceOfFunds: 'maaş', sourceOfWealth: 'aile' };
    await updateRecord(tx, view.id, { patch, ifVersion: null });
    await bring(tx, view.id, { kind: 'funds_proof', issuedOn: TODAY, expiresOn: null, originalSeen: true });
    expect(codesOf(await readCustomer(tx, view.id))).toEqual([]);
  });
});
