// Every function exported here becomes a workflow type, so they are listed by name.
export { annualRefresh } from './annual-refresh';
export { auditInclusion } from './audit-inclusion';
export { auditPackage } from './audit-package';
export { customerImport } from './import';
export { customerLifecycle } from './customer-lifecycle';
export { dispatchDuties, reconcile } from './dispatch-duties';
export { missingDataFollowUp } from './missing-data-follow-up';
export { onboarding } from './onboarding';
export { policyChange } from './policy-change';
export { verification } from './verification';
