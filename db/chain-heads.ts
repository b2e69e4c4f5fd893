import type { Tx } from './transaction';

/** How far a customer's audit chain has come: whatever has an effect on the customer moves it. */
export async function chainPosition(tx: Tx, customerId: string): Promise<number> {
  const head = await tx
    .sql<{ dealer_id: string; chain_id: string; seq: number }>('chain_heads')
    .where({ dealer_id: tx.dealerId, chain_id: customerId })
    .first('seq');
  return head?.seq ?? 0;
}
