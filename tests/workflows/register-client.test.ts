import type { RegisterRequest } from '../../activities/registry';
import {
  startRegisterSimulator,
  type RegisterScript,
  type RegisterSimulator,
} from '../../dev/register-simulator';
import {
  createRegisterClient,
  envelopeOf,
  readResult,
  type RegisterLimits,
} from '../../workers/register-client';
import { until } from '../support/wait';
import { inventedTckn } from './files';

const script: RegisterScript = {};
let simulator: RegisterSimulator;
const clients: { close(): void }[] = [];
beforeAll(async () => {
  simulator = await startRegisterSimulator({ script, slowMs: 200 });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await simulator.close();
});

function clientOf(limits: Partial<RegisterLimits> = {}, simulated = true, url = simulator.url) {
  const client = createRegisterClient(url, simulated, limits);
  clients.push(client);
  return client;
}

const citizen = (seed: number): RegisterRequest => ({
  service: 'citizens',
  number: inventedTckn(seed),
  givenNames: 'AYŞE NUR',
  surname: 'YILMAZ',
  birthYear: 1990,
});
const foreigner = (number: string): RegisterRequest => ({
  service: 'foreigners',
  number,
  givenNames: 'ANNA',
  surname: 'MÜLLER',
  birthDate: '1985-06-05',
});
const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: Error) => error.message,
  );

describe.each([
  ['citizens', citizen(2)],
  ['foreigners', foreigner('99111111194')],
])('the service for %s', (_name, request) => {
  test('answers true with a match and false with a mismatch, both marked as simulated', async () => {
    const client = clientOf({}, false);
    delete script[request.number];
    expect(await client.ask(request)).toEqual({ result: 'match', simulated: true });
    script[request.number] = 'false';
    expect(await client.ask(request)).toEqual({ result: 'mismatch', simulated: true });
  });

  test('answers late, and is waited for', async () => {
    script[request.number] = 'slow';
    expect(await clientOf().ask(request)).toEqual({ result: 'match', simulated: true });
  });

  test.each([
    ['500', 'http_500'],
    ['malformed', 'malformed'],
    ['timeout', 'unreachable'],
  ] as const)('fails with %s, saying nothing of the question', async (outcome, message) => {
    script[request.number] = outcome;
    const failure = await clientOf({ timeoutMs: 300 })
      .ask(request)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'RegisterFailure', message });
    const everything = [failure, String(failure), (failure as Error).stack, (failure as Error).cause];
    expect(JSON.stringify(everything)).not.toMatch(/AYŞE|YILMAZ|MÜLLER|\d{11}/);
  });
});

test('a register that answers nothing but errors is left alone, then tried with one question', async () => {
  const client = clientOf({ questionsMin: 5, resetMs: 300 });
  script[citizen(4).number] = '500';
  for (let turn = 0; turn < 5; turn++) expect(await failureOf(client.ask(citizen(4)))).toBe('http_500');
  expect(await failureOf(client.ask(citizen(4)))).toBe('circuit_open');
  expect(await failureOf(client.ask(citizen(5)))).toBe('circuit_open');
  // Half open: the first question goes through and closes the way again.
  await until('the way is tried again', async () => (await failureOf(client.ask(citizen(4)))) === 'http_500');
  expect(await failureOf(client.ask(citizen(5)))).toBe('circuit_open');
  script[citizen(4).number] = 'true';
  await until('the way is open', async () => (await failureOf(client.ask(citizen(4)))) === 'answered');
  expect(await failureOf(client.ask(citizen(5)))).toBe('answered');
});

test('the foreigners’ service has a circuit of its own', async () => {
  const client = clientOf({ questionsMin: 2 });
  script[citizen(6).number] = '500';
  for (let turn = 0; turn < 2; turn++) await failureOf(client.ask(citizen(6)));
  expect(await failureOf(client.ask(citizen(6)))).toBe('circuit_open');
  expect(await failureOf(client.ask(foreigner('99234567892')))).toBe('answered');
});

test('a mismatch is an answer: it opens no circuit', async () => {
  const client = clientOf({ questionsMin: 2 });
  script[citizen(7).number] = 'false';
  for (let turn = 0; turn < 6; turn++) expect(await failureOf(client.ask(citizen(7)))).toBe('answered');
});

test('a register that cannot be reached is a failure', async () => {
  expect(await failureOf(clientOf({}, false, 'http://127.0.0.1:1/').ask(citizen(8)))).toBe('unreachable');
});

test('names are escaped, and foreigners are asked with the whole day', () => {
  const xml = envelopeOf({ ...citizen(9), surname: `D'ARC & <SONS> "X"` });
  expect(xml).toContain(
    '<Soyad>D&apos;ARC &amp; &lt;SONS&gt; &quot;X&quot;</Soyad><DogumYili>1990</DogumYili>',
  );
  expect(envelopeOf(foreigner('99234567892'))).toContain(
    '<YabanciKimlikNoDogrula xmlns="http://tckimlik.nvi.gov.tr/WS"><KimlikNo>99234567892</KimlikNo>' +
      '<Ad>ANNA</Ad><Soyad>MÜLLER</Soyad><DogumGun>5</DogumGun><DogumAy>6</DogumAy><DogumYil>1985</DogumYil>',
  );
});

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const wrapped = (result: string, namespace = 'http://tckimlik.nvi.gov.tr/WS') =>
  `<soap:Envelope xmlns:soap="${SOAP}"><soap:Body><TCKimlikNoDogrulaResponse xmlns="${namespace}"><TCKimlikNoDogrulaResult>${result}</TCKimlikNoDogrulaResult></TCKimlikNoDogrulaResponse></soap:Body></soap:Envelope>`;

test.each([
  ['true', wrapped('true'), true],
  ['false', wrapped('false'), false],
  ['white space and a declaration', `<?xml version="1.0"?>\n${wrapped(' true ')}\n`, true],
  ['an empty header', wrapped('true').replace('<soap:Body>', '<soap:Header/><soap:Body>'), true],
  [
    'other prefixes',
    `<s:Envelope xmlns:s="${SOAP}" xmlns:n="http://tckimlik.nvi.gov.tr/WS"><s:Body><n:TCKimlikNoDogrulaResponse><n:TCKimlikNoDogrulaResult>false</n:TCKimlikNoDogrulaResult></n:TCKimlikNoDogrulaResponse></s:Body></s:Envelope>`,
    false,
  ],
])('the element is read: %s', (_name, xml, expected) => {
  expect(readResult(xml, 'citizens')).toBe(expected);
});

test.each([
  ['an empty answer', ''],
  ['a page that holds the word', '<html>true</html>'],
  ['a cut answer', wrapped('true').slice(0, -5)],
  ['another word', wrapped('TRUE')],
  ['a number', wrapped('1')],
  ['nothing', wrapped('')],
  ['a comment', wrapped('<!-- true -->')],
  ['a comment beside the word', wrapped('true<!-- or not -->')],
  ['marked text', wrapped('<![CDATA[true]]>')],
  ['an entity', wrapped('&#116;rue')],
  ['an element inside', wrapped('<b>true</b>')],
  ['two answers', wrapped('false').replace('</TCKimlikNoDogrulaResponse>', '$&<a>true</a>')],
  [
    'two results',
    wrapped('false').replace(
      '</TCKimlikNoDogrulaResult>',
      '$&<TCKimlikNoDogrulaResult>true</TCKimlikNoDogrulaResult>',
    ),
  ],
  ['a fault beside it', wrapped('true').replace('<soap:Body>', '<soap:Body><soap:Fault/>')],
  ['a second document', wrapped('true') + wrapped('true')],
  ['another namespace', wrapped('true', 'http://example.com/WS')],
  ['no namespace', wrapped('true').replace(' xmlns="http://tckimlik.nvi.gov.tr/WS"', '')],
  ['another envelope', wrapped('true').replace(SOAP, 'http://www.w3.org/2003/05/soap-envelope')],
  ['the other service', wrapped('true').replaceAll('TCKimlikNoDogrula', 'YabanciKimlikNoDogrula')],
  ['a document type', `<!DOCTYPE x [<!ENTITY t "true">]>${wrapped('&t;')}`],
  ['growing entities', `<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>${wrapped('true')}`],
])('%s is no answer', (_name, xml) => {
  expect(() => readResult(xml, 'citizens')).toThrow('malformed');
});
