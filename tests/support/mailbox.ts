import type { Socket } from 'node:net';

import { SMTPServer } from 'smtp-server';

import { readMail } from '../../dev/mailbox';
import type { MailboxMail } from '../../dev/mailbox';

/**
 * What happens to one mail: `drop` takes the whole mail and breaks the connection before its 250, so that the sender
 * cannot know; a code refuses it, at the recipient or after the data.
 */
export type MailFault = 'accept' | 'drop' | { code: number; message?: string; at?: 'recipient' | 'data' };

export interface TestMailbox {
  /** smtp://127.0.0.1:port */
  url: string;
  /** Every mail whose data arrived, dropped ones too, oldest first. */
  mails: MailboxMail[];
  /** Faults for the next mails in turn; after them every mail is accepted. */
  script(...faults: MailFault[]): void;
  /** Stops listening; `up` listens on the same port again. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Gives the calling test file a real SMTP server with scripted faults. Members may be read in tests and hooks only. */
export function useMailbox(): TestMailbox {
  const mailbox: Partial<TestMailbox> = {};
  beforeAll(async () => {
    Object.assign(mailbox, await startTestMailbox());
  });
  afterAll(async () => {
    await mailbox.down?.();
  });
  return mailbox as TestMailbox;
}

/** The same without hooks; the caller ends it with `down`. */
export async function startTestMailbox(): Promise<TestMailbox> {
  const mails: MailboxMail[] = [];
  const faults: MailFault[] = [];
  let running = await listen(mails, faults, 0);
  const { port } = running;
  let isUp = true;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    script: (...next) => void faults.push(...next),
    async down() {
      if (isUp) await running.close();
      isUp = false;
    },
    async up() {
      if (!isUp) running = await listen(mails, faults, port);
      isUp = true;
    },
  };
}

async function listen(
  mails: MailboxMail[],
  faults: MailFault[],
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 200,
    onRcptTo(_address, _session, settle) {
      const fault = faults[0];
      if (typeof fault !== 'object' || fault.at !== 'recipient') return settle();
      faults.shift();
      settle(refusal(fault));
    },
    onData(stream, session, settle) {
      const take = (mail: MailboxMail): void => {
        const fault = faults.shift() ?? 'accept';
        if (typeof fault === 'object') return settle(refusal(fault));
        mails.push(mail);
        if (fault === 'drop') sockets.get(session.remotePort)?.destroy();
        else settle();
      };
      readMail(stream, session).then(take, settle);
    },
  });
  const sockets = new Map<number | undefined, Socket>();
  server.server.on('connection', (socket: Socket) => sockets.set(socket.remotePort, socket));
  server.on('error', () => {}); // a broken connection is what some tests want
  const net = await new Promise<ReturnType<SMTPServer['listen']>>((resolve, reject) => {
    const listening = server.listen(port, '127.0.0.1', () => resolve(listening));
    listening.once('error', reject);
  });
  const address = net.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function refusal({ code, message }: { code: number; message?: string }): Error {
  return Object.assign(new Error(message ?? 'refused by the test'), { responseCode: code });
}
