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
import type { LateCompletion, RequirementVerdict, StatedRequirement } from '../domain/completeness';
import type { PackageProfile } from '../domain/package-manifest';
import type { SampleRequest } from '../domain/sample';
import type { Confidence, Severity } from '../domain/requirements';
import type { Lights, RegisterResult } from '../domain/verification';
import type { Tx } from '../db/transaction';
import { newKey, open, seal } from '../stores/crypto';
import type { CustomerFilter } from './customer-list';
import type { FrozenPapers } from './package-papers';
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
  /** Files left out because they could not be made; known when the reports are made, and never frozen. */
  leftOut?: ScopeReason[];
  /** How the scope was drawn beside filter and period; absent in snapshots before 0015. */
  scope?: FrozenScope;
  /** The rule set in force at the snapshot, by id: what the statement of completeness is about. */
  requirements?: StatedRequirement[];
}

/** What a request names beside period and filter; reasons and note in the officer's words. */
export interface PackageScope {
  customers?: string[];
  include?: { customerId: string; reason: string }[];
  exclude?: { customerId: string; reason: string }[];
  sample?: SampleRequest;
  note?: string;
}

/** People put in or left out by name, with the reason that the officer gave. */
export interface ScopeReason {
  code: string;
  reason: string;
}

export interface FrozenScope {
  /** Names of the branches that the filter names. */
  branches: string[];
  /** Codes of the customers that were asked for by name; null where the filter alone drew the scope. */
  customers: string[] | null;
  /** In by name, whatever filter, period and sample say. */
  included: ScopeReason[];
  excluded: ScopeReason[];
  /** How many customers filter and period take in, without the included ones. */
  population: number;
  sample: FrozenSample | null;
  note: string | null;
  /** Number of the sealed package that this one replaces. */
  supersedes: string | null;
  /** Gaps may be closed until then; `endedAt` where the window has ended, by time or by a person. */
  fixWindow: { days: number; until: string; endedAt: string | null } | null;
}

/** Everything that it takes to draw the sample again by hand: rule, seed, size and the population in code order. */
export interface FrozenSample {
  rule: string;
  seed: string;
  size: number;
  population: string[];
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
  /** Forms, ledgers, merges and the digests of changes; absent before 0015. */
  papers?: FrozenPapers;
  /** Requirements that ask something of this file; the others of the frame do not apply. Absent before 0015. */
  statement?: RequirementVerdict[];
  /** What came inside the fix window, a layer over the snapshot: shown apart, with its days. */
  late?: LateLayer;
}

/** What was added between the snapshot and the end of the fix window ("denetim öncesi tamamlandı"). */
export interface LateLayer {
  /** End of the window. */
  until: string;
  /** Version of the record at that instant. */
  version: number;
  completed: LateCompletion[];
  /** Values of record fields that were missing at the snapshot, as they then stood. Personal data in clear. */
  values: { field: string; value: unknown; on: string }[];
  /** Papers that came in, with a place of their own in the package. */
  documents: FrozenDocument[];
}

/** What a statement of completeness needs of a customer; all that a rehearsal keeps. */
export type StatedItem = Pick<PackageItem, 'customerId' | 'code' | 'type' | 'displayName' | 'version'> &
  Required<Pick<PackageItem, 'statement'>> &
  Pick<PackageItem, 'late'>;

export interface FrozenDocument {
  /** Absent in snapshots before 0015. */
  id?: string;
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
  /** Absent in snapshots before 0015. */
  id?: string;
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
  /** Of the policy it was taken under; absent before 0015. */
  policyVersion?: string | null;
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
const scopePlace = (packageId: string) => `audit_packages|${packageId}|scope`;
const latePlace = (packageId: string, customerId: string) =>
  `audit_package_items|${packageId}|${customerId}|late`;
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

export function sealScope(key: Buffer, packageId: string, scope: PackageScope): Buffer {
  return sealJson(key, scopePlace(packageId), scope);
}

/** What was asked for beside period and filter; nothing in packages before 0015. */
export function openScope(key: Buffer, row: { id: string; scopeEnvelope: Buffer | null }): PackageScope {
  if (row.scopeEnvelope === null) return {};
  return openJson(key, scopePlace(row.id), row.scopeEnvelope) as PackageScope;
}

export function sealItem(key: Buffer, packageId: string, item: PackageItem | StatedItem): Buffer {
  return sealJson(key, itemPlace(packageId, item.customerId), item);
}

export function sealLate(key: Buffer, packageId: string, customerId: string, late: LateLayer): Buffer {
  return sealJson(key, latePlace(packageId, customerId), late);
}

interface SealedItem {
  customerId: string;
  snapshot: Buffer;
  lateEnvelope?: Buffer | null;
}

export function openItem(key: Buffer, packageId: string, row: SealedItem): PackageItem {
  return openLayers(key, packageId, row) as unknown as PackageItem;
}

/** The part of an item that a statement of completeness is made of: all that a rehearsal's items hold. */
export function openStatedItem(key: Buffer, packageId: string, row: SealedItem): StatedItem {
  const item = openLayers(key, packageId, row) as unknown as StatedItem;
  const { customerId, code, type, displayName, version, statement, late } = item;
  const stated = { customerId, code, type, displayName, version, statement };
  return late === undefined ? stated : { ...stated, late };
}

/** The snapshot, with what came inside the fix window laid over it. */
function openLayers(key: Buffer, packageId: string, row: SealedItem): Record<string, unknown> {
  const { customerId, snapshot, lateEnvelope } = row;
  const item = openJson(key, itemPlace(packageId, customerId), snapshot) as Record<string, unknown>;
  if (lateEnvelope === undefined || lateEnvelope === null) return item;
  return { ...item, late: openJson(key, latePlace(packageId, customerId), lateEnvelope) };
}

/** Documents of both layers that lie in the package. */
export function documentsInPackage(item: PackageItem): (FrozenDocument & { path: string })[] {
  return [...item.documents, ...(item.late?.documents ?? [])].flatMap((document) =>
    document.path === null ? [] : [{ ...document, path: document.path }],
  );
}

function sealJson(key: Buffer, place: string, value: object): Buffer {
  return seal(key, Buffer.from(JSON.stringify(value)), place);
}

function openJson(key: Buffer, place: string, envelope: Buffer): unknown {
  return JSON.parse(open(key, envelope, place).toString());
}
