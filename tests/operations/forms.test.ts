import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { issueForm } from '../../api/form-printing';
import type { Tx } from '../../db/transaction';
import { CUSTOMER_TYPES } from '../../domain/customer';
import type { Language } from '../../locales';
import { createCustomer, updateRecord } from '../../operations/customers';
import { fieldsAt, formWords } from '../../operations/form-fields';
import { prepareForm } from '../../operations/form-preparation';
import { readForms } from '../../operations/form-views';
import { recordForm } from '../../operations/forms';
import { readNotices, recordNotice } from '../../operations/privacy';
import { createPdfPrinter, PrinterBusy } from '../../printing/pdf-printer';
import { folderStore } from '../../stores/files';
import { chromiumPath } from '../support/chromium';
import { completeFile } from '../support/complete-files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
});

const NOTICE = { version: '2026-11', channel: 'print' } as const;
const blob = () => ({ address: randomUUID(), bytes: 1, sha256: Buffer.alloc(32, 1) });
const record = { givenNames: 'Işık', surname: 'Çınar', tckn: '10000000146' };

const newCustomer = async () =>
  (
    await dealer.run((tx) =>
      createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record: { ...record } }),
    )
  ).id;

const prepare = (id: string) => dealer.run((tx) => prepareForm(tx, id, { privacyNotice: NOTICE }));

/** The fonts are half a megabyte of letters. */
const withoutStyle = (html: string) => html.replaceAll(/<style>[\s\S]*?<\/style>/g, '');

/** The announced addresses, as the printer's files would lie there. */
const filesOf = ({ addresses }: Awaited<ReturnType<typeof prepare>>) => ({
  pdf: { ...blob(), address: addresses.pdf },
  office: { ...blob(), address: addresses.office },
});

test('a record that moved while its form was printed gets no form of the old one', async () => {
  const id = await newCustomer();
  const prepared = await prepare(id);
  await dealer.run((tx) => updateRecord(tx, id, { patch: { surname: 'Şahin' }, ifVersion: null }));
  await expect(dealer.run((tx) => recordForm(tx, prepared, filesOf(prepared)))).rejects.toMatchObject({
    code: 'CONFLICT',
    detail: 'form_record_moved',
  });
  expect(await dealer.run((tx) => readForms(tx, id))).toEqual([]);
  expect(await dealer.run((tx) => readNotices(tx, id))).toEqual([]); // the notice goes with its form
});

test('a country stands on the form by its name, in the form’s language', () => {
  const record = { nationality: 'SYR', address: { country: 'DEU', line: 'Beispielstraße 12' } };
  const valuesIn = (language: Language) =>
    fieldsAt(record, ['nationality', 'address!'], formWords(language)).map(({ value }) => value);
  expect(valuesIn('tr')).toEqual(['Suriye', 'Beispielstraße 12, Almanya']);
  expect(valuesIn('en')).toEqual(['Syrian Arab Republic', 'Beispielstraße 12, Germany']);
});

test('a form whose files a sweep took for lost is not recorded', async () => {
  const id = await newCustomer();
  const prepared = await prepare(id);
  const files = { ...filesOf(prepared), office: blob() };
  await expect(dealer.run((tx) => recordForm(tx, prepared, files))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});

test('what was printed cannot be changed afterwards, and the ledgers only grow', async () => {
  const id = await newCustomer();
  const prepared = await prepare(id);
  await dealer.run((tx) => recordForm(tx, prepared, filesOf(prepared)));
  const refused = (fn: (tx: Tx) => Promise<unknown>) =>
    expect(dealer.run(fn)).rejects.toMatchObject({ code: '42501' });
  await refused(({ sql }) => sql('forms').update({ record_version: 7 }));
  await refused(({ sql }) => sql('forms').update({ pdf_sha256: Buffer.alloc(32) }));
  await refused(({ sql }) => sql('forms').delete());
  await refused(({ sql }) => sql('privacy_notices_shown').update({ version: '2019-01' }));
  await refused(({ sql }) => sql('marketing_permissions').delete());
});

test('two forms issued at once leave one to sign', async () => {
  const id = await newCustomer();
  await dealer.run((tx) => recordNotice(tx, id, NOTICE));
  const issue = async () => {
    const prepared = await dealer.run((tx) => prepareForm(tx, id, {}));
    return dealer.run((tx) => recordForm(tx, prepared, filesOf(prepared)));
  };
  await Promise.all([issue(), issue(), issue()]);
  const states = (await dealer.run((tx) => readForms(tx, id))).map(({ state }) => state);
  expect(states.toSorted()).toEqual(['issued', 'superseded', 'superseded']);
});

test.each([
  ['a full queue', new PrinterBusy('full'), 'printer_busy'],
  ['a dead Chromium', new Error('Target closed'), 'printer_away'],
])('%s leaves neither row nor file, and says so', async (_what, failure, detail) => {
  const id = await newCustomer();
  const files = folderStore(join(installation.folder, `files-${detail}`));
  const kept: string[] = [];
  const printer = { print: () => Promise.reject(failure), close: async () => undefined };
  const deps = {
    files: {
      ...files,
      putBlob: (...args: Parameters<typeof files.putBlob>) =>
        files.putBlob(...args).then((stored) => (kept.push(stored.address), stored)),
    },
    printer,
  };
  await expect(
    issueForm({ deps, run: (fn) => dealer.run(fn) }, id, { privacyNotice: NOTICE }),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE', detail });
  expect(kept).toEqual([]);
  expect(await dealer.run((tx) => readForms(tx, id))).toEqual([]);
});

test.each(CUSTOMER_TYPES)(
  'a complete %s has a form in both languages that leaves only the pen its work',
  async (type) => {
    const { record: complete } = completeFile(type);
    const { id } = await dealer.run((tx) =>
      createCustomer(tx, { type, trigger: 'continuous', record: complete }),
    );
    for (const language of ['tr', 'en'] as const) {
      const printed = await dealer.run((tx) => prepareForm(tx, id, { language, privacyNotice: NOTICE }));
      const [html, officeHtml] = [printed.html, printed.officeHtml].map(withoutStyle) as [string, string];
      expect(html).toContain(`<html lang="${language}">`);
      expect(html).not.toMatch(/undefined|\[object|NaN/);
      expect(html).toContain('5549');
      expect(officeHtml).toContain(language === 'tr' ? 'MÜŞTERİYE VERİLMEZ' : 'NOT FOR THE CUSTOMER');
      expect(html.match(/class="box"/g)?.length).toBeGreaterThan(0);
    }
  },
);

test('the same form printed twice gives the same bytes', async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const printer = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 1, log });
  try {
    const { html, officeHtml, asOf } = await prepare(await newCustomer());
    const first = await printer.print(html, asOf);
    await printer.print(officeHtml, asOf);
    expect((await printer.print(html, asOf)).equals(first)).toBe(true);
  } finally {
    await printer.close();
  }
});

test('hostile text stands in the form as text', async () => {
  const hostile = '</title><script>alert(1)</script>"; } body { display: none } {{dealer}}';
  const { id } = await dealer.run((tx) =>
    createCustomer(tx, {
      type: 'natural_person_tr',
      trigger: 'continuous',
      record: { ...record, surname: hostile, address: { line: hostile } },
    }),
  );
  const { html, officeHtml } = await prepare(id);
  for (const document of [html, officeHtml].map(withoutStyle)) {
    expect(document).not.toContain('<script');
    expect(document).toContain('&lt;script&gt;');
    expect(document).toContain('{{dealer}}');
  }
});
