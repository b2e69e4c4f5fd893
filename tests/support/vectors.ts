import { sharedData } from './shared-data';

/** A test over one file of outside data; where the file is absent it shows as skipped, with that reason in its name. */
export function testWithSharedData(name: string, file: string, run: (path: string) => void): void {
  const path = sharedData(file);
  if (path === undefined) {
    test.skip(`${name} (skipped: ../shared/data/${file} is not there)`, () => undefined);
  } else {
    test(name, () => {
      run(path);
    });
  }
}

/** Rows of a plain CSV file (no quotes) as objects keyed by its header. */
export function csvRows(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}
