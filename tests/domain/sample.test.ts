import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { drawSample } from '../../domain/sample';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const codes = (count: number) =>
  Array.from({ length: count }, (_, index) => `KYM-2026-${String(index + 1).padStart(6, '0')}`);

const populations = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 60 });
const seeds = fc.string({ maxLength: 20 });

test('the same seed draws the same sample, in whatever order the population comes', () => {
  fc.assert(
    fc.property(
      populations,
      seeds,
      fc.integer({ min: 1, max: 70 }),
      fc.infiniteStream(fc.nat()),
      (population, seed, size, mix) => {
        const shuffled = population
          .map((code) => ({ code, at: mix.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ code }) => code);
        expect(drawSample(shuffled, { size, seed }, sha256)).toEqual(
          drawSample(population, { size, seed }, sha256),
        );
      },
    ),
  );
});

test('a sample has the size that was asked for, holds nobody twice and nobody from outside, and is in code order', () => {
  fc.assert(
    fc.property(populations, seeds, fc.integer({ min: 1, max: 70 }), (population, seed, size) => {
      const drawn = drawSample(population, { size, seed }, sha256);
      expect(drawn).toHaveLength(Math.min(size, population.length));
      expect(new Set(drawn).size).toBe(drawn.length);
      expect(drawn.every((code) => population.includes(code))).toBe(true);
      expect(drawn).toEqual(drawn.toSorted((a, b) => (a < b ? -1 : 1)));
    }),
  );
});

test('a larger sample of the same seed holds the smaller one', () => {
  const population = codes(200);
  const small = drawSample(population, { size: 10, seed: 'x' }, sha256);
  const large = drawSample(population, { size: 50, seed: 'x' }, sha256);
  expect(small.filter((code) => !large.includes(code))).toEqual([]);
});

test('over many seeds everybody is drawn about as often as anybody else', () => {
  const population = codes(40);
  const times = new Map(population.map((code) => [code, 0]));
  for (let seed = 0; seed < 2000; seed++) {
    for (const code of drawSample(population, { size: 10, seed: String(seed) }, sha256))
      times.set(code, (times.get(code) ?? 0) + 1);
  }
  // 500 expected, standard deviation 19.4: six of them are never left by luck.
  for (const count of times.values()) expect(Math.abs(count - 500)).toBeLessThan(117);
});

test('an inspector draws the same sample with sha256sum, sort and head', () => {
  const population = codes(30);
  const script =
    'while read code; do echo "$(printf "%s" "$1:$code" | sha256sum) $code"; done | sort | head -n "$2"';
  const lines = execFileSync('sh', ['-c', script, 'sh', 'denetim 2026 ğş', '7'], {
    input: population.map((code) => `${code}\n`).join(''),
    encoding: 'utf8',
    timeout: 20_000,
  });
  const byHand = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' ').at(-1) ?? '')
    .sort();
  expect(byHand).toEqual(drawSample(population, { size: 7, seed: 'denetim 2026 ğş' }, sha256));
});

test.each([0, -1, 1.5, Number.NaN])('a sample of %p customers is refused', (size) => {
  expect(() => drawSample(codes(3), { size, seed: 'x' }, sha256)).toThrow(RangeError);
});
