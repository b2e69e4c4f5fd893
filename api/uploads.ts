import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';

import busboy from 'busboy';
import { v7 as uuidv7 } from 'uuid';

import { expectFile, fileArrived } from '../db/pending-files';
import { ComplianceError } from '../domain/errors';
import type { StoredFile } from '../operations/documents';
import { once, type StoredAnswer } from '../operations/idempotency';
import { sha256 } from '../stores/crypto';
import { DOCUMENT_BYTES_MAX, type StoredFile as FileInStore } from '../stores/files';
import { intakeOf } from '../stores/intake';
import { parseBody } from './input';
import { idempotencyKeyOf } from './preconditions';
import {
  inTransaction,
  type AnyInput,
  type Call,
  type Handler,
  type Reply,
  type Route,
  type TakeFile,
} from './route';

type Upload = Extract<Handler, { kind: 'upload' }>;

const FIELDS_MAX = 20;
const FIELD_BYTES_MAX = 4096;

interface Received {
  file: Omit<FileInStore, 'mediaType'> & { mediaType: string; fileName: string };
  fields: Record<string, string>;
}

/**
 * Takes in a file and puts it on record: its address is announced, the file goes encrypted into the store, then one
 * transaction writes the row and takes the announcement back. The caller is answered only when both are there; when the
 * row is refused, the file goes too, and what a crash leaves between the two is swept. The form's texts stand in
 * `req.body`, also when the upload is refused, so that a page can show them again.
 */
export async function receiveUpload(
  route: Route,
  handler: Upload,
  { params, query }: { params: unknown; query: unknown },
  call: Call,
): Promise<Reply> {
  const withoutBody = { params, query, body: {} } as unknown as AnyInput;
  const address = randomUUID();
  const key = await inTransaction(call, async (tx) => {
    const opened = await handler.keyFor(tx, withoutBody, call);
    await expectFile(tx, address);
    return opened;
  });
  const received = await receive(call, key, address, handler.take);
  let kept = false;
  let answered = '';
  try {
    const body = parseBody(route.body, received.fields);
    const input = { params, query, body } as unknown as AnyInput;
    const reply = await inTransaction(call, async (tx) => {
      kept = false; // a transaction that runs again starts from nothing
      const perform = async (): Promise<StoredAnswer> => {
        const stored = storedFile(received);
        const id = await handler.act(tx, input, stored, call);
        kept = id === stored.id; // else the same file stood there already
        if (kept && !(await fileArrived(tx, address)))
          throw new ComplianceError('UNAVAILABLE', 'upload_too_slow');
        return { status: route.status, id };
      };
      const idempotencyKey = idempotencyKeyOf(call.req);
      const name = `${route.id} ${call.req.path}`;
      const answer =
        idempotencyKey === undefined
          ? await perform()
          : (await once(tx, { key: idempotencyKey, route: name, bodyHash: hashOf(received) }, perform))
              .answer;
      const id = answer.id ?? '';
      answered = id;
      return {
        status: route.status,
        headers: { location: handler.location(id, input) },
        body: await handler.render(tx, id, input),
      };
    });
    if (!kept) await call.deps.files.remove(received.file.address);
    handler.afterCommit?.(answered, call);
    return reply;
  } catch (error) {
    // Any other error may have come after the commit: a file without a row is litter, a row without its file is a loss.
    if (error instanceof ComplianceError) await call.deps.files.remove(received.file.address);
    throw error;
  }
}

function storedFile({ file }: Received): StoredFile {
  return { ...file, id: uuidv7() };
}

/** The same upload again has other boundaries: what counts is the file's content and the other fields. */
function hashOf({ file, fields }: Received): Buffer {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([file.originalSha256.toString('hex'), sorted]));
}

/** Reads the form: exactly one part `file`, and text fields. What was stored is removed again when the form is wrong. */
async function receive(
  call: Call,
  key: Buffer,
  address: string,
  take: TakeFile | undefined,
): Promise<Received> {
  const { req, deps } = call;
  if (req.is('multipart/form-data') === false)
    throw new ComplianceError('UNSUPPORTED_MEDIA', 'multipart_expected');
  const fields: Record<string, string> = {};
  req.body = fields;
  const storing: Promise<Received['file']>[] = [];
  try {
    await readForm(req, {
      field(name, value) {
        if (Object.hasOwn(fields, name))
          throw new ComplianceError('INVALID_INPUT', 'shape', [field(name, 'repeated')]);
        Object.defineProperty(fields, name, { value, enumerable: true });
      },
      file(name, stream, fileName) {
        if (name !== 'file' || storing.length > 0) {
          throw new ComplianceError('INVALID_INPUT', 'shape', [field(name, 'unknown_field')]);
        }
        if (take !== undefined) {
          const taken = take(deps.files, key, bytesOf(stream), address);
          storing.push(taken.then((stored) => ({ ...stored, originalSha256: stored.sha256, fileName })));
          return storing[0];
        }
        storing.push(
          deps.files
            .receive(key, bytesOf(stream), {
              maxBytes: DOCUMENT_BYTES_MAX,
              address,
              refine: intakeOf(fileName),
            })
            .then((stored) => ({ ...stored, fileName })),
        );
        return storing[0];
      },
    });
    const [file] = await Promise.all(storing);
    if (file === undefined) throw new ComplianceError('INVALID_INPUT', 'shape', [field('file', 'required')]);
    return { file, fields };
  } catch (error) {
    for (const result of await Promise.allSettled(storing)) {
      if (result.status === 'fulfilled') await deps.files.remove(result.value.address);
    }
    throw error;
  }
}

const malformed = () => new ComplianceError('MALFORMED', 'malformed_form');

/** The file's bytes; a form that ends in the middle of them is the sender's fault, not a fault of the store. */
async function* bytesOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const part of stream) yield part as Buffer;
  } catch {
    throw malformed();
  }
}

const field = (name: string, code: string) => ({ pointer: `/${name.slice(0, 60)}`, code });

interface FormReader {
  field(name: string, value: string): void;
  file(name: string, stream: Readable, fileName: string): Promise<unknown> | undefined;
}

function readForm(req: Call['req'], reader: FormReader): Promise<void> {
  return new Promise((resolve, reject) => {
    let form: busboy.Busboy;
    let failed = false;
    const fail = (error: unknown): void => {
      if (failed) return;
      failed = true;
      req.unpipe(form);
      req.resume(); // drains what is still coming, so that the client can read the answer
      reject(error instanceof Error ? error : malformed());
      form.destroy(); // ends the file's stream too, so that nobody waits for its rest
    };
    try {
      form = busboy({
        headers: req.headers,
        defParamCharset: 'utf8',
        limits: { fields: FIELDS_MAX, files: 2, fieldSize: FIELD_BYTES_MAX },
      });
    } catch {
      reject(malformed());
      return;
    }
    form.on('field', (name, value, info) =>
      attempt(() => {
        if (info.valueTruncated)
          throw new ComplianceError('INVALID_INPUT', 'shape', [field(name, 'too_long')]);
        reader.field(name, value);
      }, fail),
    );
    form.on('file', (name, stream, info) =>
      attempt(() => {
        stream.on('error', () => undefined); // whoever reads it hears of it
        reader.file(name, stream, fileNameOf(info.filename))?.catch(fail);
      }, fail),
    );
    form.on('error', () => fail(malformed()));
    form.on('close', resolve);
    req.on('aborted', () => fail(malformed()));
    req.pipe(form);
  });
}

function attempt(run: () => void, fail: (error: unknown) => void): void {
  try {
    run();
  } catch (error) {
    fail(error);
  }
}

/** A name to show, never a path: the last part, without control characters, cut at 200. */
function fileNameOf(name: string | undefined): string {
  const last = (name ?? '').split(/[\\/]/).at(-1) ?? '';
  const clean = Array.from(last.replaceAll(/[\p{Cc}\p{Cs}]/gu, ''))
    .slice(0, 200)
    .join('');
  return clean === '' ? 'belge' : clean;
}
