import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startRegisterSimulator } from '../../dev/register-simulator';
import type { RegisterScript, RegisterSimulator } from '../../dev/register-simulator';

const NUMBER = '88000013718';
const script: RegisterScript = {};
const scriptFile = join(mkdtempSync(join(tmpdir(), 'register-')), 'register-script.json');
let register: RegisterSimulator;

beforeAll(async () => {
  register = await startRegisterSimulator({ script, scriptFile, slowMs: 100 });
});
afterAll(() => register.close());
beforeEach(() => {
  delete script[NUMBER];
});

function ask(timeoutMs = 5_000): Promise<Response> {
  return fetch(register.url, {
    method: 'POST',
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      soapaction: 'http://tckimlik.nvi.gov.tr/WS/TCKimlikNoDogrula',
    },
    body: `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
      <TCKimlikNoDogrula xmlns="http://tckimlik.nvi.gov.tr/WS"><TCKimlikNo>${NUMBER}</TCKimlikNo><Ad>AYŞE NUR</Ad><Soyad>YILMAZ</Soyad><DogumYili>1990</DogumYili></TCKimlikNoDogrula>
      </soap:Body></soap:Envelope>`,
    signal: AbortSignal.timeout(timeoutMs),
  });
}

test('an unscripted number matches, and the answer says that it is simulated', async () => {
  const answer = await ask();
  expect(answer.headers.get('x-sicil-simulated')).toBe('1');
  expect(await answer.text()).toContain('<TCKimlikNoDogrulaResult>true</TCKimlikNoDogrulaResult>');
});

test.each([
  ['false', 200, '<TCKimlikNoDogrulaResult>false</TCKimlikNoDogrulaResult>'],
  ['500', 500, '<faultcode>soap:Server</faultcode>'],
  ['malformed', 200, '<TCKimlikNoDogrulaResult>true'],
  ['slow', 200, '<TCKimlikNoDogrulaResult>true</TCKimlikNoDogrulaResult>'],
] as const)('scripted %s is answered with status %i', async (outcome, status, text) => {
  script[NUMBER] = outcome;
  const answer = await ask();
  expect(answer.status).toBe(status);
  expect(answer.headers.get('x-sicil-simulated')).toBe('1');
  expect(await answer.text()).toContain(text);
});

test('scripted timeout never answers', async () => {
  script[NUMBER] = 'timeout';
  await expect(ask(300)).rejects.toThrow(/timeout|aborted/i);
});

test('the script file is read at every request', async () => {
  writeFileSync(scriptFile, JSON.stringify({ [NUMBER]: 'false' }));
  expect(await (await ask()).text()).toContain('>false<');
  writeFileSync(scriptFile, '{');
  expect(await (await ask()).text()).toContain('>true<');
});
