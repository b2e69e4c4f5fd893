import { testServer } from './servers';

/** Path of the Chromium that `npm start` would use. */
export async function chromiumPath(): Promise<string> {
  return (await testServer<{ path: string }>('chromium')).path;
}
