/** Task queues, by what their work costs (design §4). */
export const QUEUES = {
  lifecycle: 'lifecycle',
  registry: 'registry',
  notices: 'notices',
  render: 'render',
} as const;
export type QueueName = keyof typeof QUEUES;

/** Workflow ids are readable by everyone with access to Temporal: built from our ids, never from personal data. */
export const workflowIds = {
  customer: (dealerId: string, customerId: string) => `customer:${dealerId}:${customerId}`,
  onboarding: (dealerId: string, caseId: string) => `onboarding:${dealerId}:${caseId}`,
  verification: (dealerId: string, caseId: string) => `verification:${dealerId}:${caseId}`,
  missingDataFollowUp: (dealerId: string, caseId: string) => `follow-up:${dealerId}:${caseId}`,
  annualRefresh: (dealerId: string, caseId: string) => `refresh:${dealerId}:${caseId}`,
  package: (dealerId: string, packageId: string) => `package:${dealerId}:${packageId}`,
  import: (dealerId: string, importId: string) => `import:${dealerId}:${importId}`,
  policyChange: (dealerId: string, changeId: string) => `policy:${dealerId}:${changeId}`,
  inclusion: (dealerId: string, packageId: string, chunk: number) =>
    `inclusion:${dealerId}:${packageId}:${chunk}`,
};

/** Tells a lifecycle to look again. It carries nothing: the reason is a row in Postgres. */
export const WAKE = 'wake';
