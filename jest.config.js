// ESM-only packages are transformed too: jest loads CommonJS.
const esmOnly = [
  'puppeteer-core',
  'file-type',
  '@puppeteer',
  'uuid',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'canonicalize',
  'commander',
  'zod-openapi',
  'htmx\\.org',
  'read-excel-file',
  'i18next',
  'devtools-protocol',
  'chromium-bidi',
  'webdriver-bidi-protocol',
  'mitt',
  'proxy-agent',
  'postal-mime',
];

const e2eOnly = process.env.SICIL_TEST_STAGE === 'browser';
const withoutE2e = process.env.SICIL_TEST_STAGE === 'units';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: e2eOnly ? ['**/tests/e2e/**/*.test.ts'] : ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(withoutE2e ? ['/tests/e2e/'] : [])],
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
  transformIgnorePatterns: [
    `/node_modules/(?!(${esmOnly.join('|')})/)`,
    '<rootDir>/dist/',
    '<rootDir>/scripts/',
    '/tests/support/.*\\.mjs$',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.sicil/'],
  globalSetup: '<rootDir>/tests/support/global-setup.mjs',
  globalTeardown: '<rootDir>/tests/support/global-teardown.mjs',
  maxWorkers: 2,
  testTimeout: 30_000,
};
