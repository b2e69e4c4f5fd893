/** How much of everything a run does. */
export interface Sizes {
  customers: number;
  documents: number;
  connections: number;
  seconds: number;
  /** Customers to search in, and questions of each kind. */
  searched: number;
  questions: number;
  /** Customers of one file, and rows of one sheet. */
  imported: number;
  exported: number;
  /** Customers of a package, rounds of them, and customers of one larger package after that. */
  packaged: number;
  packages: number;
  packagedLarge: number;
  /** Single files asked for. */
  singles: number;
}

const FULL: Sizes = {
  customers: 500,
  documents: 100,
  connections: 20,
  seconds: 10,
  searched: 50_000,
  questions: 200,
  imported: 2_000,
  exported: 200_000,
  packaged: 1_000,
  packages: 2,
  packagedLarge: 0,
  singles: 100,
};
const QUICK: Sizes = {
  customers: 60,
  documents: 20,
  connections: 20,
  seconds: 2,
  searched: 10_000,
  questions: 50,
  imported: 500,
  exported: 20_000,
  packaged: 100,
  packages: 2,
  packagedLarge: 0,
  singles: 30,
};
const LARGE: Sizes = {
  ...FULL,
  searched: 1_000_000,
  questions: 400,
  imported: 20_000,
  exported: 1_000_000,
  packages: 1,
  packagedLarge: 10_000,
};

export function sizesOf({ quick, large }: { quick: boolean; large: boolean }): Sizes {
  if (large) return LARGE;
  return quick ? QUICK : FULL;
}
