import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { STATUS } from '../../api/errors';
import { fieldLabel } from '../../api/language';
import { PROBLEM_CODES } from '../../domain/check-result';
import { IDENTITY_NUMBER_PATHS } from '../../domain/record';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { textKeys } from '../../locales';
import { projectRoot } from '../../project-root';

const keys = new Set(textKeys('tr'));
const withoutText = (area: string, codes: Iterable<string>) =>
  [...new Set(codes)].filter((code) => !keys.has(`${area}.${code}`));

function sources(): string {
  const folders = ['api', 'cli', 'db', 'domain', 'operations', 'stores', 'activities'];
  return folders
    .flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(projectRoot, folder, name),
      ),
    )
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

const all = (pattern: RegExp) => [...sources().matchAll(pattern)].map(([, found]) => found ?? '');

test('every refusal that the code can throw has a text of its own', () => {
  const details = all(/new ComplianceError\(\s*'[A-Z_]+',\s*'([a-z_]+)'/g);
  expect(details.length).toBeGreaterThan(50);
  expect(withoutText('error', details)).toEqual([]);
  expect(withoutText('error.code', Object.keys(STATUS))).toEqual([]);
});

test('every code that points at a field has a text', () => {
  const codes = all(/pointer: [^,{}]+, code: '([a-z_]+)'/g);
  expect(codes.length).toBeGreaterThan(10);
  expect(withoutText('problem', [...codes, ...PROBLEM_CODES])).toEqual([]);
});

test('every requirement names its field, and every code of a check can be a finding', () => {
  const fields = [...REQUIREMENTS.map(({ field }) => field), ...IDENTITY_NUMBER_PATHS];
  expect(fields.filter((field) => fieldLabel('tr', field) === field && field !== 'iban')).toEqual([]);
  expect(fields.filter((field) => fieldLabel('en', field) === field && field !== 'iban')).toEqual([]);
  expect(
    withoutText(
      'finding',
      PROBLEM_CODES.filter((code) => code !== 'filler'),
    ),
  ).toEqual([]);
});
