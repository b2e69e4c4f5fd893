import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until the question has an answer that is neither undefined nor false, and returns it.
 * Throws with `what` in the message once the deadline has passed.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${deadlineMs} ms in vain: ${what}`);
    await pause(50);
  }
}
