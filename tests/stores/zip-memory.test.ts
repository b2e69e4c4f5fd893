import { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { streamZip, type ZipEntry } from '../../stores/zip-stream';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Kilobytes of living objects, buffers included: the first round finds what is dead, the second has its buffers back. */
function alive(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024;
}

/** A file's stream would take ten, and its content as well. */
const KILOBYTES_A_FILE = 4;

test('of a file that is through, the ZIP keeps its line for the directory and nothing more', async () => {
  const weighed = new Map<number, number>();
  async function* entries(): AsyncGenerator<ZipEntry> {
    for (let number = 0; number <= 2_000; number += 1) {
      if (number === 500 || number === 2_000) weighed.set(number, alive());
      const content = Buffer.alloc(20_000, number);
      yield {
        path: `${number}.bin`,
        size: content.length,
        compress: false,
        open: () => Readable.from([content]),
      };
    }
  }
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await streamZip(entries(), nowhere);
  const grown = (weighed.get(2_000) ?? Infinity) - (weighed.get(500) ?? 0);
  expect(grown / 1_500).toBeLessThan(KILOBYTES_A_FILE);
});
