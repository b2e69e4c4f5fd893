import type { AccountRow } from '../db/accounts';
import { ComplianceError } from '../domain/errors';

/**
 * What an operation asks of the person who calls it: nothing, any account, somebody who may read files, at least a role
 * of staff ⊂ officer ⊂ manager, an admin, or (`exporter`) an officer or the auditor.
 */
export type Access =
  'public' | 'signed_in' | 'reader' | 'exporter' | 'staff' | 'officer' | 'manager' | 'admin';

/** Every operation of the API and who may call it: the one place where roles are enforced. Nothing else is reachable. */
export const ACCESS = {
  signIn: 'public',
  signOut: 'signed_in',
  readMe: 'signed_in',
  changePassword: 'signed_in',
  runCheck: 'signed_in',
  createCustomer: 'staff',
  listCustomers: 'reader',
  readCustomer: 'reader',
  updateCustomer: 'staff',
  revealValue: 'staff',
  printCustomerFile: 'reader',
  changeCustomerType: 'staff',
  submitCase: 'staff',
  withdrawCustomer: 'staff',
  closeCustomer: 'officer',
  recordDecision: 'officer',
  refreshCustomer: 'staff',
  readTimeline: 'reader',
  checkDuplicates: 'staff',
  dismissDuplicate: 'staff',
  previewMerge: 'officer',
  mergeCustomers: 'officer',
  undoMerge: 'officer',
  uploadDocument: 'staff',
  listDocumentKinds: 'reader',
  previewDocument: 'reader',
  readDocument: 'reader',
  downloadDocument: 'reader',
  attestOriginal: 'staff',
  withdrawDocument: 'staff',
  issueForm: 'staff',
  listForms: 'reader',
  readForm: 'reader',
  downloadForm: 'reader',
  downloadOfficeForm: 'reader',
  signForm: 'staff',
  voidForm: 'staff',
  listPrivacyNotices: 'reader',
  recordPrivacyNotice: 'staff',
  listMarketingPermissions: 'reader',
  recordMarketingPermission: 'staff',
  listEvidence: 'reader',
  recordEvidence: 'staff',
  confirmCardSpelling: 'staff',
  listCases: 'reader',
  readCase: 'reader',
  listTasks: 'reader',
  completeTask: 'staff',
  downloadImportTemplate: 'reader',
  startImport: 'officer',
  listImports: 'reader',
  readImport: 'reader',
  downloadImportErrors: 'officer',
  commitImport: 'officer',
  cancelImport: 'officer',
  exportCustomers: 'exporter',
  requestPackage: 'officer',
  listPackages: 'reader',
  readPackage: 'reader',
  readPackageCompleteness: 'reader',
  endFixWindow: 'officer',
  readPackageProgress: 'reader',
  watchPackage: 'reader',
  retryPackage: 'officer',
  leaveOutOfPackage: 'officer',
  cancelPackage: 'officer',
  sealPackage: 'officer',
  downloadPackage: 'reader',
  listPackageDownloads: 'reader',
  listHandovers: 'reader',
  readHandover: 'reader',
  recordHandover: 'officer',
  uploadReceipt: 'officer',
  downloadReceipt: 'reader',
  listPolicies: 'signed_in',
  listRequirements: 'signed_in',
  listPolicyChanges: 'signed_in',
  readPolicyChange: 'signed_in',
  listPolicyMoves: 'reader',
  previewPolicyChange: 'officer',
  proposePolicyChange: 'officer',
  approvePolicyChange: 'manager',
  rejectPolicyChange: 'manager',
  withdrawPolicyChange: 'officer',
  undoPolicyChange: 'officer',
  readDealer: 'signed_in',
  updateDealer: 'admin',
  listBranches: 'signed_in',
  addBranch: 'admin',
  addUser: 'admin',
  listUsers: 'admin',
  readUser: 'admin',
  disableUser: 'admin',
  createApiToken: 'admin',
  listApiTokens: 'admin',
  revokeApiToken: 'admin',
} as const satisfies Record<string, Access>;

export type OperationId = keyof typeof ACCESS;

const RANK = { staff: 1, officer: 2, manager: 3 } as const;

/** Whether a person may do what asks for this access. The console uses it too, to offer only what will work. */
export function allows(account: Pick<AccountRow, 'role' | 'alsoManager'>, access: Access): boolean {
  const role = account.role === 'admin' && account.alsoManager ? 'manager' : account.role;
  switch (access) {
    case 'public':
    case 'signed_in':
      return true;
    case 'admin':
      return account.role === 'admin';
    case 'reader':
      return role !== 'admin';
    case 'exporter':
      return role === 'auditor' || allows(account, 'officer');
    default:
      return role in RANK && RANK[role as keyof typeof RANK] >= RANK[access];
  }
}

/** Throws FORBIDDEN where the role does not reach. */
export function requireAccess(account: Pick<AccountRow, 'role' | 'alsoManager'>, access: Access): void {
  if (!allows(account, access)) throw new ComplianceError('FORBIDDEN', 'role_forbids');
}
