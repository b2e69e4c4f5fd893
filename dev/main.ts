import { exitWithParent } from '../leash';
import { createLogger } from '../logger';
import { startMailbox } from './mailbox';
import { startRegisterSimulator } from './register-simulator';

/** The development mailbox and the simulated register, as `npm start` runs them beside the product. */
async function main(): Promise<void> {
  exitWithParent();
  const { SICIL_MAILBOX_DIR: folder, SICIL_MAILBOX_PORT: mailPort } = process.env;
  const { SICIL_REGISTER_PORT: registerPort, SICIL_REGISTER_SCRIPT: scriptFile } = process.env;
  const logger = createLogger('dev');
  const started: { close(): Promise<void> }[] = [];
  if (folder !== undefined && mailPort !== undefined) {
    started.push(await startMailbox({ folder, port: Number(mailPort) }));
    logger.info({ port: Number(mailPort) }, 'mailbox ready');
  }
  if (registerPort !== undefined) {
    const script = scriptFile === undefined ? {} : { scriptFile };
    started.push(await startRegisterSimulator({ port: Number(registerPort), ...script }));
    logger.info({ port: Number(registerPort) }, 'simulated register ready');
  }
  const stop = (): void => {
    void Promise.allSettled(started.map((part) => part.close())).then(() => process.exit(0));
    setTimeout(() => process.exit(0), 2_000).unref();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? error.message : 'The development servers did not start'}\n`,
  );
  process.exit(1);
});
