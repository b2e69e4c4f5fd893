import { useBrowser } from './browser';

const chromium = useBrowser();

test('the Chromium of the tests opens a page and reads it', async () => {
  const page = await chromium.browser.newPage();
  await page.setContent('<h1>Müşteri dosyası</h1>');
  expect(await page.$eval('h1', (heading) => heading.textContent)).toBe('Müşteri dosyası');
});
