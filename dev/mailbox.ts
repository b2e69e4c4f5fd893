import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';

import { keepMail } from './mailbox-folder';
import type { MailboxMail } from './mailbox-folder';

export { listMailbox } from './mailbox-folder';
export type { MailboxMail } from './mailbox-folder';

export interface Mailbox {
  port: number;
  close(): Promise<void>;
}

const LARGEST_MAIL = 25 * 1024 * 1024;

/**
 * The development mailbox: an SMTP server on 127.0.0.1 that delivers nothing and keeps every mail in a folder. A mail
 * is acknowledged once it is in the folder, as a real server would do.
 * @param options port 0 chooses a free one
 */
export async function startMailbox({ folder, port }: { folder: string; port: number }): Promise<Mailbox> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size: LARGEST_MAIL,
    socketTimeout: 60_000,
    onAuth: (_auth, _session, settle) => settle(null, { user: 'anyone' }),
    onData(stream, session, settle) {
      readMail(stream, session)
        .then((mail) => keepMail(folder, mail))
        .then(
          () => settle(),
          () => settle(new Error('The mailbox folder could not be written')),
        );
    },
  });
  // A client that breaks off is its own problem; the next one is served.
  server.on('error', () => {});
  const listening = await new Promise<number>((resolve, reject) => {
    const net = server.listen(port, '127.0.0.1', () => {
      net.off('error', reject);
      const address = net.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
    net.once('error', reject);
  });
  return { port: listening, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** Reads a mail off the wire: headers and text decoded, recipients from the envelope. */
export async function readMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<MailboxMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const parsed = await PostalMime.parse(Buffer.concat(chunks));
  return {
    to: session.envelope.rcptTo.map(({ address }) => address).join(', '),
    subject: parsed.subject ?? '',
    messageId: parsed.messageId ?? '',
    text: parsed.text ?? '',
    at: new Date().toISOString(),
  };
}
