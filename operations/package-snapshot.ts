import type {
  CaseKind,
  CaseOutcome,
  CustomerStatus,
  CustomerType,
  DocumentKind,
  Language,
  RiskLevel,
  Stage,
  Trigger,
} from '../domain/customer';
import type { PackageProfile } from '../domain/package-manifest';
import type { Confidence, Severity } from '../domain/requirements';
import type { Lights, RegisterResult } from '../domain/verification';
import type { Tx } from '../db/transaction';
import { newKey, open, seal } from '../stores/crypto';
import type { CustomerFilter } from './customer-list';
import { dealerKey } from './record-envelope';

/**
 * What a package freezes, as JSON: days `YYYY-MM-DD`, instants ISO strings, people by name. Everything that is rendered
 * comes from here, so that an edit made later does not enter.
 */
export interface PackageFrame {
  number: string;
  profile: PackageProfile;
  language: Language;
  dealer: { title: string; vkn: string | null; licenceNumber: string | null };
  period: { from: string; to: string };
  asOf: string;
  ruleSet: string;
  requestedBy: string;
  /** Filter of the scope, by the names of the list query; several values are joined by commas. */
  filter: Record<string, string>;
  fourEyes: { mode: 'enforced' | 'recorded'; reason: string | null };
  parameters: FrozenParameter[];
  /** Codes of customers whom the filter takes in and the period leaves out. */
  outside: string[];
}

export interface FrozenParameter {
  key: string;
  value: unknown;
  validFrom: string;
  validTo: string | null;
  legalBasis: string | null;
  confidence: string;
}

/** One customer, frozen. Identity numbers are in clear: who renders decides what is masked. */
export interface PackageItem {
  customerId: string;
  code: string;
  version: number;
  type: CustomerType;
  trigger: Trigger;
  status: CustomerStatus;
  risk: RiskLevel | null;
  displayName: string;
  branch: string | null;
  completeness: number;
  nextReviewOn: string | null;
  createdAt: string;
  activatedAt: string | null;
  record: Record<string, unknown>;
  lights: Lights;
  lightsAt: string | null;
  documents: FrozenDocument[];
  findings: FrozenFinding[];
  cases: FrozenCase[];
  verifications: FrozenVerification[];
  decisions: FrozenDecision[];
  ratings: { level: RiskLevel; score: number; factors: unknown; ruleVersion: string; at: string }[];
  notices: FrozenNotice[];
  history: FrozenEvent[];
}

export interface FrozenDocument {
  kind: DocumentKind;
  state: 'current' | 'replaced' | 'withdrawn';
  number: string | null;
  issuedOn: string | null;
  expiresOn: string | null;
  mediaType: string;
  bytes: number;
  sha256: string;
  /** Where the encrypted file lies; it is never changed, and opens with the customer's key. */
  address: string;
  originalSeen: { by: string; at: string } | null;
  /** Path in the package; null for what was not current any more. */
  path: string | null;
}

export interface FrozenFinding {
  code: string;
  field: string;
  severity: Severity;
  legalBasis: string;
  confidence: Confidence;
  openedAt: string;
  closedAt: string | null;
}

export interface FrozenCase {
  kind: CaseKind;
  stage: Stage;
  outcome: CaseOutcome | null;
  openedAt: string;
  closedAt: string | null;
  dueAt: string | null;
}

export interface FrozenVerification {
  subject: string;
  method: string;
  provider: string;
  simulated: boolean;
  result: RegisterResult;
  recordVersion: number;
  /** Keyed hash of the question, hex. */
  requestHash: string;
  at: string;
  /** Where a person looked, the SHA-256 of the paper that shows it, and who it was; absent in snapshots before 0010. */
  link?: string | null;
  documentSha256?: string | null;
  by?: string | null;
}

export interface FrozenDecision {
  decision: 'approve' | 'reject';
  reason: string;
  by: string;
  at: string;
  recordVersion: number;
  risk: RiskLevel | null;
  fourEyes: 'enforced' | 'recorded';
}

export interface FrozenNotice {
  kind: string;
  step: string;
  audience: 'customer' | 'user';
  channel: string;
  address: string | null;
  at: string;
  result: string;
  messageId: string;
}

export interface FrozenEvent {
  at: string;
  /** Name of a person; null for the machine and for the customer. */
  by: string | null;
  actor: 'user' | 'system' | 'customer';
  event: string;
  detail: Record<string, unknown>;
}

const keyPlace = (packageId: string) => `audit_packages|${packageId}|wrapped_key`;
const framePlace = (packageId: string) => `audit_packages|${packageId}|frame`;
const filterPlace = (packageId: string) => `audit_packages|${packageId}|filter`;
const itemPlace = (packageId: string, customerId: string) => `audit_package_items|${packageId}|${customerId}`;

/** A key of the package's own, so that it stands or falls as a whole, whatever becomes of its customers' keys. */
export async function newPackageKey(tx: Tx, packageId: string): Promise<{ key: Buffer; wrappedKey: Buffer }> {
  const key = newKey();
  return { key, wrappedKey: seal(await dealerKey(tx), key, keyPlace(packageId)) };
}

export async function openPackageKey(tx: Tx, row: { id: string; wrappedKey: Buffer }): Promise<Buffer> {
  return open(await dealerKey(tx), row.wrappedKey, keyPlace(row.id));
}

export function sealFilter(key: Buffer, packageId: string, filter: CustomerFilter): Buffer {
  return sealJson(key, filterPlace(packageId), filter);
}

export function openFilter(key: Buffer, row: { id: string; filterEnvelope: Buffer }): CustomerFilter {
  return openJson(key, filterPlace(row.id), row.filterEnvelope) as CustomerFilter;
}

export function sealFrame(key: Buffer, packageId: string, frame: PackageFrame): Buffer {
  return sealJson(key, framePlace(packageId), frame);
}

export function openFrame(key: Buffer, packageId: string, envelope: Buffer): PackageFrame {
  return openJson(key, framePlace(packageId), envelope) as PackageFrame;
}

export function sealItem(key: Buffer, packageId: string, item: PackageItem): Buffer {
  return sealJson(key, itemPlace(packageId, item.customerId), item);
}

export function openItem(
  key: Buffer,
  packageId: string,
  row: { customerId: string; snapshot: Buffer },
): PackageItem {
  return openJson(key, itemPlace(packageId, row.customerId), row.snapshot) as PackageItem;
}

function sealJson(key: Buffer, place: string, value: object): Buffer {
  return seal(key, Buffer.from(JSON.stringify(value)), place);
}

function openJson(key: Buffer, place: string, envelope: Buffer): unknown {
  return JSON.parse(open(key, envelope, place).toString());
}
