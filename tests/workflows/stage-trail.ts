import type { TestDealer } from '../support/dealer';

/** Every move of a customer's cases, in the order of the audit chain. */
export function stageTrail(
  dealer: TestDealer,
  customerId: string,
): Promise<{ from: string; to: string; caseId: string }[]> {
  return dealer.run(async (tx) => {
    const rows: { detail: { from: string; to: string }; case_id: string }[] = await tx
      .sql('audit_log')
      .where({ chain_id: customerId, event: 'case.stage_changed' })
      .orderBy('seq')
      .select('detail', 'case_id');
    return rows.map(({ detail, case_id: caseId }) => ({ from: detail.from, to: detail.to, caseId }));
  });
}

/** Whether each move began where the one before it ended: false as soon as two deciders wrote, or one wrote twice. */
export function isUnbroken(trail: readonly { from: string; to: string }[]): boolean {
  return trail.every((move, index) => index === 0 || trail[index - 1]?.to === move.from);
}
