/** Exit codes people script against (design §8). */
export const EXIT = { fine: 0, failed: 1, usage: 2, unhealthy: 3, verificationFailed: 4 } as const;

/** A command that ends with a code of its own; the message goes to standard error. */
export class Stop extends Error {
  override readonly name = 'Stop';

  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** With `--json` the value, else the lines. Standard output carries answers only, never a log. */
export function tell(asJson: boolean, value: unknown, lines: readonly string[]): void {
  process.stdout.write(
    asJson ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
  );
}
