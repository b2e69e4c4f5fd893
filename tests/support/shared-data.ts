import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../project-root';

/**
 * Path of a file of outside data, or undefined where it is not installed. The data is read in place, never copied; give
 * it to `testWithSharedData` instead, so that an absent file shows as a skipped test with its reason.
 */
export function sharedData(file: string): string | undefined {
  const path = join(projectRoot, '..', 'shared', 'data', file);
  return existsSync(path) ? path : undefined;
}

/** A test over one file of outside data; skipped, and named so, where the file is absent. */
export function testWithSharedData(
  name: string,
  file: string,
  run: (path: string) => void | Promise<void>,
): void {
  const path = sharedData(file);
  if (path === undefined) {
    test.skip(`${name} (skipped: ../shared/data/${file} is not there)`, () => undefined);
  } else {
    test(name, async () => {
      await run(path);
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
