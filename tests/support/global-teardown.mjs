/** Stops what was started. When jest is killed instead, each server's guard does it. */
export default async function globalTeardown() {
  await globalThis.testServers?.stop();
}
