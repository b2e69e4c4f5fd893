import { join } from 'node:path';
import { z } from 'zod';

import { projectRoot } from './project-root';

const optionalText = z.string().min(1).optional();

const hasProtocol = (value: string, ...protocols: string[]) =>
  URL.canParse(value) && protocols.includes(new URL(value).protocol);

/** Where mails go out: what nodemailer takes as an address. */
const smtpAddress = z
  .string()
  .refine(
    (value) => hasProtocol(value, 'smtp:', 'smtps:'),
    'SMTP_URL is smtp://host:port or smtps://host:port',
  )
  .optional();

const registerChoice = z
  .string()
  .refine(
    (value) => ['simulated', 'off'].includes(value) || hasProtocol(value, 'http:', 'https:'),
    'SICIL_REGISTER is simulated, off, or the http address of a register',
  )
  .default('off');

const NO_DATABASE =
  'nothing runs on this data folder: run "npm start" first (a command needs the same SICIL_DATA_DIR), or set DATABASE_URL';

/** The environment of design §8, and what the supervisor hands to its children. Secrets have no default. */
const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.string(NO_DATABASE).min(1, NO_DATABASE),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('sicil'),
  SMTP_URL: smtpAddress,
  SICIL_DATA_DIR: z.string().default(join(projectRoot, '.sicil')),
  SICIL_MASTER_KEY_FILE: optionalText,
  SICIL_EMPTY: z.enum(['0', '1']).default('0'),
  SICIL_ADMIN_TOKEN: z.string().min(32, 'SICIL_ADMIN_TOKEN needs 32 characters or more').optional(),
  SICIL_REGISTER: registerChoice,
  SICIL_REGISTER_URL: optionalText,
  SICIL_DAY_SECONDS: z.coerce.number('SICIL_DAY_SECONDS is a number of seconds').positive().optional(),
  SICIL_EMBEDDED: z.enum(['0', '1']).default('0'),
  SICIL_MAILBOX_DIR: optionalText,
  SICIL_CHROMIUM: optionalText,
  PUPPETEER_EXECUTABLE_PATH: optionalText,
  SICIL_BUILD_ID: optionalText,
  SICIL_PUBLIC_URL: optionalText,
});

export type RegisterMode = 'simulated' | 'off' | 'live';

export interface Config {
  environment: 'development' | 'test' | 'production';
  host: string;
  port: number;
  databaseUrl: string;
  temporal: { address: string; namespace: string };
  smtpUrl: string | undefined;
  dataDir: string;
  masterKeyFile: string;
  empty: boolean;
  adminToken: string | undefined;
  register: { mode: RegisterMode; url: string | undefined };
  daySeconds: number | undefined;
  embedded: boolean;
  mailboxDir: string | undefined;
  chromium: string | undefined;
  buildId: string | undefined;
  /** Where people reach the console; https makes cookies secure. */
  publicUrl: string | undefined;
}

/** Called once by each process; everything else is handed what it needs. Names every wrong variable at once. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) throw new Error(`The environment is not usable\n${z.prettifyError(parsed.error)}`);
  const e = parsed.data;
  if (e.NODE_ENV === 'production' && e.SICIL_DAY_SECONDS !== undefined) {
    throw new Error('SICIL_DAY_SECONDS shortens legal periods and is refused in production: unset it');
  }
  return {
    environment: e.NODE_ENV,
    host: e.HOST,
    port: e.PORT,
    databaseUrl: e.DATABASE_URL,
    temporal: { address: e.TEMPORAL_ADDRESS, namespace: e.TEMPORAL_NAMESPACE },
    smtpUrl: e.SMTP_URL,
    dataDir: e.SICIL_DATA_DIR,
    masterKeyFile: e.SICIL_MASTER_KEY_FILE ?? join(e.SICIL_DATA_DIR, 'keys', 'master.key'),
    empty: e.SICIL_EMPTY === '1',
    adminToken: e.SICIL_ADMIN_TOKEN,
    register: registerOf(e.SICIL_REGISTER, e.SICIL_REGISTER_URL),
    daySeconds: e.SICIL_DAY_SECONDS,
    embedded: e.SICIL_EMBEDDED === '1',
    mailboxDir: e.SICIL_MAILBOX_DIR,
    chromium: e.SICIL_CHROMIUM ?? e.PUPPETEER_EXECUTABLE_PATH,
    buildId: e.SICIL_BUILD_ID,
    publicUrl: e.SICIL_PUBLIC_URL,
  };
}

function registerOf(value: string, simulatorUrl: string | undefined): Config['register'] {
  if (value === 'off') return { mode: 'off', url: undefined };
  if (value === 'simulated')
    return { mode: simulatorUrl === undefined ? 'off' : 'simulated', url: simulatorUrl };
  return { mode: 'live', url: value };
}
