import type { OwnershipEdge, OwnershipGraph, OwnershipNode } from '../domain/ownership-graph';

/** Pixels of the drawing; the page or the sheet scales it as a whole. */
const WIDTH = 200;
const GAP = 96;
const LINE = 16;
const PADDING = 8;
const BETWEEN = 14;
const MARGIN = 6;
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

/**
 * Places the customer on the left and each level of holders in a column to its right, near what they hold. A second line
 * under each name is left free for the share. Columns longer than `rowsMax` fold their small holders into one box.
 */
export function layoutOf(graph: OwnershipGraph, rowsMax: number): Layout {
  const { nodes, edges, others } = folded(graph, rowsMax);
  const columns = columnsOf(nodes, edges);
  const heightOf = (node: OwnershipNode) => (linesOf(node.name).length + 1) * LINE + 2 * PADDING;
  const columnHeight = (column: readonly OwnershipNode[]) =>
    column.reduce((sum, node) => sum + heightOf(node) + BETWEEN, -BETWEEN);
  const height = Math.max(...columns.map(columnHeight));
  const boxes = columns.flatMap((column, level) => {
    let y = MARGIN + (height - columnHeight(column)) / 2;
    return column.map((node): Box => {
      const box = {
        node,
        others: others.get(node.id) ?? 0,
        lines: linesOf(node.name),
        x: MARGIN + level * (WIDTH + GAP),
        y,
        width: WIDTH,
        height: heightOf(node),
      };
      y += box.height + BETWEEN;
      return box;
    });
  });
  return {
    width: columns.length * (WIDTH + GAP) - GAP + 2 * MARGIN,
    height: height + 2 * MARGIN,
    boxes,
    curves: curvesOf(edges, boxes),
  };
}

/** Holders of each level, those of the same company together and in the order of their companies. */
function columnsOf(nodes: readonly OwnershipNode[], edges: readonly OwnershipEdge[]): OwnershipNode[][] {
  const place = new Map<string, number>();
  const columns: OwnershipNode[][] = [];
  for (let level = 0; level <= Math.max(...nodes.map((node) => node.level)); level++) {
    const near = (node: OwnershipNode) => {
      const places = edges.flatMap(({ from, to }) => (from === node.id ? (place.get(to) ?? []) : []));
      return places.length === 0 ? 0 : places.reduce((sum, at) => sum + at, 0) / places.length;
    };
    const column = nodes.filter((node) => node.level === level).map((node) => ({ node, at: near(node) }));
    // The box of small holders comes after those that have a name.
    const named = ({ node }: { node: OwnershipNode }) => Number(node.name === '');
    column.sort((a, b) => a.at - b.at || named(a) - named(b) || (b.node.share ?? 0) - (a.node.share ?? 0));
    column.forEach(({ node }, index) => place.set(node.id, (index + 0.5) / column.length));
    columns.push(column.map(({ node }) => node));
  }
  return columns.filter((column) => column.length > 0);
}

function curvesOf(edges: readonly OwnershipEdge[], boxes: readonly Box[]): Curve[] {
  const boxOf = new Map(boxes.map((box) => [box.node.id, box]));
  return edges.flatMap((edge): Curve[] => {
    const [from, to] = [boxOf.get(edge.from), boxOf.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    const own = edges.filter((other) => other.from === edge.from);
    const step = from.height / (own.length + 1);
    const startY = round(from.y + step * (own.indexOf(edge) + 1));
    const endY = round(to.y + to.height / 2);
    const [startX, endX] = [from.x, to.x + to.width];
    const isBackward = endX > startX;
    const bend = isBackward ? GAP : (startX - endX) / 2;
    return [
      {
        edge,
        path: `M${startX} ${startY}C${startX - bend} ${startY} ${endX + bend} ${endY} ${endX} ${endY}`,
        isBackward,
        labelX: startX - 6,
        labelY: startY - 4,
      },
    ];
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
