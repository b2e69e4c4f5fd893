import { addAbortListener } from 'node:events';

import type { Browser, CDPSession, HTTPRequest, Page } from 'puppeteer-core';

import { hasContents, pagesOfLinks, withPageNumbers } from './contents';
import { facesOf, printableDocument, type Face } from './printable-document';

/** One tab, and the fonts that it holds ready for the documents that bring them. */
export interface Tab {
  page: Page;
  session: CDPSession;
  fonts: string;
  /** Aborted when the tab's own process has ended, for lack of memory most likely: Chromium itself may go on. */
  crash: AbortSignal;
}

/** None of puppeteer's own: whoever prints has a deadline, and ends the whole Chromium. */
const NO_TIMEOUT = 0;

/**
 * Of `Page.printToPDF`: pages and margins are those of the style sheet. Puppeteer's own `pdf()` takes the file as a stream,
 * with several messages more for each document; a file of a few pages is one message.
 */
const PRINT = {
  preferCSSPageSize: true,
  marginTop: 0,
  marginRight: 0,
  marginBottom: 0,
  marginLeft: 0,
  printBackground: true,
  generateTaggedPDF: true,
  generateDocumentOutline: true,
  transferMode: 'ReturnAsBase64',
} as const;

/** A tab that runs no script of a document and reaches no network. */
export async function openTab(browser: Browser): Promise<Tab> {
  const page = await browser.newPage();
  page.setDefaultTimeout(NO_TIMEOUT);
  await page.setJavaScriptEnabled(false);
  await page.setOfflineMode(true);
  await page.setRequestInterception(true);
  page.on('request', refuse);
  const crash = new AbortController();
  page.once('error', () => {
    crash.abort(new Error('The process of a tab ended while it printed'));
    page.close().catch(() => undefined);
  });
  return { page, session: await page.createCDPSession(), fonts: '', crash: crash.signal };
}

/** The document is handed over as text, fonts and images as data: URLs: whatever else is asked for is refused. */
function refuse(request: HTTPRequest): void {
  if (request.url().startsWith('data:')) return;
  // A request of a tab that is just being closed can no longer be answered, and need not be.
  request.abort('blockedbyclient').catch(() => undefined);
}

/**
 * Prints a document. Fails at once when the tab's process ends: some of what was asked of it is never answered, and its
 * deadline would end the whole Chromium, with the documents of other tabs.
 */
export function printInTab(tab: Tab, document: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const listening = addAbortListener(tab.crash, () => reject(tab.crash.reason as Error));
    void printNumbered(tab, document)
      .then(resolve, reject)
      .finally(() => listening[Symbol.dispose]());
  });
}

/** Prints once; for page numbers in the contents, which only a print tells, until they are those of the print itself. */
async function printNumbered(tab: Tab, document: string): Promise<Buffer> {
  const { html, brought } = passive(document);
  await holdFonts(tab, brought);
  if (!hasContents(html)) return printPage(tab, html);
  let pages = new Map<string, number>();
  for (let prints = 0; prints < MOST_PRINTS; prints += 1) {
    const pdf = await printPage(tab, withPageNumbers(html, pages));
    const found = pagesOfLinks(pdf);
    if ([...found].every(([id, number]) => pages.get(id) === number)) return pdf;
    pages = found;
  }
  throw new Error('The pages of a document move with the numbers in its contents');
}

/** One to find the pages, one to name them; a third where the numbers themselves moved a heading. */
const MOST_PRINTS = 3;

const POLICY =
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; ` +
  `style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`;

const ACTIVE =
  /<(script|iframe|frame|frameset|object|embed|applet|portal|link|base)\b|<meta\b[^>]*\bhttp-equiv/i;

/**
 * Nobody looks at the tab: laying out and painting a document for its screen takes a fifth of the time. A font that stands
 * in the document is loaded only for what is laid out, so such a document is laid out and not painted.
 */
const UNSEEN = '@media screen{body{display:none}}';
const UNPAINTED = '@media screen{body{visibility:hidden}}';

/**
 * The document with a policy in its head (the parser moves it there) that loads nothing but inlined data. Elements that
 * act or load are refused outright: no template has them and values are escaped, so one of them is a fault of ours; and
 * replacing a document whose `<embed>` was stopped later ends Chromium 153.
 */
function passive(document: string): { html: string; brought: string } {
  const { html, fonts, brought } = printableDocument(document);
  const doctype = /^<!doctype html>/i.exec(html)?.[0];
  if (doctype === undefined) throw new Error('A document to print begins with <!doctype html>');
  if (ACTIVE.test(html)) throw new Error('A document to print holds an element that acts or loads');
  const hidden = fonts !== '' || html.includes('@font-face') ? UNPAINTED : UNSEEN;
  return {
    html: `${doctype}${POLICY}<style>${fonts}${hidden}</style>${html.slice(doctype.length)}`,
    brought,
  };
}

/**
 * Loads the fonts that nearly all documents bring, once for all that are printed in this tab: read from each document
 * anew they took Chromium a fifth of its time. They outlive a replaced document, and a document without them has none.
 */
async function holdFonts(tab: Tab, fonts: string): Promise<void> {
  if (fonts === tab.fonts) return;
  await tab.page.evaluate(loadFonts, facesOf(fonts));
  tab.fonts = fonts;
}

/** What `loadFonts` finds in its tab. */
declare const document: { fonts: { ready: Promise<unknown>; clear(): void; add(face: FontFace): void } };
declare class FontFace {
  constructor(family: string, source: string, descriptors: { weight: string; unicodeRange: string });
  load(): Promise<unknown>;
}

/** Runs in the tab, and fails where a font cannot be read. */
async function loadFonts(faces: readonly Face[]): Promise<void> {
  const fonts = faces.map(({ family, source, ...descriptors }) => new FontFace(family, source, descriptors));
  await Promise.all(fonts.map((font) => font.load()));
  document.fonts.clear();
  for (const font of fonts) document.fonts.add(font);
}

async function printPage({ page, session }: Tab, html: string): Promise<Buffer> {
  await page.setContent(html, { waitUntil: 'load' });
  await page.evaluate(fontsAreReady);
  const { data } = await session.send('Page.printToPDF', PRINT);
  return Buffer.from(data, 'base64');
}

/** Runs in the tab: the fonts that stand in the document itself are there a moment after it. */
async function fontsAreReady(): Promise<void> {
  await document.fonts.ready;
}
