import type { OwnershipEdge, OwnershipGraph, OwnershipNode } from '../domain/ownership-graph';

/** Pixels of the drawing; the page or the sheet scales it as a whole. */
const WIDTH = 200;
const GAP = 96;
const LINE = 16;
const PADDING = 8;
const BETWEEN = 14;
const MARGIN = 6;
/** Height of a gap for a line that passes. */
const WAY = 4;
/** Characters of a line, and lines of a name before it is cut; the table beside the drawing has it whole. */
const LINE_CHARACTERS = 25;
const LINES_MAX = 4;

/** A holder in the drawing; `others` stands for so many small ones. */
export interface Box {
  node: OwnershipNode;
  others: number;
  lines: string[];
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A holding as a curve from the holder's box to the company's, and where its percentage stands. */
export interface Curve {
  edge: OwnershipEdge;
  path: string;
  /** Against the usual direction: it closes a circle, or stays within a level. */
  isBackward: boolean;
  labelX: number;
  labelY: number;
}

export interface Layout {
  width: number;
  height: number;
  boxes: Box[];
  curves: Curve[];
}

/** A place in a column: a box, or a gap through which a longer holding passes. */
interface Slot {
  id: string;
  level: number;
  height: number;
  node: OwnershipNode | null;
}

/** A holding with the slots that it leads through, from the holder's to the company's. */
interface Route {
  edge: OwnershipEdge;
  through: string[];
}

/**
 * Places the customer on the left and each level of holders in a column to its right, near what they hold. A second line
 * under each name is left free for the share. Columns longer than `rowsMax` fold their small holders into one box.
 */
export function layoutOf(graph: OwnershipGraph, rowsMax: number): Layout {
  const { nodes, edges, others } = folded(graph, rowsMax);
  const { slots, routes } = routesOf(nodes, edges);
  const columns = columnsOf(slots, routes);
  const heightOf = (column: readonly Slot[]) =>
    column.reduce((sum, slot) => sum + slot.height + BETWEEN, -BETWEEN);
  const height = Math.max(...columns.map(heightOf));
  const placed = columns.flatMap((column, level) => {
    let y = MARGIN + (height - heightOf(column)) / 2;
    return column.map((slot) => {
      const at = { slot, x: MARGIN + level * (WIDTH + GAP), y };
      y += slot.height + BETWEEN;
      return at;
    });
  });
  const boxes = placed.flatMap(({ slot: { node, height: own }, x, y }): Box[] =>
    node === null
      ? []
      : [
          {
            node,
            others: others.get(node.id) ?? 0,
            lines: linesOf(node.name),
            x,
            y,
            width: WIDTH,
            height: own,
          },
        ],
  );
  return {
    width: columns.length * (WIDTH + GAP) - GAP + 2 * MARGIN,
    height: height + 2 * MARGIN,
    boxes,
    curves: curvesOf(routes, new Map(placed.map((at) => [at.slot.id, at]))),
  };
}

/** A holding across several levels gets a gap of its own in each column between, so that it crosses no box. */
function routesOf(
  nodes: readonly OwnershipNode[],
  edges: readonly OwnershipEdge[],
): { slots: Slot[]; routes: Route[] } {
  const levels = new Map(nodes.map(({ id, level }) => [id, level]));
  const slots = nodes.map((node): Slot => ({
    id: node.id,
    level: node.level,
    height: (linesOf(node.name).length + 1) * LINE + 2 * PADDING,
    node,
  }));
  const routes = edges.map((edge, index): Route => {
    const [from = 0, to = 0] = [levels.get(edge.from), levels.get(edge.to)];
    const between = Array.from({ length: Math.max(0, from - to - 1) }, (_, step) => from - 1 - step);
    const ways = between.map((level): Slot => ({
      id: `way${index}-${level}`,
      level,
      height: WAY,
      node: null,
    }));
    slots.push(...ways);
    return { edge, through: [edge.from, ...ways.map(({ id }) => id), edge.to] };
  });
  return { slots, routes };
}

/** The slots of each level, those of the same company together and in the order of their companies. */
function columnsOf(slots: readonly Slot[], routes: readonly Route[]): Slot[][] {
  const next = new Map<string, string[]>();
  for (const { through } of routes)
    through.slice(0, -1).forEach((id, index) => {
      next.set(id, [...(next.get(id) ?? []), through[index + 1] ?? '']);
    });
  const place = new Map<string, number>();
  const columns: Slot[][] = [];
  for (let level = 0; level <= Math.max(...slots.map((slot) => slot.level)); level++) {
    const near = ({ id }: Slot) => {
      const places = (next.get(id) ?? []).flatMap((to) => place.get(to) ?? []);
      return places.length === 0 ? 0 : places.reduce((sum, at) => sum + at, 0) / places.length;
    };
    // The box of small holders comes after those that have a name.
    const unnamed = ({ node }: Slot) => Number(node?.name === '');
    const column = slots.filter((slot) => slot.level === level).map((slot) => ({ slot, at: near(slot) }));
    column.sort(
      (a, b) =>
        a.at - b.at ||
        unnamed(a.slot) - unnamed(b.slot) ||
        (b.slot.node?.share ?? 0) - (a.slot.node?.share ?? 0),
    );
    column.forEach(({ slot }, index) => place.set(slot.id, (index + 0.5) / column.length));
    columns.push(column.map(({ slot }) => slot));
  }
  return columns.filter((column) => column.length > 0);
}

type Placed = ReadonlyMap<string, { slot: Slot; x: number; y: number }>;

function curvesOf(routes: readonly Route[], placed: Placed): Curve[] {
  return routes.flatMap((route): Curve[] => {
    const { edge, through } = route;
    const stops = through.flatMap((id) => placed.get(id) ?? []);
    const [from, to] = [stops[0], stops.at(-1)];
    if (from === undefined || to === undefined || stops.length < 2) return [];
    const heightOfNext = (other: Route) => placed.get(other.through[1] ?? '')?.y ?? 0;
    const own = routes
      .filter((other) => other.edge.from === edge.from)
      .sort((a, b) => heightOfNext(a) - heightOfNext(b));
    const startY = round(from.y + (from.slot.height / (own.length + 1)) * (own.indexOf(route) + 1));
    const isBackward = to.x + WIDTH > from.x;
    let path = `M${from.x} ${startY}`;
    let [x, y] = [from.x, startY];
    for (const stop of stops.slice(1)) {
      const [endX, endY] = [stop.x + WIDTH, round(stop.y + stop.slot.height / 2)];
      const bend = isBackward ? GAP : (x - endX) / 2;
      path += `C${x - bend} ${y} ${endX + bend} ${endY} ${endX} ${endY}`;
      if (stop.slot.node === null) path += `H${stop.x}`;
      [x, y] = [stop.x, endY];
    }
    return [{ edge, path, isBackward, labelX: from.x - 6, labelY: startY - 4 }];
  });
}

/** Folds the smallest holders that end a chain and are no beneficial owners, company by company, until the rows suffice. */
function folded(
  { nodes, edges }: OwnershipGraph,
  rowsMax: number,
): { nodes: OwnershipNode[]; edges: OwnershipEdge[]; others: Map<string, number> } {
  const others = new Map<string, number>();
  let kept = [...nodes];
  let holdings = [...edges];
  const companies = [...new Set(edges.map(({ to }) => to))];
  for (const company of companies) {
    const isSmall = (node: OwnershipNode) =>
      !node.isBeneficialOwner &&
      node.kind !== 'customer' &&
      !edges.some(({ to }) => to === node.id) &&
      edges.filter(({ from }) => from === node.id).every(({ to }) => to === company);
    const small = kept.filter(isSmall).sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
    const level = small[0]?.level ?? 0;
    const rows = kept.filter((node) => node.level === level).length;
    const away = new Set(
      small.slice(Math.max(0, small.length - Math.max(0, rows - rowsMax) - 1)).map(({ id }) => id),
    );
    if (rows <= rowsMax || away.size < 2) continue;
    const gone = holdings.filter(({ from }) => away.has(from));
    const id = `others-${company}`;
    const sum = (numbers: number[]) => round(numbers.reduce((total, one) => total + one, 0));
    const share = sum(small.flatMap((node) => (away.has(node.id) ? (node.share ?? 0) : [])));
    kept = kept.filter((node) => !away.has(node.id));
    kept.push({ id, name: '', kind: 'natural', level, share, isBeneficialOwner: false });
    holdings = holdings.filter(({ from }) => !away.has(from));
    holdings.push({ from: id, to: company, percent: sum(gone.map(({ percent }) => percent)) });
    others.set(id, away.size);
  }
  return { nodes: kept, edges: holdings, others };
}

/** A name in lines, broken between words where it can be, by characters as people count them. */
export function linesOf(name: string): string[] {
  const words = name.split(/\s+/u).flatMap((word) => {
    const letters = Array.from(graphemes.segment(word), ({ segment }) => segment);
    const pieces = Math.ceil(letters.length / LINE_CHARACTERS);
    return Array.from({ length: pieces }, (_, at) =>
      letters.slice(at * LINE_CHARACTERS, (at + 1) * LINE_CHARACTERS).join(''),
    );
  });
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && Array.from(longer).length <= LINE_CHARACTERS) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  if (lines.length === 0) return ['–'];
  return lines.length <= LINES_MAX
    ? lines
    : [...lines.slice(0, LINES_MAX - 1), `${lines[LINES_MAX - 1] ?? ''}…`];
}

const graphemes = new Intl.Segmenter('tr', { granularity: 'grapheme' });

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
