import { SHARED_TEXT_BYTES_MAX, SheetRefusal } from './sheet-limits';

const FIRST_BYTES = 64 * 1024;

/** The texts that a workbook keeps once for all its cells, as bytes side by side: a string each would take ten times the room. */
export class SharedTexts {
  private bytes = Buffer.alloc(FIRST_BYTES);
  private ends = new Uint32Array(1024);
  private count = 0;

  /** @throws SheetRefusal when there is more than memory is given for. */
  add(text: string): void {
    const start = this.end(this.count);
    const size = Buffer.byteLength(text);
    if (start + size > SHARED_TEXT_BYTES_MAX) throw new SheetRefusal('too_many_texts');
    while (start + size > this.bytes.length) this.bytes = Buffer.concat([this.bytes], this.bytes.length * 2);
    if (this.count === this.ends.length) {
      const more = new Uint32Array(this.ends.length * 2);
      more.set(this.ends);
      this.ends = more;
    }
    this.bytes.write(text, start);
    this.ends[this.count] = start + size;
    this.count += 1;
  }

  /** The text at a place, counted from 0; undefined where there is none. */
  at(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) return undefined;
    return this.bytes.toString('utf8', this.end(index), this.end(index + 1));
  }

  private end(count: number): number {
    return count === 0 ? 0 : (this.ends[count - 1] ?? 0);
  }
}
