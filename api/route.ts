import type { Readable } from 'node:stream';

import type { Request } from 'express';
import { z } from 'zod';

import { inDealer, type TransactionOptions, type Tx } from '../db/transaction';
import type { Actor } from '../domain/customer';
import type { Language } from '../locales';
import type { Identity } from '../operations/sign-in';
import type { StoredFile } from '../operations/documents';
import type { FileStore, StoredBlob } from '../stores/files';
import type { IdempotentCall } from '../operations/idempotency';
import type { OperationId } from './access';
import type { ApiDeps } from './deps';
import type { StreamedState } from './event-stream';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a request is, once it is known who asks and that it may be asked. */
export interface Call {
  deps: ApiDeps;
  req: Request;
  identity: Identity;
  actor: Actor;
  language: Language;
  /** Parsed If-Match: a version, null for `*`, undefined when the header is absent. */
  ifVersion: number | null | undefined;
}

export interface Input<P, Q, B> {
  params: P;
  query: Q;
  body: B;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Download {
  mediaType: string;
  fileName: string;
  /** Shown in the page instead of being saved: only what we made ourselves. */
  inline?: boolean;
  /** SHA-256 of the content as hex, answered as ETag where an act asks for it later. */
  sha256?: string;
  /** Opened after the transaction that logged the view has committed. */
  open(): Promise<Readable>;
}

interface Described<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  id: OperationId;
  method: Method;
  /** Under /api/v1, with `{name}` for parameters. */
  path: string;
  tag: string;
  summary: string;
  params: P;
  query: Q;
  body: B | null;
}

/** What a handler gets, with types erased: each route's builder has tied its schemas and its code together. */
export type AnyInput = Input<never, never, never>;

/** Takes in a file that is no document: looks at it, and puts it into the store at this address. */
export type TakeFile = (
  files: FileStore,
  key: Buffer,
  source: AsyncIterable<Buffer>,
  address: string,
) => Promise<StoredBlob & { mediaType: string }>;

/** How a route does its work: inside one transaction in the caller's name where nothing else is said. */
export type Handler =
  | { kind: 'read'; render(tx: Tx, input: AnyInput, call: Call): Promise<unknown> }
  | {
      kind: 'act';
      /** Answers with the id that `render` shows it from, now and when the call is repeated. */
      act(tx: Tx, input: AnyInput, call: Call): Promise<string | null>;
      render(tx: Tx, id: string | null, input: AnyInput, call: Call): Promise<unknown>;
      location?(id: string, input: AnyInput): string;
      afterCommit?(id: string | null, call: Call): void;
    }
  /** A change with slow work between two transactions. It honours `once` itself. */
  | {
      kind: 'steps';
      run(input: AnyInput, call: Call, once: IdempotentCall | undefined): Promise<string>;
      render(tx: Tx, id: string, input: AnyInput, call: Call): Promise<unknown>;
      location(id: string, input: AnyInput): string;
    }
  | {
      kind: 'upload';
      /** The key the file is stored under; also says whether the caller may put one there. */
      keyFor(tx: Tx, input: AnyInput, call: Call): Promise<Buffer>;
      take?: TakeFile;
      /** Answers with the stored file's own id, or with that of one that stood there already: then the new file goes. */
      act(tx: Tx, input: AnyInput, stored: StoredFile, call: Call): Promise<string>;
      render(tx: Tx, id: string, input: AnyInput): Promise<unknown>;
      location(id: string, input: AnyInput): string;
      afterCommit?(id: string, call: Call): void;
    }
  | { kind: 'download'; find(tx: Tx, input: AnyInput, call: Call): Promise<Download> }
  /** A file that is made while the caller waits: slow work between transactions that it opens itself. */
  | { kind: 'made'; make(input: AnyInput, call: Call): Promise<Download> }
  /** Server-sent events for as long as the caller reads and may look. */
  | {
      kind: 'stream';
      packageId(input: AnyInput): string;
      read(tx: Tx, input: AnyInput): Promise<StreamedState>;
    }
  /** Before anybody is known: signing in. */
  | { kind: 'open'; run(body: never, req: Request, deps: ApiDeps): Promise<Reply> };

/** One operation: what the contract says of it, and what it does. Validation and OpenAPI read the same schemas. */
export interface Route extends Described<z.ZodType, z.ZodType, z.ZodType> {
  status: 200 | 201 | 202 | 204;
  /** Shape of the answer; null for none or for bytes. */
  answer: z.ZodType | null;
  /** PATCH asks for If-Match. */
  versioned: boolean;
  /** If-Match names a file by its SHA-256, and is asked for. */
  digested?: boolean;
  handler: Handler;
}

const Nothing = z.strictObject({});

type Spec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Pick<
  Described<P, Q, B>,
  'id' | 'method' | 'path' | 'tag' | 'summary'
> & { params?: P; query?: Q; body?: B };

type In<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Input<
  z.output<P>,
  z.output<Q>,
  z.output<B>
>;

function described<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(spec: Spec<P, Q, B>) {
  const { id, method, path, tag, summary, params = Nothing, query = Nothing, body = null } = spec;
  return { id, method, path, tag, summary, params, query, body };
}

type EmptyShape = typeof Nothing;

/** A GET that answers with JSON. */
export function readRoute<
  P extends z.ZodType = EmptyShape,
  Q extends z.ZodType = EmptyShape,
  B extends z.ZodType = EmptyShape,
>(
  spec: Omit<Spec<P, Q, B>, 'method' | 'body'> & { answer: z.ZodType },
  render: (tx: Tx, input: In<P, Q, B>, call: Call) => Promise<unknown>,
): Route {
  const handler: Handler = { kind: 'read', render };
  return {
    ...described({ ...spec, method: 'get' }),
    status: 200,
    answer: spec.answer,
    versioned: false,
    handler,
  };
}

export interface Act<I> {
  act(tx: Tx, input: I, call: Call): Promise<string | null>;
  render(tx: Tx, id: string | null, input: I, call: Call): Promise<unknown>;
  location?(id: string, input: I): string;
  afterCommit?(id: string | null, call: Call): void;
}

/** A change. A POST may carry an Idempotency-Key; a PATCH must carry If-Match unless `versioned` is false. */
export function actRoute<
  P extends z.ZodType = EmptyShape,
  Q extends z.ZodType = EmptyShape,
  B extends z.ZodType = EmptyShape,
>(
  spec: Spec<P, Q, B> & { status?: Route['status']; answer: z.ZodType | null; versioned?: boolean },
  act: Act<In<P, Q, B>>,
): Route {
  const { status = 200, answer, versioned = spec.method === 'patch' } = spec;
  const handler: Handler = { kind: 'act', ...act };
  return { ...described(spec), status, answer, versioned, handler };
}

/** A POST whose work takes seconds: it runs outside transactions and opens its own. */
export function stepsRoute<P extends z.ZodType, B extends z.ZodType>(
  spec: Omit<Spec<P, EmptyShape, B>, 'method' | 'query'> & { answer: z.ZodType },
  steps: {
    run(input: In<P, EmptyShape, B>, call: Call, once: IdempotentCall | undefined): Promise<string>;
    render(tx: Tx, id: string, input: In<P, EmptyShape, B>, call: Call): Promise<unknown>;
    location(id: string, input: In<P, EmptyShape, B>): string;
  },
): Route {
  const handler: Handler = { kind: 'steps', ...steps };
  return {
    ...described({ ...spec, method: 'post' }),
    status: 201,
    answer: spec.answer,
    versioned: false,
    handler,
  };
}

/** A POST of multipart/form-data with one `file`, or a PUT bound to another file; `body` describes the other fields. */
export function uploadRoute<P extends z.ZodType, B extends z.ZodType>(
  spec: Omit<Spec<P, EmptyShape, B>, 'method'> & { answer: z.ZodType; method?: 'post' | 'put'; status?: 202 },
  upload: {
    keyFor(tx: Tx, input: In<P, EmptyShape, B>, call: Call): Promise<Buffer>;
    take?: TakeFile;
    act(tx: Tx, input: In<P, EmptyShape, B>, stored: StoredFile, call: Call): Promise<string>;
    render(tx: Tx, id: string, input: In<P, EmptyShape, B>): Promise<unknown>;
    location(id: string, input: In<P, EmptyShape, B>): string;
    afterCommit?(id: string, call: Call): void;
  },
): Route {
  const { method = 'post' } = spec;
  const handler: Handler = { kind: 'upload', ...upload };
  return {
    ...described({ ...spec, method }),
    status: spec.status ?? (method === 'put' ? 200 : 201),
    answer: spec.answer,
    versioned: false,
    digested: method === 'put',
    handler,
  };
}

/** A GET that answers with a file. */
export function downloadRoute<P extends z.ZodType, Q extends z.ZodType = EmptyShape>(
  spec: Omit<Spec<P, Q, EmptyShape>, 'method' | 'body'>,
  find: (tx: Tx, input: In<P, Q, EmptyShape>, call: Call) => Promise<Download>,
): Route {
  const handler: Handler = { kind: 'download', find };
  return { ...described({ ...spec, method: 'get' }), status: 200, answer: null, versioned: false, handler };
}

/** A GET that answers with a file made for it. */
export function madeRoute<P extends z.ZodType, Q extends z.ZodType>(
  spec: Omit<Spec<P, Q, EmptyShape>, 'method' | 'body'>,
  make: (input: In<P, Q, EmptyShape>, call: Call) => Promise<Download>,
): Route {
  const handler: Handler = { kind: 'made', make };
  return { ...described({ ...spec, method: 'get' }), status: 200, answer: null, versioned: false, handler };
}

/** A GET that answers with server-sent events; `answer` is the shape of each one's data. */
export function streamRoute<P extends z.ZodType>(
  spec: Omit<Spec<P, EmptyShape, EmptyShape>, 'method' | 'body' | 'query'> & { answer: z.ZodType },
  stream: {
    packageId(input: In<P, EmptyShape, EmptyShape>): string;
    read(tx: Tx, input: In<P, EmptyShape, EmptyShape>): Promise<StreamedState>;
  },
): Route {
  const handler: Handler = { kind: 'stream', ...stream };
  return {
    ...described({ ...spec, method: 'get' }),
    status: 200,
    answer: spec.answer,
    versioned: false,
    handler,
  };
}

/** A POST that needs nobody to be signed in. */
export function openRoute<B extends z.ZodType>(
  spec: Omit<Spec<EmptyShape, EmptyShape, B>, 'method' | 'params' | 'query'> & { answer: z.ZodType },
  run: (body: z.output<B>, req: Request, deps: ApiDeps) => Promise<Reply>,
): Route {
  const handler: Handler = { kind: 'open', run };
  return {
    ...described({ ...spec, method: 'post' }),
    status: 200,
    answer: spec.answer,
    versioned: false,
    handler,
  };
}

/** In the caller's name; what happens here commits as a whole. */
export function inTransaction<T>(
  call: Call,
  fn: (tx: Tx) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return inDealer(call.deps.database, call.identity.dealerId, call.actor, fn, options);
}
