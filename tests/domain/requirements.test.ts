import { CUSTOMER_TYPES, TRIGGERS } from '../../domain/customer';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { completeBuildingManagement } from '../support/complete-files';
import { bring, verdictOn, withdraw, type Change } from './examples/example';

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
