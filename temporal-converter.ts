import type { DataConverter } from '@temporalio/common';

import { createPayloadCodec } from './payload-codec';

/** Module of the failure converter, by path: the workflow bundle needs it as well. */
export const failureConverterPath = require.resolve('./failure-converter');

/**
 * How everything that goes to Temporal is written. Client and workers must agree, so both take it from here.
 * @param payloadKey 32 bytes; null writes payloads in clear, for recorded histories only
 */
export function dataConverter(payloadKey: Buffer | null): DataConverter {
  return {
    failureConverterPath,
    payloadCodecs: payloadKey === null ? [] : [createPayloadCodec(payloadKey)],
  };
}
