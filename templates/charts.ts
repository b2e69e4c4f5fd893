import { CUSTOMER_TYPES, RISK_LEVELS, type CustomerType, type RiskLevel } from '../domain/customer';
import { BUSINESS_TIME_ZONE, translator, type Language } from '../locales';
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

/** What the charts are drawn from: a line of each customer in the report. */
export interface ChartLine {
  type: CustomerType;
  risk: RiskLevel | null;
  completeness: number;
  nextReviewOn: string | null;
}

/** Completeness by type, customers by risk, and reviews that fall due in each month after `asOf` (ISO instant). */
export function reportCharts(lines: readonly ChartLine[], asOf: string, language: Language): ReportCharts {
  return {
    completeness: completenessChart(lines, language),
    risk: riskChart(lines, language),
    due: dueChart(lines, asOf, language),
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

function completenessChart(lines: readonly ChartLine[], language: Language): BarChart {
  const t = translator(language);
  const bars = CUSTOMER_TYPES.flatMap((type) => {
    const own = lines.filter((line) => line.type === type);
    if (own.length === 0) return [];
    const mean = Math.floor(own.reduce((sum, { completeness }) => sum + completeness, 0) / own.length);
    const value = formatPercent(mean, language);
    const label = t(`report.type.${type}`);
    return [{ label, size: mean, value, tone: DARK - 1, cells: [String(own.length), value] }];
  });
  const columns = [t('report.column.type'), t('chart.customers'), t('report.column.completeness')];
  return barChart(t('chart.completeness'), columns, bars, 100);
}

function riskChart(lines: readonly ChartLine[], language: Language): BarChart {
  const t = translator(language);
  const bars = ['none' as const, ...RISK_LEVELS].flatMap((level, tone) => {
    const count = lines.filter(({ risk }) => (risk ?? 'none') === level).length;
    const share = lines.length === 0 ? 0 : Math.round((count / lines.length) * 100);
    const value = String(count);
    const cells = [value, formatPercent(share, language)];
    return count === 0 && level === 'none'
      ? []
      : [{ label: t(`report.risk.${level}`), size: count, value, tone, cells }];
  });
  const most = Math.max(0, ...bars.map(({ size }) => size));
  return barChart(
    t('chart.risk'),
    [t('report.column.risk'), t('chart.customers'), t('chart.share')],
    bars,
    most,
  );
}

const MONTHS = 12;
const COLUMN = 36;
const COLUMN_HEIGHT = 190;
const HEAD = 16;

/** Twelve months from that of `asOf`, with what is overdue before them and what comes later behind. */
function dueChart(lines: readonly ChartLine[], asOf: string, language: Language): ColumnChart {
  const t = translator(language);
  const today = dayOf.format(new Date(asOf));
  const months = Array.from({ length: MONTHS }, (_, index) => monthAfter(today, index));
  const days = lines.flatMap(({ nextReviewOn }) => (nextReviewOn === null ? [] : [nextReviewOn]));
  const last = months.at(-1) ?? today;
  const among = (test: (day: string) => boolean) => days.filter(test).length;
  const counted = [
    { label: t('chart.overdue'), count: among((day) => day < today), tone: DARK },
    ...months.map((month) => ({
      label: monthLabel(month),
      count: among((day) => day >= today && day.startsWith(month)),
      tone: DARK - 1,
    })),
    { label: t('chart.later'), count: among((day) => day.slice(0, 7) > last), tone: 1 },
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
        value: String(count),
      };
    }),
    rows: [
      ...counted.map(({ label, count }) => ({ label, cells: [String(count)] })),
      { label: t('chart.undated'), cells: [String(lines.length - days.length)] },
    ],
  };
}

const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: BUSINESS_TIME_ZONE });

/** YYYY-MM, so many months after a day's. */
function monthAfter(day: string, months: number): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
}

/** 11.26 for November 2026: as short in both languages. */
function monthLabel(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return `${number}.${year.slice(2)}`;
}
