import codes from 'i18n-iso-countries/codes.json';

/** Codes of ICAO Doc 9303 part 3 that are no country of ISO 3166: Germany's own, organisations, statelessness. */
const ICAO_ONLY =
  'D EUE GBD GBN GBO GBP GBS RKS UNO UNA UNK XBA XIM XCC XCE XCO XEC XES XMP XOM XPO XDC XXA XXB XXC XXX'.split(
    ' ',
  );

const STATES = new Set([...codes.map(([, alpha3]) => alpha3), ...ICAO_ONLY]);

/** Whether a three-letter code of a machine-readable zone stands for a state or organisation that issues documents. */
export function isMrzState(code: string): boolean {
  return STATES.has(code);
}

/** The ISO alpha-3 code of a state in a machine-readable zone: Germany writes D, British passports GBD, GBN and so on. */
export function isoStateOf(code: string): string {
  if (code === 'D') return 'DEU';
  return /^GB[DNOPS]$/.test(code) ? 'GBR' : code;
}
