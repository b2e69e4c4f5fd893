import type { Logger as SdkLogger, LogLevel, LogMetadata } from '@temporalio/worker';

import type { Logger } from '../logger';

/** What may stand in a line of the SDK's: ids and names of ours. Errors, stacks and payloads stay out. */
const ALLOWED = ['workflowId', 'runId', 'workflowType', 'activityType', 'taskQueue', 'namespace', 'attempt'];

/** The SDK's own lines in our log, reduced to ids. */
export function sdkLogger(logger: Logger): SdkLogger {
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const line = Object.fromEntries(
      Object.entries((meta ?? {}) as Record<string, unknown>).filter(([key]) => ALLOWED.includes(key)),
    );
    if (level === 'ERROR') logger.error(line, message);
    else if (level === 'WARN') logger.warn(line, message);
  };
  const at = (level: LogLevel) => (message: string, meta?: LogMetadata) => write(level, message, meta);
  return {
    log: write,
    trace: at('TRACE'),
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
  };
}
