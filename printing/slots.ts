/** So many documents wait already that another would not be printed in good time: ask again later. */
export class PrinterBusy extends Error {
  override readonly name = 'PrinterBusy';
}

export interface Slots {
  /**
   * Resolves when one of the slots is free, in the order of asking, with the function that gives it back.
   * @throws PrinterBusy when as many wait as may.
   */
  take(): Promise<() => void>;
}

/** So many at the same time; `queueMax` others may wait. */
export function createSlots(count: number, queueMax = Infinity): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  const release = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    take: async () => {
      if (free > 0) free -= 1;
      else if (waiting.length >= queueMax) throw new PrinterBusy('The queue of the PDF printer is full');
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return release;
    },
  };
}
