import { pipeline } from 'node:stream/promises';

import type { RequestHandler, Response } from 'express';

import type { Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { once, type IdempotentCall, type StoredAnswer } from '../operations/idempotency';
import { actorOf } from '../operations/sign-in';
import { sha256 } from '../stores/crypto';
import { ACCESS, requireAccess } from './access';
import { identify, refuseForeignSites } from './authentication';
import type { ApiDeps } from './deps';
import { streamEvents } from './event-stream';
import { languageOf } from './language';
import { parseParams, parseQuery, rawBodyOf, readJson } from './input';
import { etagOf, idempotencyKeyOf, ifDigestOf, ifVersionOf } from './preconditions';
import {
  inTransaction,
  type AnyInput,
  type Call,
  type Download,
  type Handler,
  type Reply,
  type Route,
} from './route';
import { receiveUpload } from './uploads';

/**
 * Answers one operation. The order decides what a caller learns: who is asking (401), may they (403), is the request
 * well-formed (400, 415, 422, 428), and only then what stands in the database (404, 409, 412).
 */
export function dispatch(route: Route, deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    if (route.handler.kind === 'open') {
      refuseForeignSites(req);
      const body = (await readJson(route, req, res)) as never;
      send(await route.handler.run(body, req, deps), res);
      return;
    }
    const identity = await identify(req, deps);
    if (identity === null) throw new ComplianceError('NOT_SIGNED_IN', 'not_signed_in');
    requireAccess(identity, ACCESS[route.id]);
    const digested = route.digested === true;
    const ifVersion = digested ? undefined : ifVersionOf(req);
    if ((route.versioned && ifVersion === undefined) || (digested && ifDigestOf(req) === undefined))
      throw new ComplianceError('VERSION_MISSING', digested ? 'digest_missing' : 'version_missing');
    const call: Call = {
      deps,
      req,
      identity,
      actor: actorOf(identity),
      language: languageOf(req),
      ifVersion,
    };
    await answer(route, call, res);
  };
}

async function answer(route: Route, call: Call, res: Response): Promise<void> {
  const { handler } = route;
  if (handler.kind === 'open') return; // answered before anybody was known
  const params = parseParams(route, call.req);
  const query = parseQuery(route, call.req);
  if (handler.kind === 'download') {
    const input = { params, query, body: {} } as unknown as AnyInput;
    const download = await inTransaction(call, (tx) => handler.find(tx, input, call));
    await sendFile(download, res);
    return;
  }
  if (handler.kind === 'made') {
    const input = { params, query, body: {} } as unknown as AnyInput;
    await sendFile(await handler.make(input, call), res);
    return;
  }
  if (handler.kind === 'stream') {
    const input = { params, query, body: {} } as unknown as AnyInput;
    const read = () => inTransaction(call, (tx) => handler.read(tx, input));
    await streamEvents({ operation: route.id, packageId: handler.packageId(input), read }, call, res);
    return;
  }
  if (handler.kind === 'read') {
    const input = { params, query, body: {} } as unknown as AnyInput;
    const body = await inTransaction(call, (tx) => handler.render(tx, input, call));
    send({ status: route.status, body }, res);
    return;
  }
  if (handler.kind === 'upload') {
    send(await receiveUpload(route, handler, { params, query }, call), res);
    return;
  }
  const body = await readJson(route, call.req, res);
  const input = { params, query, body } as unknown as AnyInput;
  if (handler.kind === 'steps') {
    const id = await handler.run(input, call, idempotentCall(route, call));
    const shown = await inTransaction(call, (tx) => handler.render(tx, id, input, call));
    send({ status: route.status, headers: { location: handler.location(id, input) }, body: shown }, res);
    return;
  }
  const { reply, id } = await inTransaction(call, (tx) => act(tx, route, handler, input, call));
  handler.afterCommit?.(id, call);
  send(reply, res);
}

async function act(
  tx: Tx,
  route: Route,
  handler: Extract<Handler, { kind: 'act' }>,
  input: AnyInput,
  call: Call,
): Promise<{ reply: Reply; id: string | null }> {
  const perform = async (): Promise<StoredAnswer> => ({
    status: route.status,
    id: await handler.act(tx, input, call),
  });
  const repeatable = idempotentCall(route, call);
  const { id } = repeatable === undefined ? await perform() : (await once(tx, repeatable, perform)).answer;
  const body = await handler.render(tx, id, input, call);
  const headers =
    id === null || handler.location === undefined ? {} : { location: handler.location(id, input) };
  return { id, reply: { status: route.status, headers, ...(route.answer === null ? {} : { body }) } };
}

/** What names this call when it comes again: the caller's key, the operation and path, what was sent. */
function idempotentCall(route: Route, { req }: Call): IdempotentCall | undefined {
  const key = route.method === 'post' ? idempotencyKeyOf(req) : undefined;
  if (key === undefined) return undefined;
  return { key, route: `${route.id} ${req.path}`, bodyHash: sha256(rawBodyOf(req)) };
}

function send({ status, body, headers = {} }: Reply, res: Response): void {
  res.status(status);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  const etag = etagOf(body);
  if (etag !== undefined) res.setHeader('etag', etag);
  res.setHeader('cache-control', 'no-store');
  if (body === undefined) res.end();
  else res.type('application/json').send(JSON.stringify(body));
}

/** Answers with a file; `open` may still fail, and then nothing of it was sent. */
export async function sendFile(download: Download, res: Response): Promise<void> {
  const content = await download.open();
  // Nothing can be piped to a reader who has left meanwhile, and nobody else would close what was opened.
  if (res.destroyed) {
    content.destroy();
    return;
  }
  res.setHeader('content-type', download.mediaType);
  res.setHeader('content-disposition', download.inline === true ? 'inline' : attachment(download.fileName));
  if (download.sha256 !== undefined) res.setHeader('etag', `"${download.sha256}"`);
  res.setHeader('cache-control', 'private, no-store');
  // A file that people uploaded must not act as a page of ours, whatever is inside.
  res.setHeader('content-security-policy', "default-src 'none'; sandbox");
  await pipeline(content, res);
}

/** RFC 6266: a plain name for old readers, the real one beside it. */
function attachment(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%/]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
