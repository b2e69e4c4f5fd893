/** Letters that ICAO Doc 9303 part 3 writes in more than one way; issuers choose, so each way counts. */
const SPELLINGS: Record<string, readonly string[]> = {
  Ä: ['A', 'AE'],
  Å: ['A', 'AA'],
  Æ: ['AE', 'A'],
  Ö: ['O', 'OE'],
  Ø: ['O', 'OE'],
  Œ: ['OE'],
  Ü: ['U', 'UE'],
  Ñ: ['N', 'NXX'],
  ß: ['SS'],
  ẞ: ['SS'],
  Þ: ['TH'],
  Ð: ['D'],
  Đ: ['D'],
  Ł: ['L'],
  ı: ['I'],
  // Some leave an apostrophe out, some leave a gap.
  "'": ['', ' '],
  '’': ['', ' '],
  ʼ: ['', ' '],
  '‘': ['', ' '],
};
const ACCENTS = /[\u0300-\u036f]/g;
const GAP = /[\s\p{Pd}]+/gu;

/**
 * Whether a typed name may be the one in a machine-readable zone (D-3.4): letters folded as Doc 9303 does (Ç→C, Ğ→G,
 * İ and ı→I, Ö→O or OE, Ş→S, Ü→U or UE), hyphens as gaps. A name in another script cannot be compared and passes.
 * @param printed the zone's name with single spaces for its fillers
 * @param cutOff the zone had no room for the rest: the beginning is enough
 */
export function mayBePrinted(typed: string, printed: string, cutOff: boolean): boolean {
  const letters = Array.from(typed.normalize('NFC').replace(GAP, ' ').trim());
  // Every place in the printed name that some spelling of the letters so far may have reached.
  let places = new Set([0]);
  for (const letter of letters) {
    const spellings = spellingsOf(letter);
    if (spellings === null) return true;
    places = advance(places, spellings, printed);
    if (cutOff && places.has(printed.length)) return true;
  }
  return places.has(printed.length);
}

function spellingsOf(letter: string): readonly string[] | null {
  const known = SPELLINGS[letter] ?? SPELLINGS[letter.toUpperCase()];
  if (known !== undefined) return known;
  // A dot above that a Mac pastes behind an i decomposes to nothing (T02).
  const plain = letter.normalize('NFD').replace(ACCENTS, '').toUpperCase();
  if (/^[A-Z ]*$/.test(plain)) return [plain];
  return /^\p{L}$/u.test(letter) ? null : [''];
}

function advance(places: ReadonlySet<number>, spellings: readonly string[], printed: string): Set<number> {
  const next = new Set<number>();
  for (const place of places)
    for (const spelling of spellings) {
      if (printed.startsWith(spelling, place)) next.add(place + spelling.length);
    }
  return next;
}
