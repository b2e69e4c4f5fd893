/** One kind of question with the 95th percentile of both contestants, in milliseconds. */
export interface LatencyLine {
  what: string;
  questions: number;
  product: number;
  bare: number;
  /** What the project wants: so many times the bare one and a bit, or an absolute bound. */
  limit: { factor: number; plusMs: number } | { atMostMs: number };
}

export function holds({ product, bare, limit }: LatencyLine): boolean {
  return product <= ('atMostMs' in limit ? limit.atMostMs : limit.factor * bare + limit.plusMs);
}

/** The lines as a table of text; empty without lines. */
export function latencyTable(lines: readonly LatencyLine[]): string {
  if (lines.length === 0) return '';
  const rows = [
    ['p95, milliseconds', 'product', 'bare', 'ratio', 'target', ''],
    ...lines.map((line) => [
      line.what,
      line.product.toFixed(1),
      line.bare.toFixed(1),
      (line.product / line.bare).toFixed(2),
      'atMostMs' in line.limit
        ? `≤ ${line.limit.atMostMs} ms`
        : `≤ ${line.limit.factor} × bare${line.limit.plusMs > 0 ? ` + ${line.limit.plusMs} ms` : ''}`,
      holds(line) ? 'holds' : 'missed',
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
