import { randomUUID } from 'node:crypto';

import { specimenPdf, specimenPng } from '../../operations/demo/specimens';
import { until } from '../support/wait';
import type { System } from './system';

/** What the API answers, as a person's program sees it. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export interface Mail {
  to: string;
  subject: string;
  messageId: string;
  text: string;
  at: string;
}

/** A client that does what a good client does under faults: it repeats a call with the same Idempotency-Key. */
export class Client {
  constructor(
    readonly system: System,
    readonly token: string,
  ) {}

  get(path: string): Promise<Answer> {
    return this.#insist(() => this.#send('GET', path));
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    const key = randomUUID();
    return this.#insist(() =>
      this.#send('POST', path, JSON.stringify(body), {
        'content-type': 'application/json',
        'idempotency-key': key,
      }),
    );
  }

  async patch(path: string, record: unknown): Promise<Answer> {
    return this.#insist(async () => {
      const { version } = (await this.#send('GET', path)).body;
      return this.#send('PATCH', path, JSON.stringify({ record }), {
        'content-type': 'application/json',
        'if-match': `"${String(version)}"`,
      });
    });
  }

  async upload(
    path: string,
    kind: string,
    fields: Record<string, string> = {},
    bytes = kind === 'identity_card' ? specimenPng(kind.length) : specimenPdf([kind]),
  ): Promise<Answer> {
    const key = randomUUID();
    return this.#insist(() => {
      const form = new FormData();
      form.set('kind', kind);
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set('file', new Blob([new Uint8Array(bytes)]), `${kind}.bin`);
      return this.#send('POST', path, form, { 'idempotency-key': key });
    });
  }

  async bytes(path: string): Promise<Buffer> {
    const answer = await fetch(`${this.system.address}${path}`, {
      headers: this.#headers({}),
      signal: AbortSignal.timeout(60_000),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  async mails(): Promise<Mail[]> {
    const { body } = await this.get('/dev/mailbox');
    return body['data'] as Mail[];
  }

  /** Waits until a customer's case is in a stage, or closed when none is open. */
  async stage(customerId: string, wanted: string, deadlineMs = 60_000): Promise<void> {
    let last = '';
    await until(
      `the case of ${customerId} reaches ${wanted}`,
      async () => {
        const { body } = await this.get(`/api/v1/cases?customerId=${customerId}`);
        last = JSON.stringify(body);
        const [first] = (body['data'] ?? []) as { stage: string }[];
        return first?.stage === wanted;
      },
      deadlineMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; last answer ${last}`, { cause: error });
    });
  }

  /** Unavailable or not answering is repeated for a minute; any other answer is the answer. */
  async #insist(call: () => Promise<Answer>): Promise<Answer> {
    let answer: Answer | undefined;
    await until(
      'the API answers',
      async () => {
        try {
          answer = await call();
          return answer.status < 500;
        } catch (error) {
          // By name: the error comes from outside jest's realm.
          if (['TypeError', 'TimeoutError'].includes((error as Error).name)) return false;
          throw error;
        }
      },
      60_000,
    );
    if (answer === undefined) throw new Error('No answer');
    return answer;
  }

  async #send(
    method: string,
    path: string,
    body?: string | FormData,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.system.address}${path}`, {
      method,
      headers: this.#headers(headers),
      signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  #headers(more: Record<string, string>): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, accept: 'application/json', ...more };
  }
}

/** A colleague with a token of their own. */
export async function colleague(admin: Client, role: string): Promise<Client> {
  const email = `${role}-${randomUUID().slice(0, 8)}@example.com`;
  const user = await admin.post('/api/v1/users', {
    email,
    name: `Deneme ${role}`,
    role,
    password: 'correct horse battery',
  });
  if (user.status !== 201) throw new Error(JSON.stringify(user));
  const token = await admin.post('/api/v1/api-tokens', { userId: user.body['id'], name: 'test' });
  return new Client(admin.system, String(token.body['token']));
}
