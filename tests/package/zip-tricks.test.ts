import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

import { verifyPackage } from '../../stores/package-verifier';
import { scratchFolder, sealed } from './a-package';

const folder = scratchFolder();
const TARGET = 'VERIFY.txt';

/** Parts of one file in a ZIP, as a forger may bend them: header and data, and the file's line in the directory. */
interface Parts {
  local: Buffer;
  data: Buffer;
  central: Buffer;
  /** Put after the header's name, the data, and the directory's name. */
  localExtra: Buffer;
  descriptor: Buffer;
  centralExtra: Buffer;
}

function partsOf(name: string, content: Buffer): Parts {
  const data = deflateRawSync(content);
  const local = Buffer.alloc(30);
  const central = Buffer.alloc(46);
  local.writeUInt32LE(0x04034b50, 0);
  central.writeUInt32LE(0x02014b50, 0);
  for (const [header, shift] of [
    [local, 0],
    [central, 2],
  ] as const) {
    header.writeUInt16LE(20, 4 + shift);
    header.writeUInt16LE(8, 8 + shift);
    header.writeUInt16LE(0x21, 12 + shift);
    header.writeUInt32LE(crc32(content), 14 + shift);
    header.writeUInt32LE(data.length, 18 + shift);
    header.writeUInt32LE(content.length, 22 + shift);
    header.writeUInt16LE(name.length, 26 + shift);
  }
  const nothing = Buffer.alloc(0);
  return { local, data, central, localExtra: nothing, descriptor: nothing, centralExtra: nothing };
}

/** Reasons that the verifier gives for a sound package whose one file was bent. */
async function reasonsFor(bend: (parts: Parts) => void): Promise<string[]> {
  const bodies: Buffer[] = [];
  const lines: Buffer[] = [];
  let offset = 0;
  const files = Object.entries(sealed());
  for (const [name, content] of files) {
    const parts = partsOf(name, content);
    if (name === TARGET) bend(parts);
    parts.central.writeUInt32LE(offset, 42);
    const { local, localExtra, data, descriptor, central, centralExtra } = parts;
    const body = Buffer.concat([local, Buffer.from(name), localExtra, data, descriptor]);
    offset += body.length;
    bodies.push(body);
    lines.push(central, Buffer.from(name), centralExtra);
  }
  const directory = Buffer.concat(lines);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  const path = join(folder, 'bent.zip');
  writeFileSync(path, Buffer.concat([...bodies, directory, end]));
  return (await verifyPackage(path)).problems.map(({ path: name, reason }) => `${name}: ${reason}`);
}

test('the same ZIP passes when nothing is bent', async () => {
  expect(await reasonsFor(() => undefined)).toEqual([]);
});

/** The field of Info-ZIP that renames a file for the readers who know it. */
function unicodePath(name: string, other: string): Buffer {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + other.length, 2);
  field[4] = 1;
  field.writeUInt32LE(crc32(name), 5);
  return Buffer.concat([field, Buffer.from(other)]);
}

const both = (at: number, value: number) => (parts: Parts) => {
  parts.local.writeUInt32LE(value, at);
  parts.central.writeUInt32LE(value, at + 2);
};

test.each<[string, (parts: Parts) => void, string]>([
  ['a checksum that the two headers give differently', (p) => void p.local.writeUInt32LE(1, 14), 'mismatch'],
  ['a length that they give differently', (p) => void p.local.writeUInt32LE(1, 22), 'mismatch'],
  ['a time that they give differently', (p) => void p.central.writeUInt16LE(0x22, 14), 'mismatch'],
  ['a method that they give differently', (p) => void p.local.writeUInt16LE(0, 8), 'mismatch'],
  ['a checksum that is not that of the content', both(14, 1), 'changed'],
  ['a length that deflate cannot reach', both(22, 0x7fffffff), 'mismatch'],
  [
    'something hidden behind the end of the packed bytes',
    (p) => {
      p.data = Buffer.concat([p.data, Buffer.from('hidden')]);
      both(18, p.data.length)(p);
    },
    'changed',
  ],
  [
    'something hidden between the files',
    (p) => {
      p.descriptor = Buffer.from('sixteen bytes !!');
    },
    'overlap',
  ],
  [
    'a descriptor that says otherwise than the directory',
    (p) => {
      p.local.writeUInt16LE(8, 6);
      p.central.writeUInt16LE(8, 8);
      p.descriptor = Buffer.alloc(16);
      p.descriptor.writeUInt32LE(0x08074b50, 0);
    },
    'mismatch',
  ],
  [
    'an encrypted file',
    (p) => {
      p.local.writeUInt16LE(1, 6);
      p.central.writeUInt16LE(1, 8);
    },
    'not_a_zip',
  ],
  [
    'a comment, which no reader shows',
    (p) => {
      p.centralExtra = Buffer.from('comment');
      p.central.writeUInt16LE(7, 32);
    },
    'overlap',
  ],
  [
    'a kilobyte in an extra field',
    (p) => {
      p.localExtra = Buffer.alloc(1024);
      p.local.writeUInt16LE(1024, 28);
    },
    'overlap',
  ],
  [
    'a second name in an extra field, under which some readers unpack it',
    (p) => {
      p.centralExtra = unicodePath(TARGET, 'evil.txt');
      p.central.writeUInt16LE(p.centralExtra.length, 30);
    },
    'overlap',
  ],
  [
    'a second name beside the header alone',
    (p) => {
      p.localExtra = unicodePath(TARGET, 'evil.txt');
      p.local.writeUInt16LE(p.localExtra.length, 28);
    },
    'overlap',
  ],
  ['a link instead of a file', (p) => void p.central.writeUInt32LE(0o120777 * 65536, 38), 'unsafe_name'],
  ['a folder by the flags of DOS', (p) => void p.central.writeUInt32LE(0x10, 38), 'unsafe_name'],
  [
    'a program that runs as its owner',
    (p) => void p.central.writeUInt32LE(0o104755 * 65536, 38),
    'unsafe_name',
  ],
])('a ZIP with %s is refused', async (_what, bend, reason) => {
  const reasons = await reasonsFor(bend);
  expect(reasons).toHaveLength(1);
  expect(reasons[0]?.endsWith(`: ${reason}`)).toBe(true);
});
