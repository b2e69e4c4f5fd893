import type { RegisterClient, RegisterRequest } from '../activities/registry';

const NAMESPACE = 'http://tckimlik.nvi.gov.tr/WS';
const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;
/** Failures in a row after which nobody asks for a minute. */
const FAILURES_MAX = 5;
const OPEN_MS = 60_000;

/** The register gave no clear answer. The message names the kind of failure, never the question. */
export class RegisterFailure extends Error {
  override readonly name = 'RegisterFailure';
}

/**
 * The population register over SOAP 1.1 (D-3.3, TCKimlikNoDogrula). Behind a circuit breaker: five failures in a row and
 * nobody asks for a minute.
 * @param url address of the service
 * @param simulated whether the configuration points at the simulated register; its answers are marked in any case
 */
export function createRegisterClient(url: string, simulated: boolean): RegisterClient {
  let failures = 0;
  let closedAgainAt = 0;
  return {
    provider: 'nvi_kps_public',
    async ask(request) {
      if (Date.now() < closedAgainAt) throw new RegisterFailure('circuit_open');
      try {
        const answer = await call(url, request);
        failures = 0;
        return { ...answer, simulated: simulated || answer.simulated };
      } catch (error) {
        failures += 1;
        if (failures >= FAILURES_MAX) closedAgainAt = Date.now() + OPEN_MS;
        // The cause stays behind: an HTTP library may quote what was sent.
        throw error instanceof RegisterFailure ? error : new RegisterFailure('unreachable');
      }
    },
  };
}

async function call(url: string, request: RegisterRequest) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      soapaction: `"${NAMESPACE}/TCKimlikNoDogrula"`,
    },
    body: envelopeOf(request),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await readText(response);
  if (!response.ok) throw new RegisterFailure(`http_${response.status}`);
  const result = readResult(text);
  return {
    result: result ? ('match' as const) : ('mismatch' as const),
    simulated: response.headers.has('x-sicil-simulated'),
  };
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

/** The SOAP question. Names are escaped: an apostrophe or an ampersand is part of some of them. */
export function envelopeOf({ tckn, givenNames, surname, birthYear }: RegisterRequest): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">' +
    `<soap:Body><TCKimlikNoDogrula xmlns="${NAMESPACE}">` +
    `<TCKimlikNo>${escape(tckn)}</TCKimlikNo><Ad>${escape(givenNames)}</Ad>` +
    `<Soyad>${escape(surname)}</Soyad><DogumYili>${birthYear}</DogumYili>` +
    '</TCKimlikNoDogrula></soap:Body></soap:Envelope>'
  );
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

const ANSWER =
  /^\s*(?:<\?xml[^>]*\?>\s*)?<(\w+:)?Envelope(?:\s[^<>]*)?>\s*(?:<\1Header(?:\s[^<>]*)?\/>\s*)?<\1Body(?:\s[^<>]*)?>\s*<(\w+:)?TCKimlikNoDogrulaResponse(?:\s[^<>]*)?>\s*<\2TCKimlikNoDogrulaResult(?:\s[^<>]*)?>\s*(true|false)\s*<\/\2TCKimlikNoDogrulaResult>\s*<\/\2TCKimlikNoDogrulaResponse>\s*<\/\1Body>\s*<\/\1Envelope>\s*$/;

/** Reads the one element that counts from a whole, closed answer. Anything else is no answer, whatever words are in it. */
export function readResult(xml: string): boolean {
  const match = ANSWER.exec(xml);
  if (match === null) throw new RegisterFailure('malformed');
  return match[3] === 'true';
}
