import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { newKey } from '../../stores/crypto';
import { folderStore } from '../../stores/files';

const KIB = 1024;
/** Small disks are mounted, which only root may do. */
const whereDisksMount = process.getuid?.() === 0 ? describe : describe.skip;

whereDisksMount('on a disk that fills up', () => {
  const disk = mkdtempSync(join(tmpdir(), 'sicil-small-disk-'));
  beforeAll(() => {
    mkdirSync(disk, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  test('a file is there as a whole or not at all, wherever the room ends', async () => {
    const files = folderStore(join(disk, 'files'));
    const key = newKey();
    let refused = 0;
    for (let size = 20 * KIB; size < 300 * KIB; size += 9 * KIB) {
      const content = Buffer.alloc(size, size % 251);
      const outcome = await files.putBlob(key, Readable.from([content])).catch((error: unknown) => error);
      if (
        outcome instanceof Error ||
        typeof outcome !== 'object' ||
        outcome === null ||
        !('address' in outcome)
      ) {
        expect(outcome).toMatchObject({ code: 'ENOSPC' });
        refused += 1;
        continue;
      }
      const { address, bytes } = outcome as { address: string; bytes: number };
      expect([bytes, (await buffer(await files.open(key, address))).equals(content)]).toEqual([size, true]);
      await files.remove(address);
    }
    expect(refused).toBeGreaterThan(2);
    expect(await files.cleanUp(new Date(Date.now() + 86_400_000))).toBe(0);
  });
});
