import { isNaturalPerson, type CustomerType } from './customer';
import { foldKey } from './names';

/**
 * How sure it is that two files are one customer (D-3.7, D-10 T03–T05, T16, T22, T23). `strong`: a number that belongs to
 * one only. `probable`: name and birth date, or title and register number. `possible`: worth a look, never merged unseen.
 */
export const DUPLICATE_STRENGTHS = ['strong', 'probable', 'possible'] as const;
export type DuplicateStrength = (typeof DUPLICATE_STRENGTHS)[number];

/** Why two files are shown side by side; texts are `duplicate.reason.<code>`. */
export const DUPLICATE_REASONS = [
  'same_identity_number',
  'same_mersis_number',
  'same_document',
  'same_name_and_birth_date',
  'similar_name_and_birth_date',
  'same_title_and_register_number',
  'same_phone_similar_name',
  'same_email_similar_name',
  'twin_near_number',
  'twin_same_address',
] as const;
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];

/** Why two organisations belong to one network without being one customer (T16). */
export type NetworkReason = 'network_address' | 'network_phone';

/** Keyed fingerprints that two files may share; what each is made of stands in operations/search-terms.ts. */
export type SharedField =
  | 'identity'
  | 'mersis'
  | 'document'
  | 'name_birth'
  | 'surname_birth'
  | 'register'
  | 'phone'
  | 'email'
  | 'address';

export interface Pairing {
  /** Types of both files. */
  types: readonly [CustomerType, CustomerType];
  /** Names as shown, of both files. */
  names: readonly [string, string];
  shared: ReadonlySet<SharedField>;
  /** Citizens' numbers of both files where both are known; null where they were not looked up. */
  numbers: readonly [string, string] | null;
}

export interface Judgement {
  /** Null where they are not duplicates, whatever else they share. */
  strength: DuplicateStrength | null;
  reasons: DuplicateReason[];
  network: NetworkReason[];
}

/** What two files that share something are to each other. Symmetric: which of them is asked about does not matter. */
export function judgePair(pair: Pairing): Judgement {
  const { shared, types } = pair;
  const people = types.map(isNaturalPerson);
  const name = people.every(Boolean) ? compareNames(...pair.names) : compareTitles(...pair.names);
  const strong = strongReasons(shared);
  const probable = people[0] === people[1] ? probableReasons(shared, name) : [];
  // Organisations of one owner share phones, mailboxes and half their titles (T16).
  const possible = people.every(Boolean) ? possibleReasons(pair, name) : [];
  const reasons = [...strong, ...probable, ...possible];
  const strength =
    strong.length > 0 ? 'strong' : probable.length > 0 ? 'probable' : possible.length > 0 ? 'possible' : null;
  return { strength, reasons, network: people.some(Boolean) ? [] : networkReasons(shared) };
}

function strongReasons(shared: ReadonlySet<SharedField>): DuplicateReason[] {
  return [
    ...when(shared.has('identity'), 'same_identity_number' as const),
    ...when(shared.has('mersis'), 'same_mersis_number' as const),
    ...when(shared.has('document'), 'same_document' as const),
  ];
}

function probableReasons(shared: ReadonlySet<SharedField>, name: NameLikeness): DuplicateReason[] {
  const born = shared.has('name_birth') || shared.has('surname_birth');
  return [
    ...when(born && name === 'same', 'same_name_and_birth_date' as const),
    ...when(born && name === 'similar', 'similar_name_and_birth_date' as const),
    ...when(shared.has('register') && name !== 'different', 'same_title_and_register_number' as const),
  ];
}

function possibleReasons(pair: Pairing, name: NameLikeness): DuplicateReason[] {
  const { shared, numbers } = pair;
  const alike = name !== 'different';
  const twins = shared.has('surname_birth') && !alike;
  return [
    ...when(shared.has('phone') && alike, 'same_phone_similar_name' as const),
    ...when(shared.has('email') && alike, 'same_email_similar_name' as const),
    ...when(twins && numbers !== null && areNearNumbers(...numbers), 'twin_near_number' as const),
    ...when(twins && shared.has('address'), 'twin_same_address' as const),
  ];
}

function networkReasons(shared: ReadonlySet<SharedField>): NetworkReason[] {
  return [
    ...when(shared.has('address'), 'network_address' as const),
    ...when(shared.has('phone'), 'network_phone' as const),
  ];
}

function when<Code>(holds: boolean, code: Code): Code[] {
  return holds ? [code] : [];
}

/**
 * Numbers of one family are handed out in a row: the first nine digits of relatives lie at most some hundred thousand
 * apart [observed in public writing on the series, ours]. Twins are the case that matters: near numbers, one birth date.
 */
const NEAR = 500_000;

/** Whether two identity numbers are neighbours in the series. Equal numbers are no neighbours. */
export function areNearNumbers(a: string, b: string): boolean {
  if (!/^\d{11}$/.test(a) || !/^\d{11}$/.test(b) || a === b) return false;
  return Math.abs(Number(a.slice(0, 9)) - Number(b.slice(0, 9))) <= NEAR;
}

export type NameLikeness = 'same' | 'similar' | 'different';

/** A name of one word only says too little to stand for a longer one. */
const WORDS_MIN = 2;
/** Shorter words are different words when a letter differs: Ece and Efe, Cem and Cam. */
const TYPO_LENGTH_MIN = 5;

/**
 * Two people's names: `same` with the same words in any order (T04: a hyphen is a space), `similar` where one leaves words
 * out (T03: a second surname, T05: a middle name) or one word has a slip of one letter. Symmetric.
 */
export function compareNames(a: string, b: string): NameLikeness {
  return compareWords(wordsOf(a), wordsOf(b), WORDS_MIN);
}

/** Parts of titles that name the form of a company or its trade, not the company. */
const FORM_WORDS = new Set(
  'a an as ltd limited sti st sirket sirketi anonim ve san sanayi sanayii tic ticaret ithalat ihracat ith ihr ic dis pazarlama paz kollektif komandit koll kom co inc llc gmbh subesi dernegi vakfi'.split(
    ' ',
  ),
);

/** Two organisations' titles, without what names their legal form: `X Kuyumculuk Ltd. Şti.` and `X KUYUMCULUK`. */
export function compareTitles(a: string, b: string): NameLikeness {
  const core = (title: string) => {
    const words = wordsOf(title);
    const own = words.filter((word) => !FORM_WORDS.has(word) && word.length > 1);
    return own.length === 0 ? words : own;
  };
  return compareWords(core(a), core(b), WORDS_MIN);
}

/** The words of a name in the order of the alphabet: one key for every order in which they are typed. */
export function nameKey(name: string): string {
  return wordsOf(name).join(' ');
}

function wordsOf(name: string): string[] {
  return foldKey(name)
    .split(' ')
    .filter((word) => word !== '')
    .sort();
}

function compareWords(a: readonly string[], b: readonly string[], least: number): NameLikeness {
  if (a.length === 0 || b.length === 0) return 'different';
  if (a.join(' ') === b.join(' ')) return 'same';
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  if (few.length < least) return 'different';
  const left = [...many];
  const unmatched = few.filter((word) => !takeOut(left, (other) => other === word));
  if (unmatched.length === 0) return 'similar';
  const [typo] = unmatched;
  // A slip and a word left out at once are two doubts too many.
  if (unmatched.length > 1 || typo === undefined || a.length !== b.length) return 'different';
  return takeOut(left, (other) => isSlip(typo, other)) ? 'similar' : 'different';
}

function takeOut(words: string[], fits: (word: string) => boolean): boolean {
  const at = words.findIndex(fits);
  if (at !== -1) words.splice(at, 1);
  return at !== -1;
}

/** One letter changed, added, left out, or two neighbours exchanged. */
function isSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length < TYPO_LENGTH_MIN || long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  const rest = (text: string, skip: number) => text.slice(start + skip);
  if (short.length < long.length) return rest(short, 0) === rest(long, 1);
  const swapped = short[start] === long[start + 1] && short[start + 1] === long[start];
  return rest(short, 1) === rest(long, 1) || (swapped && rest(short, 2) === rest(long, 2));
}
