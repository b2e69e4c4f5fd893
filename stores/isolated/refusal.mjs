/** A file that is not taken, with the code that its text is found by. */
export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}
