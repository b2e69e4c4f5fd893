import { changesIdentity } from '../../domain/record';

const person = { givenNames: 'Veli', surname: 'Ak', tckn: '10000000146', phone: '05321234567' };
const company = {
  title: 'Ak Kuyumculuk',
  representatives: [{ person, authority: { kind: 'manager' } }],
  beneficialOwners: [{ person, method: 'share', share: 60 }],
};
const acting = (changes: object) => ({
  ...company,
  representatives: [{ person: { ...person, ...changes } }],
});

test.each([
  ['another title', { ...company, title: 'Ak Gümüş' }, true],
  ['another representative', acting({ tckn: '12345678950' }), true],
  ['one more representative', { ...company, representatives: [{ person }, { person }] }, true],
  [
    'another beneficial owner',
    { ...company, beneficialOwners: [{ person: { ...person, surname: 'Kara' } }] },
    true,
  ],
  ['no beneficial owner any more', { title: company.title, representatives: company.representatives }, true],
  ['the phone of a representative', acting({ phone: '05329876543' }), false],
  ['an address', { ...company, address: { province: 'Ankara' } }, false],
])('%s: does it touch who the customer is?', (_what, after, expected) => {
  expect(changesIdentity(company, after)).toBe(expected);
});
