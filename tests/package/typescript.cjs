// Lets a child process of a test load our TypeScript as it lies, the way jest does: `node -r ./typescript.cjs child.ts`.
const { readFileSync } = require('node:fs');
const Module = require('node:module');

const { transformSync } = require('@swc/core');

// oxlint-disable-next-line no-underscore-dangle -- the only place Node offers
Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  // oxlint-disable-next-line no-underscore-dangle
  module._compile(code, filename);
};
