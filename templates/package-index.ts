import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { PACKAGE_PATHS, reportVolumeAt } from '../domain/package-manifest';
import { translator, type Language, type Translate } from '../locales';
import { projectRoot } from '../project-root';
import { htmlTemplate } from './engine';
import type { ReportFrame } from './reports';

/** What the page that leads to every file of a package is made from. */
export interface IndexModel {
  frame: ReportFrame;
  customers: number;
  /** Paths beside the customers' files and documents, as far as they are there. */
  files: string[];
}

/** A line of the page's data: a customer, or a file in `dosyalar/` or `belgeler/`. */
export interface IndexData {
  customers: AsyncIterable<{ code: string; displayName: string }>;
  files: AsyncIterable<string>;
}

interface PageModel {
  language: Language;
  policy: string;
  packageNo: string;
  dealerTitle: string;
  dealerVkn: string;
  period: { from: string; to: string };
  asOf: string;
  customers: number;
  snapshotSha256: string;
  keyFingerprint: string;
  files: { path: string; label: string }[];
  marker: string;
}

const MARKER = 'SICIL-PACKAGE-DATA';
/** In this order, whatever order the files come in. */
const LABELS: Record<string, string> = {
  [PACKAGE_PATHS.report]: 'report',
  [PACKAGE_PATHS.workbook]: 'workbook',
  [PACKAGE_PATHS.completeness]: 'completeness',
  [PACKAGE_PATHS.events]: 'events',
  [PACKAGE_PATHS.checkpoint]: 'checkpoint',
  [PACKAGE_PATHS.manifest]: 'manifest',
  [PACKAGE_PATHS.signature]: 'signature',
  [PACKAGE_PATHS.publicKey]: 'publicKey',
  [PACKAGE_PATHS.instructions]: 'instructions',
  [PACKAGE_PATHS.htmlVerifier]: 'htmlVerifier',
  [PACKAGE_PATHS.verifier]: 'verifier',
};

const page = htmlTemplate<PageModel>('package-index/page.hbs', () => ({
  'package-index-style': part('style.css'),
  'package-index-script': part('script.js'),
}));

/**
 * `index.html`: opens by double click, needs no network, finds any of ten thousand customers. The customers stand in the
 * page as JSON and are drawn as they are asked for; it is written as a stream, so that memory holds one piece of it.
 */
export async function* packageIndex(
  { frame, customers, files }: IndexModel,
  data: IndexData,
  language: Language,
): AsyncGenerator<Buffer> {
  const t = translator(language);
  const html = page(
    {
      language,
      policy: `default-src 'none'; script-src ${hashOf('script.js')}; style-src ${hashOf('style.css')}; base-uri 'none'; form-action 'none'`,
      packageNo: frame.packageNo,
      dealerTitle: frame.dealer.title,
      dealerVkn: frame.dealer.vkn,
      period: frame.period,
      asOf: frame.asOf,
      customers,
      snapshotSha256: frame.snapshotSha256,
      keyFingerprint: frame.keyFingerprint,
      files: [...files, PACKAGE_PATHS.manifest, PACKAGE_PATHS.signature]
        .sort((a, b) => rankOf(a) - rankOf(b))
        .map((path) => ({ path, label: labelOf(path, t) })),
      marker: MARKER,
    },
    language,
  );
  // The last one: a dealer may be called anything.
  const at = html.lastIndexOf(MARKER);
  yield Buffer.from(`${html.slice(0, at)}{"customers":[`);
  yield* pieces(data.customers, ({ code, displayName }) => [code, displayName]);
  yield Buffer.from('],"files":[');
  yield* pieces(data.files, (path) => path);
  yield Buffer.from(`]}${html.slice(at + MARKER.length)}`);
}

/** Volumes come behind the report whose tables they hold, in the order of their numbers. */
function rankOf(path: string): number {
  const volume = reportVolumeAt(path);
  const known = Object.keys(LABELS).indexOf(volume === null ? path : PACKAGE_PATHS.report);
  return known < 0 ? Infinity : known + (volume === null ? 0 : 1 - 1 / (volume + 1));
}

function labelOf(path: string, t: Translate): string {
  const number = reportVolumeAt(path);
  return number === null
    ? t(`packageIndex.file.${LABELS[path] ?? 'other'}`)
    : t('packageIndex.file.volume', { number });
}

async function* pieces<T>(items: AsyncIterable<T>, json: (item: T) => unknown): AsyncGenerator<Buffer> {
  let separator = '';
  let waiting = '';
  for await (const item of items) {
    // No name can end the script element it stands in.
    waiting += separator + JSON.stringify(json(item)).replaceAll('<', String.raw`\u003c`);
    separator = ',\n';
    if (waiting.length < 65_536) continue;
    yield Buffer.from(waiting);
    waiting = '';
  }
  yield Buffer.from(waiting);
}

function part(name: string): string {
  return readFileSync(join(projectRoot, 'templates', 'package-index', name), 'utf8');
}

/** How the page's policy names the one script and the one style that may work in it. */
function hashOf(name: string): string {
  return `'sha256-${createHash('sha256').update(part(name)).digest('base64')}'`;
}
