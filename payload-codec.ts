import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

import { open, seal, sha256 } from './stores/crypto';

const ENCODING = 'binary/sicil-sealed';
const KEY_ID = 'sicil-key';
const place = (keyId: string) => `temporal|payload|${keyId}`;

/**
 * Seals every payload before it leaves the process (AES-256-GCM, key id in the metadata): the second wall behind the rule
 * that only ids, codes and enums go to Temporal. Client and worker need the same key.
 */
export function createPayloadCodec(key: Buffer): PayloadCodec {
  const keyId = sha256(key).toString('hex').slice(0, 16);
  return {
    encode: async (payloads) => payloads.map((payload) => sealPayload(key, keyId, payload)),
    decode: async (payloads) => payloads.map((payload) => openPayload(key, keyId, payload)),
  };
}

function sealPayload(key: Buffer, keyId: string, payload: Payload): Payload {
  const plaintext = Buffer.from(temporal.api.common.v1.Payload.encode(payload).finish());
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(keyId) },
    data: seal(key, plaintext, place(keyId)),
  };
}

/** What was written without a codec (a schedule made by hand, an older release) stays readable. */
function openPayload(key: Buffer, keyId: string, payload: Payload): Payload {
  const { metadata, data } = payload;
  if (metadata === null || metadata === undefined || data === null || data === undefined) return payload;
  if (text(metadata[METADATA_ENCODING_KEY]) !== ENCODING) return payload;
  if (text(metadata[KEY_ID]) !== keyId)
    throw new Error('This payload was sealed with another key: check SICIL_MASTER_KEY_FILE');
  return temporal.api.common.v1.Payload.decode(open(key, Buffer.from(data), place(keyId)));
}

function text(bytes: Uint8Array | null | undefined): string | undefined {
  return bytes === null || bytes === undefined ? undefined : Buffer.from(bytes).toString();
}
