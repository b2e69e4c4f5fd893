/**
 * Codes in order, with runs of consecutive ones as "first – last (count)": ten thousand stay readable, and none is lost. A
 * code follows another where only its last digits differ, by one.
 */
export function codeRanges(codes: readonly string[]): string {
  const runs: { first: string; last: string; count: number }[] = [];
  for (const code of codes) {
    const run = runs.at(-1);
    if (run !== undefined && follows(run.last, code)) {
      run.last = code;
      run.count += 1;
    } else runs.push({ first: code, last: code, count: 1 });
  }
  return runs
    .map(({ first, last, count }) => (count === 1 ? first : `${first} – ${last} (${count})`))
    .join(', ');
}

function follows(before: string, after: string): boolean {
  const [, head = '', number = ''] = /^(.*?)(\d{1,15})$/.exec(before) ?? [];
  return number !== '' && after === head + String(Number(number) + 1).padStart(number.length, '0');
}
