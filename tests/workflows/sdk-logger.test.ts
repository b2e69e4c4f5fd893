import type { Logger } from '../../logger';
import { sdkLogger } from '../../workers/sdk-logger';

function lines(): { logger: Logger; written: unknown[][] } {
  const written: unknown[][] = [];
  const keep = (...args: unknown[]) => void written.push(args);
  return { written, logger: { info: keep, warn: keep, error: keep } };
}

test('a refusal of the server keeps its kind and loses its text', () => {
  const { logger, written } = lines();
  sdkLogger(logger).error('Error while completing workflow activation', {
    runId: 'run-1',
    error: 'Status { code: InvalidArgument, message: "Ayşe Yılmaz 10000000146", source: None }',
  });
  expect(written).toEqual([
    [{ runId: 'run-1', grpc: 'InvalidArgument' }, 'Error while completing workflow activation'],
  ]);
});

test('a code that is no kind of refusal stays out', () => {
  const { logger, written } = lines();
  sdkLogger(logger).warn('odd', { error: 'code: 10000000146', other: 'x' });
  expect(written).toEqual([[{}, 'odd']]);
});
