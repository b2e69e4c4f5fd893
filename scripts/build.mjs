// npm run build: compiles into dist/ and bundles the workflows.
import { build } from './parts/build.mjs';
import { ensureInstalled } from './parts/install.mjs';
import { fail } from './parts/messages.mjs';
import { runUnderNewerNode } from './parts/node.mjs';

try {
  ensureInstalled();
  if (!runUnderNewerNode()) await build();
} catch (error) {
  fail(error);
}
