import type { OwnershipGraph, OwnershipNode } from '../domain/ownership-graph';
import { translator, type Language } from '../locales';
import { layoutOf, type Box, type Layout } from './ownership-layout';

/** The drawing of who holds what, and the table that says the same; texts are in the reader's language. */
export interface OwnershipDrawing {
  title: string;
  description: string;
  threshold: string;
  width: number;
  height: number;
  boxes: {
    class: string;
    x: number;
    y: number;
    width: number;
    height: number;
    /** Rounding of the corners: people are round, companies square. */
    radius: number;
    /** The whole name, shown by a pointer that rests on it. */
    name: string;
    textX: number;
    lines: { text: string; y: number }[];
    note: { text: string; y: number };
  }[];
  curves: { class: string; path: string; label: string; labelX: number; labelY: number }[];
  rows: { name: string; kind: string; holds: string[]; total: string; owner: string | null }[];
  problems: string[];
}

const LINE = 16;
/** A sheet of paper ends, and on a screen both ends of a line should be in sight; the table has everybody. */
export const ROWS_ON_SCREEN = 24;
export const ROWS_ON_PAPER = 16;

/**
 * Draws an ownership graph, the customer on the left. Null where nobody holds anything: there is nothing to draw.
 * `overPercent` is the threshold that the graph was judged by.
 */
export function ownershipDrawing(
  graph: OwnershipGraph,
  overPercent: number,
  language: Language,
  rowsMax: number = ROWS_ON_SCREEN,
): OwnershipDrawing | null {
  if (graph.edges.length === 0) return null;
  const t = translator(language);
  const layout = layoutOf(graph, rowsMax);
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]));
  const owners = graph.nodes.filter(({ isBeneficialOwner }) => isBeneficialOwner);
  const holders = graph.nodes.filter(({ kind }) => kind !== 'customer');
  return {
    title: t('ownership.title'),
    description: t('ownership.description', {
      customer: names.get('customer') ?? '',
      holders: holders.length,
      owners: owners.map((node) => `${node.name} (${percent(node.share ?? 0, language)})`).join(', ') || '–',
    }),
    threshold: t('ownership.threshold', { percent: percent(overPercent, language) }),
    width: Math.round(layout.width),
    height: Math.round(layout.height),
    boxes: layout.boxes.map((box) => boxModel(box, language)),
    curves: curveModels(layout, language),
    rows: holders.map((node) => ({
      name: node.name,
      kind: t(`ownership.kind.${node.kind}`),
      holds: graph.edges
        .filter(({ from }) => from === node.id)
        .map((edge) => `${percent(edge.percent, language)} · ${names.get(edge.to) ?? ''}`),
      total: node.share === null ? '–' : percent(node.share, language),
      owner: node.isBeneficialOwner ? t('ownership.beneficialOwner') : null,
    })),
    problems: graph.problems.map(({ code, name }) => t(`ownership.problem.${code}`, { name })),
  };
}

function boxModel(box: Box, language: Language): OwnershipDrawing['boxes'][number] {
  const { node, others, x, y, width, height } = box;
  const t = translator(language);
  const lines = others > 0 ? [t('ownership.others', { count: others })] : box.lines;
  const first = y + 8 + LINE - 4;
  return {
    class: node.isBeneficialOwner ? 'owner' : node.kind,
    x,
    y: Math.round(y),
    width,
    height,
    radius: node.kind === 'natural' ? 12 : 2,
    name: others > 0 ? (lines[0] ?? '') : node.name,
    textX: x + width / 2,
    lines: lines.map((text, index) => ({ text, y: Math.round(first + index * LINE) })),
    note: { text: noteOf(node, language), y: Math.round(first + lines.length * LINE) },
  };
}

/** What a box says under the name: never by its colour alone. */
function noteOf(node: OwnershipNode, language: Language): string {
  const t = translator(language);
  if (node.kind === 'customer') return t('ownership.kind.customer');
  const share = node.share === null ? t(`ownership.kind.${node.kind}`) : percent(node.share, language);
  return node.isBeneficialOwner ? `★ ${share} ${t('ownership.owner')}` : share;
}

function curveModels({ curves }: Layout, language: Language): OwnershipDrawing['curves'] {
  return curves.map(({ edge, path, isBackward, labelX, labelY }) => ({
    class: isBackward ? 'back' : '',
    path,
    label: percent(edge.percent, language),
    labelX: Math.round(labelX),
    labelY: Math.round(labelY),
  }));
}

/** Up to two decimals, with the sign where the language puts it: %33,33, or 33.33%. */
function percent(value: number, language: Language): string {
  const digits = value.toLocaleString(language === 'tr' ? 'tr-TR' : 'en-GB', { maximumFractionDigits: 2 });
  return language === 'tr' ? `%${digits}` : `${digits}%`;
}
