import {
  startRegisterSimulator,
  type RegisterScript,
  type RegisterSimulator,
} from '../../dev/register-simulator';
import { createRegisterClient, envelopeOf, readResult } from '../../workers/register-client';
import { inventedTckn } from './files';

const script: RegisterScript = {};
let simulator: RegisterSimulator;
beforeAll(async () => {
  simulator = await startRegisterSimulator({ script });
});
afterAll(() => simulator.close());

const person = (seed: number) => ({
  tckn: inventedTckn(seed),
  givenNames: 'AYŞE NUR',
  surname: 'YILMAZ',
  birthYear: 1990,
});

test('true is a match, false a mismatch, and both are marked as simulated', async () => {
  const client = createRegisterClient(simulator.url, false);
  expect(await client.ask(person(1))).toEqual({ result: 'match', simulated: true });
  script[person(2).tckn] = 'false';
  expect(await client.ask(person(2))).toEqual({ result: 'mismatch', simulated: true });
});

test.each(['500', 'malformed'] as const)(
  '%s is a failure that says nothing of the question',
  async (outcome) => {
    script[person(3).tckn] = outcome;
    const failure = await createRegisterClient(simulator.url, true)
      .ask(person(3))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(/AYŞE|YILMAZ|\d{11}/);
  },
);

test('after five failures in a row nobody asks for a while, and one success before that starts the count anew', async () => {
  const client = createRegisterClient(simulator.url, true);
  script[person(4).tckn] = '500';
  const fail = () => client.ask(person(4)).catch((error: Error) => error.message);
  for (let turn = 0; turn < 4; turn++) expect(await fail()).toBe('http_500');
  await client.ask(person(5));
  for (let turn = 0; turn < 5; turn++) expect(await fail()).toBe('http_500');
  expect(await fail()).toBe('circuit_open');
  await expect(client.ask(person(5))).rejects.toThrow('circuit_open');
});

test('a register that cannot be reached is a failure', async () => {
  const client = createRegisterClient('http://127.0.0.1:1/', false);
  await expect(client.ask(person(6))).rejects.toThrow('unreachable');
});

test('names are escaped', () => {
  const xml = envelopeOf({ ...person(7), surname: `D'ARC & <SONS> "X"` });
  expect(xml).toContain('<Soyad>D&apos;ARC &amp; &lt;SONS&gt; &quot;X&quot;</Soyad>');
});

const wrapped = (result: string) =>
  `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><TCKimlikNoDogrulaResponse xmlns="http://tckimlik.nvi.gov.tr/WS"><TCKimlikNoDogrulaResult>${result}</TCKimlikNoDogrulaResult></TCKimlikNoDogrulaResponse></soap:Body></soap:Envelope>`;

test.each([
  ['true', wrapped('true'), true],
  ['false', wrapped('false'), false],
  ['white space and a declaration', `<?xml version="1.0"?>\n${wrapped(' true ')}\n`, true],
])('the element is read: %s', (_name, xml, expected) => {
  expect(readResult(xml)).toBe(expected);
});

test.each([
  ['an empty answer', ''],
  ['a page that holds the word', '<html>true</html>'],
  ['a cut answer', wrapped('true').slice(0, -5)],
  ['another word', wrapped('TRUE')],
  ['a comment', wrapped('<!-- true -->')],
  ['two answers', wrapped('false').replace('</TCKimlikNoDogrulaResponse>', '$&<a>true</a>')],
  ['a fault beside it', wrapped('true').replace('<soap:Body>', '<soap:Body><soap:Fault/>')],
])('%s is no answer', (_name, xml) => {
  expect(() => readResult(xml)).toThrow('malformed');
});
