import type { Stage } from './customer';

/** Where a case may go from each stage (design §8, D-4.1). Staying is always legal; nothing leaves `closed`. */
const MOVES: Record<Stage, readonly Stage[]> = {
  collecting: ['verifying', 'waiting_customer', 'closed'],
  verifying: ['waiting_customer', 'screening', 'rating', 'closed'],
  waiting_customer: ['verifying', 'closed'],
  screening: ['rating', 'verifying', 'waiting_customer', 'closed'],
  rating: ['decision', 'verifying', 'waiting_customer', 'closed'],
  decision: ['verifying', 'waiting_customer', 'closed'],
  closed: [],
};

export function isLegalMove(from: Stage, to: Stage): boolean {
  return from === to ? from !== 'closed' : MOVES[from].includes(to);
}
