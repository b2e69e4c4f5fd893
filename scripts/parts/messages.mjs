/**
 * A reason to stop that is the surroundings' and not a bug: shown without a stack. Says what is wrong and what to do.
 */
export class StartError extends Error {}

/** One short line of progress for the person at the terminal. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Ends the program with a message a person can act on. A defect keeps its stack. */
export function fail(error) {
  const text = error instanceof StartError ? error.message : (error?.stack ?? String(error));
  process.stderr.write(`\n${text}\n`);
  process.exitCode = 1;
}
