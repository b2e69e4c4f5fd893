import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Router, type Response } from 'express';

import { projectRoot } from '../../project-root';
import type { Asset, Frame } from '../../templates/console-models';

const YEAR_SECONDS = 31_536_000;

interface Served {
  asset: Asset;
  content: Buffer;
  type: string;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b4f8a"/><path d="M21 11c-1-2-3-3-5.500-3-3 0-5 1.600-5 4 0 5.500 11 2.500 11 8 0 2.500-2.200 4-5.500 4-2.800 0-5-1.200-6-3.300" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`;

/** A file with its content's hash in its name: browsers keep it for good, and a changed file has another address. */
function served(name: string, extension: string, type: string, content: Buffer): Served {
  const digest = createHash('sha384').update(content).digest();
  const href = `/assets/${name}-${digest.toString('hex').slice(0, 12)}.${extension}`;
  return { asset: { href, integrity: `sha384-${digest.toString('base64')}` }, content, type };
}

/** What every page shares, in the order in which later rules win. */
const SHARED_STYLES = ['elements.css', 'frame.css', 'fields.css', 'tables.css', 'parts.css', 'media.css'];

/** One sheet for the browser from one file a subject: the shared ones first, then every `console-*.css` by name. */
function styleSheet(): Buffer {
  const folder = join(projectRoot, 'templates', 'styles');
  const pages = readdirSync(folder).filter((name) => /^console-.*\.css$/.test(name));
  return Buffer.concat([...SHARED_STYLES, ...pages.sort()].map((name) => readFileSync(join(folder, name))));
}

let loaded: { css: Served; htmx: Served; icon: Served; packageLive: Served } | undefined;

function files() {
  loaded ??= {
    css: served('console', 'css', 'text/css', styleSheet()),
    htmx: served('htmx', 'js', 'text/javascript', readFileSync(require.resolve('htmx.org/dist/htmx.min.js'))),
    packageLive: served(
      'package-live',
      'js',
      'text/javascript',
      readFileSync(join(projectRoot, 'templates', 'scripts', 'package-live.js')),
    ),
    icon: served('icon', 'svg', 'image/svg+xml', Buffer.from(ICON)),
  };
  return loaded;
}

/** Addresses and integrity hashes for the pages' heads. */
export function assetLinks(): Frame['assets'] {
  const { css, htmx, icon } = files();
  return { css: css.asset, htmx: htmx.asset, icon: icon.asset.href };
}

/** Scripts that only some pages have. */
export function scriptLinks(): { packageLive: Asset } {
  return { packageLive: files().packageLive.asset };
}

/** Style sheet, htmx and icon, vendored: nothing comes from elsewhere. */
export function assetRoutes(): Router {
  const router = Router();
  for (const file of Object.values(files())) {
    router.get(file.asset.href, (_req, res) => send(res, file, `public, max-age=${YEAR_SECONDS}, immutable`));
  }
  router.get('/assets/htmx.js', (_req, res) => send(res, files().htmx, 'no-cache'));
  router.get('/favicon.ico', (_req, res) => send(res, files().icon, 'public, max-age=86400'));
  return router;
}

function send(res: Response, file: Served, cacheControl: string): void {
  res.setHeader('cache-control', cacheControl);
  res.removeHeader('content-language');
  res.type(file.type).send(file.content);
}
