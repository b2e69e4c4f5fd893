import { PassThrough, type Readable } from 'node:stream';

import { z } from 'zod';

import { CUSTOMER_TYPES } from '../../domain/customer';
import { IMPORT_STATUSES } from '../../domain/import-status';
import { translator, type Language } from '../../locales';
import { importTemplateFile } from '../../operations/import-template';
import { openReturned, returnedSheets } from '../../operations/import-returned';
import { takeSheets } from '../../operations/import-upload';
import {
  cancelImport,
  commitImport,
  importFileKey,
  importProblems,
  listImports,
  readImport,
  registerImport,
  type ImportView,
} from '../../operations/imports';
import { writeCsv } from '../../stores/csv';
import { openSheets } from '../../stores/sheet-reader';
import { createWorkbookWriter } from '../../stores/xlsx';
import { importProblemText, importRefusalText } from '../../templates/import-words';
import type { Tx } from '../../db/transaction';
import { Cursor, Limit, present } from '../query';
import {
  actRoute,
  downloadRoute,
  inTransaction,
  readRoute,
  uploadRoute,
  type Act,
  type Call,
  type Input,
  type Route,
} from '../route';
import { Id, Instant, pageOf } from '../schemas';
import { SHEET_TYPES } from './exports';

const tag = 'Imports';
const params = z.strictObject({ id: Id });
const Person = z.strictObject({ id: Id, name: z.string().nullable() });

const Import = z
  .strictObject({
    id: Id,
    fileName: z.string(),
    format: z.enum(['xlsx', 'csv']),
    dryRun: z.boolean(),
    language: z.enum(['tr', 'en']),
    status: z.enum(IMPORT_STATUSES).meta({
      description: 'checking → checked → committing → done; failed and cancelled end it before',
    }),
    progress: z.strictObject({ done: z.int(), total: z.int() }),
    counts: z.strictObject({
      total: z.int(),
      ok: z.int(),
      warnings: z.int(),
      errors: z.int(),
      created: z.int(),
    }),
    requestedBy: Person,
    requestedAt: Instant,
    committedBy: Person.nullable(),
    endedAt: Instant.nullable(),
    expiresAt: Instant.nullable().meta({ description: 'When a checked import ends without a word' }),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    hasErrorFile: z.boolean(),
  })
  .meta({ id: 'Import' });

const ImportProblem = z.strictObject({
  cell: z.string().meta({ example: 'B7' }),
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
});

function withMessage(view: ImportView, language: Language) {
  const { errorCode } = view;
  const t = translator(language);
  return { ...view, errorMessage: errorCode === null ? null : importRefusalText(t, errorCode) };
}

async function detail(tx: Tx, id: string, language: Language) {
  const t = translator(language);
  const { problems, more } = await importProblems(tx, id);
  return {
    ...withMessage(await readImport(tx, id), language),
    problems: problems.map((problem) => ({ ...problem, message: importProblemText(t, problem.code) })),
    moreProblems: more,
  };
}

const ImportDetail = Import.extend({
  problems: z.array(ImportProblem).meta({ description: 'The first of them; the returned file has all' }),
  moreProblems: z.boolean(),
}).meta({ id: 'ImportDetail' });

type OnImport = Input<{ id: string }, Record<string, never>, Record<string, never>>;

/** An act on an import: it answers with the import as it then stands and wakes its workflow. */
function onImport(perform: (tx: Tx, id: string) => Promise<void>): Act<OnImport> {
  return {
    async act(tx, { params: { id } }) {
      await perform(tx, id);
      return id;
    },
    render: (tx, id, _input, { language }) => detail(tx, id ?? '', language),
    afterCommit: (id, { deps, identity }) => deps.wakeUps.wakeImport(identity.dealerId, id ?? ''),
  };
}

/** The console's form takes files in the same way. */
export const startImportRoute = uploadRoute(
  {
    id: 'startImport',
    path: '/imports',
    tag,
    summary: 'Checks an XLSX or CSV of up to 32 MB and 200,000 rows; the same file again is the same import',
    body: z.strictObject({
      dryRun: z
        .enum(['true', 'false'])
        .default('true')
        .transform((value) => value === 'true')
        .meta({ description: 'Whether the check waits for a word before records are opened' }),
      language: z.enum(['tr', 'en']).optional(),
    }),
    status: 202,
    answer: Import,
  },
  {
    keyFor: (tx) => importFileKey(tx),
    take: takeSheets,
    act: (tx, { body: { dryRun, language } }, stored, call) =>
      registerImport(tx, { stored, dryRun, language: language ?? call.language }),
    render: async (tx, id) => withMessage(await readImport(tx, id), 'tr'),
    location: (id) => `/api/v1/imports/${id}`,
    afterCommit: (id, { deps, identity }) => deps.wakeUps.wakeImport(identity.dealerId, id),
  },
);

export const importRoutes: Route[] = [
  downloadRoute(
    {
      id: 'downloadImportTemplate',
      path: '/imports/template',
      tag,
      summary: 'An empty file to fill in, for one customer type or for all',
      query: z.strictObject({
        type: z.enum(CUSTOMER_TYPES).optional(),
        format: z.enum(['xlsx', 'csv']).default('xlsx'),
        language: z.enum(['tr', 'en']).optional(),
      }),
    },
    async (tx, { query: { type, format, language } }, call) => {
      const input = { format, language: language ?? call.language, now: tx.now, ...present({ type }) };
      return {
        mediaType: SHEET_TYPES[format],
        fileName: `musteri-sablonu.${format}`,
        open: async () => importTemplateFile(input),
      };
    },
  ),
  startImportRoute,
  readRoute(
    {
      id: 'listImports',
      path: '/imports',
      tag,
      summary: 'Imports, newest first',
      query: z.strictObject({ cursor: Cursor, limit: Limit }),
      answer: pageOf(Import),
    },
    async (tx, { query }, { language }) => {
      const page = await listImports(tx, present(query));
      return { ...page, data: page.data.map((view) => withMessage(view, language)) };
    },
  ),
  readRoute(
    {
      id: 'readImport',
      path: '/imports/{id}',
      tag,
      summary: 'Status, progress, counts and the first problems',
      params,
      answer: ImportDetail,
    },
    (tx, { params: { id } }, { language }) => detail(tx, id, language),
  ),
  downloadRoute(
    {
      id: 'downloadImportErrors',
      path: '/imports/{id}/errors',
      tag,
      summary: 'The rows with errors as they came, with a column of what is wrong at which cell',
      params,
    },
    async (tx, { params: { id } }, call) => {
      const returned = await openReturned(tx, id);
      return {
        mediaType: SHEET_TYPES[returned.format],
        fileName: `hatali-satirlar.${returned.format}`,
        open: () => returnedFile(returned, call),
      };
    },
  ),
  actRoute(
    {
      id: 'commitImport',
      method: 'post',
      path: '/imports/{id}/commit',
      tag,
      summary: 'Opens a record for every row without errors',
      params,
      body: z.strictObject({}),
      status: 202,
      answer: ImportDetail,
    },
    onImport(commitImport),
  ),
  actRoute(
    {
      id: 'cancelImport',
      method: 'post',
      path: '/imports/{id}/cancel',
      tag,
      summary: 'Ends an import; records that were opened stay',
      params,
      body: z.strictObject({}),
      answer: ImportDetail,
    },
    onImport(cancelImport),
  ),
];

async function returnedFile(
  returned: Awaited<ReturnType<typeof openReturned>>,
  call: Call,
): Promise<Readable> {
  const parts: Buffer[] = [];
  for await (const part of await call.deps.files.open(returned.key, returned.address))
    parts.push(part as Buffer);
  const opened = await openSheets(Buffer.concat(parts));
  const run = <T>(fn: (tx: Tx) => Promise<T>) => inTransaction(call, fn);
  const sheets = await returnedSheets(opened, returned.id, run, call.language);
  const out = new PassThrough();
  const asOf = new Date().toISOString();
  const [first] = sheets;
  const written =
    returned.format === 'csv' && first !== undefined
      ? writeCsv(first, out)
      : createWorkbookWriter().write(sheets, { title: translator(call.language)('import.title'), asOf }, out);
  written.catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error('The returned file could not be written'));
  });
  return out;
}
