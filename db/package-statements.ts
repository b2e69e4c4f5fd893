import type { CustomerRow } from './customers';
import type { DocumentRow } from './documents';
import type { CustomerSources } from './package-sources';
import { camelRows } from './rows';
import type { Tx } from './transaction';
import type { VerificationRow } from './verifications';

/** What a statement of completeness reads of one customer: the rows that a verdict and its evidence rest on. */
export interface StatementSources {
  customer: CustomerRow;
  /** Current ones only. */
  documents: DocumentRow[];
  verifications: VerificationRow[];
  /** When the version of the record that stands became the current one. */
  versionAt: Date;
  /** The signed form that a document is, by the document's id. */
  forms: Map<string, string>;
}

/** The sources of these customers, one query a table, in the order of their codes. */
export async function readStatementSources(tx: Tx, ids: readonly string[]): Promise<StatementSources[]> {
  const rows = (table: string) => tx.sql(table).where({ dealer_id: tx.dealerId });
  const customers = camelRows<CustomerRow>(
    await rows('customers').whereIn('id', ids).orderByRaw('code collate "C"'),
  );
  const documents = camelRows<DocumentRow>(
    await rows('documents')
      .whereIn('customer_id', ids)
      .where({ state: 'current' })
      .orderBy(['uploaded_at', 'id']),
  );
  const verifications = camelRows<VerificationRow>(
    await rows('verifications').whereIn('customer_id', ids).orderBy(['at', 'id']),
  );
  const forms: { id: string; document_id: string }[] = await rows('forms')
    .whereIn('customer_id', ids)
    .where({ state: 'signed' })
    .whereNotNull('document_id')
    .select('id', 'document_id');
  const formOf = new Map(forms.map((form) => [form.document_id, form.id]));
  const versions = await versionInstants(tx, ids);
  const documentsOf = byCustomer(documents);
  const verificationsOf = byCustomer(verifications);
  return customers.map((customer) => ({
    customer,
    documents: documentsOf.get(customer.id) ?? [],
    verifications: verificationsOf.get(customer.id) ?? [],
    versionAt: versions.get(customer.id) ?? customer.createdAt,
    forms: formOf,
  }));
}

/** The same of one customer whose rows are read already: only the instant of the version is asked for. */
export async function statementSourcesOf(tx: Tx, sources: CustomerSources): Promise<StatementSources> {
  const { customer, documents, verifications, papers } = sources;
  const versions = await versionInstants(tx, [customer.id]);
  return {
    customer,
    documents: documents.filter(({ state }) => state === 'current'),
    verifications,
    versionAt: versions.get(customer.id) ?? customer.createdAt,
    forms: new Map(
      papers.forms.flatMap(({ id, state, documentId }) =>
        state === 'signed' && documentId !== null ? [[documentId, id]] : [],
      ),
    ),
  };
}

function byCustomer<Row extends { customerId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const list = found.get(row.customerId) ?? [];
    list.push(row);
    found.set(row.customerId, list);
  }
  return found;
}

/** When each customer's current version came: the first state that showed it, stamped by the product's clock. */
async function versionInstants(tx: Tx, ids: readonly string[]): Promise<Map<string, Date>> {
  const rows: { customer_id: string; at: Date }[] = await tx
    .sql('customer_states as s')
    .join('customers as c', (on) =>
      on.on('c.dealer_id', 's.dealer_id').andOn('c.id', 's.customer_id').andOn('c.version', 's.version'),
    )
    .where({ 's.dealer_id': tx.dealerId })
    .whereIn('s.customer_id', ids)
    .groupBy('s.customer_id')
    .select('s.customer_id', tx.sql.raw('min(s.valid_from) as at'));
  return new Map(rows.map((row) => [row.customer_id, row.at]));
}
