import type { OutgoingMail } from '../../activities/notices';
import { createMailTransport } from '../../workers/mail-transport';
import { startTestMailbox } from '../support/mailbox';
import { closedPort, scriptedServer, type Mischief } from './scripted-server';

const mail: OutgoingMail = {
  messageId: '<0123456789abcdef@example.com>',
  date: new Date('2026-11-22T09:00:00Z'),
  from: { name: 'Çağrı Kuyumculuk İşletmesi', address: 'uyum@example.com' },
  to: 'musteri@example.com',
  language: 'tr',
  subject: 'Müşteri formunuz için eksik bilgi',
  text: 'Sayın Ayşe,\n\nşğüöçıİ\n.\n..noktalı satır\n',
  html: '<p>Sayın Ayşe</p>',
};

async function sendTo(
  url: string,
  limits?: Parameters<typeof createMailTransport>[1],
  change: Partial<OutgoingMail> = {},
) {
  const transport = createMailTransport(url, limits);
  try {
    return await transport.send({ ...mail, ...change });
  } finally {
    transport.close();
  }
}

async function sendInto(
  mischief: Mischief,
  limits?: Parameters<typeof createMailTransport>[1],
  change: Partial<OutgoingMail> = {},
) {
  const server = await scriptedServer(mischief);
  try {
    return { ...(await sendTo(server.url, limits, change)), received: server.received };
  } finally {
    await server.close();
  }
}

/** A server on which nothing goes wrong, so that the raw message can be looked at. */
const honest: Mischief = { at: 'end', say: '250 2.0.0 queued as 42' };

test('a mail carries the stored Message-ID and date, says that a machine wrote it, and has both forms', async () => {
  const { result, code, received } = await sendInto(honest);
  expect({ result, code }).toEqual({ result: 'sent', code: '250 2.0.0' });
  const raw = received[0] ?? '';
  expect(raw).toContain(`Message-ID: ${mail.messageId}\r\n`);
  expect(raw).toContain('Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n');
  expect(raw).toContain('Auto-Submitted: auto-generated\r\n');
  expect(raw).toContain('Content-Language: tr\r\n');
  expect(raw).toMatch(/^To: musteri@example\.com\r$/m);
  expect(raw).toMatch(/^From: [^\r]*\r\n [^\r]* <uyum@example\.com>\r$/m);
  expect(raw).toContain('Content-Type: text/plain; charset=utf-8');
  expect(raw).toContain('Content-Type: text/html; charset=utf-8');
});

test('two copies of a mail are the same to the byte', async () => {
  const [first, second] = [await sendInto(honest), await sendInto(honest)];
  expect(first.received[0]).toBe(second.received[0]);
});

test('letters, and lines that begin with a dot, arrive as they were written', async () => {
  const mailbox = await startTestMailbox();
  await sendTo(mailbox.url);
  await mailbox.down();
  expect(mailbox.mails).toMatchObject([{ to: mail.to, subject: mail.subject, messageId: mail.messageId }]);
  expect(mailbox.mails[0]?.text.trimEnd()).toBe(mail.text.trimEnd());
});

test('a line break in a title, subject or sender writes no header', async () => {
  const { received } = await sendInto(
    honest,
    {},
    {
      from: { name: 'Altın\r\nBcc: herkes@example.com', address: 'uyum@example.com' },
      subject: 'Konu\r\nX-Evil: 1\u2028',
    },
  );
  const headers = (received[0] ?? '').split('\r\n\r\n')[0] ?? '';
  expect(headers).not.toMatch(/^(Bcc|X-Evil):/im);
});

test.each<[string, Mischief]>([
  ['breaks the connection at once', { at: 'connect', do: 'break' }],
  ['breaks off instead of greeting', { at: 'greeting', do: 'break' }],
  ['breaks off at the recipient', { at: 'recipient', do: 'break' }],
  ['breaks off instead of taking the data', { at: 'data', do: 'break' }],
  ['answers 421 to the sender', { at: 'from', say: '421 4.3.2 closing' }],
  ['answers 451 to the recipient', { at: 'recipient', say: '451 4.7.1 musteri@example.com later' }],
  ['answers 452 after the data', { at: 'end', say: '452 4.3.1 no space' }],
])('a server that %s has not taken the mail, and it is tried again', async (_, mischief) => {
  expect((await sendInto(mischief)).result).toBe('failed');
});

test.each<[string, Mischief, string]>([
  ['recipient', { at: 'recipient', say: '550 5.1.1 <musteri@example.com> unknown' }, '550 5.1.1'],
  ['message', { at: 'end', say: '554 5.7.1 spam from musteri@example.com' }, '554 5.7.1'],
])('a permanent refusal of the %s is final, and only its numbers are kept', async (_, mischief, code) => {
  expect(await sendInto(mischief)).toMatchObject({ result: 'refused', code });
});

test('a refused sender is a setting to mend, not the end of the mail', async () => {
  const answer = await sendInto({ at: 'from', say: '550 5.7.1 uyum@example.com not yours' });
  expect(answer).toMatchObject({ result: 'failed', code: '550 5.7.1' });
});

test.each<[string, Mischief]>([
  ['breaks off', { at: 'end', do: 'break' }],
  ['falls silent', { at: 'end', do: 'silence' }],
  ['answers nonsense', { at: 'end', say: 'what?' }],
])('a server that has the whole mail and then %s leaves it uncertain', async (_, mischief) => {
  const answer = await sendInto(mischief, { silenceMs: 400 });
  expect(answer.result).toBe('uncertain');
  expect(answer.received).toHaveLength(1);
});

test('a mail that broke off half way did not arrive', async () => {
  const text = `${'uzun metin '.repeat(80)}\n`.repeat(20_000);
  const answer = await sendInto({ at: 'half_way', do: 'break' }, {}, { text });
  expect(answer).toMatchObject({ result: 'failed', received: [] });
});

test('a silent server costs no more than the limit, at any moment', async () => {
  const started = Date.now();
  const answer = await sendInto({ at: 'recipient', do: 'silence' }, { totalMs: 400 });
  expect(answer.result).toBe('failed');
  const after = await sendInto({ at: 'end', do: 'silence' }, { totalMs: 400 });
  expect(after.result).toBe('uncertain');
  expect(Date.now() - started).toBeLessThan(5000);
});

test('a port on which nobody listens fails with the name of the error alone', async () => {
  const answer = await sendTo(`smtp://127.0.0.1:${await closedPort()}`);
  expect(answer).toEqual({ result: 'failed', code: 'ECONNREFUSED' });
});

test('after a broken connection the next mail goes out over a new one', async () => {
  const mailbox = await startTestMailbox();
  const transport = createMailTransport(mailbox.url);
  mailbox.script('drop');
  expect((await transport.send(mail)).result).toBe('uncertain');
  expect((await transport.send({ ...mail, messageId: '<second@example.com>' })).result).toBe('sent');
  transport.close();
  await mailbox.down();
  expect(mailbox.mails.map(({ messageId }) => messageId)).toEqual([mail.messageId, '<second@example.com>']);
});
