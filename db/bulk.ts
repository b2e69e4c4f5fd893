import { snakeRow } from './rows';
import type { Tx } from './transaction';

/** Rows of one statement: far below what a message of the protocol may hold. */
const PORTION = 1000;

/**
 * Inserts rows (columns in camelCase, the dealer's id is added) with one statement a thousand: they travel as one JSON
 * parameter that Postgres unfolds by the table's own types, so that neither placeholders nor types are counted here.
 * Columns that a row leaves out get their default only when no row names them; say null where you mean it.
 * @param stamp column that takes the database's clock at the moment of writing
 */
export async function insertRows(
  tx: Tx,
  table: string,
  rows: readonly object[],
  stamp?: string,
): Promise<void> {
  for (let from = 0; from < rows.length; from += PORTION) {
    const portion = rows.slice(from, from + PORTION).map((row) => ({
      dealer_id: tx.dealerId,
      ...snakeRow(row),
    }));
    const columns = [...new Set(portion.flatMap((row) => Object.keys(row)))];
    const places = columns.map(() => '??').join(', ');
    await tx.sql.raw(
      `insert into ?? (${places}${stamp === undefined ? '' : ', ??'}) ` +
        `select ${places}${stamp === undefined ? '' : ', clock_timestamp()'} ` +
        'from jsonb_populate_recordset(null::??, ?::jsonb)',
      [
        table,
        ...columns,
        ...(stamp === undefined ? [] : [stamp]),
        ...columns,
        table,
        JSON.stringify(portion.map(asJson)),
      ],
    );
  }
}

/** Bytes as Postgres reads them. */
function asJson(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value,
    ]),
  );
}
