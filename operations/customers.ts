import { lockOpenCase } from '../db/cases';
import { getCustomer, insertVersion, updateCustomer, type CustomerRow } from '../db/customers';
import { openFindings, type FindingRow } from '../db/findings';
import { actorId, type Tx } from '../db/transaction';
import type { CustomerStatus, Language, CustomerType, RiskLevel, Trigger } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import {
  changedFields,
  changesIdentity,
  IDENTITY_NUMBER_PATHS,
  maskRecord,
  mergePatch,
} from '../domain/record';
import { valueAt } from '../domain/record-path';
import { clearColumns } from './clear-columns';
import { createCustomers, type CreatedCustomer, type NewCustomer } from './customer-batch';
import { lockFile, type LockedFile } from './customer-file';
import { listDocumentViews, type DocumentView } from './document-views';
import { recordDuplicates } from './duplicates';
import { afterChange } from './file-changes';
import { openCustomerKey, openRecord, sealRecord } from './record-envelope';
import { parseRecord, parseRecordPatch, type CustomerRecord } from './record-shape';
import { watchExpiry } from './review-dates';
import { indexCustomer } from './search-index';

export type FindingView = Pick<
  FindingRow,
  'code' | 'field' | 'severity' | 'legalBasis' | 'confidence' | 'ruleVersion' | 'openedAt'
>;

/** A customer's file as people see it: identity numbers masked, findings without their text. */
export interface CustomerView {
  id: string;
  code: string;
  displayName: string;
  type: CustomerType;
  trigger: Trigger;
  status: CustomerStatus;
  risk: RiskLevel | null;
  branchId: string | null;
  language: Language;
  record: Record<string, unknown>;
  completeness: number;
  findings: FindingView[];
  nextReviewOn: string | null;
  version: number;
  openCaseId: string | null;
  createdAt: Date;
  updatedAt: Date;
  documents: DocumentView[];
}

export type { NewCustomer } from './customer-batch';
import { loadPolicy } from './rules';

/** Opens the file and its case. An incomplete record is welcome; a record of the wrong shape is not. */
export async function createCustomer(tx: Tx, input: NewCustomer): Promise<CustomerView> {
  const [created] = await createCustomers(tx, [input]);
  const { id } = created as CreatedCustomer;
  await recordDuplicates(tx, [id]);
  return readCustomer(tx, id);
}

/**
 * Changes the record by JSON Merge Patch under the customer's lock: a new version, its findings, what follows for the open
 * case, all in this transaction. `ifVersion` null means "whatever version stands there".
 */
export async function updateRecord(
  tx: Tx,
  customerId: string,
  change: { patch: unknown; ifVersion: number | null },
): Promise<CustomerView> {
  const file = await lockFile(tx, customerId);
  const { customer, record: before } = file;
  if (change.ifVersion !== null && change.ifVersion !== customer.version) {
    throw new ComplianceError('VERSION_STALE', 'version_stale');
  }
  const type = customer.type;
  return saveVersion(tx, file, parseRecord(type, mergePatch(before, parseRecordPatch(type, change.patch))));
}

/** Another type for the same file; `reason` is kept in the audit log. */
export interface TypeChange {
  type: CustomerType;
  reason: string;
}

/**
 * Seals a record of the right shape as the next version of a locked file, with everything that follows from it. Does
 * nothing where nothing changed. 409 where the file is closed.
 */
export async function saveVersion(
  tx: Tx,
  file: LockedFile,
  record: CustomerRecord,
  change?: TypeChange,
): Promise<CustomerView> {
  const { customer, key, record: before } = file;
  if (!CHANGEABLE.includes(customer.status)) throw new ComplianceError('STATE_FORBIDS', 'customer_closed');
  const fields = changedFields(before, record);
  if (fields.length === 0 && change === undefined) return readCustomer(tx, customer.id);

  const version = customer.version + 1;
  const envelope = sealRecord(key, customer.id, version, record);
  const patch = { version, envelope, ...clearColumns(record), type: change?.type ?? customer.type };
  await updateCustomer(tx, customer.id, patch);
  const changed: CustomerRow = { ...customer, ...patch };
  tx.audit({
    event: change === undefined ? 'customer.updated' : 'customer.type_changed',
    customerId: customer.id,
    detail: {
      version,
      fields,
      ...(change === undefined ? {} : { from: customer.type, to: change.type, reason: change.reason }),
    },
    ...(file.openCase === null ? {} : { caseId: file.openCase.id }),
  });
  await indexCustomer(tx, changed, record);
  const { beneficialOwnership } = await loadPolicy(tx);
  const identityChanged =
    change !== undefined || changesIdentity(before, record, beneficialOwnership.overPercent);
  const changedFile = { ...file, customer: changed, record };
  const caseId = await afterChange(tx, changedFile, { what: 'record', identityChanged });
  await writeVersion(tx, customer.id, version, caseId, envelope);
  await watchExpiry(tx, changed, record);
  await recordDuplicates(tx, [customer.id]);
  return readCustomer(tx, customer.id);
}

const CHANGEABLE: readonly CustomerStatus[] = ['lead', 'onboarding', 'active', 'suspended', 'passive'];

/** The file as it stands, identity numbers masked. */
export async function readCustomer(tx: Tx, id: string): Promise<CustomerView> {
  const customer = await getCustomer(tx, id);
  const key = await openCustomerKey(tx, customer);
  const openCase = await tx
    .sql('cases')
    .where({ dealer_id: tx.dealerId, customer_id: id })
    .whereNot({ stage: 'closed' })
    .first('id');
  return viewOf(customer, {
    record: openRecord(key, customer.id, customer.version, customer.envelope),
    findings: await openFindings(tx, id),
    openCaseId: openCase === undefined ? null : (openCase.id as string),
    documents: await listDocumentViews(tx, customer),
  });
}

/** What a view of a file is made of beside its row; of now, or of a past instant. */
export interface FileParts {
  /** In clear: the view masks it. */
  record: Record<string, unknown>;
  findings: readonly FindingRow[];
  openCaseId: string | null;
  documents: DocumentView[];
}

export function viewOf(customer: CustomerRow, parts: FileParts): CustomerView {
  const { id, code, displayName: name, type, trigger, status, risk, branchId, language } = customer;
  const { completeness, nextReviewOn, version, createdAt, updatedAt } = customer;
  return {
    id,
    code,
    displayName: name,
    type,
    trigger,
    status,
    risk,
    branchId,
    language,
    record: maskRecord(parts.record),
    completeness,
    findings: parts.findings.map(toFindingView),
    nextReviewOn,
    version,
    openCaseId: parts.openCaseId,
    createdAt,
    updatedAt,
    documents: parts.documents,
  };
}

function toFindingView({
  code,
  field,
  severity,
  legalBasis,
  confidence,
  ruleVersion,
  openedAt,
}: FindingRow): FindingView {
  return { code, field, severity, legalBasis, confidence, ruleVersion, openedAt };
}

/** Shows one identity number in clear, for a reason that the audit log keeps. */
export async function revealField(tx: Tx, id: string, field: string, reason: string): Promise<string | null> {
  const pattern = field.replaceAll(/\[\d+\]/g, '[]');
  if (!IDENTITY_NUMBER_PATHS.includes(pattern)) {
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/field', code: 'not_revealable' }]);
  }
  const customer = await getCustomer(tx, id);
  const record = openRecord(await openCustomerKey(tx, customer), id, customer.version, customer.envelope);
  tx.audit({ event: 'customer.value_revealed', customerId: id, detail: { field, reason } });
  const value = valueAt(record, field);
  return typeof value === 'string' ? value : null;
}

async function writeVersion(
  tx: Tx,
  customerId: string,
  version: number,
  caseId: string | null,
  envelope: Buffer,
): Promise<void> {
  await insertVersion(tx, customerId, {
    version,
    envelope,
    caseId,
    authorKind: tx.actor.kind,
    authorId: actorId(tx.actor),
  });
}

/** The customer's open case under lock; 409 when there is none. */
export async function requireOpenCase(tx: Tx, customerId: string) {
  const row = await lockOpenCase(tx, customerId);
  if (row === null) throw new ComplianceError('STATE_FORBIDS', 'no_open_case');
  return row;
}
