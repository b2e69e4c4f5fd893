import { readFileSync } from 'node:fs';
import { PROVINCES, isProvince, provinceNamed } from '../../domain/provinces';
import { testWithSharedData } from '../support/vectors';

test('there are 81 provinces with plate codes 01 to 81, each found by its own name', () => {
  expect(PROVINCES).toHaveLength(81);
  expect(PROVINCES.map(({ code }) => Number(code))).toEqual(
    Array.from({ length: 81 }, (_, index) => index + 1),
  );
  for (const province of PROVINCES) expect(provinceNamed(province.name)).toBe(province);
});

test.each([
  ['İstanbul', '34'],
  ['ISTANBUL', '34'],
  ['istanbul', '34'],
  [' İSTANBUL ', '34'],
  ['Sanliurfa', '63'],
  ['IĞDIR', '76'],
  ['igdir', '76'],
  ['Düzce', '81'],
])('%j has plate code %s', (name, code) => {
  expect(provinceNamed(name)?.code).toBe(code);
});

test.each(['', 'Kadıköy', 'Lefkoşa', 'İstan', '34'])('%j is no province', (name) => {
  expect(isProvince(name)).toBe(false);
});

testWithSharedData('outside list of provinces agrees', 'turkiye/provinces-districts.json', (path) => {
  const provinces = JSON.parse(readFileSync(path, 'utf8')) as { code: string; name: string }[];
  const byCode = provinces
    .map(({ code, name }) => ({ code, name }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
  expect(PROVINCES).toEqual(byCode);
});
