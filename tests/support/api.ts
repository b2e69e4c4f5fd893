import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import type { z } from 'zod';

import { createApp } from '../../api/app';
import { createChangeFeed, type ChangeFeed } from '../../api/change-feed';
import type { ApiDeps } from '../../api/deps';
import { ROUTES } from '../../api/routes';
import { ProblemDocument } from '../../api/schemas';
import { createPdfPrinter, type PdfPrinter } from '../../printing/pdf-printer';
import { tryCounter } from '../../operations/sign-in';
import { folderStore } from '../../stores/files';
import { chromiumPath } from './chromium';
import type { Installation } from './dealer';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text where it is none. */
  body: Json;
}

/** An answer's JSON, loosely: tests name what they look at. */
export type Json = { [key: string]: Json } & Json[] & (string | number | boolean | null);

export interface Request {
  token?: string;
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Buffer | FormData;
  headers?: Record<string, string>;
}

export interface TestApi {
  url: string;
  /** Lines that the API logged. */
  logged: object[];
  /** Packages that a commit asked to wake. */
  packagesWoken: string[];
  policyChangesWoken: string[];
  importsWoken: string[];
  call(method: string, path: string, request?: Request): Promise<Answer>;
}

/** The real app on a free port, over the test's database. Every JSON answer is checked against the contract. */
export function useApi(installation: Installation, overrides: () => Partial<ApiDeps> = () => ({})): TestApi {
  const api = {
    logged: [] as object[],
    packagesWoken: [] as string[],
    policyChangesWoken: [] as string[],
    importsWoken: [] as string[],
  } as unknown as TestApi;
  let server: Server;
  let printer: PdfPrinter;
  let changes: ChangeFeed;
  beforeAll(async () => {
    const log = (line: object) => void api.logged.push(line);
    const logger = { info: log, warn: log, error: log };
    printer = lazyPrinter(logger);
    changes = createChangeFeed(installation.database.knex, logger);
    const deps: ApiDeps = {
      changes,
      database: installation.database,
      files: folderStore(join(installation.folder, 'files')),
      wakeUps: {
        wake: () => undefined,
        wakePackage: (_dealer, id) => void api.packagesWoken.push(id),
        wakeImport: (_dealer, id) => void api.importsWoken.push(id),
        wakePolicyChange: (_dealer, id) => void api.policyChangesWoken.push(id),
      },
      health: { check: async () => [] },
      logger,
      printer,
      tries: tryCounter(),
      secureCookies: false,
      ...overrides(),
    };
    server = createServer(createApp(deps));
    // A test that reads a PDF holds this process up for seconds: no idle connection is closed under its next request.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    changes.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await printer.close();
  });
  api.call = async (method, path, request = {}) => {
    const answer = await send(api.url + path, method, request);
    checkAgainstContract(method, path, answer);
    return answer;
  };
  return api;
}

/** Looks for Chromium at the first form: most tests print none. */
function lazyPrinter(log: ApiDeps['logger']): PdfPrinter {
  let real: Promise<PdfPrinter> | undefined;
  const start = async () => createPdfPrinter({ executablePath: await chromiumPath(), tabs: 1, log });
  return {
    print: async (html, asOf) => (await (real ??= start())).print(html, asOf),
    close: async () => (await real)?.close(),
  };
}

async function send(
  url: string,
  method: string,
  { token, body, raw, headers = {} }: Request,
): Promise<Answer> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : text) as Json,
  };
}

function checkAgainstContract(method: string, path: string, answer: Answer): void {
  if (!path.startsWith('/api/v1/')) return;
  const route = ROUTES.find((one) => one.method === method.toLowerCase() && patternOf(one.path).test(path));
  if (answer.status >= 400) mustFit(ProblemDocument, answer.body, `${method} ${path} → ${answer.status}`);
  else if (route === undefined) throw new Error(`${method} ${path} is in no contract`);
  else {
    if (route.status !== answer.status)
      throw new Error(`${method} ${path} → ${answer.status}, not ${route.status}`);
    if (route.answer !== null) mustFit(route.answer, answer.body, `${method} ${path}`);
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^/api/v1${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?.*)?$`);
}

function mustFit(schema: z.ZodType, body: unknown, what: string): void {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new Error(`${what} breaks its contract: ${parsed.error.message}`);
}
