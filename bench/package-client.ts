import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';

/** The two officers who stand behind a package, by their tokens, and the API they speak to. */
export interface PackageOffice {
  apiAddress: string;
  requester: string;
  sealer: string;
}

/** What is asked for beside period and profile. */
export interface Asked {
  customers?: string[];
}

export interface MadePackage {
  id: string;
  seconds: number;
  /** Seconds of each part of the way, in the order of the way. */
  parts: Record<string, number>;
}

const POLL_MS = 500;
const CALL_MS = 60_000;
const WHOLE_MS = 60 * 60_000;

/** From the request of one officer over the seal of the other to the whole ZIP on the disk, as people do it: by the API. */
export async function makePackage(office: PackageOffice, asked: Asked, zip: string): Promise<MadePackage> {
  const watch = stopwatch();
  const year = new Date().getUTCFullYear();
  const { id } = await call<{ id: string }>(office.apiAddress, office.requester, 'POST', '', {
    profile: 'maliye',
    period: { from: `${year}-01-01`, to: `${year}-12-31` },
    ...asked,
  });
  await untilReady(office, id, watch);
  await call(office.apiAddress, office.sealer, 'POST', `/${id}/seal`, {});
  watch.at('downloading');
  const answer = await fetch(`${office.apiAddress}/api/v1/audit-packages/${id}/download`, {
    headers: { authorization: `Bearer ${office.sealer}` },
    signal: AbortSignal.timeout(WHOLE_MS),
  });
  if (!answer.ok || answer.body === null) throw new Error(`The download answered ${answer.status}`);
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(zip, { mode: 0o600 }));
  return { id, ...watch.stop() };
}

interface Progress {
  status: string;
  phase: string;
  done: number;
  total: number;
  failing: number;
}

async function untilReady(office: PackageOffice, id: string, watch: Stopwatch): Promise<void> {
  const endsAt = Date.now() + WHOLE_MS;
  while (Date.now() < endsAt) {
    const { status, phase, failing } = await call<Progress>(
      office.apiAddress,
      office.requester,
      'GET',
      `/${id}/progress`,
    );
    if (failing > 0 || !['rendering', 'awaiting_seal'].includes(status))
      throw new Error(`The package did not become ready: ${status}, ${phase}, ${failing} failing`);
    watch.at(NAMES[phase] ?? phase);
    if (status === 'awaiting_seal') return;
    await pause(POLL_MS);
  }
  throw new Error('The package took longer than an hour');
}

const NAMES: Record<string, string> = { queued: 'freezing', ready: 'sealing' };

interface Stopwatch {
  /** The part that has begun by now; saying it again changes nothing. */
  at(part: string): void;
  stop(): { seconds: number; parts: Record<string, number> };
}

function stopwatch(): Stopwatch {
  const started = performance.now();
  const begun: [part: string, at: number][] = [['freezing', started]];
  return {
    at: (part) => {
      if (!begun.some(([name]) => name === part)) begun.push([part, performance.now()]);
    },
    stop: () => {
      const ended = performance.now();
      const parts = begun.map(([part, at], index) => [part, ((begun[index + 1]?.[1] ?? ended) - at) / 1000]);
      return {
        seconds: (ended - started) / 1000,
        parts: Object.fromEntries(parts) as Record<string, number>,
      };
    },
  };
}

async function call<Answer>(
  apiAddress: string,
  token: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(`${apiAddress}/api/v1/audit-packages${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    signal: AbortSignal.timeout(CALL_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok)
    throw new Error(`${method} ${path || '/'} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
