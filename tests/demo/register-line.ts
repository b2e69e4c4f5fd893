import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { requestOf } from '../../activities/registry';
import { getCase } from '../../db/cases';
import {
  startRegisterSimulator,
  type RegisterScript,
  type RegisterSimulator,
} from '../../dev/register-simulator';
import { readCustomer } from '../../operations/customers';
import { advanceOnboarding, submitCase } from '../../operations/onboarding';
import { advanceVerification, recordRegisterAnswer, registerQuestion } from '../../operations/verification';
import { createRegisterClient } from '../../workers/register-client';
import type { TestDealer } from '../support/dealer';

/** What the register was asked: the service's file, and the SOAP members in their order. */
export interface Asked {
  service: string;
  members: string;
}

export interface RegisterLine {
  /** Answers of the simulator by identity number; `true` for any other. */
  script: RegisterScript;
  asked: Asked[];
  /** Verifies the customer's open case as the worker would, until it rests. Answers with the case. */
  verify(dealer: TestDealer, customerId: string): ReturnType<typeof getCase>;
}

/**
 * The simulated register behind the real adapter. The line notes what is asked, and drops the mark of the simulator: a
 * marked answer never colours a light, and these tests want to see the colours.
 */
export function useRegisterLine(): RegisterLine {
  const line = { script: {} as RegisterScript, asked: [] as Asked[] } as RegisterLine;
  let simulator: RegisterSimulator;
  let client: ReturnType<typeof createRegisterClient>;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const members = [...body.matchAll(/<(\w+)>([^<]+)<\/\1>/g)].map((match) => match[2]);
      line.asked.push({
        service: (request.url ?? '').replace(/^.*\/|\.asmx$/g, ''),
        members: members.join(' | '),
      });
      const answer = await fetch(new URL(request.url ?? '', simulator.url), {
        method: 'POST',
        headers: { 'content-type': 'text/xml; charset=utf-8' },
        body,
        signal: AbortSignal.timeout(5_000),
      });
      response.writeHead(answer.status, { 'content-type': 'text/xml; charset=utf-8' });
      response.end(await answer.text());
    })();
  });
  beforeAll(async () => {
    simulator = await startRegisterSimulator({ script: line.script });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = createRegisterClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, false);
  });
  beforeEach(() => {
    line.asked.length = 0;
    for (const number of Object.keys(line.script)) delete line.script[number];
  });
  afterAll(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await simulator.close();
  });

  line.verify = async (dealer, customerId) => {
    await dealer.run((tx) => submitCase(tx, customerId));
    const caseId = (await dealer.run((tx) => readCustomer(tx, customerId))).openCaseId ?? '';
    for (let turn = 0; turn < 20; turn++) {
      const step = await dealer.run((tx) => advanceOnboarding(tx, customerId, caseId));
      if (step.do === 'verify') await askAll(dealer, customerId, caseId);
      else if (step.do !== 'again') break;
    }
    return dealer.run((tx) => getCase(tx, caseId));
  };

  async function askAll(dealer: TestDealer, customerId: string, caseId: string): Promise<void> {
    for (;;) {
      const next = await dealer.run((tx) => advanceVerification(tx, customerId, caseId, true));
      if (next.do !== 'ask_register') return;
      const { subject } = next;
      const question = await dealer.run((tx) => registerQuestion(tx, customerId, caseId, subject));
      if (question === null) return;
      const answer = { provider: client.provider, ...(await client.ask(requestOf(question))) };
      await dealer.run((tx) => recordRegisterAnswer(tx, customerId, question, answer));
    }
  }
  return line;
}
