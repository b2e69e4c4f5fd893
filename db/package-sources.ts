import { ComplianceError } from '../domain/errors';
import type { CaseRow } from './cases';
import type { CustomerRow } from './customers';
import type { DocumentRow } from './documents';
import type { FindingRow } from './findings';
import type { AttemptRow, NoticeRow } from './notices';
import { NO_PAPERS, readPapers, type PaperSources } from './package-papers';
import { camelRows } from './rows';
import type { Tx } from './transaction';
import type { VerificationRow } from './verifications';

export interface DecisionRow {
  caseId: string;
  decision: 'approve' | 'reject';
  reason: string;
  decidedBy: string;
  decidedAt: Date;
  recordVersion: number;
  fourEyes: 'enforced' | 'recorded';
  /** Of the policy it was taken under. */
  policyVersion: string | null;
}

export interface RatingRow {
  caseId: string | null;
  level: 'low' | 'medium' | 'high';
  score: number;
  factors: unknown;
  ruleVersion: string;
  at: Date;
}

export interface HistoryRow {
  seq: number;
  at: Date;
  actorKind: 'user' | 'system' | 'customer';
  actorId: string | null;
  event: string;
  caseId: string | null;
  detail: Record<string, unknown>;
}

/** Everything that is kept about one customer, as rows. */
export interface CustomerSources {
  customer: CustomerRow;
  documents: DocumentRow[];
  findings: FindingRow[];
  cases: CaseRow[];
  verifications: VerificationRow[];
  decisions: DecisionRow[];
  ratings: RatingRow[];
  notices: (NoticeRow & { lastAttempt: AttemptRow | null })[];
  history: HistoryRow[];
  papers: PaperSources;
}

/** What a package says about these customers, in one query a table; in the order of their codes. */
export async function readSources(tx: Tx, ids: readonly string[]): Promise<CustomerSources[]> {
  const customers = camelRows<CustomerRow>(
    await tx
      .sql('customers')
      .where({ dealer_id: tx.dealerId })
      .whereIn('id', ids)
      .orderByRaw('code collate "C"'),
  );
  const documents = await grouped<DocumentRow>(tx, 'documents', ids, ['uploaded_at', 'id']);
  const findings = await grouped<FindingRow>(tx, 'findings', ids, ['opened_at', 'id']);
  const cases = await grouped<CaseRow>(tx, 'cases', ids, ['opened_at', 'id']);
  const verifications = await grouped<VerificationRow>(tx, 'verifications', ids, ['at', 'id']);
  const decisions = await grouped<DecisionRow>(tx, 'decisions', ids, ['decided_at', 'id']);
  const ratings = await grouped<RatingRow>(tx, 'risk_ratings', ids, ['at', 'id']);
  const notices = await grouped<NoticeRow>(tx, 'notices', ids, ['created_at', 'id']);
  const history = await grouped<HistoryRow>(tx, 'audit_log', ids, ['seq'], 'chain_id');
  const attempts = await lastAttempts(tx, ids);
  const papers = await readPapers(tx, ids);
  return customers.map((customer) => ({
    customer,
    documents: documents.get(customer.id) ?? [],
    findings: findings.get(customer.id) ?? [],
    cases: cases.get(customer.id) ?? [],
    verifications: verifications.get(customer.id) ?? [],
    decisions: decisions.get(customer.id) ?? [],
    ratings: ratings.get(customer.id) ?? [],
    notices: (notices.get(customer.id) ?? []).map((notice) => ({
      ...notice,
      lastAttempt: attempts.get(notice.id) ?? null,
    })),
    history: history.get(customer.id) ?? [],
    papers: papers.get(customer.id) ?? NO_PAPERS,
  }));
}

/** The same of one customer. Throws NOT_FOUND. */
export async function readSourcesOf(tx: Tx, id: string): Promise<CustomerSources> {
  const [sources] = await readSources(tx, [id]);
  if (sources === undefined) throw new ComplianceError('NOT_FOUND', 'customer_not_found');
  return sources;
}

async function grouped<Row>(
  tx: Tx,
  table: string,
  ids: readonly string[],
  order: string[],
  owner = 'customer_id',
): Promise<Map<string, Row[]>> {
  const rows: Record<string, unknown>[] = await tx
    .sql(table)
    .where({ dealer_id: tx.dealerId })
    .whereIn(owner, ids)
    .orderBy(order);
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const id = String(row[owner]);
    const list = found.get(id) ?? [];
    list.push(...camelRows<Row>([row]));
    found.set(id, list);
  }
  return found;
}

async function lastAttempts(tx: Tx, ids: readonly string[]): Promise<Map<string, AttemptRow>> {
  const rows = camelRows<AttemptRow>(
    await tx
      .sql('notice_attempts as a')
      .join('notices as n', (on) => on.on('n.dealer_id', 'a.dealer_id').andOn('n.id', 'a.notice_id'))
      .where({ 'a.dealer_id': tx.dealerId })
      .whereIn('n.customer_id', ids)
      .orderBy(['a.notice_id', 'a.attempt'])
      .select('a.notice_id', 'a.attempt', 'a.at', 'a.result', 'a.code'),
  );
  return new Map(rows.map((row) => [row.noticeId, row]));
}

export interface ParameterRow {
  key: string;
  value: unknown;
  validFrom: string;
  validTo: string | null;
  legalBasis: string | null;
  confidence: string;
  version: string;
}

/** Policies whose validity touches the days from `from` to `to`. */
export async function parametersBetween(tx: Tx, from: string, to: string): Promise<ParameterRow[]> {
  return camelRows<ParameterRow>(
    await tx
      .sql('policies')
      .where({ dealer_id: tx.dealerId })
      .where('valid_from', '<=', to)
      .where((open) => void open.whereNull('valid_to').orWhere('valid_to', '>', from))
      .orderBy(['key', 'valid_from']),
  );
}

/** Version of the requirements in force on a day: the latest one, as printed on covers. */
export async function ruleSetOn(tx: Tx, day: string): Promise<string> {
  const row = await tx
    .sql('requirements')
    .where({ dealer_id: tx.dealerId })
    .where('valid_from', '<=', day)
    .max({ version: 'version' })
    .first();
  return (row as { version: string | null } | undefined)?.version ?? '';
}
