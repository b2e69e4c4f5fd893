import type { Database } from '../db/transaction';
import type { Logger } from '../logger';
import type { TryCounter } from '../operations/sign-in';
import type { WakeUps } from '../operations/wake-ups';
import type { PdfPrinter } from '../printing/pdf-printer';
import type { FileStore } from '../stores/files';
import type { ChangeFeed } from './change-feed';
import type { Health } from './health';

/** What the API's process hands to everything that answers requests. */
export interface ApiDeps {
  database: Database;
  files: FileStore;
  wakeUps: WakeUps;
  health: Health;
  /** Tells streams of events what has changed. */
  changes: ChangeFeed;
  logger: Logger;
  /** Prints forms in this process, so that a customer at the counter waits for no queue and no Temporal. */
  printer: PdfPrinter;
  /** Sign-in tries of this process. */
  tries: TryCounter;
  /** Cookies are Secure and `__Host-`: set where people come by https. */
  secureCookies: boolean;
  /** Folder of the development mailbox; only the embedded start has one. */
  mailboxDir?: string;
}
