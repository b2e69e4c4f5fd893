import type { Logger as SdkLogger, LogLevel, LogMetadata } from '@temporalio/worker';

import type { Logger } from '../logger';

/** What may stand in a line of the SDK's: ids and names of ours. Errors, stacks and payloads stay out. */
const ALLOWED = ['workflowId', 'runId', 'workflowType', 'activityType', 'taskQueue', 'namespace', 'attempt'];

/** Of a server's refusal only the kind: the text beside it may repeat what was sent. */
const STATUS =
  /\bcode: '?(Cancelled|Unknown|InvalidArgument|DeadlineExceeded|NotFound|AlreadyExists|PermissionDenied|ResourceExhausted|FailedPrecondition|Aborted|OutOfRange|Unimplemented|Internal|Unavailable|DataLoss|Unauthenticated)\b/;

const isText = (value: unknown): value is string => typeof value === 'string';

/** The SDK's own lines in our log, reduced to ids. */
export function sdkLogger(logger: Logger): SdkLogger {
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const fields = (meta ?? {}) as Record<string, unknown>;
    const grpc = STATUS.exec(Object.values(fields).filter(isText).join(' '))?.[1];
    const line = {
      ...Object.fromEntries(Object.entries(fields).filter(([key]) => ALLOWED.includes(key))),
      ...(grpc === undefined ? {} : { grpc }),
    };
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
