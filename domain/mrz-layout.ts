/** The parts of a machine-readable zone as they stand in it, before anything is judged. */
export interface MrzParts {
  format: 'td1' | 'td2' | 'td3' | 'fra_id';
  documentCode: string;
  issuingState: string;
  documentNumber: string;
  birth: string;
  sex: string;
  expiry: string;
  nationality: string;
  names: string;
  optional1: string;
  optional2: string;
  /** What each check digit is computed over, and the digit that stands there. `or` is another reading of the rule. */
  checks: { part: MrzCheckPart; data: string; or?: string; digit: string }[];
}

export type MrzCheckPart = 'document_number' | 'birth' | 'expiry' | 'optional' | 'composite';

const FILLER = /<+/g;
const NUMBER_LENGTH = 9;

/**
 * Cuts a zone into its parts (ICAO Doc 9303 parts 4 to 6): TD1 3 × 30, TD2 2 × 36, TD3 2 × 44, and the French card of
 * before 2021, which has a layout of its own. Null for any other number or length of lines.
 */
export function layOut(lines: readonly string[]): MrzParts | null {
  const shape = lines.map((line) => line.length).join('+');
  const [first = '', second = '', third = ''] = lines;
  if (shape === '30+30+30') return td1(first, second, third);
  if (shape === '36+36') return first.startsWith('IDFRA') ? frenchCard(first, second) : td2(first, second);
  // Visas share the passport's size and have no check digit over the whole.
  if (shape === '44+44' && !first.startsWith('V')) return td3(first, second);
  return null;
}

/** A field of the zone as people write it: fillers are gaps. */
export function readable(field: string): string {
  return field.replace(FILLER, ' ').trim();
}

function td1(first: string, second: string, names: string): MrzParts {
  const optional1 = first.slice(15, 30);
  const number = numberOf(first.slice(5, 14), first.charAt(14), optional1);
  const composite = first.slice(5, 30) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29);
  return {
    format: 'td1',
    documentCode: first.slice(0, 2),
    issuingState: first.slice(2, 5),
    documentNumber: number.value,
    ...datesOf(second.slice(0, 15)),
    nationality: second.slice(15, 18),
    names,
    optional1,
    optional2: second.slice(18, 29),
    checks: [
      number.check,
      ...dateChecksOf(second.slice(0, 15)),
      { part: 'composite', data: composite, digit: second.charAt(29) },
    ],
  };
}

function td2(first: string, second: string): MrzParts {
  const optional1 = second.slice(28, 35);
  const number = numberOf(second.slice(0, 9), second.charAt(9), optional1);
  const composite = second.slice(0, 10) + second.slice(13, 20) + second.slice(21, 35);
  return {
    format: 'td2',
    documentCode: first.slice(0, 2),
    issuingState: first.slice(2, 5),
    documentNumber: number.value,
    ...datesOf(second.slice(13, 28)),
    nationality: second.slice(10, 13),
    names: first.slice(5),
    optional1,
    optional2: '',
    checks: [
      number.check,
      ...dateChecksOf(second.slice(13, 28)),
      { part: 'composite', data: composite, digit: second.charAt(35) },
    ],
  };
}

function td3(first: string, second: string): MrzParts {
  const personal = second.slice(28, 42);
  const composite = second.slice(0, 10) + second.slice(13, 20) + second.slice(21, 43);
  return {
    format: 'td3',
    documentCode: first.slice(0, 2),
    issuingState: first.slice(2, 5),
    documentNumber: readable(second.slice(0, 9)),
    ...datesOf(second.slice(13, 28)),
    nationality: second.slice(10, 13),
    names: first.slice(5),
    optional1: personal,
    optional2: '',
    checks: [
      { part: 'document_number', data: second.slice(0, 9), digit: second.charAt(9) },
      ...dateChecksOf(second.slice(13, 28)),
      { part: 'optional', data: personal, digit: second.charAt(42) },
      { part: 'composite', data: composite, digit: second.charAt(43) },
    ],
  };
}

/** Carte nationale d'identité 1988 to 2021: no expiry, no nationality, given names in the second line. */
function frenchCard(first: string, second: string): MrzParts {
  const given = second.slice(13, 27);
  return {
    format: 'fra_id',
    documentCode: first.slice(0, 2),
    issuingState: first.slice(2, 5),
    documentNumber: readable(second.slice(0, 12)),
    birth: second.slice(27, 33),
    sex: second.charAt(34),
    expiry: '<<<<<<',
    nationality: first.slice(2, 5),
    // Several given names are parted by two fillers here; elsewhere two fillers end the surname.
    names: `${first.slice(5, 30).replace(/<+$/, '')}<<${given.replace(/<<(?=[A-Z])/g, '<')}`,
    optional1: first.slice(30, 36),
    optional2: '',
    checks: [
      { part: 'document_number', data: second.slice(0, 12), digit: second.charAt(12) },
      { part: 'birth', data: second.slice(27, 33), digit: second.charAt(33) },
      { part: 'composite', data: first + second.slice(0, 35), digit: second.charAt(35) },
    ],
  };
}

/** A number longer than nine characters has a filler for its check digit and goes on in the optional data. */
function numberOf(
  field: string,
  digit: string,
  optional: string,
): { value: string; check: MrzParts['checks'][number] } {
  const rest = optional.split('<')[0] ?? '';
  if (digit !== '<' || field.length < NUMBER_LENGTH || field.endsWith('<') || rest.length < 2) {
    return { value: readable(field), check: { part: 'document_number', data: field, digit } };
  }
  const further = rest.slice(0, -1);
  return {
    value: field + further,
    // Issuers differ in whether the filler between the parts counts as a place. [computed on real specimens]
    check: {
      part: 'document_number',
      data: `${field}<${further}`,
      or: field + further,
      digit: rest.slice(-1),
    },
  };
}

/** Birth, its digit, sex, expiry, its digit: the same 15 characters in each of Doc 9303's layouts. */
function datesOf(field: string): Pick<MrzParts, 'birth' | 'sex' | 'expiry'> {
  return { birth: field.slice(0, 6), sex: field.charAt(7), expiry: field.slice(8, 14) };
}

function dateChecksOf(field: string): MrzParts['checks'] {
  return [
    { part: 'birth', data: field.slice(0, 6), digit: field.charAt(6) },
    { part: 'expiry', data: field.slice(8, 14), digit: field.charAt(14) },
  ];
}
