import puppeteer, { type Browser, type Page } from 'puppeteer-core';

import { renderCustomerFile } from '../templates/reports';
import { answerQuestions } from './contestants';
import { sampleFile } from './sample-file';

/** Chromium by itself: as many tabs, the same HTML (rendered before), the same PDF options, nothing around them. */
const tabs = Number(process.env['BENCH_TABS']);
const documents = new Map<number, string>();
let opened: Promise<Page[]> | undefined;

async function open(): Promise<Page[]> {
  const executablePath = process.env['SICIL_CHROMIUM'];
  const browser: Browser = await puppeteer.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    headless: 'shell',
    pipe: true,
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  return Promise.all(Array.from({ length: tabs }, () => browser.newPage()));
}

answerQuestions({
  /** Renders what will be printed; not part of what is timed. */
  prepare: async (numbers: number[]) => {
    opened ??= open();
    await opened;
    for (const number of numbers) documents.set(number, renderCustomerFile(sampleFile(number), 'tr'));
  },
  /** Takes one page as it is, as number 0. */
  take: async (html: string) => {
    await (opened ??= open());
    documents.set(0, html);
  },
  print: async (numbers: number[]) => {
    const queue = [...numbers];
    let bytes = 0;
    const work = async (page: Page) => {
      for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
        await page.setContent(documents.get(number) ?? '', { waitUntil: 'load' });
        const pdf = await page.pdf({
          preferCSSPageSize: true,
          printBackground: true,
          tagged: true,
          outline: true,
        });
        bytes += pdf.length;
      }
    };
    await Promise.all((await (opened ??= open())).map(work));
    return bytes;
  },
});
