/**
 * Codes in order, with runs of consecutive ones as "first – last (count)": ten thousand stay readable, and none is lost. A
 * code follows another where only its last digits differ, by one; or, of codes with gaps in their numbers, where it is the
 * next of `all` that there are with the same beginning.
 */
export function codeRanges(codes: readonly string[], all: readonly string[] = []): string {
  const place = new Map(all.map((code, at) => [code, at]));
  const isNext = (before: string, after: string): boolean => {
    const at = place.get(before);
    return at === undefined
      ? follows(before, after)
      : all[at + 1] === after && beginning(before) === beginning(after);
  };
  const runs: { first: string; last: string; count: number }[] = [];
  for (const code of codes) {
    const run = runs.at(-1);
    if (run !== undefined && isNext(run.last, code)) {
      run.last = code;
      run.count += 1;
    } else runs.push({ first: code, last: code, count: 1 });
  }
  return runs
    .map(({ first, last, count }) => (count === 1 ? first : `${first} – ${last} (${count})`))
    .join(', ');
}

function beginning(code: string): string {
  return code.replace(/\d+$/, '');
}

function follows(before: string, after: string): boolean {
  const [, head = '', number = ''] = /^(.*?)(\d{1,15})$/.exec(before) ?? [];
  return number !== '' && after === head + String(Number(number) + 1).padStart(number.length, '0');
}
