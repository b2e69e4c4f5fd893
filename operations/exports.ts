import { PassThrough, type Readable } from 'node:stream';

import { getCustomers, type CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import { getUser } from '../db/users';
import type { Language } from '../domain/customer';
import { dayInIstanbul } from '../domain/days';
import { ComplianceError } from '../domain/errors';
import { translator, type Translate } from '../locales';
import { writeCsv } from '../stores/csv';
import { createWorkbookWriter } from '../stores/xlsx';
import { customerListSheet } from '../templates/workbook';
import type { CustomerRow as SheetRow } from '../templates/workbook-rows';
import { filterCustomers, listCustomers, type CustomerFilter, type CustomerSort } from './customer-list';
import { textAt } from './package-lines';
import { customerSheetRow } from './package-workbook-rows';
import { openCustomerKey, openRecord } from './record-envelope';

/** Customers that one transaction reads: short, because whoever downloads may be slow. */
const PAGE = 500;

export interface ExportRequest {
  filter: CustomerFilter;
  sort?: CustomerSort;
  format: 'xlsx' | 'csv';
  /** Why; it goes on record, because the file holds identity numbers in clear. */
  reason: string;
  language: Language;
}

/** Puts an export on record and answers how many customers it holds: as many as the list shows under the filter. */
export async function recordExport(tx: Tx, request: ExportRequest): Promise<number> {
  await requireExporter(tx);
  if (request.reason.trim() === '') {
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/reason', code: 'reason_required' }]);
  }
  const count = await countCustomers(tx, request.filter);
  const { format, reason } = request;
  tx.audit({
    event: 'customers.exported',
    detail: { format, count, filter: Object.keys(request.filter).sort(), reason },
  });
  return count;
}

/** An officer, or the auditor, whose seat is there to read and to take away (design §1). */
async function requireExporter(tx: Tx): Promise<void> {
  if (tx.actor.kind !== 'user') throw new ComplianceError('FORBIDDEN', 'person_required');
  const user = await getUser(tx, tx.actor.userId);
  const may = ['officer', 'manager', 'auditor'].includes(user?.role ?? '') || user?.alsoManager === true;
  if (!may) throw new ComplianceError('FORBIDDEN', 'role_forbids');
}

/** How many customers a filter lets through. */
export async function countCustomers(tx: Tx, filter: CustomerFilter): Promise<number> {
  const rows = tx.sql('customers').where({ dealer_id: tx.dealerId }).count('* as count');
  await filterCustomers(tx, rows, filter);
  const [{ count } = { count: 0 }] = (await rows) as { count: number }[];
  return count;
}

/** Runs in a transaction of its own: a slow reader must not hold one. */
type Run = <T>(fn: (tx: Tx) => Promise<T>) => Promise<T>;

/** The customers of a list as a file that is made while it is sent. The stream is destroyed where it cannot go on. */
export function exportCustomers(request: ExportRequest, run: Run, now: Date): Readable {
  const out = new PassThrough();
  const { language } = request;
  const sheet = customerListSheet(exportRows(request, run), language);
  const title = translator(language)('import.export.title');
  const written =
    request.format === 'csv'
      ? writeCsv(sheet, out)
      : createWorkbookWriter().write([sheet], { title, asOf: now.toISOString() }, out);
  written.catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error('The export could not be written'));
  });
  return out;
}

async function* exportRows({ filter, sort, language }: ExportRequest, run: Run): AsyncGenerator<SheetRow> {
  const t = translator(language);
  let cursor: string | null = null;
  do {
    const from: string | null = cursor;
    const page = await run(async (tx) => {
      const { data, nextCursor } = await listCustomers(tx, {
        ...filter,
        limit: PAGE,
        ...(sort === undefined ? {} : { sort }),
        ...(from === null ? {} : { cursor: from }),
      });
      const files = await getCustomers(
        tx,
        data.map(({ id }) => id),
      );
      const byId = new Map(files.map((file) => [file.id, file]));
      const rows: SheetRow[] = [];
      for (const { id } of data) {
        const file = byId.get(id);
        if (file !== undefined) rows.push(await exportRow(tx, file, t));
      }
      return { rows, nextCursor };
    });
    yield* page.rows;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

async function exportRow(tx: Tx, customer: CustomerRow, t: Translate): Promise<SheetRow> {
  const key = await openCustomerKey(tx, customer);
  const record = openRecord(key, customer.id, customer.version, customer.envelope);
  const influence = textAt(record, 'publicInfluence.kind');
  return customerSheetRow(
    { ...customer, record, createdAt: dayInIstanbul(customer.createdAt) },
    {
      influence: influence === null ? null : wordOf(t, `import.code.publicInfluence.${influence}`, influence),
      missing:
        customer.missing.length === 0 ? null : customer.missing.map((path) => fieldName(t, path)).join(', '),
    },
  );
}

/** A field's name without its place in a list; the path itself where nobody gave it one. */
function fieldName(t: Translate, path: string): string {
  return wordOf(t, `field.${path.replaceAll(/\[\d+\]/g, '')}`, path);
}

function wordOf(t: Translate, key: string, otherwise: string): string {
  try {
    return t(key);
  } catch {
    return otherwise;
  }
}
