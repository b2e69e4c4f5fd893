import { sleep } from '@temporalio/workflow';

/** A change that recorded runs cannot follow: they never waited. */
export async function verification(): Promise<void> {
  await sleep('1 minute');
}
