import { v7 as uuidv7 } from 'uuid';

import {
  insertCustomers,
  insertSearch,
  insertVersions,
  nextCustomerNumbers,
  type NewCustomerRow,
} from '../db/customers';
import { insertFirstFindings } from '../db/findings';
import { actorId, type Tx } from '../db/transaction';
import type { CustomerType, Language, Trigger } from '../domain/customer';
import type { Requirement } from '../domain/requirements';
import { judge } from './assessment';
import { clearColumns } from './clear-columns';
import { openOnboardings } from './onboarding-start';
import { dealerKey, newCustomerKey, sealRecord } from './record-envelope';
import { parseRecord, type CustomerRecord } from './record-shape';
import { loadRequirements, today } from './rules';
import { blindIndexes, searchTerms } from './search-terms';

export interface NewCustomer {
  type: CustomerType;
  trigger: Trigger;
  record: unknown;
  branchId?: string;
  language?: Language;
}

/** Where a file came from when nobody stood at a counter. */
export interface ImportedFrom {
  importId: string;
  rowNumber: number;
  /** How much later than now this customer's deadlines count from. */
  delayMs: number;
}

export interface CreatedCustomer {
  id: string;
  code: string;
}

/**
 * Opens files and their cases, as many as are given, with a handful of statements for all of them. Incomplete records are
 * welcome; the first record of the wrong shape throws as `parseRecord` does, and nothing is opened. Answers in order.
 */
export async function createCustomers(
  tx: Tx,
  inputs: readonly (NewCustomer & { imported?: ImportedFrom })[],
): Promise<CreatedCustomer[]> {
  const rules = await loadRequirements(tx);
  const codes = await nextCustomerCodes(tx, inputs.length);
  const files: NewFile[] = [];
  for (const [index, input] of inputs.entries()) {
    files.push(await newFile(tx, { ...input, code: codes[index] ?? '' }, rules));
  }
  await insertCustomers(
    tx,
    files.map(({ row }) => row),
  );
  const caseIds = await openOnboardings(
    tx,
    files.map(({ row, imported }) => ({
      customerId: row.id,
      trigger: row.trigger,
      imported: row.imported,
      delayMs: imported?.delayMs ?? 0,
    })),
  );
  await writeDetails(
    tx,
    files.map((file, index) => ({ ...file, caseId: caseIds[index] ?? '' })),
  );
  return files.map(({ row: { id, code } }) => ({ id, code }));
}

interface NewFile {
  row: NewCustomerRow;
  record: CustomerRecord;
  findings: Awaited<ReturnType<typeof judge>>['findings'];
  imported: ImportedFrom | null;
}

async function newFile(
  tx: Tx,
  input: NewCustomer & { code: string; imported?: ImportedFrom },
  rules: readonly Requirement[],
): Promise<NewFile> {
  const { type, trigger, code } = input;
  const record = parseRecord(type, input.record);
  const id = uuidv7();
  const { key, wrappedKey } = await newCustomerKey(tx, id);
  const evidence = { documents: [], registerMismatches: [], reviewOverdue: false };
  const { findings, completeness } = await judge(tx, rules, { type, trigger }, record, evidence);
  const row: NewCustomerRow = {
    id,
    code,
    type,
    trigger,
    status: 'onboarding',
    risk: null,
    branchId: input.branchId ?? null,
    language: input.language ?? 'tr',
    version: 1,
    envelope: sealRecord(key, id, 1, record),
    wrappedKey,
    ...clearColumns(record),
    completeness,
    missing: [...new Set(findings.map(({ field }) => field))].sort(),
    createdAt: tx.now,
    createdBy: actorId(tx.actor),
    updatedAt: tx.now,
    imported: input.imported !== undefined,
  };
  return { row, record, findings, imported: input.imported ?? null };
}

async function writeDetails(tx: Tx, files: readonly (NewFile & { caseId: string })[]): Promise<void> {
  const author = { authorKind: tx.actor.kind, authorId: actorId(tx.actor) };
  await insertVersions(
    tx,
    files.map(({ row, caseId }) => ({
      customerId: row.id,
      version: 1,
      envelope: row.envelope,
      caseId,
      ...author,
    })),
  );
  const key = await dealerKey(tx);
  await insertSearch(
    tx,
    files.map(({ row, record }) => ({
      customerId: row.id,
      terms: searchTerms(key, row.code, row.displayName, record),
      digests: blindIndexes(key, record),
    })),
  );
  await insertFirstFindings(
    tx,
    files.map(({ row, caseId, findings }) => ({ customerId: row.id, caseId, findings })),
  );
  for (const file of files) auditFile(tx, file);
}

function auditFile(tx: Tx, { row, imported, findings, caseId }: NewFile & { caseId: string }): void {
  const from = imported === null ? {} : { importId: imported.importId, row: imported.rowNumber };
  tx.audit({
    event: 'customer.created',
    customerId: row.id,
    detail: { type: row.type, trigger: row.trigger, code: row.code, ...from },
  });
  for (const { code, field, ruleVersion } of findings) {
    tx.audit({
      event: 'finding.opened',
      customerId: row.id,
      caseId,
      detail: { code, field, ruleVersion },
    });
  }
}

/** The next file numbers of the dealer: `KYM-<year>-<six digits>`, the year in Türkiye; not gap-free. */
async function nextCustomerCodes(tx: Tx, count: number): Promise<string[]> {
  const year = today(tx).slice(0, 4);
  const numbers = await nextCustomerNumbers(tx, count);
  return numbers.map((number) => `KYM-${year}-${String(number).padStart(6, '0')}`);
}
