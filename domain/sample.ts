import { comparePaths } from './package-manifest';

/**
 * How a package's sample is drawn, so that an inspector can draw it again by hand: each code of the population is put
 * after the seed and a colon, the SHA-256 of that text (UTF-8) is taken, and the codes with the smallest digests are in.
 * With a list of codes in a file:
 *
 *     while read code; do echo "$(printf '%s' "SEED:$code" | sha256sum) $code"; done < codes | sort | head -n SIZE
 */
export const SAMPLE_RULE = 'sha256(seed:code), smallest first';

/** A sample that somebody asks for. */
export interface SampleRequest {
  size: number;
  seed: string;
}

/** Text whose digest says whether a code is in. */
export function sampleText(seed: string, code: string): string {
  return `${seed}:${code}`;
}

/**
 * The codes of a sample, in code order: the same for the same population, size and seed, in whatever order the population
 * comes. All of it where it is no larger than the sample. `sha256` answers with lower-case hex.
 * @throws RangeError for a size that is no whole number of at least one.
 */
export function drawSample(
  population: readonly string[],
  { size, seed }: SampleRequest,
  sha256: (text: string) => string,
): string[] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError('A sample holds at least one customer');
  return population
    .map((code) => ({ code, digest: sha256(sampleText(seed, code)) }))
    .sort((a, b) => comparePaths(a.digest, b.digest) || comparePaths(a.code, b.code))
    .slice(0, size)
    .map(({ code }) => code)
    .sort(comparePaths);
}
