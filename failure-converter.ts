import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stacks of failures travel as payloads, so that the codec seals them. Loaded by path, into the bundle too. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
