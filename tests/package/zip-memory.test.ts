import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

import { projectRoot } from '../../project-root';
import { scratchFolder } from './a-package';

const folder = scratchFolder();

/** Writes a ZIP of `count` documents of `mib` MiB in a process of its own, and answers with its peak of memory in MiB. */
function peakOf(count: number, mib: number): { peak: number; bytes: number } {
  const script = join(folder, 'write.cjs');
  writeFileSync(
    script,
    `require(${JSON.stringify(join(projectRoot, 'tests', 'package', 'typescript.cjs'))});
     const { Readable, Writable } = require('node:stream');
     const { writePackageZip } = require(${JSON.stringify(join(projectRoot, 'stores', 'package-zip'))});
     const part = Buffer.alloc(65536, 7);
     let bytes = 0;
     let peak = 0;
     const out = new Writable({ write(chunk, _e, next) {
       bytes += chunk.length;
       peak = Math.max(peak, process.memoryUsage().rss);
       setImmediate(next);
     } });
     function* content() { for (let n = 0; n < ${mib} * 16; n += 1) yield part; }
     function* entries() {
       for (let n = 0; n < ${count}; n += 1)
         yield { path: 'belgeler/K/' + String(n).padStart(6, '0') + '.jpg', size: ${mib} * 1048576, open: () => Readable.from(content()) };
     }
     writePackageZip(entries(), out).then(() => console.log(JSON.stringify({ bytes, peak: peak / 1048576 })));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 60_000 });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as { peak: number; bytes: number };
}

test('writing a package takes no more memory when it is twelve times as large', () => {
  const small = peakOf(6, 8);
  const large = peakOf(72, 8);
  expect(large.bytes).toBeGreaterThan(12 * 48 * 1_000_000);
  expect(large.peak - small.peak).toBeLessThan(64);
}, 120_000);

test('nothing of it is put on a disk meanwhile: the ZIP is streamed from its encrypted parts', () => {
  for (const name of [
    'api/package-download.ts',
    'stores/package-assembly.ts',
    'stores/package-zip.ts',
    'stores/zip-stream.ts',
  ])
    expect(readFileSync(join(projectRoot, name), 'utf8')).not.toMatch(
      /createWriteStream|mkdtemp|tmpdir|writeFile/,
    );
});
