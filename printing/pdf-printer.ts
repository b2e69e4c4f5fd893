import puppeteer, { type Browser } from 'puppeteer-core';

import type { Logger } from '../logger';
import { archivePdf } from './pdf-archive';
import { fixPdfBytes } from './pdf-bytes';
import { memoryOf } from './process-memory';
import { openTab, printInTab, type Tab } from './printer-tab';
import { createSlots, type Slots } from './slots';

export { PrinterBusy } from './slots';

export interface PdfPrinterOptions {
  /** A Chromium of version 131 or later, which knows page margin boxes; undefined fails the first print, clearly. */
  executablePath: string | undefined;
  /** Documents printed at the same time; further ones queue. */
  tabs: number;
  /** Documents after which Chromium is replaced: it does not give back all of its memory. */
  recycleAfter?: number;
  /** Megabytes of Chromium's own memory above which it is replaced, where the system tells; 500 unless told otherwise. */
  recycleAboveMb?: number;
  /**
   * Milliseconds that one document may take, and as many again for each megabyte or each 10,000 tags of it; a minute
   * unless told otherwise.
   */
  timeoutMs?: number;
  /**
   * Documents that may wait for a tab, and heavy ones for one another; no limit unless told otherwise. The next one is
   * refused with PrinterBusy.
   */
  queueMax?: number;
  /** Milliseconds without a document after which Chromium is ended; it stays unless told otherwise. */
  idleMs?: number;
  log: Logger;
}

export interface PdfPrinter {
  /**
   * Prints a self-contained HTML document (title and `lang` are taken from it, page size and footers from its CSS) as a
   * tagged PDF/A-2b with outline, and page numbers in its `<ol class="contents">`. `asOf` (ISO instant) becomes its date:
   * equal HTML and instant give equal bytes. Letters that no shipped font has become a placeholder.
   * @throws PrinterBusy when the queue is full; Error after the time given, or when Chromium died meanwhile: the next
   * call starts a new one.
   */
  print(html: string, asOf: string): Promise<Buffer>;
  /** Waits for nothing: open prints fail. */
  close(): Promise<void>;
}

const PRINT_TIMEOUT = 60_000;
const CLOSE_TIMEOUT = 5_000;
const RECYCLE_AFTER = 500;
const RECYCLE_ABOVE_MB = 500;
/**
 * Tags from which a document is heavy, some three hundred rows of a table: Chromium takes 0.2 MB for each row, and its tab
 * keeps most of it. Only one of these is printed at a time, and its tab is closed behind it.
 */
const HEAVY_TAGS = 5_000;
const TAGS_A_TIMEOUT = 10_000;

/** One Chromium process with its tabs. */
interface Generation {
  browser: Browser;
  idle: Tab[];
  busy: number;
  prints: number;
  retired: boolean;
  killed: boolean;
}

/** Prints with one Chromium, launched at the first document, replaced by count and after a crash. */
export function createPdfPrinter(options: PdfPrinterOptions): PdfPrinter {
  const { timeoutMs = PRINT_TIMEOUT } = options;
  const slots = createSlots(options.tabs, options.queueMax);
  const heavy = createSlots(1, options.queueMax);
  const chromiums = createChromiums(options);

  async function printNow(html: string, tags: number): Promise<Buffer> {
    const generation = await chromiums.enter();
    try {
      // A document that hangs takes its whole Chromium along.
      const time = timeoutMs * Math.max(1, html.length / 1_000_000, tags / TAGS_A_TIMEOUT);
      const printed = printIn(generation, html, tags < HEAVY_TAGS);
      return await withDeadline(printed, time, () => chromiums.kill(generation));
    } finally {
      chromiums.leave(generation);
    }
  }

  async function print(html: string, asOf: string): Promise<Buffer> {
    const tags = tagsOf(html);
    const printIt = () => holding(slots, () => printNow(html, tags));
    // A heavy one that waits for another holds no tab.
    const pdf = tags < HEAVY_TAGS ? await printIt() : await holding(heavy, printIt);
    return archivePdf(fixPdfBytes(pdf, asOf));
  }

  return { print, close: () => chromiums.close() };
}

async function holding<Result>(slots: Slots, work: () => Promise<Result>): Promise<Result> {
  const release = await slots.take();
  try {
    return await work();
  } finally {
    release();
  }
}

/** How much a document has to lay out; inlined pictures and fonts, however long, have no tags. */
function tagsOf(html: string): number {
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) tags += 1;
  return tags;
}

interface Chromiums {
  /** The Chromium to print in now, started where there is none. */
  enter(): Promise<Generation>;
  leave(generation: Generation): void;
  /** Ends it at once, with whatever is printed in it. */
  kill(generation: Generation): void;
  close(): Promise<void>;
}

function createChromiums({
  executablePath,
  recycleAfter = RECYCLE_AFTER,
  recycleAboveMb = RECYCLE_ABOVE_MB,
  idleMs,
  log,
}: PdfPrinterOptions): Chromiums {
  const alive = new Set<Generation>();
  let idleSince: NodeJS.Timeout | undefined;
  let current: Promise<Generation> | undefined;
  let closed = false;

  async function launch(): Promise<Generation> {
    const browser = await launchChromium(executablePath);
    const generation: Generation = { browser, idle: [], busy: 0, prints: 0, retired: false, killed: false };
    alive.add(generation);
    // A pipe that breaks with its Chromium would end the whole worker; 'disconnected' tells the same.
    for (const pipe of browser.process()?.stdio ?? []) pipe?.on('error', () => undefined);
    browser.on('disconnected', () => {
      if (!generation.retired) log.warn({ prints: generation.prints }, 'Chromium ended unexpectedly');
      retire(generation);
      alive.delete(generation);
    });
    return generation;
  }

  /** Nobody enters a retired one; its last leaver closes it. Only an unretired one can be the current one. */
  function retire(generation: Generation): void {
    if (generation.retired) return;
    generation.retired = true;
    current = undefined;
  }

  async function enter(): Promise<Generation> {
    for (;;) {
      if (closed) throw new Error('The PDF printer is closed');
      const starting = (current ??= launch());
      const generation = await starting.catch((error: unknown) => {
        if (current === starting) current = undefined;
        throw error;
      });
      if (generation.retired) continue;
      clearTimeout(idleSince);
      generation.busy += 1;
      return generation;
    }
  }

  function leave(generation: Generation): void {
    generation.busy -= 1;
    generation.prints += 1;
    if (generation.prints >= recycleAfter || isTooLarge(generation)) retire(generation);
    // Whoever writes to a Chromium just killed gets its broken pipe for an answer.
    if (generation.busy > 0 || generation.killed) return;
    if (generation.retired) void closeChromium(generation.browser);
    else if (idleMs !== undefined) endWhenIdle(generation, idleMs);
  }

  function isTooLarge({ browser }: Generation): boolean {
    const pid = browser.process()?.pid;
    return pid !== undefined && memoryOf(pid) > recycleAboveMb;
  }

  function kill(generation: Generation): void {
    // The next document may ask before its end is noticed.
    retire(generation);
    generation.killed = true;
    killChromium(generation.browser);
  }

  /** A counter PC prints a few forms a day: a browser that waits all day for the next one is memory lost. */
  function endWhenIdle(generation: Generation, afterMs: number): void {
    clearTimeout(idleSince);
    idleSince = setTimeout(() => {
      if (generation.busy > 0) return;
      retire(generation);
      void closeChromium(generation.browser);
    }, afterMs).unref();
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(idleSince);
    await current?.catch(() => undefined);
    const open = [...alive].filter(({ killed }) => !killed);
    open.forEach(retire);
    await Promise.all(open.map(({ browser }) => closeChromium(browser)));
  }

  return { enter, leave, kill, close };
}

/** Prints in a tab of this Chromium. A tab that failed is not used again; one that is not kept gives its memory back. */
async function printIn(generation: Generation, html: string, keepTab: boolean): Promise<Buffer> {
  const tab = idleTab(generation) ?? (await openTab(generation.browser));
  try {
    const pdf = await printInTab(tab, html);
    if (keepTab) generation.idle.push(tab);
    else await tab.page.close();
    return pdf;
  } catch (error) {
    void tab.page.close().catch(() => undefined);
    throw error;
  }
}

/** A tab that lost its process while it was idle is closed already. */
function idleTab({ idle }: Generation): Tab | undefined {
  for (let tab = idle.pop(); tab !== undefined; tab = idle.pop()) if (!tab.crash.aborted) return tab;
  return undefined;
}

async function launchChromium(executablePath: string | undefined): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error('No Chromium was found for PDF files: install one or set PUPPETEER_EXECUTABLE_PATH');
  }
  return puppeteer.launch({
    executablePath,
    headless: 'shell',
    // Through a pipe Chromium notices the death of its parent, however it comes, and ends itself.
    pipe: true,
    // The worker decides what a signal means: puppeteer's own handlers would end the process in mid-print.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    timeout: PRINT_TIMEOUT,
    // A document's deadline ends its Chromium, and with it every call that waits for an answer.
    protocolTimeout: 0,
    env: chromiumEnvironment(process.env),
    args: [
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      // Behind the refused requests a second wall: no name resolves, and every address leads to a proxy nobody runs.
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--proxy-server=http://127.0.0.1:9',
      '--proxy-bypass-list=<-loopback>',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

const PASSED_ON = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'FONTCONFIG_PATH',
  'FONTCONFIG_FILE',
  'XDG_CACHE_HOME',
];

/** Chromium gets what it needs to run, and none of the worker's secrets. */
function chromiumEnvironment(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(PASSED_ON.map((name) => [name, env[name]]));
}

async function withDeadline<Result>(
  work: Promise<Result>,
  afterMs: number,
  onTimeout: () => void,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onTimeout();
      reject(new Error(`Printing a document took longer than ${afterMs / 1000} s`));
    }, afterMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function closeChromium(browser: Browser): Promise<void> {
  const timer = setTimeout(() => killChromium(browser), CLOSE_TIMEOUT);
  try {
    await browser.close();
  } catch {
    killChromium(browser);
  } finally {
    clearTimeout(timer);
  }
}

function killChromium(browser: Browser): void {
  browser.process()?.kill('SIGKILL');
}
