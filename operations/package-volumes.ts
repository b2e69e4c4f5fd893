import { reportVolumePath } from '../domain/package-manifest';
import type { TablesInVolumes, VolumeLine, VolumeTable } from '../templates/report-parts';
import type { CustomerTables, ReportVolume } from '../templates/reports';

/**
 * Rows of customers from which the summary report goes on in another document. Chromium takes some 0.2 MB for each of
 * them while it prints a tagged PDF, so that one document stays under 450 MB (ADR 0024).
 */
export const VOLUME_ROWS = 1_500;

/** Letters from which one row takes the room of two. */
const LONG_ROW = 600;

/** Rows of all customers' tables by table: lines of ours, and cells of the parts. */
export type VolumeTables = CustomerTables & Record<Exclude<VolumeTable, keyof CustomerTables>, string[][]>;

/** One row and the table it belongs to. */
export type VolumeRow<Name extends VolumeTable = VolumeTable> = {
  [Key in Name]: { table: Key; line: VolumeTables[Key][number] };
}[Name];

/** A volume before it has a frame. */
export type CutVolume = Pick<ReportVolume, 'volume'> & { tables: VolumeTables };

/** A function each time: tables are filled. */
export function emptyTables(): VolumeTables {
  return {
    customers: [],
    findings: [],
    forms: [],
    onBehalf: [],
    heightened: [],
    representatives: [],
    beneficialOwners: [],
    verifications: [],
    decisions: [],
    refreshes: [],
    notices: [],
    transactions: [],
    payments: [],
    invoices: [],
    screenings: [],
  };
}

/**
 * Cuts what customers bring into volumes: by frozen content and limit alone, so that a repeated run cuts at the same
 * places. A volume ends between two customers; one who alone has more rows than fit goes on in the next.
 */
export function volumeCutter(rowsMax = VOLUME_ROWS) {
  const lines: VolumeLine[] = [];
  const places = emptyPlaces();
  let open = emptyVolume();

  function* close(): Generator<CutVolume> {
    if (open.rows === 0) return;
    const { tables, weight: _, ...span } = open;
    const number = lines.length + 1;
    const path = reportVolumePath(number);
    const volume = { number, path, ...span, customers: tables.customers.length };
    lines.push(volume);
    for (const [table, rows] of Object.entries(tables) as [VolumeTable, unknown[]][])
      if (rows.length > 0) note(places[table], rows.length, path);
    open = emptyVolume();
    yield { volume, tables };
  }

  function pour(code: string, rows: readonly VolumeRow[], weight: number): void {
    if (rows.length === 0) return;
    if (open.rows === 0) open.from = code;
    open.to = code;
    open.rows += rows.length;
    open.weight += weight;
    for (const row of rows) put(open.tables, row);
  }

  return {
    /** Takes a customer's rows in; yields each volume that this fills. */
    async *add(code: string, rows: AsyncIterable<VolumeRow>): AsyncGenerator<CutVolume> {
      let waiting: VolumeRow[] = [];
      let weight = 0;
      for await (const row of rows) {
        const more = weightOf(row.line);
        if (waiting.length > 0 && weight + more > rowsMax) {
          yield* close();
          pour(code, waiting, weight);
          yield* close();
          waiting = [];
          weight = 0;
        }
        waiting.push(row);
        weight += more;
      }
      if (open.weight + weight > rowsMax) yield* close();
      pour(code, waiting, weight);
    },
    /** What is left for the last volume, where there is one already. */
    *rest(): Generator<CutVolume> {
      if (lines.length > 0) yield* close();
    },
    /** All rows of the one document that needs no volumes. */
    tables: (): VolumeTables => open.tables,
    /** Null where one document holds everything. */
    volumes: (): TablesInVolumes | null => (lines.length === 0 ? null : { lines, tables: places }),
  };
}

function emptyVolume() {
  return { from: '', to: '', rows: 0, weight: 0, tables: emptyTables() };
}

function emptyPlaces(): TablesInVolumes['tables'] {
  const nowhere = () => ({ rows: 0, first: null, last: null });
  return Object.fromEntries(Object.keys(emptyTables()).map((name) => [name, nowhere()])) as ReturnType<
    typeof emptyPlaces
  >;
}

function note(place: TablesInVolumes['tables'][VolumeTable], rows: number, path: string): void {
  place.rows += rows;
  place.first ??= path;
  place.last = path;
}

function put<Name extends VolumeTable>(tables: VolumeTables, { table, line }: VolumeRow<Name>): void {
  const rows: VolumeTables[Name][number][] = tables[table];
  rows.push(line);
}

/** A row counts more than once where people wrote much into it. */
function weightOf(line: object): number {
  const texts = Object.values(line).filter((value) => typeof value === 'string');
  return 1 + Math.floor(texts.reduce((sum, text) => sum + text.length, 0) / LONG_ROW);
}
