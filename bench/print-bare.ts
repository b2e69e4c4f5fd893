import type { Page } from 'puppeteer-core';

import { renderCustomerFile } from '../templates/reports';
import { bareTabs, printBare } from './bare-chromium';
import { answerQuestions } from './contestants';
import { sampleFile } from './sample-file';

/** Chromium by itself: as many tabs, the same HTML (rendered before), the same PDF options, nothing around them. */
const documents = new Map<number, string>();
let opened: Promise<Page[]> | undefined;

answerQuestions({
  /** Renders what will be printed; not part of what is timed. */
  prepare: async (numbers: number[]) => {
    opened ??= bareTabs();
    await opened;
    for (const number of numbers) documents.set(number, renderCustomerFile(sampleFile(number), 'tr'));
  },
  /** Takes one page as it is, as number 0. */
  take: async (html: string) => {
    await (opened ??= bareTabs());
    documents.set(0, html);
  },
  print: async (numbers: number[]) => {
    const queue = [...numbers];
    let bytes = 0;
    const work = async (page: Page) => {
      for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
        bytes += (await printBare(page, documents.get(number) ?? '')).length;
      }
    };
    await Promise.all((await (opened ??= bareTabs())).map(work));
    return bytes;
  },
});
