/**
 * The one port through which workflows are woken (design §3.2). Both answer at once and never fail: a wake-up that is lost
 * is made good by the next sweep of the duties.
 */
export interface WakeUps {
  wake(dealerId: string, customerIds: readonly string[]): void;
  wakePackage(dealerId: string, packageId: string): void;
  wakeImport(dealerId: string, importId: string): void;
  wakePolicyChange(dealerId: string, changeId: string): void;
}
