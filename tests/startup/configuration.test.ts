import { loadConfig } from '../../config';

const load = (env: Record<string, string>) =>
  loadConfig({ DATABASE_URL: 'postgres://127.0.0.1/sicil', ...env });

test.each([
  ['SMTP_URL', 'nonsense', 'SMTP_URL is smtp://host:port'],
  ['SMTP_URL', 'http://mail.example.com', 'SMTP_URL is smtp://host:port'],
  ['SICIL_REGISTER', 'on', 'SICIL_REGISTER is simulated, off, or the http address'],
  ['SICIL_DAY_SECONDS', 'soon', 'SICIL_DAY_SECONDS is a number of seconds'],
  ['SICIL_DAY_SECONDS', '0', 'SICIL_DAY_SECONDS'],
  ['SICIL_ADMIN_TOKEN', 'short', 'SICIL_ADMIN_TOKEN needs 32 characters'],
  ['SICIL_EMPTY', 'yes', 'SICIL_EMPTY'],
])('%s=%s is refused by name', (name, value, message) => {
  expect(() => load({ [name]: value })).toThrow(message);
});

test.each([{}, { DATABASE_URL: '' }])('without a database (%j) it says how to come to one', (env) => {
  expect(() => loadConfig(env)).toThrow('run "npm start" first (a command needs the same SICIL_DATA_DIR)');
});

test('a shortened day is refused in production', () => {
  expect(() => load({ NODE_ENV: 'production', SICIL_DAY_SECONDS: '2' })).toThrow('refused in production');
});

test.each([
  [{ SICIL_REGISTER: 'off' }, { mode: 'off', url: undefined }],
  [
    { SICIL_REGISTER: 'https://register.example.com/kps' },
    { mode: 'live', url: 'https://register.example.com/kps' },
  ],
  [
    { SICIL_REGISTER: 'simulated', SICIL_REGISTER_URL: 'http://127.0.0.1:1/' },
    { mode: 'simulated', url: 'http://127.0.0.1:1/' },
  ],
])('%j chooses the register', (env, expected) => {
  expect(load(env).register).toEqual(expected);
});

test('smtps with a user is an address for mails', () => {
  expect(load({ SMTP_URL: 'smtps://user:pw@mail.example.com:465' }).smtpUrl).toMatch(/^smtps:/);
});
