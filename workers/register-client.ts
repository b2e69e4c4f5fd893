import CircuitBreaker from 'opossum';

import type { RegisterClient, RegisterRequest } from '../activities/registry';
import { readSoapBoolean } from './soap-answer';

const NAMESPACE = 'http://tckimlik.nvi.gov.tr/WS';
const CITIZENS_PATH = '/Service/KPSPublic.asmx';
const FOREIGNERS_FILE = 'KPSPublicYabanciDogrula.asmx';
const ANSWER_BYTES_MAX = 64 * 1024;

/** Settings of the adapter; the defaults are those of D-3.3. */
export interface RegisterLimits {
  timeoutMs: number;
  /** After this many questions of which half failed nobody asks for a while. */
  questionsMin: number;
  /** Then one question is let through; its answer opens the way again or closes it anew. */
  resetMs: number;
}

const LIMITS: RegisterLimits = { timeoutMs: 10_000, questionsMin: 5, resetMs: 60_000 };

/** The register gave no clear answer. The message names the kind of failure, never the question. */
export class RegisterFailure extends Error {
  override readonly name = 'RegisterFailure';
}

type Answer = Awaited<ReturnType<RegisterClient['ask']>>;

/**
 * The population register over SOAP 1.1 (D-3.3): citizens by TCKimlikNoDogrula, foreigners by YabanciKimlikNoDogrula of
 * the sibling service. Each service has a circuit breaker of its own.
 * @param url address of the citizens' service, or of the host alone
 * @param simulated whether the configuration points at the simulated register; its answers are marked in any case
 */
export function createRegisterClient(
  url: string,
  simulated: boolean,
  limits: Partial<RegisterLimits> = {},
): RegisterClient & { close(): void } {
  const all = { ...LIMITS, ...limits };
  const breakers = {
    citizens: breakerOf((request: RegisterRequest) => call(citizensUrl(url), request, all.timeoutMs), all),
    foreigners: breakerOf(
      (request: RegisterRequest) => call(new URL(FOREIGNERS_FILE, citizensUrl(url)), request, all.timeoutMs),
      all,
    ),
  };
  return {
    provider: 'nvi_kps_public',
    async ask(request) {
      try {
        const answer = await breakers[request.service].fire(request);
        return { ...answer, simulated: simulated || answer.simulated };
      } catch (error) {
        if (CircuitBreaker.isOurError(error instanceof Error ? error : new Error()))
          throw new RegisterFailure('circuit_open');
        // The cause stays behind: an HTTP library may quote what was sent.
        throw error instanceof RegisterFailure ? error : new RegisterFailure('unreachable');
      }
    },
    close() {
      for (const breaker of Object.values(breakers)) breaker.shutdown();
    },
  };
}

function citizensUrl(url: string): URL {
  const address = new URL(url);
  return address.pathname === '/' ? new URL(CITIZENS_PATH, address) : address;
}

function breakerOf(
  action: (request: RegisterRequest) => Promise<Answer>,
  { questionsMin, resetMs }: RegisterLimits,
): CircuitBreaker<[RegisterRequest], Answer> {
  return new CircuitBreaker(action, {
    // The request ends itself, so that its connection ends with it.
    timeout: false,
    volumeThreshold: questionsMin,
    errorThresholdPercentage: 50,
    rollingCountTimeout: Math.max(resetMs, 1_000),
    resetTimeout: resetMs,
  });
}

async function call(url: URL, request: RegisterRequest, timeoutMs: number): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      soapaction: `"${NAMESPACE}/${OPERATIONS[request.service]}"`,
    },
    body: envelopeOf(request),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await readText(response);
  if (!response.ok) throw new RegisterFailure(`http_${response.status}`);
  const result = readResult(text, request.service);
  return { result: result ? 'match' : 'mismatch', simulated: response.headers.has('x-sicil-simulated') };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw new RegisterFailure('too_long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const OPERATIONS = { citizens: 'TCKimlikNoDogrula', foreigners: 'YabanciKimlikNoDogrula' } as const;

/** The SOAP question. Names are escaped: an apostrophe or an ampersand is part of some of them. */
export function envelopeOf(request: RegisterRequest): string {
  const operation = OPERATIONS[request.service];
  const { number, givenNames, surname } = request;
  const fields: [string, string | number][] =
    request.service === 'citizens'
      ? [
          ['TCKimlikNo', number],
          ['Ad', givenNames],
          ['Soyad', surname],
          ['DogumYili', request.birthYear],
        ]
      : [['KimlikNo', number], ['Ad', givenNames], ['Soyad', surname], ...dayFields(request.birthDate)];
  const body = fields.map(([name, value]) => `<${name}>${escape(String(value))}</${name}>`).join('');
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">' +
    `<soap:Body><${operation} xmlns="${NAMESPACE}">${body}</${operation}></soap:Body></soap:Envelope>`
  );
}

function dayFields(day: string): [string, number][] {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  return [
    ['DogumGun', Number(dayOfMonth)],
    ['DogumAy', Number(month)],
    ['DogumYil', Number(year)],
  ];
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The one element that counts of a whole, closed answer. Throws RegisterFailure `malformed` for anything else. */
export function readResult(xml: string, service: RegisterRequest['service']): boolean {
  const result = readSoapBoolean(xml, OPERATIONS[service], NAMESPACE);
  if (result === null) throw new RegisterFailure('malformed');
  return result;
}
