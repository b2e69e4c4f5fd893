import type { Readable } from 'node:stream';

import { createTransport } from 'nodemailer';

import type { Mailer, OutgoingMail } from '../activities/notices';
import type { DeliveryResult } from '../operations/notices';

export interface MailTransport extends Mailer {
  /** Lets mails under way finish and closes every connection. */
  close(): void;
}

export interface MailLimits {
  /** One mail from start to end, in milliseconds: well under the two minutes of its lease. */
  totalMs?: number;
  /** Silence of the server in the middle of a mail. */
  silenceMs?: number;
}

const CONNECT_MS = 5000;
const SILENCE_MS = 30_000;
const TOTAL_MS = 80_000;
const CONNECTIONS_MAX = 4;
/** Shorter than servers wait, so that no mail is handed to a connection that is just being closed. */
const IDLE_MS = 20_000;

/** Mail over SMTP: `smtp://` (upgraded by STARTTLS where offered) or `smtps://`, with user and password in the address. */
export function createMailTransport(smtpUrl: string, limits: MailLimits = {}): MailTransport {
  const transport = createTransport({
    pool: true,
    url: smtpUrl,
    maxConnections: CONNECTIONS_MAX,
    idleTimeout: IDLE_MS,
    // Every copy of a mail is an attempt in Postgres: the pool itself never sends one again.
    maxRequeues: 0,
    dnsTimeout: CONNECT_MS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: limits.silenceMs ?? SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // nodemailer reads a message to its end only after the server's 354, so this stream knows whether all of it went out.
  const bodies = new Map<string, Readable>();
  transport.use('stream', (mail, done) => {
    const { messageId } = mail.data;
    mail.message.processFunc((body) => {
      if (messageId !== undefined) bodies.set(messageId, body);
      return body;
    });
    done();
  });
  return {
    async send(mail) {
      try {
        const signal = AbortSignal.timeout(limits.totalMs ?? TOTAL_MS);
        const { response } = await transport.sendMail({ ...envelopeOf(mail), ...contentOf(mail), signal });
        return { result: 'sent', code: statusOf(response) };
      } catch (error) {
        return resultOf(error as SmtpError, bodies.get(mail.messageId)?.readableEnded === true);
      } finally {
        bodies.delete(mail.messageId);
      }
    },
    close: () => transport.close(),
  };
}

function envelopeOf({ from, to }: OutgoingMail) {
  return {
    from: { name: oneLine(from.name), address: oneLine(from.address) },
    to: { name: '', address: oneLine(to) },
    envelope: { from: oneLine(from.address), to: [oneLine(to)] },
  };
}

function contentOf(mail: OutgoingMail) {
  return {
    messageId: mail.messageId,
    date: mail.date,
    subject: oneLine(mail.subject),
    text: mail.text,
    html: mail.html,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.language },
    // Copies of a mail are the same to the byte.
    baseBoundary: mail.messageId.replaceAll(/[^a-z0-9]/gi, ''),
  };
}

/** A line break in a header would write headers of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

interface SmtpError {
  code?: string;
  originalCode?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/**
 * What an error means for the mail. Only a permanent refusal of this recipient or this message is final: a wrong password
 * or sender is ours to mend. Without an answer it depends on how far the mail had gone: once the server has all of it,
 * nobody knows. The server's text stays here, it may hold addresses.
 */
function resultOf(error: SmtpError, allSent: boolean): DeliveryResult {
  const { responseCode, command } = error;
  if (responseCode === undefined) {
    const code = error.originalCode ?? error.code ?? null;
    return { result: allSent ? 'uncertain' : 'failed', code };
  }
  const aboutThisMail = command === 'RCPT TO' || command === 'DATA';
  return {
    result: responseCode >= 500 && aboutThisMail ? 'refused' : 'failed',
    code: statusOf(error.response ?? String(responseCode)),
  };
}

/** `250`, or `550 5.1.1`: the numbers of an answer and nothing else. */
function statusOf(response: string): string | null {
  const match = /^(\d{3})(?:[ -]+(\d\.\d{1,3}\.\d{1,3}))?/.exec(response);
  return match === null ? null : [match[1], match[2]].filter((part) => part !== undefined).join(' ');
}
