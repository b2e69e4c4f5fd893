import fc from 'fast-check';

import { fieldLabel } from '../../api/language';
import { CUSTOMER_TYPES, TRIGGERS, type CustomerType } from '../../domain/customer';
import { addDays } from '../../domain/days';
import type { RuleParameters } from '../../domain/findings';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { textKeys } from '../../locales';
import { completeBuildingManagement } from '../support/complete-files';
import { BODY_EXAMPLES } from './examples/bodies';
import { COMMON_EXAMPLES } from './examples/common';
import { COMPANY_EXAMPLES } from './examples/companies';
import { TODAY, bring, policy, set, verdictOn, withdraw, type Change } from './examples/example';
import { PEOPLE_EXAMPLES } from './examples/people';

const EXAMPLES = [...PEOPLE_EXAMPLES, ...COMPANY_EXAMPLES, ...BODY_EXAMPLES, ...COMMON_EXAMPLES];

const cases = CUSTOMER_TYPES.flatMap((type) => TRIGGERS.map((trigger) => ({ type, trigger })));

test.each(cases)('a complete file of $type for $trigger has no finding', ({ type, trigger }) => {
  expect(verdictOn(type, trigger)).toEqual({ findings: [], completeness: 100 });
});

test('a house management is complete with its manager and the page that appoints them', () => {
  const house: Change = (file) => {
    file.record = completeBuildingManagement();
  };
  const papers = [withdraw('partnership_agreement', 'tax_certificate'), bring('authority')];
  expect(verdictOn('unincorporated', 'continuous', [house, ...papers]).findings).toEqual([]);
});

test.each(CUSTOMER_TYPES)('an empty file of %s is 0 percent complete', (type) => {
  const empty: Change = (file) => {
    file.record = {};
    file.documents = [];
  };
  const { completeness, findings } = verdictOn(type, 'continuous', [empty]);
  expect(completeness).toBe(0);
  expect(findings.filter(({ severity }) => severity === 'blocking').length).toBeGreaterThan(3);
});

test('below the triggers the minimum is asked, and no paper', () => {
  const asked = REQUIREMENTS.filter(({ triggers }) => triggers.includes('voluntary'));
  expect(asked.filter(({ field }) => field.startsWith('documents.'))).toEqual([]);
});

test('every rule of the matrix is proven by an example, and every example is of a rule', () => {
  const proven = new Set(EXAMPLES.map(({ id }) => id));
  const seeded = REQUIREMENTS.map(({ id }) => id);
  expect(seeded.filter((id) => !proven.has(id))).toEqual([]);
  expect([...proven].filter((id) => !seeded.includes(id))).toEqual([]);
});

test('an id stands for one rule of a type, and each rule says where it comes from and what proves it', () => {
  for (const type of CUSTOMER_TYPES) {
    const ids = REQUIREMENTS.filter(({ types }) => types.includes(type)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
  expect(new Set(REQUIREMENTS.map(({ id }) => id)).size).toBe(REQUIREMENTS.length);
  expect(REQUIREMENTS.filter(({ legalBasis }) => legalBasis === '')).toEqual([]);
  const evidence = new Set(REQUIREMENTS.flatMap((rule) => rule.evidence ?? []));
  const texts = new Set(textKeys('tr'));
  expect([...evidence].filter((code) => !texts.has(`rule.evidence.${code}`))).toEqual([]);
});

test('what no law says is our own policy, and no article stands beside it', () => {
  for (const { id, legalBasis, confidence } of REQUIREMENTS)
    expect([id, legalBasis === 'işletme politikası']).toEqual([id, confidence === 'ours']);
});

test('every age that a rule names is a period of the policy', () => {
  const named = REQUIREMENTS.flatMap(({ test: asked }) =>
    asked.kind === 'document' && asked.maxAge !== undefined ? [asked.maxAge] : [],
  );
  expect(named.filter((key) => policy.documentAges[key] === undefined)).toEqual([]);
});

test('every finding that an example brings has a text of its own', () => {
  const texts = new Set(textKeys('tr'));
  expect(EXAMPLES.map(({ code }) => code).filter((code) => !texts.has(`finding.${code}`))).toEqual([]);
  const unnamed = EXAMPLES.filter(({ field }) => field !== 'iban' && fieldLabel('tr', field) === field);
  expect(unnamed.map(({ field }) => field)).toEqual([]);
});

test('ages and thresholds are the policy’s: another value, another verdict', () => {
  const under = (type: CustomerType, changes: Change[], parameters: Partial<RuleParameters>) =>
    verdictOn(type, 'continuous', changes, REQUIREMENTS, TODAY, { ...policy, ...parameters }).findings.map(
      ({ code }) => code,
    );
  const bill = [bring('address_proof', { issuedOn: '2026-09-22' })];
  expect(under('natural_person_tr', bill, {})).toEqual([]);
  expect(under('natural_person_tr', bill, { documentAges: { address_proof: 'P1M' } })).toEqual(['too_old']);
  const tomorrows = [bring('address_proof', { issuedOn: addDays(TODAY, 1) })];
  expect(under('natural_person_tr', tomorrows, {})).toEqual(['issued_in_future']);
  const sold = [set('shareholders[0].share', 85), set('shareholders[1]', { name: 'Ümran Dağ', share: 15 })];
  expect(under('company', sold, {})).toEqual([]);
  expect(under('company', sold, { beneficialOwnership: { overPercent: 10 } })).toEqual(['owner_missing']);
});

const paths = [...new Set(REQUIREMENTS.map(({ field }) => field.replaceAll('[]', '[0]')))].filter(
  (field) => !field.startsWith('documents.'),
);
/** Those that several rules look at come more often. */
const anyPath = fc.oneof(
  fc.constantFrom(...paths),
  fc.constantFrom('birthDate', 'shareholders', 'address', 'representative', 'publicInfluence.kind'),
);
const anyValue = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.string({ unit: 'grapheme' }),
  fc.constant('2026-02-30'),
);

test('whatever stands in a field, a file is judged and keeps between 0 and 100 percent', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CUSTOMER_TYPES),
      fc.array(fc.tuple(anyPath, anyValue), { maxLength: 6 }),
      (type, values) => {
        const change: Change = (file) => {
          file.record = typed(values);
        };
        const { completeness, findings } = verdictOn(type, 'continuous', [change]);
        expect(completeness).toBeGreaterThanOrEqual(0);
        expect(completeness).toBeLessThanOrEqual(100);
        const keys = findings.map(({ code, field }) => `${code}|${field}`);
        expect(new Set(keys).size).toBe(keys.length);
      },
    ),
  );
});

/** A record with these values; a path that leads through one of them is left out. */
function typed(values: readonly [string, unknown][]): Record<string, unknown> {
  const file = {
    record: {},
    documents: [],
    registerMismatches: [],
    reviewOverdue: false,
    risk: 'low' as const,
  };
  for (const [path, value] of values) {
    try {
      set(path, value)(file);
    } catch {
      continue;
    }
  }
  return file.record;
}
