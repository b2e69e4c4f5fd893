import countries from 'i18n-iso-countries';
import en from 'i18n-iso-countries/langs/en.json';
import tr from 'i18n-iso-countries/langs/tr.json';

import type { Language } from './domain/customer';

countries.registerLocale(en);
countries.registerLocale(tr);

/** A country by its ISO 3166-1 alpha-3 code, which records keep. */
export interface Country {
  code: string;
  name: string;
}

/** Türkiye first, then every country in the order of the reader's language. */
export function countriesIn(language: Language): readonly Country[] {
  lists[language] ??= listIn(language);
  return lists[language];
}

/** The country's name; what is no alpha-3 code comes back as it is. */
export function countryName(code: string, language: Language): string {
  const alpha2 = countries.alpha3ToAlpha2(code);
  return alpha2 === undefined ? code : (countries.getName(alpha2, language) ?? code);
}

const lists: Partial<Record<Language, readonly Country[]>> = {};

function listIn(language: Language): Country[] {
  const inOrder = new Intl.Collator(language).compare;
  const isHome = (country: Country) => country.code === 'TUR';
  return Object.keys(countries.getAlpha3Codes())
    .map((code) => ({ code, name: countryName(code, language) }))
    .sort((a, b) => Number(isHome(b)) - Number(isHome(a)) || inOrder(a.name, b.name));
}
