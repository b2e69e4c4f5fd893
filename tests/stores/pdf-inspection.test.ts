import { existsSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

import { specimenPdf } from '../../operations/demo/specimens';
import { createIsolation, type Isolation } from '../../stores/isolation';
import { inspectPdf } from '../../stores/pdf-inspection';
import { packedObject, packedZeros, paperPdf, pdfOf } from '../support/pdf-files';
import { until } from '../support/wait';

let apart: Isolation;
beforeAll(() => {
  apart = createIsolation();
});
afterAll(() => apart.close());

const inspect = (content: Buffer, by = apart) => inspectPdf(async () => content, by);

test.each([
  ['a page', paperPdf(), 1],
  ['two hundred pages', paperPdf({ pages: 200 }), 200],
  ['a specimen of the demo', specimenPdf(['SICIL', 'Muster']), 1],
  ['a file that opens on a page', paperPdf({ catalog: '/OpenAction [5 0 R /Fit]' }), 1],
  ['a file that goes to a page', paperPdf({ catalog: '/OpenAction << /S /GoTo /D [5 0 R /Fit] >>' }), 1],
  [
    'a link to a web page',
    paperPdf({
      page: '/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.com) >> >>]',
    }),
    1,
  ],
  ['a text that speaks of actions', paperPdf({ more: ['(an OpenAction, a JavaScript, XFA)'] }), 1],
])('%s is paper', async (_what, content, pages) => {
  expect(await inspect(content)).toBe(pages);
});

const MIB = 1024 * 1024;
const BOMB = packedZeros(120 * MIB);
const LARGE = packedZeros(200 * MIB);

const script = '<< /S /JavaScript /JS (app.alert(1)) >>';
const refusals: [string, string, Buffer][] = [
  ['a script that runs at opening', 'pdf_script', paperPdf({ catalog: `/OpenAction ${script}` })],
  [
    'a script under a name in disguise',
    'pdf_script',
    paperPdf({ catalog: '/OpenAction << /S /J#61vaScript /J#53 (x) >>' }),
  ],
  [
    'a script among the names',
    'pdf_script',
    paperPdf({ catalog: `/Names << /JavaScript << /Names [(a) ${script}] >> >>` }),
  ],
  ['a script of a page', 'pdf_script', paperPdf({ page: `/AA << /O ${script} >>` })],
  ['a script inside an object stream', 'pdf_script', paperPdf({ more: [packedObject(script)] })],
  [
    'a script inside an object stream that calls itself something else',
    'pdf_script',
    paperPdf({
      more: [
        {
          dictionary: '/N 1 /First 5 /Filter /Fl#61teDecode',
          data: deflateSync(Buffer.from(`90 0 ${script}`)),
        },
      ],
    }),
  ],
  [
    'a script that no table names',
    'pdf_script',
    Buffer.concat([paperPdf(), Buffer.from(`99 0 obj ${script} endobj\n%%EOF`)]),
  ],
  ['a program to launch', 'pdf_active', paperPdf({ catalog: '/OpenAction << /S /Launch /F (cmd.exe) >>' })],
  [
    'an opening that is no page',
    'pdf_active',
    paperPdf({ catalog: '/OpenAction << /S /URI /URI (http://x) >>' }),
  ],
  [
    'a print command at opening',
    'pdf_active',
    paperPdf({ catalog: '/OpenAction 5 0 R', more: ['<< /S /Named /N /Print >>'] }),
  ],
  ['rich media', 'pdf_active', paperPdf({ page: '/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] >>]' })],
  ['a form that sends itself', 'pdf_active', paperPdf({ more: ['<< /S /SubmitForm /F (http://x) >>'] })],
  [
    'a file inside the file',
    'pdf_attachment',
    paperPdf({
      catalog: '/Names << /EmbeddedFiles << /Names [(a) << /F (a.exe) /EF << /F 3 0 R >> >>] >> >>',
    }),
  ],
  ['a dynamic form', 'pdf_form', paperPdf({ catalog: '/AcroForm << /XFA 3 0 R /Fields [] >>' })],
  [
    'encryption',
    'pdf_encrypted',
    paperPdf({ trailer: '/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>' }),
  ],
  ['201 pages', 'pdf_pages', paperPdf({ pages: 201 })],
  ['only a signature', 'pdf_damaged', Buffer.from('%PDF-1.7\nkimlik')],
  ['a cut file', 'pdf_damaged', paperPdf().subarray(0, 300)],
  ['a catalogue without pages', 'pdf_damaged', pdfOf(['<< /Type /Catalog >>'])],
  [
    'an object stream packed in a way that cannot be looked into',
    'pdf_damaged',
    paperPdf({
      more: [{ dictionary: '/Type /ObjStm /N 1 /First 4 /Filter /LZWDecode', data: Buffer.from('90 0 x') }],
    }),
  ],
  [
    'streams that unpack to more than a gigabyte',
    'pdf_bomb',
    paperPdf({ more: Array.from({ length: 9 }, () => ({ dictionary: '/Filter /FlateDecode', data: BOMB })) }),
  ],
  [
    'a stream that unpacks to 200 MB',
    'pdf_bomb',
    paperPdf({ content: { dictionary: '/Filter /FlateDecode', data: LARGE } }),
  ],
  [
    'a stream packed twice',
    'pdf_bomb',
    paperPdf({ content: { dictionary: '/Filter [/FlateDecode /FlateDecode]', data: deflateSync(BOMB) } }),
  ],
];

test.each(refusals)('%s is refused', async (_what, code, content) => {
  await expect(inspect(content)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    detail: code,
    fields: [{ pointer: '/file', code }],
  });
});

test('a bomb costs this process next to nothing', async () => {
  const bomb = paperPdf({ content: { dictionary: '/Filter /FlateDecode', data: LARGE } });
  await inspect(paperPdf());
  const before = process.memoryUsage().rss;
  await expect(inspect(bomb)).rejects.toMatchObject({ detail: 'pdf_bomb' });
  expect(process.memoryUsage().rss - before).toBeLessThan(30 * MIB);
  expect(apart.pid).toBeDefined();
});

test('a look that takes too much time or memory ends with the process apart, and the next one gets a fresh one', async () => {
  for (const limits of [{ timeoutMs: 1 }, { memoryMax: 20 * MIB }]) {
    const strict = createIsolation(limits);
    await expect(inspect(paperPdf(), strict)).rejects.toMatchObject({ detail: 'pdf_bomb' });
    expect(strict.pid).toBeUndefined();
  }
  const before = apart.pid ?? 0;
  const running = inspect(paperPdf({ pages: 200 }));
  process.kill(before, 'SIGKILL');
  await expect(running).rejects.toMatchObject({ detail: 'pdf_damaged' });
  expect(await inspect(paperPdf())).toBe(1);
  const idle = apart.pid ?? 0;
  expect(idle).not.toBe(before);
  // Somebody ends it between two files: that is no fault of the next one.
  process.kill(idle, 'SIGKILL');
  await until('the process is gone', async () => !existsSync(`/proc/${idle}`) && apart.pid === idle);
  expect(await inspect(paperPdf())).toBe(1);
});

test('who comes when too many wait is told to come again', async () => {
  const small = createIsolation({ queueMax: 2 });
  const answers = await Promise.allSettled(Array.from({ length: 3 }, () => inspect(paperPdf(), small)));
  small.close();
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(answers[2]).toMatchObject({ reason: { code: 'UNAVAILABLE', detail: 'files_busy' } });
});
