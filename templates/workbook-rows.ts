import type { RequirementState } from '../domain/completeness';
import type { CustomerStatus, CustomerType, DocumentKind, RiskLevel, Trigger } from '../domain/customer';

/**
 * Rows of the workbook's sheets (D-7.2 [ours, from read duties]). What is not known is null; `…On` are days, `…At`
 * instants; identity numbers are in clear here, and nowhere else in a package.
 */

export interface CustomerRow {
  code: string;
  type: CustomerType;
  titleOrGivenNames: string | null;
  surname: string | null;
  identityNumber: string | null;
  birthDate: string | null;
  nationality: string | null;
  occupation: string | null;
  province: string | null;
  district: string | null;
  address: string | null;
  phone: string | null;
  email: string | null;
  status: CustomerStatus;
  trigger: Trigger;
  risk: RiskLevel | null;
  publicInfluence: string | null;
  registeredOn: string;
  /** Null where none is known, or no transactions are kept. */
  lastTransactionAt: string | null;
  nextReviewOn: string | null;
  completeness: number;
  missing: string | null;
}

export interface DocumentRow {
  customerCode: string;
  kind: DocumentKind;
  number: string | null;
  issuedOn: string | null;
  expiresOn: string | null;
  seenBy: string | null;
  seenAt: string | null;
  path: string | null;
  /** Papers that are not current have no file in the package; their state stands in its place. */
  state: 'current' | 'replaced' | 'withdrawn';
  sha256: string;
}

export interface RepresentativeRow {
  customerCode: string;
  name: string;
  identityNumber: string | null;
  capacity: string | null;
  basis: string | null;
  fromOn: string | null;
  untilOn: string | null;
  signing: string | null;
}

export interface BeneficialOwnerRow {
  customerCode: string;
  name: string;
  identityNumber: string | null;
  nationality: string | null;
  method: string | null;
  sharePercent: number | null;
  chain: string | null;
  document: string | null;
  on: string | null;
}

export interface FindingRow {
  customerCode: string;
  field: string;
  legalBasis: string;
  openedAt: string;
  lastReminderAt: string | null;
  step: string | null;
  closedAt: string | null;
}

export interface VerificationRow {
  customerCode: string;
  method: string;
  source: string;
  requestDigest: string | null;
  result: string;
  simulated: boolean;
  at: string;
  by: string | null;
}

export interface RiskRow {
  customerCode: string;
  points: number;
  level: RiskLevel;
  factors: string | null;
  version: string;
  approvedBy: string | null;
  on: string;
}

export interface RefreshRow {
  customerCode: string;
  kind: string;
  plannedOn: string | null;
  completedAt: string | null;
  outcome: string | null;
}

export interface ChangeRow {
  at: string;
  actor: string;
  subject: string;
  field: string | null;
  beforeDigest: string | null;
  afterDigest: string | null;
  reason: string | null;
}

export interface ParameterRow {
  name: string;
  value: string;
  validFrom: string;
  validTo: string | null;
  basis: string;
}

/** A requirement that applies to a customer, or all that do not in one row. */
export interface CompletenessSheetRow {
  customerCode: string;
  /** Ids, joined by spaces where they are several. */
  requirement: string;
  count: number;
  field: string | null;
  severity: string | null;
  legalBasis: string | null;
  confidence: string | null;
  state: RequirementState;
  evidence: string | null;
  evidenceOn: string | null;
  problems: string | null;
  completedOn: string | null;
}
