// ESM-only packages are transformed too: jest loads CommonJS.
const esmOnly = [
  'puppeteer-core', 'file-type', '@puppeteer', 'uuid', 'strtok3', 'token-types', 'uint8array-extras', '@tokenizer',
  '@borewit', 'canonicalize', 'commander', 'zod-openapi', 'htmx\\.org', 'write-excel-file', 'read-excel-file', 'i18next',
  '@sparticuz', 'devtools-protocol', 'chromium-bidi', 'webdriver-bidi-protocol', 'mitt', 'proxy-agent',
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.[cm]?[jt]sx?$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`, '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.sicil/'],
  testTimeout: 30_000,
};
