import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { cpuOf, cpuOfProgram, peakMegabytes, spent } from '../../bench/process-cost';

/** Burns CPU in a child of a child, says so and waits. */
const BUSY = `
  const { spawn } = require('node:child_process');
  const burn = 'const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end); process.stdout.write("x"); setInterval(() => {}, 1000); process.stdin.resume(); process.stdin.on("end", () => process.exit())';
  const child = spawn(process.execPath, ['-e', burn], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout.on('data', () => process.stdout.write('x'));
  process.stdin.resume();
  process.stdin.on('end', () => { child.stdin.end(); child.once('exit', () => process.exit()); });
`;

const testOnLinux = process.platform === 'linux' ? test : test.skip;

testOnLinux('the CPU of a process includes that of its living descendants', async () => {
  const root = spawn(process.execPath, ['-e', BUSY], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    await once(root.stdout, 'data');
    const pid = root.pid ?? 0;
    const cost = cpuOfProgram(pid, { own: 'own', children: 'children' });
    expect(cost['children']).toBeGreaterThanOrEqual(290);
    expect(cpuOf({ all: pid })['all']).toBeGreaterThanOrEqual(
      (cost['children'] ?? 0) + (cost['own'] ?? 0) - 1,
    );
    expect(peakMegabytes(pid)).toBeGreaterThan(10);
  } finally {
    root.stdin.end();
    await once(root, 'exit');
  }
});

testOnLinux('a process that has gone has spent nothing and has no memory', async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  const { pid = 0 } = child;
  await once(child, 'exit');
  expect(cpuOf({ gone: pid })).toEqual({ gone: 0 });
  expect(peakMegabytes(pid)).toBeUndefined();
});

test('what was spent is the difference of two readings, never less than nothing', () => {
  expect(spent({ a: 10, b: 5 }, { a: 25, b: 4, c: 3 })).toEqual({ a: 15, b: 0, c: 3 });
});
