import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import {
  decodeFromPayloadsAtIndex,
  encodeErrorToFailure,
} from '@temporalio/common/lib/internal-non-workflow';

import { failureConverter } from '../../failure-converter';
import { createPayloadCodec } from '../../payload-codec';
import { newKey } from '../../stores/crypto';

const key = newKey();
const codec = createPayloadCodec(key);
const clear = defaultPayloadConverter.toPayload({ customerId: 'KANARYA' });

test('a payload comes back as it went, and shows nothing on its way', async () => {
  const sealed = await codec.encode([clear]);
  const bytes = Buffer.from(temporal.api.common.v1.Payloads.encode({ payloads: sealed }).finish());
  expect(bytes.includes('KANARYA')).toBe(false);
  expect(bytes.includes('customerId')).toBe(false);
  expect(defaultPayloadConverter.fromPayload((await codec.decode(sealed))[0] ?? {})).toEqual({
    customerId: 'KANARYA',
  });
});

test('two equal payloads do not look equal', async () => {
  const [a, b] = await codec.encode([clear, clear]);
  expect(Buffer.from(a?.data ?? []).equals(Buffer.from(b?.data ?? []))).toBe(false);
});

test('another key or a changed byte is refused', async () => {
  const sealed = await codec.encode([clear]);
  await expect(createPayloadCodec(newKey()).decode(sealed)).rejects.toThrow('SICIL_MASTER_KEY_FILE');
  const data = Buffer.from(sealed[0]?.data ?? []);
  data[20] = (data[20] ?? 0) ^ 1;
  await expect(codec.decode([{ ...sealed[0], data }])).rejects.toThrow('unable to authenticate data');
});

test('what was written in clear stays readable', async () => {
  expect(await codec.decode([clear])).toEqual([clear]);
});

test('messages and stacks of failures are sealed as well', async () => {
  const converter = { payloadConverter: defaultPayloadConverter, failureConverter, payloadCodecs: [codec] };
  const failure = await encodeErrorToFailure(
    converter,
    ApplicationFailure.create({ message: 'KANARYA', type: 'X' }),
  );
  const bytes = Buffer.from(temporal.api.failure.v1.Failure.encode(failure).finish());
  expect(bytes.includes('KANARYA')).toBe(false);
  expect(failure.message).toBe('Encoded failure');
  expect(failure.applicationFailureInfo?.type).toBe('X');
  const inner: { message?: string } = await decodeFromPayloadsAtIndex(converter, 0, [
    failure.encodedAttributes ?? {},
  ]);
  expect(inner.message).toBe('KANARYA');
});
