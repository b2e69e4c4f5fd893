import type { CaseRow } from '../db/cases';
import { listBranchRows } from '../db/dealers';
import type { DocumentRow } from '../db/documents';
import type { FindingRow } from '../db/findings';
import type { CustomerSources, DecisionRow, HistoryRow } from '../db/package-sources';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import type { VerificationRow } from '../db/verifications';
import { documentPath } from '../domain/package-manifest';
import { lightsOf } from '../domain/verification';
import { documentPlace } from './document-views';
import { noticeAddress } from './notices';
import { freezePapers, peopleInPapers } from './package-papers';
import type {
  FrozenCase,
  FrozenDecision,
  FrozenDocument,
  FrozenEvent,
  FrozenFinding,
  FrozenNotice,
  FrozenVerification,
  PackageItem,
} from './package-snapshot';
import { dealerKey, openCustomerKey, openRecord, openText } from './record-envelope';
import { standingAnswers } from './standing-answers';

/** Names of people and branches as they are at the snapshot. */
export interface Names {
  users: Map<string, string>;
  branches: Map<string, string>;
}

/** Names of everybody who appears in these rows. */
export async function namesIn(
  tx: Tx,
  sources: readonly CustomerSources[],
  branches: Map<string, string>,
): Promise<Names> {
  const ids = sources.flatMap(({ documents, decisions, verifications, history, papers }) => [
    ...peopleInPapers(papers),
    ...verifications.map((row) => row.recordedBy),
    ...documents.map((row) => row.seenBy),
    ...decisions.map((row) => row.decidedBy),
    ...history.map((row) => (row.actorKind === 'user' ? row.actorId : null)),
  ]);
  return { users: await userNames(tx, [...new Set(ids.flatMap((id) => id ?? []))]), branches };
}

/** One customer's file by itself, as it stands in this transaction. */
export async function wholeFile(tx: Tx, sources: CustomerSources): Promise<PackageItem> {
  const branches = new Map((await listBranchRows(tx)).map(({ id, name }) => [id, name]));
  return freezeCustomer(tx, sources, await namesIn(tx, [sources], branches));
}

/** Everything that a package will say about one customer, as it stands in this transaction. */
export async function freezeCustomer(tx: Tx, sources: CustomerSources, names: Names): Promise<PackageItem> {
  const { customer } = sources;
  const key = await openCustomerKey(tx, customer);
  const record = openRecord(key, customer.id, customer.version, customer.envelope);
  const answers = sources.verifications.filter((row) => row.recordVersion === customer.version);
  return {
    customerId: customer.id,
    code: customer.code,
    version: customer.version,
    type: customer.type,
    trigger: customer.trigger,
    status: customer.status,
    risk: customer.risk,
    displayName: customer.displayName,
    branch: customer.branchId === null ? null : (names.branches.get(customer.branchId) ?? null),
    completeness: customer.completeness,
    nextReviewOn: customer.nextReviewOn,
    createdAt: customer.createdAt.toISOString(),
    activatedAt: customer.activatedAt?.toISOString() ?? null,
    record,
    lights: lightsOf(record, standingAnswers(await dealerKey(tx), customer, record, sources.verifications)),
    lightsAt: answers.at(-1)?.at.toISOString() ?? null,
    documents: freezeDocuments(customer.code, sources.documents, key, names),
    findings: sources.findings.map(freezeFinding),
    cases: sources.cases.map(freezeCase),
    verifications: sources.verifications.map((row) => freezeVerification(row, names)),
    decisions: sources.decisions.map((row) => freezeDecision(row, sources, names)),
    ratings: sources.ratings.map(({ level, score, factors, ruleVersion, at }) => ({
      level,
      score,
      factors,
      ruleVersion,
      at: at.toISOString(),
    })),
    notices: await freezeNotices(tx, sources),
    history: sources.history.map((row) => freezeEvent(row, names)),
    papers: freezePapers(customer.id, sources.papers, sources.documents, key, (id) =>
      id === null ? null : nameOf(id, names),
    ),
  };
}

/**
 * Current documents get their place in the package, counted within their kind in the order they came; `earlier` are those
 * of this customer that have theirs already.
 */
export function freezeDocuments(
  code: string,
  rows: readonly DocumentRow[],
  key: Buffer,
  names: Pick<Names, 'users'>,
  earlier: readonly FrozenDocument[] = [],
): FrozenDocument[] {
  const counts = new Map<string, number>();
  for (const { kind, path } of earlier) if (path !== null) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return rows.map((row) => {
    const current = row.state === 'current';
    const ordinal = (counts.get(row.kind) ?? 0) + 1;
    if (current) counts.set(row.kind, ordinal);
    return {
      id: row.id,
      kind: row.kind,
      state: row.state,
      number:
        row.numberEnvelope === null
          ? null
          : openText(key, row.numberEnvelope, documentPlace(row.id, 'number')),
      issuedOn: row.issuedOn,
      expiresOn: row.expiresOn,
      mediaType: row.mediaType,
      bytes: row.bytes,
      sha256: row.sha256.toString('hex'),
      address: row.address,
      originalSeen:
        row.seenAt === null ? null : { by: nameOf(row.seenBy, names), at: row.seenAt.toISOString() },
      path: current ? documentPath(code, row.kind, ordinal, row.mediaType) : null,
    };
  });
}

function freezeFinding(row: FindingRow): FrozenFinding {
  const { code, field, severity, legalBasis, confidence } = row;
  return {
    code,
    field,
    severity,
    legalBasis,
    confidence,
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}

function freezeCase({ kind, stage, outcome, openedAt, closedAt, dueOn }: CaseRow): FrozenCase {
  return {
    kind,
    stage,
    outcome,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
    dueAt: dueOn?.toISOString() ?? null,
  };
}

function freezeVerification(row: VerificationRow, names: Names): FrozenVerification {
  const { subject, method, provider, simulated, result, recordVersion } = row;
  return {
    id: row.id,
    subject,
    method,
    provider,
    simulated,
    result,
    recordVersion,
    requestHash: row.requestHash.toString('hex'),
    at: row.at.toISOString(),
    link: row.link,
    documentSha256: row.documentSha256?.toString('hex') ?? null,
    by: row.recordedBy === null ? null : nameOf(row.recordedBy, names),
  };
}

/** A decision with the rating that stood when it was made. */
function freezeDecision(row: DecisionRow, sources: CustomerSources, names: Names): FrozenDecision {
  const rating = sources.ratings.findLast(({ at }) => at <= row.decidedAt);
  return {
    decision: row.decision,
    reason: row.reason,
    by: nameOf(row.decidedBy, names),
    at: row.decidedAt.toISOString(),
    recordVersion: row.recordVersion,
    risk: rating?.level ?? null,
    fourEyes: row.fourEyes,
    policyVersion: row.policyVersion,
  };
}

async function freezeNotices(tx: Tx, { customer, notices }: CustomerSources): Promise<FrozenNotice[]> {
  const frozen: FrozenNotice[] = [];
  for (const notice of notices) {
    frozen.push({
      kind: notice.kind,
      step: notice.step,
      audience: notice.audience,
      channel: notice.channel,
      address: await noticeAddress(tx, customer, notice),
      at: (notice.lastAttempt?.at ?? notice.endedAt ?? notice.createdAt).toISOString(),
      result: notice.state,
      messageId: notice.messageId,
    });
  }
  return frozen;
}

function freezeEvent(row: HistoryRow, names: Names): FrozenEvent {
  return {
    at: row.at.toISOString(),
    by: row.actorKind === 'user' ? nameOf(row.actorId, names) : null,
    actor: row.actorKind,
    event: row.event,
    detail: row.detail,
  };
}

/** A person who is no colleague any more is still named by the id, never left out. */
function nameOf(id: string | null, names: Pick<Names, 'users'>): string {
  return (id === null ? undefined : names.users.get(id)) ?? id ?? '–';
}
