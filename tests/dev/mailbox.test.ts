import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createTransport } from 'nodemailer';

import { listMailbox, startMailbox } from '../../dev/mailbox';
import { useMailbox } from '../support/mailbox';

const scripted = useMailbox();
const mail = {
  from: 'a@example.com',
  to: 'ayse@example.com',
  subject: 'Eksik bilgiler: ğüşİıöç',
  text: 'Sayın müşteri',
};

test('a mail that was acknowledged is in the folder, newest first, Turkish letters intact', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailbox-'));
  const mailbox = await startMailbox({ folder, port: 0 });
  const transport = createTransport(`smtp://127.0.0.1:${mailbox.port}`);
  expect(await listMailbox(folder)).toEqual([]);
  await transport.sendMail({ ...mail, messageId: '<first@sicil>' });
  await transport.sendMail({ ...mail, messageId: '<second@sicil>', subject: 'ikinci' });
  transport.close();
  await mailbox.close();
  const kept = await listMailbox(folder);
  expect(kept.map(({ messageId }) => messageId)).toEqual(['<second@sicil>', '<first@sicil>']);
  expect(kept[1]).toMatchObject({ to: mail.to, subject: mail.subject, text: 'Sayın müşteri\n' });
});

test('a folder nobody mailed to yet is an empty mailbox', async () => {
  expect(await listMailbox('/nonexistent/mailbox')).toEqual([]);
});

test('scripted faults come in turn: refused, dropped after the data, then accepted', async () => {
  const transport = createTransport(scripted.url);
  scripted.script({ code: 550, at: 'recipient' }, { code: 451 }, 'drop');
  await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: 550 });
  await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: 451 });
  expect(scripted.mails).toHaveLength(0);
  await expect(transport.sendMail(mail)).rejects.toThrow(/clos|hang|socket/i);
  expect(scripted.mails).toHaveLength(1);
  await transport.sendMail(mail);
  expect(scripted.mails).toHaveLength(2);
  transport.close();
});

test('a mailbox that is down refuses connections and comes back on its port', async () => {
  const transport = createTransport(scripted.url);
  await scripted.down();
  await expect(transport.sendMail(mail)).rejects.toMatchObject({
    code: expect.stringMatching(/ECONN|ESOCKET/),
  });
  await scripted.up();
  await expect(transport.sendMail(mail)).resolves.toMatchObject({ rejected: [] });
  transport.close();
});
