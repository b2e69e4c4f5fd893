import puppeteer, { type Page } from 'puppeteer-core';

/** Tabs of a Chromium by itself, as many as the contestant that it is held against has (`BENCH_TABS`). */
export async function bareTabs(): Promise<Page[]> {
  const executablePath = process.env['SICIL_CHROMIUM'];
  const browser = await puppeteer.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    headless: 'shell',
    pipe: true,
    protocolTimeout: 0,
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  const tabs = Number(process.env['BENCH_TABS']);
  return Promise.all(Array.from({ length: tabs }, () => browser.newPage()));
}

/** Prints with the options of the product's printer and nothing around them. */
export async function printBare(page: Page, html: string): Promise<Uint8Array> {
  await page.setContent(html, { waitUntil: 'load', timeout: 0 });
  return page.pdf({
    preferCSSPageSize: true,
    printBackground: true,
    tagged: true,
    outline: true,
    timeout: 0,
  });
}
