import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail as the development mailbox keeps it. `at` is the instant of receipt; several recipients are joined by a comma. */
export interface MailboxMail {
  to: string;
  subject: string;
  messageId: string;
  text: string;
  at: string;
}

/** Puts a mail into the folder. It is there as a whole or not at all: readers never meet half a file. */
export async function keepMail(folder: string, mail: MailboxMail): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = `${mail.at.replaceAll(/[:.]/g, '-')}-${randomUUID()}.json`;
  const draft = join(folder, `.${name}`);
  await writeFile(draft, JSON.stringify(mail), { mode: 0o600 });
  await rename(draft, join(folder, name));
}

/** The mails of a folder, newest first; none when nothing was received yet. */
export async function listMailbox(folder: string, limit = 500): Promise<MailboxMail[]> {
  const names = (await readdir(folder).catch(noFolderYet))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .reverse()
    .slice(0, limit);
  return await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as MailboxMail),
  );
}

function noFolderYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
