import { join } from 'node:path';

/** Which parts this start brings itself: each one that the environment does not name. */
export function embeddedParts(env = process.env) {
  const postgres = !env.DATABASE_URL;
  const temporal = !env.TEMPORAL_ADDRESS;
  const mailbox = !env.SMTP_URL;
  const register = (env.SICIL_REGISTER ?? 'simulated') === 'simulated';
  const dev = [...(mailbox ? ['mailbox'] : []), ...(register ? ['register'] : [])];
  return {
    postgres,
    temporal,
    mailbox,
    dev,
    ports: [...(postgres ? ['postgres'] : []), ...(temporal ? ['temporal', 'temporalUi'] : []), ...dev],
    names: [...(postgres ? ['Postgres'] : []), ...(temporal ? ['Temporal'] : []), ...dev],
  };
}

/** Address under which this machine reaches the API and the console. */
export function publicAddress(env = process.env) {
  const host = env.HOST && !['0.0.0.0', '::'].includes(env.HOST) ? env.HOST : '127.0.0.1';
  return `http://${host.includes(':') ? `[${host}]` : host}:${env.PORT ?? '8080'}`;
}

/** What only the product's own processes, and the commands run beside them, need to know. */
const FOR_COMMANDS = [
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'SMTP_URL',
  'SICIL_REGISTER',
  'SICIL_REGISTER_URL',
  'SICIL_MASTER_KEY_FILE',
  'SICIL_DATA_DIR',
  'SICIL_EMBEDDED',
  'SICIL_MAILBOX_DIR',
  'SICIL_CHROMIUM',
];

/**
 * Keeps our processes small: where there is much memory, Node lets its heap for young objects grow to a hundred megabytes
 * in each thread and collects the old ones late, and glibc keeps freed memory apart for every thread (docs/performance.md
 * has the figures).
 */
export function smallMemory(base = process.env) {
  const options = `${base.NODE_OPTIONS ?? ''} --max-semi-space-size=4 --max-old-space-size=512`.trim();
  return { NODE_OPTIONS: options, MALLOC_ARENA_MAX: base.MALLOC_ARENA_MAX ?? '2' };
}

/** The environment of every child. DATABASE_URL of the embedded Postgres is added once its password is known. */
export function childEnvironment({ folder, ports, masterKeyFile, chromium }, base = process.env) {
  const parts = embeddedParts(base);
  const env = {
    ...base,
    ...smallMemory(base),
    HOST: base.HOST ?? '127.0.0.1',
    PORT: base.PORT ?? '8080',
    TEMPORAL_NAMESPACE: base.TEMPORAL_NAMESPACE ?? 'sicil',
    SICIL_DATA_DIR: folder,
    SICIL_MASTER_KEY_FILE: masterKeyFile,
    SICIL_CHROMIUM: chromium,
    SICIL_EMBEDDED: parts.mailbox && parts.postgres ? '1' : '0',
    SICIL_REGISTER: base.SICIL_REGISTER ?? 'simulated',
  };
  if (parts.temporal) env.TEMPORAL_ADDRESS = `127.0.0.1:${ports.temporal}`;
  if (parts.mailbox) {
    env.SMTP_URL = `smtp://127.0.0.1:${ports.mailbox}`;
    env.SICIL_MAILBOX_DIR = join(folder, 'mailbox');
    env.SICIL_MAILBOX_PORT = String(ports.mailbox);
  }
  if (parts.dev.includes('register')) {
    env.SICIL_REGISTER_URL = `http://127.0.0.1:${ports.register}/Service/KPSPublic.asmx`;
    env.SICIL_REGISTER_PORT = String(ports.register);
    env.SICIL_REGISTER_SCRIPT = join(folder, 'register-script.json');
  }
  return env;
}

/** The part of that environment which `npm run sicil` needs to work on the running product. */
export function commandEnvironment(env) {
  return Object.fromEntries(
    FOR_COMMANDS.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]),
  );
}
