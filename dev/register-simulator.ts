import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the simulated population register answers for one identity number. */
export type RegisterOutcome = 'true' | 'false' | 'timeout' | '500' | 'malformed' | 'slow';

/** Outcomes by identity number; every other number gets 'true'. */
export type RegisterScript = Record<string, RegisterOutcome>;

export interface RegisterSimulator {
  /** Address to hand to the register adapter. */
  url: string;
  port: number;
  close(): Promise<void>;
}

export interface RegisterSimulatorOptions {
  /** 0 chooses a free port. */
  port?: number;
  /** Read at every request, so a test may change it in between. */
  script?: RegisterScript;
  /** A JSON file of the same shape, read at every request; absent or unreadable means no script. */
  scriptFile?: string;
  /** How late 'slow' answers, in milliseconds; 'timeout' never does. */
  slowMs?: number;
}

/** Both services, each with the member that carries the identity number. */
const SERVICES: Record<string, { operation: string; number: RegExp }> = {
  '/Service/KPSPublic.asmx': {
    operation: 'TCKimlikNoDogrula',
    number: /<(?:\w+:)?TCKimlikNo>\s*(\d+)\s*</,
  },
  '/Service/KPSPublicYabanciDogrula.asmx': {
    operation: 'YabanciKimlikNoDogrula',
    number: /<(?:\w+:)?KimlikNo>\s*(\d+)\s*</,
  },
};
const PATH = '/Service/KPSPublic.asmx';
const LARGEST_REQUEST = 64 * 1024;

/**
 * A SOAP server that speaks TCKimlikNoDogrula and YabanciKimlikNoDogrula (domain D-3.3) on 127.0.0.1. Every answer carries
 * `x-sicil-simulated: 1`, so that its results can never be taken for the register's.
 */
export async function startRegisterSimulator(
  options: RegisterSimulatorOptions = {},
): Promise<RegisterSimulator> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => response.destroy());
  });
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: RegisterSimulatorOptions,
): Promise<void> {
  const body = await bodyOf(request);
  response.setHeader('x-sicil-simulated', '1');
  const service = SERVICES[request.url ?? ''];
  if (service === undefined || request.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  const number = service.number.exec(body)?.[1];
  if (number === undefined || !body.includes(`<${service.operation} `)) {
    response.writeHead(500, { 'content-type': 'text/xml; charset=utf-8' });
    response.end(
      envelope(fault('soap:Client', `The request has no ${service.operation} with an identity number`)),
    );
    return;
  }
  const script = { ...scriptOf(options.scriptFile), ...options.script };
  play(script[number] ?? 'true', service.operation, response, options.slowMs ?? 3_000);
}

function play(outcome: RegisterOutcome, operation: string, response: ServerResponse, slowMs: number): void {
  if (outcome === 'timeout') return;
  if (outcome === 'slow') {
    setTimeout(() => play('true', operation, response, slowMs), slowMs).unref();
    return;
  }
  response.setHeader('content-type', 'text/xml; charset=utf-8');
  if (outcome === '500') {
    response.writeHead(500).end(envelope(fault('soap:Server', 'The register is out of order')));
  } else if (outcome === 'malformed') {
    // The word "true" is in it: an adapter that only searches for it is caught here.
    response.end(`<soap:Envelope><soap:Body><${operation}Result>true`);
  } else {
    const result = `<${operation}Result>${outcome}</${operation}Result>`;
    response.end(
      envelope(
        `<${operation}Response xmlns="http://tckimlik.nvi.gov.tr/WS">${result}</${operation}Response>`,
      ),
    );
  }
}

function envelope(content: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    `<soap:Body>${content}</soap:Body></soap:Envelope>`
  );
}

function fault(code: string, text: string): string {
  return `<soap:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring></soap:Fault>`;
}

function scriptOf(file: string | undefined): RegisterScript {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RegisterScript;
  } catch {
    return {}; // nobody wrote a script, or is just writing one
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_REQUEST) throw new Error('The request is too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
