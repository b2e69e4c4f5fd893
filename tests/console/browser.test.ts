import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from 'puppeteer-core';

import { createCustomer } from '../../operations/customers';
import { useApi } from '../support/api';
import { useBrowser } from '../support/browser';
import { useDatabase } from '../support/database';
import { makeDealer, PASSWORD, useInstallation, type TestDealer } from '../support/dealer';
import { until } from '../support/wait';
import { awaitingDecision, completeCustomer, PERSON } from './files';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
const chrome = useBrowser();

let dealer: TestDealer;
let page: Page;
let complaints: string[];
let shots: string;

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  shots = mkdtempSync(join(tmpdir(), 'sicil-screens-'));
  page = await chrome.browser.newPage();
  complaints = [];
  page.on('console', (message) => {
    // The browser also reports answers such as 422 there; those are pages of ours.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${api.url}/login`);
  await page.type('#f-email', dealer.admin.email);
  await page.type('#f-password', PASSWORD);
  await Promise.all([page.waitForNavigation(), page.click('main button.primary')]);
}, 60_000);

afterAll(() => rmSync(shots, { recursive: true, force: true }));

const run = (code: string) => page.evaluate(code) as Promise<unknown>;

test('the list answers while somebody types, keeps the focus and breaks no policy', async () => {
  for (const surname of ['Çınar', 'Şahin', 'Işık']) {
    await dealer.run((tx) =>
      createCustomer(tx, {
        type: 'natural_person_tr',
        trigger: 'continuous',
        record: { ...PERSON, surname },
      }),
    );
  }
  await page.goto(`${api.url}/customers`);
  await page.type('#f-q', 'sahin');
  await until(
    'only the one that matches is listed',
    async () => (await run('document.querySelectorAll("tbody tr").length')) === 1,
    10_000,
  );
  expect(await run('document.querySelector("tbody a").textContent')).toBe('Işık İsmail Şahin');
  expect(await run('document.activeElement.id')).toBe('f-q');
  expect(page.url()).toContain('q=sahin');
  expect(complaints).toEqual([]);
}, 60_000);

test('nothing is cut off at 320 pixels, in light and dark', async () => {
  const id = await dealer.run((tx) => completeCustomer(tx));
  const caseId = await dealer.run((tx) => awaitingDecision(tx, id));
  const paths = [
    '/',
    '/customers',
    '/customers/new',
    `/customers/${id}`,
    `/customers/${id}/record`,
    `/customers/${id}/documents`,
    `/customers/${id}/timeline`,
    '/cases',
    `/cases/${caseId}`,
    '/tasks',
    '/packages/new',
    '/settings/rules',
    '/settings/users',
  ];
  await page.setViewport({ width: 320, height: 640 });
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const path of paths) {
      await page.goto(api.url + path);
      expect([path, await run('document.documentElement.scrollWidth')]).toEqual([path, 320]);
      expect([path, await run(TOO_PALE)]).toEqual([path, []]);
    }
  }
  await page.screenshot({ path: join(shots, 'last.png') });
  await page.setViewport({ width: 1366, height: 768 });
  expect(complaints).toEqual([]);
}, 180_000);

/** Texts whose contrast with what is painted behind them is below 4.5:1 (WCAG 1.4.3), by their computed colours. */
const TOO_PALE = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let node = element; node; node = node.parentElement) {
      const colour = parts(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest('.sr, .skip, noscript, option') || element.getClientRects().length === 0) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(element.tagName + '.' + element.className + ': ' + element.textContent.trim().slice(0, 20));
  }
  return found;
})()`;

test('on a phone every line of a list is a card with the names of its columns, and nothing is cut off', async () => {
  const id = await dealer.run((tx) => completeCustomer(tx, { surname: 'Uzunsoyadlıoğullarından' }));
  const caseId = await dealer.run((tx) => awaitingDecision(tx, id));
  const twin = await dealer.run((tx) => completeCustomer(tx));
  const lists = [
    '/customers',
    '/cases',
    `/cases/${caseId}`,
    `/customers/${id}/documents`,
    `/customers/${id}/evidence`,
    `/customers/${id}/cases`,
    '/settings/users',
    '/settings/policies',
  ];
  const others = [
    `/customers/${id}/forms`,
    `/customers/${id}/notices`,
    `/customers/${id}?asOf=2020-01-01`,
    `/customers/${id}/merge?absorb=${twin}`,
    `/customers/${id}/merge?absorb=${id}`,
    '/customers?q=nobody-at-all',
    '/customers?asOf=2020-01-01',
    '/imports',
    '/export',
    '/packages',
    '/packages?kind=rehearsal',
    '/settings',
    '/settings/tokens',
    '/settings/policies/risk',
    '/settings/policies/followUpLadder',
    '/settings/policy-changes',
    '/settings/rules/new',
    '/me',
    '/no-such-page',
  ];
  await page.setViewport({ width: 375, height: 800 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
  for (const path of [...lists, ...others]) {
    await page.goto(api.url + path);
    expect([path, await run('document.documentElement.scrollWidth')]).toEqual([path, 375]);
    expect([path, await run(TOO_PALE)]).toEqual([path, []]);
    expect([path, await run(CUT_OFF_CELLS)]).toEqual([path, []]);
  }
  for (const path of lists) {
    await page.goto(api.url + path);
    expect([path, await run(UNNAMED_CELLS)]).toEqual([path, 0]);
  }
  await page.setViewport({ width: 1366, height: 768 });
  expect(complaints).toEqual([]);
}, 120_000);

/** Cells of lists that reach beyond what the screen shows of their list. */
const CUT_OFF_CELLS = `[...document.querySelectorAll('.stack :is(td, th)')]
  .filter((cell) => cell.closest('thead') === null && cell.scrollWidth > cell.clientWidth)
  .map((cell) => cell.textContent.trim().slice(0, 30))`;

/** Cells that hold something and do not say what; -1 where there is no list. */
const UNNAMED_CELLS = `(() => {
  const cells = [...document.querySelectorAll('.stack td')];
  const says = (cell) => getComputedStyle(cell, '::before').content;
  const named = (cell) => cell.querySelector('a.button') !== null || ('"' + cell.dataset.label + '"' === says(cell) && cell.dataset.label !== '');
  return cells.length === 0 ? -1 : cells.filter((cell) => !named(cell)).length;
})()`;

test('the boxes of a row stand side by side, whatever stands above them', async () => {
  const id = await dealer.run((tx) => completeCustomer(tx));
  await page.setViewport({ width: 1280, height: 900 });
  const uneven = async () => expect([page.url(), await run(UNEVEN_ROWS)]).toEqual([page.url(), []]);
  for (const path of [`/customers/${id}/record`, '/packages/new', '/settings/policies/followUpLadder']) {
    await page.goto(api.url + path);
    await uneven();
  }
  await page.goto(`${api.url}/settings/users`);
  await Promise.all([page.waitForNavigation(), page.click('main form[action="/settings/users"] button')]);
  expect(await run('document.querySelectorAll(".grid .error").length')).toBeGreaterThan(0);
  await uneven();
}, 60_000);

/** Rows of fields, two or more, whose boxes do not begin at one height; [nothing] where a page has no such row. */
const UNEVEN_ROWS = `(() => {
  const rows = new Map();
  for (const field of document.querySelectorAll('.grid > .field')) {
    const box = field.querySelector(':scope > :is(input, select)');
    if (box === null || box.getClientRects().length === 0) continue;
    const row = field.parentElement.getBoundingClientRect().top + ' ' + field.getBoundingClientRect().top;
    rows.set(row, [...(rows.get(row) ?? []), box]);
  }
  const several = [...rows.values()].filter((boxes) => boxes.length > 1);
  if (several.length === 0) return ['no row of fields'];
  const isUneven = (boxes) => new Set(boxes.map((box) => Math.round(box.getBoundingClientRect().top))).size > 1;
  return several.filter(isUneven).map((boxes) => boxes.map((box) => box.name).join(', '));
})()`;

test('a wrong form puts the focus on what is wrong, and its links lead to the fields', async () => {
  await page.goto(`${api.url}/settings/users`);
  await Promise.all([page.waitForNavigation(), page.click('main form[action="/settings/users"] button')]);
  expect(await run('document.activeElement.className')).toBe('problem');
  expect(await run('document.title')).toMatch(/^Hata:/);
  await page.click('.problem a');
  expect(await run('document.activeElement.id || location.hash')).toMatch(/f-name/);
}, 60_000);

test('a case page shows a decision made elsewhere by itself, and a session that ended leads to the sign-in', async () => {
  const id = await dealer.run((tx) => completeCustomer(tx, { surname: 'Bekler' }));
  await page.goto(`${api.url}/customers/${id}`);
  expect(await run('document.querySelector("#case-now .now dd").textContent')).toBe('Kontrol');
  await dealer.run((tx) => awaitingDecision(tx, id));
  await run('htmx.trigger("#case-now", "every")');
  await until(
    'the new stage is there',
    async () => (await run('document.querySelector("#case-now .now dd").textContent')) === 'Karar',
    20_000,
  );

  const cookies = await chrome.browser.cookies();
  await chrome.browser.deleteCookie(...cookies.filter(({ name }) => name === 'sicil_session'));
  await run('htmx.trigger("#case-now", "every")');
  await until(
    'the sign-in page is there',
    () => page.url().includes(`/login?next=%2Fcustomers%2F${id}`),
    20_000,
  );
  expect(complaints).toEqual([]);
}, 90_000);
