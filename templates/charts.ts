import type { CustomerCounts } from '../domain/customer-counts';
import { formatNumber, translator, type Language } from '../locales';
import { formatPercent } from './helpers';

/** A drawing of bars and the table that says the same. Lengths are units of its view box, all of them whole numbers. */
export interface BarChart {
  title: string;
  /** Headings of the table: what is counted, and each of its columns. */
  columns: string[];
  width: number;
  height: number;
  bars: {
    label: string;
    labelY: number;
    y: number;
    length: number;
    /** Which of the tones, from light to dark, that stay apart in grey: 0 to 3. */
    tone: number;
    value: string;
    valueX: number;
    valueY: number;
  }[];
  rows: { label: string; cells: string[] }[];
}

/** Columns over months, for counts by date. */
export interface ColumnChart {
  title: string;
  columns: string[];
  width: number;
  height: number;
  base: number;
  bars: {
    x: number;
    y: number;
    width: number;
    height: number;
    tone: number;
    middle: number;
    label: string;
    value: string;
  }[];
  rows: { label: string; cells: string[] }[];
}

export interface ReportCharts {
  completeness: BarChart;
  risk: BarChart;
  due: ColumnChart;
}

/** Completeness by type, customers by risk, and reviews that fall due in each of the months that were counted. */
export function reportCharts(counts: CustomerCounts, language: Language): ReportCharts {
  return {
    completeness: completenessChart(counts, language),
    risk: riskChart(counts, language),
    due: dueChart(counts, language),
  };
}

const ROW = 30;
const BAR_WIDTH = 280;
const CHART_WIDTH = 340;
const DARK = 3;

interface Bar {
  label: string;
  /** What the bar's length shows, of `most`. */
  size: number;
  value: string;
  tone: number;
  cells: string[];
}

function barChart(title: string, columns: string[], bars: readonly Bar[], most: number): BarChart {
  return {
    title,
    columns,
    width: CHART_WIDTH,
    height: Math.max(1, bars.length) * ROW,
    bars: bars.map(({ label, size, value, tone }, index) => {
      const length = most === 0 ? 0 : Math.round((size / most) * BAR_WIDTH);
      const top = index * ROW;
      return {
        label,
        labelY: top + 10,
        y: top + 14,
        length,
        tone,
        value,
        valueX: length + 6,
        valueY: top + 23,
      };
    }),
    rows: bars.map(({ label, cells }) => ({ label, cells })),
  };
}

function completenessChart({ byType }: CustomerCounts, language: Language): BarChart {
  const t = translator(language);
  const bars = byType.map(({ type, customers, completeness }) => {
    const value = formatPercent(completeness, language);
    const cells = [formatNumber(customers, language), value];
    return { label: t(`report.type.${type}`), size: completeness, value, tone: DARK - 1, cells };
  });
  const columns = [t('report.column.type'), t('chart.customers'), t('report.column.completeness')];
  return barChart(t('chart.completeness'), columns, bars, 100);
}

function riskChart({ byRisk, customers: all }: CustomerCounts, language: Language): BarChart {
  const t = translator(language);
  const bars = byRisk.flatMap(({ risk, customers }, tone) => {
    const share = all === 0 ? 0 : Math.round((customers / all) * 100);
    const value = formatNumber(customers, language);
    const cells = [value, formatPercent(share, language)];
    return customers === 0 && risk === 'none'
      ? []
      : [{ label: t(`report.risk.${risk}`), size: customers, value, tone, cells }];
  });
  const most = Math.max(0, ...bars.map(({ size }) => size));
  return barChart(
    t('chart.risk'),
    [t('report.column.risk'), t('chart.customers'), t('chart.share')],
    bars,
    most,
  );
}

const COLUMN = 36;
const COLUMN_HEIGHT = 190;
const HEAD = 16;

/** Twelve months, with what is overdue before them and what comes later behind. */
function dueChart({ reviews }: CustomerCounts, language: Language): ColumnChart {
  const t = translator(language);
  const counted = [
    { label: t('chart.overdue'), count: reviews.overdue, tone: DARK },
    ...reviews.months.map(({ month, customers }) => ({
      label: monthLabel(month),
      count: customers,
      tone: DARK - 1,
    })),
    { label: t('chart.later'), count: reviews.later, tone: 1 },
  ];
  const most = Math.max(1, ...counted.map(({ count }) => count));
  return {
    title: t('chart.due'),
    columns: [t('chart.month'), t('chart.customers')],
    width: counted.length * COLUMN,
    height: HEAD + COLUMN_HEIGHT + HEAD,
    base: HEAD + COLUMN_HEIGHT,
    bars: counted.map(({ label, count, tone }, index) => {
      const height = Math.round((count / most) * COLUMN_HEIGHT);
      const x = index * COLUMN + 6;
      const y = HEAD + COLUMN_HEIGHT - height;
      return {
        x,
        y,
        width: COLUMN - 12,
        height,
        tone,
        middle: x + (COLUMN - 12) / 2,
        label,
        value: formatNumber(count, language),
      };
    }),
    rows: [
      ...counted.map(({ label, count }) => ({ label, cells: [formatNumber(count, language)] })),
      { label: t('chart.undated'), cells: [formatNumber(reviews.undated, language)] },
    ],
  };
}

/** 11.26 for November 2026: as short in both languages. */
function monthLabel(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return `${number}.${year.slice(2)}`;
}
