import { LANGUAGES } from '../../locales';
import { createCustomer } from '../../operations/customers';
import { requestPackage } from '../../operations/package-request';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { awaitingDecision, COMPANY, completeCustomer, HOSTILE } from './files';
import { signedIn, textOf, visitorOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);

let dealer: TestDealer;
let visitor: Visitor;
let paths: string[];

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  const person = await dealer.run((tx) => completeCustomer(tx, { surname: HOSTILE, occupation: HOSTILE }));
  const company = await dealer.run((tx) =>
    createCustomer(tx, { type: 'company', trigger: 'threshold', record: { ...COMPANY, activity: HOSTILE } }),
  );
  const caseId = await dealer.run((tx) => awaitingDecision(tx, person));
  const pack = await dealer.run((tx) =>
    requestPackage(tx, { profile: 'masak', period: { from: '2026-01-01', to: '2026-12-31' } }),
  );
  visitor = await signedIn(api.url, dealer.admin);
  paths = [
    '/',
    '/me',
    '/customers',
    '/customers?q=isik&status=onboarding&missing=any',
    '/customers?q=nobody',
    '/customers/new',
    '/customers/new?type=company',
    ...[person, company.id].flatMap((id) =>
      ['', '/record', '/documents', '/notices', '/cases', '/timeline', '/reveal?field=tckn'].map(
        (tab) => `/customers/${id}${tab}`,
      ),
    ),
    '/cases',
    '/cases?stage=decision',
    '/cases?stage=rating',
    `/cases/${caseId}`,
    '/tasks',
    '/tasks?for=all',
    '/packages',
    '/packages/new',
    `/packages/${pack.id}`,
    '/settings',
    '/settings/users',
    '/settings/tokens',
    '/settings/rules',
  ];
});

test.each(LANGUAGES)(
  'every page is there in %s, with one heading, labelled and escaped',
  async (language) => {
    await visitor.post('/language', { language, next: '/me' });
    for (const path of paths) {
      const page = await visitor.get(path);
      expect([path, page.status]).toEqual([path, 200]);
      expect([path, page.html.match(/<h1[ >]/g)?.length]).toEqual([path, 1]);
      expect(page.html).toContain(`<html lang="${language}">`);
      expect(page.html).not.toContain('<script>alert');
      expect([path, textOf(page.html).match(/\bconsole\.[a-z]+\.\w+|\[object|undefined/g)]).toEqual([
        path,
        null,
      ]);
      expect([path, unlabelled(page.html)]).toEqual([path, []]);
      expect([path, repeatedIds(page.html)]).toEqual([path, []]);
    }
  },
);

/** Fields that neither a label nor a hidden type explains. */
function unlabelled(html: string): string[] {
  const fields = [...html.matchAll(/<(?:input|select|textarea)[^>]*>/g)].map(([tag]) => tag);
  return fields.filter((tag) => {
    if (/type="(hidden|radio)"/.test(tag)) return false;
    const id = /id="([^"]*)"/.exec(tag)?.[1];
    if (id === undefined) return !/name="[^"]*\.remove"/.test(tag) && !/name="[^"]*remove"/.test(tag);
    return !html.includes(`for="${id}"`) && !/type="checkbox"/.test(tag);
  });
}

function repeatedIds(html: string): string[] {
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1] ?? '');
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

test('pages carry the strict policy, are not kept by browsers and hold nothing inline', async () => {
  for (const path of ['/', '/customers', paths.find((one) => one.endsWith('/record')) ?? '']) {
    const { headers, html } = await visitor.get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(html).not.toMatch(/ style="| on[a-z]+="|<style|<script(?![^>]*src=)/);
  }
});

test('style sheet and htmx come from here, with a matching integrity hash and for good', async () => {
  const { html } = await visitor.get('/');
  const links = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)" integrity="sha384-([^"]+)"/g)];
  expect(links).toHaveLength(2);
  for (const [, href = '', integrity] of links) {
    const response = await fetch(api.url + href);
    const content = Buffer.from(await response.arrayBuffer());
    const digest = await crypto.subtle.digest('SHA-384', content);
    expect(Buffer.from(digest).toString('base64')).toBe(integrity);
    expect(response.headers.get('cache-control')).toContain('immutable');
  }
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test('who is not signed in is led to the sign-in page and back to where they wanted to go', async () => {
  const stranger = visitorOf(api.url);
  const page = await stranger.get('/cases?stage=decision');
  expect(page.path).toBe('/login?next=%2Fcases%3Fstage%3Ddecision');
  const entered = await stranger.post('/login', {
    email: dealer.admin.email,
    password: 'correct horse battery',
    next: '/cases?stage=decision',
  });
  expect([entered.status, entered.path]).toEqual([200, '/cases?stage=decision']);
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  'a sign-in never leads away to %s',
  async (next) => {
    const stranger = visitorOf(api.url);
    const page = await stranger.post('/login', {
      email: dealer.admin.email,
      password: 'correct horse battery',
      next,
    });
    expect(page.path).toBe('/');
  },
);

test('an address that is none is answered in plain words with the number of the request', async () => {
  const page = await visitor.get('/no-such-page');
  expect(page.status).toBe(404);
  expect(textOf(page.html)).toContain(page.headers.get('x-request-id') ?? '?');
  expect(page.html).toContain('href="/customers"');
  const stranger = await visitorOf(api.url).get('/no-such-page');
  expect([stranger.status, stranger.html.includes('href="/customers"')]).toEqual([404, false]);
  // The one button says where it leads.
  expect(stranger.html).toContain('<a class="button" href="/">Bugün sayfasına git</a>');
  const other = await visitor.get('/customers/01a3b3f0-0000-7000-8000-000000000000');
  expect(other.status).toBe(404);
});

test('a day that is not over is refused by the name of its field', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const auditor = await signedIn(api.url, await dealer.addUser('auditor'));
  const page = await auditor.get(`/customers?asOf=${today}`);
  expect(page.status).toBe(422);
  expect(textOf(page.html)).toContain('Bir sorun var O günkü hali:');
  expect(textOf(page.html)).not.toContain('asOf');
});

test('a page that refreshes itself on an empty chair does not keep the session alive', async () => {
  const [left, busy] = [await signedIn(api.url, dealer.admin), await signedIn(api.url, dealer.admin)];
  for (let minute = 0; minute < 40; minute += 10) {
    installation.clock.moveBy(10 * 60_000);
    await left.get('/cases?live=1');
    await busy.get('/cases');
  }
  expect((await left.get('/cases?live=1')).path).toBe('/login?next=%2Fcases');
  expect((await busy.get('/cases')).path).toBe('/cases');
});
