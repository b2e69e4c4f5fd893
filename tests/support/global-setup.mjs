import { startTestServers } from './test-servers.mjs';

/** Offers servers to the tests; none is started before the first test file asks for it. */
export default async function globalSetup() {
  globalThis.testServers = await startTestServers();
  process.env.SICIL_TEST_SERVERS = globalThis.testServers.address;
}
