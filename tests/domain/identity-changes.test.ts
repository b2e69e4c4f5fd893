import { changesIdentity } from '../../domain/record';

const person = { givenNames: 'Veli', surname: 'Ak', tckn: '10000000146', phone: '05321234567' };
const company = {
  title: 'Ak Kuyumculuk',
  representatives: [{ person, authority: { kind: 'manager' } }],
  shareholders: [{ name: 'Veli Ak', kind: 'natural_person', share: 100 }],
  beneficialOwners: [{ person, method: 'share', share: 60 }],
};
const heldBy = (own: number, other: number, name = 'Veli Ak') => ({
  ...company,
  shareholders: [
    { name, kind: 'natural_person', share: own },
    { name: 'Can Su', kind: 'natural_person', share: other },
  ],
});
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
  ['a quarter sold to somebody else', heldBy(75, 25), false],
  ['a hundredth more than a quarter', heldBy(74.99, 25.01), true],
  ['another spelling of a holder', heldBy(100, 0, 'VELİ AK'), false],
  ['another register number', { ...company, registryNumber: '34-001-002' }, true],
  ['another person on whose behalf', { ...company, onBehalfOf: { person } }, true],
  ['an address', { ...company, address: { province: 'Ankara' } }, false],
])('%s: does it touch who the customer is?', (_what, after, expected) => {
  expect(changesIdentity(company, after, 25)).toBe(expected);
});
