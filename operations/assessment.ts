import { updateCustomer, type CustomerRow } from '../db/customers';
import { currentDocuments } from '../db/documents';
import { closeFindings, insertFindings, openFindings, type FindingRow } from '../db/findings';
import type { Tx } from '../db/transaction';
import { assess, type Assessment, type FileFacts, type Finding } from '../domain/findings';
import type { Requirement } from '../domain/requirements';
import { riskOf } from '../domain/risk';
import type { Policy } from '../domain/rules/policy';
import { loadPolicy, loadRequirements, today } from './rules';
import { mismatchedFields } from './standing-answers';

/**
 * Judges the file anew and writes what changed: findings opened and closed, completeness, the list column of missing
 * fields. Call it under the customer's lock in the transaction of the change. Answers with what is open now.
 */
export async function reassess(
  tx: Tx,
  customer: CustomerRow,
  record: unknown,
  caseId: string | null,
): Promise<FindingRow[]> {
  const rules = await loadRequirements(tx);
  const evidence = await evidenceOf(tx, customer, record);
  const { findings, completeness } = await judge(tx, rules, customer, record, evidence);
  const before = await openFindings(tx, customer.id);
  // A rule that has become stricter speaks anew, and so does another rule: the finding names the one that asks now.
  const key = ({ code, field, severity, requirementId }: Finding) =>
    `${code}|${field}|${severity}|${requirementId}`;
  const wanted = new Set(findings.map(key));
  const known = new Set(before.map(key));
  const opened = findings.filter((finding) => !known.has(key(finding)));
  const closed = before.filter((finding) => !wanted.has(key(finding)));
  await closeFindings(
    tx,
    closed.map((finding) => finding.id),
  );
  await insertFindings(tx, customer.id, caseId, opened);
  for (const { code, field } of closed) audit(tx, 'finding.closed', customer.id, caseId, { code, field });
  for (const { code, field, ruleVersion } of opened)
    audit(tx, 'finding.opened', customer.id, caseId, { code, field, ruleVersion });

  const missing = [...new Set(findings.map((finding) => finding.field))].sort();
  if (completeness !== customer.completeness || missing.join() !== customer.missing.join()) {
    await updateCustomer(tx, customer.id, { completeness, missing });
  }
  return opened.length + closed.length === 0 ? before : openFindings(tx, customer.id);
}

/** What a verdict rests on beside the record: papers, the register's contradictions, a review that fell due. */
export async function evidenceOf(
  tx: Tx,
  customer: CustomerRow,
  record?: unknown,
): Promise<Pick<FileFacts, 'documents' | 'registerMismatches' | 'reviewOverdue'>> {
  const documents = await currentDocuments(tx, customer.id);
  return {
    documents: documents.map((document) => ({ ...document, originalSeen: document.seenAt !== null })),
    registerMismatches: await mismatchedFields(tx, customer, record),
    reviewOverdue: customer.reviewOverdueSince !== null,
  };
}

/** The verdict of these rules on a record with its evidence, by today and today's policy; writes nothing. */
export async function judge(
  tx: Tx,
  rules: readonly Requirement[],
  { type, trigger }: Pick<CustomerRow, 'type' | 'trigger'>,
  record: unknown,
  evidence: Pick<FileFacts, 'documents' | 'registerMismatches' | 'reviewOverdue'>,
): Promise<Assessment> {
  return judgeUnder(tx, rules, await loadPolicy(tx), { type, trigger }, record, evidence);
}

/** The verdict of these rules and this policy, which need not be in force yet. */
export function judgeUnder(
  tx: Tx,
  rules: readonly Requirement[],
  policy: Policy,
  { type, trigger }: Pick<CustomerRow, 'type' | 'trigger'>,
  record: unknown,
  evidence: Pick<FileFacts, 'documents' | 'registerMismatches' | 'reviewOverdue'>,
): Assessment {
  return assess(factsUnder(tx, policy, { type, trigger }, record, evidence), rules);
}

/** Everything that a verdict depends on, by today and this policy. */
export function factsUnder(
  tx: Tx,
  policy: Policy,
  { type, trigger }: Pick<CustomerRow, 'type' | 'trigger'>,
  record: unknown,
  evidence: Pick<FileFacts, 'documents' | 'registerMismatches' | 'reviewOverdue'>,
): FileFacts {
  const risk = riskOf({ type, trigger, record, today: today(tx) }, policy.risk);
  return { type, trigger, record, ...evidence, risk, parameters: policy, today: today(tx) };
}

function audit(
  tx: Tx,
  event: 'finding.opened' | 'finding.closed',
  customerId: string,
  caseId: string | null,
  detail: Record<string, unknown>,
): void {
  tx.audit({ event, customerId, ...(caseId === null ? {} : { caseId }), detail });
}

export function hasBlocking(findings: readonly { severity: string }[]): boolean {
  return findings.some((finding) => finding.severity === 'blocking');
}
