import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from '../../project-root';

const css = readFileSync(join(projectRoot, 'templates', 'styles', 'elements.css'), 'utf8');

/** The colours of the light theme, and of the dark one: what it does not set is as in the light one. */
function palettes(): Record<'light' | 'dark', Map<string, string>> {
  const [first = '', second = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => body);
  const colours = (body: string) =>
    [...body.matchAll(/--([\w-]+): (#[\da-f]{3,6});/g)].map(
      ([, name = '', hex = '']) => [name, hex] as const,
    );
  return { light: new Map(colours(first)), dark: new Map([...colours(first), ...colours(second)]) };
}

/** Relative luminance of a colour (WCAG 2). */
function luminance(hex: string): number {
  const digits = hex.slice(1).replace(/^(.)(.)(.)$/, '$1$1$2$2$3$3');
  const part = (from: number) => {
    const share = Number.parseInt(digits.slice(from, from + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4);
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['bg', 'surface', 'raised'];
/** What is written in which colour, and on what it may stand. */
const WRITTEN: [string, string[]][] = [
  ['text', [...GROUNDS, 'warn-bg']],
  ['muted', [...GROUNDS, 'muted-bg']],
  ['link', GROUNDS],
  ['ok', [...GROUNDS, 'ok-bg']],
  ['info', [...GROUNDS, 'info-bg']],
  ['warn', [...GROUNDS, 'warn-bg']],
  ['bad', [...GROUNDS, 'bad-bg']],
  ['primary-text', ['primary']],
  ['top-text', ['top']],
];
/** Borders of boxes and rings around what has the focus: 3:1 is enough to find them. */
const DRAWN: [string, string[]][] = [
  ['line-strong', ['bg', 'surface']],
  ['focus', GROUNDS],
  ['primary', GROUNDS],
];

test.each(['light', 'dark'] as const)(
  'every text of the %s theme is 4.5:1 on its ground, every border 3:1',
  (theme) => {
    const palette = palettes()[theme];
    const colour = (name: string) => palette.get(name) ?? 'none';
    const tooPale = (pairs: [string, string[]][], least: number) =>
      pairs.flatMap(([ink, grounds]) =>
        grounds
          .filter((ground) => !(contrast(colour(ink), colour(ground)) >= least))
          .map((ground) => `${ink} on ${ground}: ${contrast(colour(ink), colour(ground)).toFixed(2)}`),
      );
    expect([...tooPale(WRITTEN, 4.5), ...tooPale(DRAWN, 3)]).toEqual([]);
  },
);

test('the dark theme is another one than the light one', () => {
  const { light, dark } = palettes();
  expect(luminance(light.get('bg') ?? '')).toBeGreaterThan(0.8);
  expect(luminance(dark.get('bg') ?? '')).toBeLessThan(0.05);
});
