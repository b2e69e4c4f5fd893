import { brokenFloors } from '../../domain/policy-change';
import { DEFAULT_POLICY } from '../../domain/rules/policy';

const broken = (key: string, value: unknown) =>
  brokenFloors(value, DEFAULT_POLICY.find((row) => row.key === key)?.floor ?? []).map(
    ({ path, refused }) => `${path} ${refused ? 'refused' : 'warned'}`,
  );

test.each([
  ['documentAges', { address_proof: 'P3M' }, []],
  ['documentAges', { address_proof: 'P2M' }, []],
  ['documentAges', { address_proof: 'P4M' }, ['address_proof refused']],
  // Every other age is the dealer's own affair.
  ['documentAges', { address_proof: 'P3M', funds_proof: 'P9Y' }, []],
  ['beneficialOwnership', { overPercent: 25 }, []],
  ['beneficialOwnership', { overPercent: 25.01 }, ['overPercent refused']],
  ['retention', 'P8Y', []],
  ['retention', 'P7Y', [' refused']],
  [
    'thresholds',
    { identificationKurus: 18_500_001, paymentEvidenceKurus: 1 },
    ['identificationKurus refused'],
  ],
])('%s %j against the law: %j', (key, value, expected) => {
  expect(broken(key, value)).toEqual(expected);
});
