import type { Browser } from 'puppeteer-core';

import { chromiumPath } from './chromium';

/** A Chromium for one test file; `browser` is there from `beforeAll` on. */
export interface TestBrowser {
  browser: Browser;
}

/** Launches the Chromium that `npm start` would use. As root, and only then, without its sandbox. */
export function useBrowser(): TestBrowser {
  const holder: Partial<TestBrowser> = {};
  beforeAll(async () => {
    const { launch } = await import('puppeteer-core');
    holder.browser = await launch({
      executablePath: await chromiumPath(),
      pipe: true,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      protocolTimeout: 30_000,
    });
  }, 120_000);
  afterAll(async () => {
    await holder.browser?.close();
  });
  return holder as TestBrowser;
}
