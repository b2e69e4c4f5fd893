import type { Tx } from '../db/transaction';
import type { Language } from '../domain/customer';

/** The language a person reads pages and mails in. Their own preference, so that no audit entry is written. */
export async function setLanguage(tx: Tx, userId: string, language: Language): Promise<void> {
  await tx.sql('users').where({ id: userId }).update({ language });
}
