import type { Response } from 'express';

import { ACCESS, requireAccess, type OperationId } from './access';
import { identify } from './authentication';
import type { Call } from './route';

/** What a stream sends: the state itself, by a number that rises with each change. */
export interface StreamedState {
  id: number;
  event: string;
  /** Numbers and codes only: a stream stays open on screens that people walk away from. */
  data: unknown;
  /** Nothing comes after it. */
  last: boolean;
}

export interface StreamSource {
  operation: OperationId;
  packageId: string;
  read(): Promise<StreamedState>;
}

/** A sign of life for proxies; at the same time it is asked whether this person may still look. */
const HEARTBEAT_MS = 15_000;
/** How often a stream looks by itself while nothing tells it of changes. */
const POLL_MS = 3_000;
/** Changes that follow each other faster are sent as one. */
const PACE_MS = 300;
/** A reader who takes nothing off the line is left. */
const UNREAD_MAX = 64 * 1024;

/**
 * Answers with server-sent events until the last state, the reader's leaving, the end of their right to look, or that of the
 * process. What cannot be answered at all (unknown, forbidden) is thrown before anything is sent. A reader who has seen the
 * last state already gets 204, which tells an EventSource not to come back.
 */
export async function streamEvents(source: StreamSource, call: Call, res: Response): Promise<void> {
  const seen = seenId(call);
  const first = await source.read();
  if (first.last && seen === first.id) {
    res.status(204).end();
    return;
  }
  const stream = openStream(source, call, res);
  try {
    stream.send(first, seen);
    if (!first.last) await stream.ended;
  } finally {
    stream.close();
  }
}

interface Stream {
  send(state: StreamedState, seen: number | null): void;
  ended: Promise<void>;
  close(): void;
}

function openStream(source: StreamSource, call: Call, res: Response): Stream {
  const { deps, identity } = call;
  let sent: number | null = null;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const look = paced(async () => {
    const state = await source.read();
    send(state, sent);
    if (state.last) end();
  });
  const leave = deps.changes.join(identity.userId, source.packageId, {
    moved: look.now,
    closing: () => end(),
  });
  res.once('close', () => end());
  // Whoever left during the first look is not announced any more, and would count among their open streams for good.
  if (res.destroyed) end();
  begin(res);
  const heartbeat = setInterval(() => {
    res.write(': still there\n\n');
    void mayStillLook(source.operation, call).then((may) => (may ? look.now() : end()));
  }, HEARTBEAT_MS);
  const poll = setInterval(() => {
    if (!deps.changes.listening()) look.now();
  }, POLL_MS);

  function send({ id, event, data }: StreamedState, known: number | null): void {
    if (res.writableLength > UNREAD_MAX) end();
    else if (known !== id) res.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    sent = id;
  }

  return {
    send,
    ended,
    close() {
      clearInterval(heartbeat);
      clearInterval(poll);
      look.stop();
      leave();
      res.end();
    },
  };
}

function begin(res: Response): void {
  res.status(200);
  res.setHeader('content-type', 'text/event-stream; charset=utf-8');
  res.setHeader('cache-control', 'no-store, no-transform');
  // Else nginx would keep the events until it has enough of them.
  res.setHeader('x-accel-buffering', 'no');
  res.flushHeaders();
  res.write('retry: 3000\n\n');
}

/** The number of the last event that the reader has, as an EventSource repeats it. */
function seenId({ req }: Call): number | null {
  const header = req.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

/** Signed out, revoked, disabled or of another role meanwhile: then the stream ends. A database that is away proves nothing. */
async function mayStillLook(operation: OperationId, { req, deps, identity }: Call): Promise<boolean> {
  try {
    const now = await identify(req, deps, false);
    if (now === null || now.userId !== identity.userId || now.dealerId !== identity.dealerId) return false;
    requireAccess(now, ACCESS[operation]);
    return true;
  } catch (error) {
    return !['NOT_SIGNED_IN', 'FORBIDDEN'].includes(String((error as { code?: unknown }).code));
  }
}

/** Runs `work` after a while for however many calls came meanwhile, never twice at once. A failure is left to the next call. */
function paced(work: () => Promise<void>): { now: () => void; stop: () => void } {
  let wanted = false;
  let running = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async () => {
    running = true;
    wanted = false;
    await work().catch(() => undefined);
    running = false;
    if (wanted) now();
  };
  const now = () => {
    wanted = true;
    if (running || stopped || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (!stopped) void run();
    }, PACE_MS);
  };
  return {
    now,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
