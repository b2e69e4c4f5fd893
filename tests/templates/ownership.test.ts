import fc from 'fast-check';

import { ownershipGraph } from '../../domain/ownership-graph';
import { htmlTemplate } from '../../templates/engine';
import { ownershipDrawing, ROWS_ON_PAPER, type OwnershipDrawing } from '../../templates/ownership';
import { linesOf } from '../../templates/ownership-layout';

const render = htmlTemplate<OwnershipDrawing>('partials/ownership.hbs');

interface Row {
  name: string;
  kind: string;
  share: number;
  of?: string;
}

const person = (name: string, share: number, of?: string): Row => ({
  name,
  kind: 'natural_person',
  share,
  ...(of === undefined ? {} : { of }),
});
const company = (name: string, share: number, of?: string): Row => ({
  ...person(name, share, of),
  kind: 'company',
});

const TITLE = 'Ağaoğlu Kuyumculuk A.Ş.';
/** A holds 60 % of B, which holds half of the customer (D-2.8). */
const CHAIN = [
  company('Boğaziçi Holding A.Ş.', 50),
  person('Şule Güneş', 25),
  person('İlker Çınar', 25),
  person('Ayşe Işık', 60, 'Boğaziçi Holding A.Ş.'),
  person('Ömer Ünlü', 40, 'Boğaziçi Holding A.Ş.'),
];

function draw(rows: readonly Row[], rowsMax?: number): OwnershipDrawing {
  const drawing = ownershipDrawing(ownershipGraph(TITLE, rows, 25), 25, 'tr', rowsMax);
  if (drawing === null) throw new Error('nothing was drawn');
  return drawing;
}

const boxNamed = (drawing: OwnershipDrawing, name: string) => {
  const box = drawing.boxes.find((one) => one.name === name);
  if (box === undefined) throw new Error(`no box for ${name}`);
  return box;
};

test('a chain is drawn from the customer outwards, with each part and who is over the threshold', () => {
  const drawing = draw(CHAIN);
  const [customer, holding, owner] = [TITLE, 'Boğaziçi Holding A.Ş.', 'Ayşe Işık'].map((name) =>
    boxNamed(drawing, name),
  );
  expect([customer?.class, holding?.class, owner?.class]).toEqual(['customer', 'legal', 'owner']);
  expect(holding?.x).toBeGreaterThan(customer?.x ?? 0);
  expect(owner?.x).toBeGreaterThan(holding?.x ?? 0);
  expect(owner?.note.text).toBe('★ %30 gerçek faydalanıcı');
  // Exactly the threshold is not over it.
  expect(boxNamed(drawing, 'Şule Güneş')).toMatchObject({ class: 'natural', note: { text: '%25' } });
  expect(drawing.curves.map(({ label }) => label).sort()).toEqual(['%25', '%25', '%40', '%50', '%60']);
  expect(drawing.threshold).toContain('%25');
});

test('a table beside it says the same to those who do not see it', () => {
  const drawing = draw(CHAIN);
  expect(drawing.rows).toContainEqual({
    name: 'Ayşe Işık',
    kind: 'Gerçek kişi',
    holds: ['%60 · Boğaziçi Holding A.Ş.'],
    total: '%30',
    owner: 'Gerçek faydalanıcı',
  });
  expect(drawing.rows).toHaveLength(5);
  expect(drawing.description).toContain('Ayşe Işık (%30)');
  const html = render(drawing, 'tr');
  expect(html).toMatch(/<svg class="ownership" role="img" aria-labelledby="ownership-name ownership-text"/);
  expect(html).toContain('<td class="num">%30<br><strong>★ Gerçek faydalanıcı</strong></td>');
  expect(html).toContain(`<desc id="ownership-text">${TITLE}: 5 ortak.`);
});

test('long names are broken into lines, and cut only where the table has them whole', () => {
  const long =
    'Boğaziçi Uluslararası Kıymetli Madenler Kuyumculuk Sanayi ve Dış Ticaret Anonim Şirketi İstanbul';
  const drawing = draw([company(long, 100)]);
  const { lines } = boxNamed(drawing, long);
  expect(lines.length).toBe(4);
  expect(lines.every(({ text }) => Array.from(text).length <= 26)).toBe(true);
  expect(drawing.rows[0]?.name).toBe(long);
  expect(linesOf('Q'.repeat(60))).toEqual(['Q'.repeat(25), 'Q'.repeat(25), 'Q'.repeat(10)]);
  expect(linesOf('')).toEqual(['–']);
});

test('hostile names stay text', () => {
  const hostile = `</text><script>alert(1)</script>"><image href=x onerror='alert(2)'/>{{t "x"}}`;
  const html = render(draw([person(hostile, 60), person('Öz', 40)]), 'tr');
  expect(html).not.toMatch(/<script|<image|onerror=["']/i);
  expect(html).toContain('&lt;script&gt;');
});

test('a part that is held past other companies is led around their boxes', () => {
  const drawing = draw([
    company('Alfa A.Ş.', 60),
    person('Ara Ortak', 20),
    person('Zeki Uzun', 20),
    person('Zeki Uzun', 100, 'Alfa A.Ş.'),
  ]);
  const long = drawing.curves.find(({ path }) => path.includes('H'));
  const way = Number(/ (\d+(?:\.\d+)?)H/.exec(long?.path ?? '')?.[1]);
  const middle = drawing.boxes.filter(({ name }) => ['Alfa A.Ş.', 'Ara Ortak'].includes(name));
  expect(middle).toHaveLength(2);
  for (const box of middle) expect(way < box.y || way > box.y + box.height).toBe(true);
});

test('a circle is drawn and named, not followed', () => {
  const drawing = draw([
    company('Alfa A.Ş.', 100),
    company('Beta A.Ş.', 100, 'Alfa A.Ş.'),
    company('Alfa A.Ş.', 50, 'Beta A.Ş.'),
  ]);
  expect(drawing.curves.some((curve) => curve.class === 'back')).toBe(true);
  expect(drawing.problems.join(' ')).toContain('kendisine dönen');
});

test('on paper many small holders become one box, and the table still has each', () => {
  const rows = [
    person('Büyük Ortak', 40.5),
    ...Array.from({ length: 59 }, (_, i) => person(`Küçük ${i}`, 59.5 / 59)),
  ];
  const [whole, paper] = [draw(rows, 60), draw(rows, ROWS_ON_PAPER)];
  expect(whole.boxes).toHaveLength(61);
  expect(paper.boxes).toHaveLength(1 + ROWS_ON_PAPER);
  expect(paper.boxes.at(-1)?.lines[0]?.text).toBe('ve 45 ortak daha');
  expect(paper.rows).toHaveLength(60);
  expect(boxNamed(paper, 'Büyük Ortak').class).toBe('owner');
});

test('boxes never overlap, and everything lies inside the drawing', () => {
  const names = fc.constantFrom('Ağa', 'Bey', 'Can', 'Çam', 'Dağ', 'Ege', 'Fil', 'Gök', TITLE);
  const row = fc.record({
    name: names,
    kind: fc.constantFrom('natural_person', 'company'),
    share: fc.integer({ min: 1, max: 100 }),
    of: fc.option(names, { nil: TITLE }),
  });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 2, max: 30 }),
      (rows, max) => {
        const drawing = ownershipDrawing(ownershipGraph(TITLE, rows, 25), 25, 'en', max);
        if (drawing === null) return;
        const { boxes, width, height } = drawing;
        for (const box of boxes) {
          expect(box.x + box.width).toBeLessThanOrEqual(width);
          expect(box.y + box.height).toBeLessThanOrEqual(height);
          expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
        }
        const apart = (a: (typeof boxes)[number], b: (typeof boxes)[number]) =>
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        for (const [index, box] of boxes.entries())
          for (const other of boxes.slice(index + 1)) expect(apart(box, other)).toBe(true);
      },
    ),
  );
});

test('where nobody holds anything there is nothing to draw', () => {
  expect(ownershipDrawing(ownershipGraph(TITLE, [], 25), 25, 'tr')).toBeNull();
});
