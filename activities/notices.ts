import { setTimeout as pause } from 'node:timers/promises';

import { inDealer, type Database } from '../db/transaction';
import { SYSTEM, type Language } from '../domain/customer';
import { dayInIstanbul } from '../domain/days';
import { claimNotice, recordDelivery, type DeliveryResult, type Mail } from '../operations/notices';
import { renderMail, type MailTemplate } from '../templates/mails';

export interface NoticeRef {
  dealerId: string;
  noticeId: string;
}

/** Sending what is queued in Postgres. Only ids cross this line: names and addresses are read and forgotten inside. */
export interface NoticeActivities {
  /**
   * Sends one notice if it is still wanted and nobody else is at it, and writes down what the mail server said. Refusals,
   * outages and lost answers are results, not errors; a later attempt is a duty in Postgres. Throws for our own faults.
   */
  deliverNotice(ref: NoticeRef): Promise<void>;
}

/** A mail ready for the wire. `messageId` and `date` are the same on every attempt, so that copies can be recognised. */
export interface OutgoingMail {
  messageId: string;
  date: Date;
  from: { name: string; address: string };
  to: string;
  language: Language;
  subject: string;
  text: string;
  html: string;
}

/** Whoever can put a mail on its way. Says what became of it; never throws for what a server says or does. */
export interface Mailer {
  send(mail: OutgoingMail): Promise<DeliveryResult>;
}

/** Dealers who have named no sender: the address goes nowhere, on purpose. */
const NO_SENDER = 'no-reply@sicil.invalid';

/** An answer is written down while the lease lasts (two minutes, like the activity): losing it would mean a second copy. */
const RECORD_FOR_MS = 105_000;
const RECORD_AGAIN_MS = 1000;

/** `mailer` null: no mail server is configured, and every notice becomes a task for staff. */
export function createNoticeActivities(db: Database, mailer: Mailer | null): NoticeActivities {
  return {
    async deliverNotice({ dealerId, noticeId }) {
      const started = Date.now();
      const claim = await inDealer(db, dealerId, SYSTEM, (tx) => claimNotice(tx, noticeId, mailer !== null));
      if (claim.state !== 'claimed' || mailer === null) return;
      const { mail } = claim;
      const record = (delivery: DeliveryResult) =>
        inDealer(db, dealerId, SYSTEM, (tx) => recordDelivery(tx, noticeId, mail.attempt, delivery));
      let ready: OutgoingMail;
      try {
        ready = compose(mail);
      } catch (error) {
        await record({ result: 'failed', code: 'render' });
        throw error;
      }
      const delivery = await mailer.send(ready);
      await insist(() => record(delivery), started + RECORD_FOR_MS);
    },
  };
}

/** Between the server's answer and its record a database outage must not lose the answer. */
async function insist(write: () => Promise<void>, deadline: number): Promise<void> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (Date.now() + RECORD_AGAIN_MS > deadline) throw error;
      await pause(RECORD_AGAIN_MS);
    }
  }
}

function compose(mail: Mail): OutgoingMail {
  const rendered = renderMail(
    {
      template: templateOf(mail),
      name: mail.audience === 'customer' ? mail.customer.name : null,
      customerCode: mail.customer.code,
      dealer: mail.dealer.title,
      missing: mail.missing,
      day: mail.values.deadline === undefined ? null : dayInIstanbul(new Date(mail.values.deadline)),
      days: mail.values.days ?? null,
    },
    mail.language,
  );
  return {
    messageId: mail.messageId,
    date: mail.date,
    from: {
      name: mail.dealer.senderName ?? mail.dealer.title,
      address: mail.dealer.senderAddress ?? NO_SENDER,
    },
    to: mail.to,
    language: mail.language,
    ...rendered,
  };
}

/** Ladders are policy: a rung with a name of its own reads as a reminder. */
function templateOf({ kind, step, audience, values }: Mail): MailTemplate {
  switch (kind) {
    case 'refresh':
    case 'welcome':
      return kind;
    case 'approval_needed':
      return 'approval';
    case 'decision_overdue':
      return 'overdue';
    default:
      if (audience === 'user') return 'escalation';
      if (step === 'final_notice') return values.consequence === 'expire' ? 'finalExpire' : 'finalSuspend';
      return step === 'list' ? 'list' : 'reminder';
  }
}
