import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { StatedRequirement } from '../domain/completeness';
import type { CustomerCounts } from '../domain/customer-counts';
import type { CustomerStatus, CustomerType, DocumentKind, RiskLevel, Trigger } from '../domain/customer';
import type { PackageProfile } from '../domain/package-manifest';
import type { CustomerPart } from '../domain/package-parts';
import { LANGUAGES } from '../locales';
import { projectRoot } from '../project-root';
import { reportCharts, type ReportCharts } from './charts';
import { htmlTemplate, textTemplate, type Pieces, type Template } from './engine';
import { printStyle } from './print-style';
import type { OwnershipDrawing } from './ownership';
import type {
  CompletenessModel,
  FileStatement,
  FormLine,
  HeightenedLine,
  LateModel,
  MergeLine,
  OnBehalfLine,
  PartTables,
  PermissionLine,
  PictureLine,
  RatingLine,
  ScopeModel,
  ShownNoticeLine,
  TablesInVolumes,
  VolumeLine,
} from './report-parts';

/**
 * The reports of an audit package (D-7.1 and D-7.4 [ours, from read duties]), as far as records exist today; a part
 * without records says so. What is not known is null. `…On` are days, `…At` instants. Texts without a type of their own
 * come translated from whoever builds the model. Identity numbers come masked.
 */

/** What every page of a package carries. */
export interface ReportFrame {
  packageNo: string;
  profile: PackageProfile;
  dealer: { title: string; vkn: string; licenceNumber: string | null };
  period: { from: string; to: string };
  asOf: string;
  ruleSet: string;
  /** Share above which a natural person is a beneficial owner, by the policy that was frozen. */
  ownershipOverPercent?: number;
  /** Amount above which payments go through a bank, by that policy; integer kuruş, null where none was in force. */
  paymentEvidenceKurus: number | null;
  /** The rule set that the statement of completeness is about; absent in old snapshots. */
  requirements?: StatedRequirement[];
  /** Digest of the frozen snapshot's canonical JSON; the package's own hash cannot stand inside it. */
  snapshotSha256: string;
  keyFingerprint: string;
}

/**
 * The same for a customer's file printed by itself, as it stands: no part of any package, and signed by nobody. Its digest
 * is that of the canonical JSON of what it shows.
 */
export interface PrintFrame extends Omit<ReportFrame, 'packageNo' | 'period' | 'keyFingerprint'> {
  packageNo: null;
  printedBy: string;
}

export interface SummaryReport extends CustomerTables {
  frame: ReportFrame;
  requestedBy: string;
  scope: ScopeModel;
  parameters: { name: string; value: string; validFrom: string; validTo: string | null; basis: string }[];
  totals: {
    customers: number;
    /** Mean, a whole percentage. */
    completeness: number;
    openBlocking: number;
    openWarnings: number;
    /** Transactions that asked for identification; null where none are kept. */
    thresholdTransactions: number | null;
    byType: { code: CustomerType; count: number }[];
    byStatus: { code: CustomerStatus; count: number }[];
    byRisk: { code: RiskLevel | 'none'; count: number }[];
  };
  /** What the charts are drawn from. */
  counts: CustomerCounts;
  /** Null for snapshots that hold no statement. */
  completeness: CompletenessModel | null;
  parts: PartTables;
  /** Where the customers' tables lie when they are too long for one document; these are empty then. Null otherwise. */
  volumes: TablesInVolumes | null;
  exclusions: { customerCode: string; reason: string }[];
  /** The same by reason, with the codes as ranges, where they are too many for a table; null otherwise. */
  exclusionGroups: { reason: string; count: number; codes: string }[] | null;
  retention: { what: string; period: string; basis: string }[];
}

/** The tables that have lines of customers, in the order of their codes. */
export interface CustomerTables {
  customers: CustomerLine[];
  findings: FindingLine[];
  forms: (FormLine & OfCustomer)[];
  onBehalf: (OnBehalfLine & OfCustomer)[];
  heightened: HeightenedLine[];
  representatives: (RepresentativeLine & OfCustomer)[];
  beneficialOwners: (BeneficialOwnerLine & OfCustomer)[];
  verifications: (VerificationLine & OfCustomer)[];
  decisions: (DecisionLine & OfCustomer)[];
  refreshes: (EpisodeLine & OfCustomer)[];
  notices: (NoticeLine & OfCustomer)[];
}

/** `rapor-001.pdf` and so on: the customers' tables of a summary, for some of the customers. */
export interface ReportVolume extends CustomerTables {
  frame: ReportFrame;
  volume: VolumeLine;
  parts: Pick<PartTables, CustomerPart>;
}

export interface CustomerFile {
  frame: ReportFrame | PrintFrame;
  card: {
    code: string;
    displayName: string;
    type: CustomerType;
    trigger: Trigger;
    status: CustomerStatus;
    risk: RiskLevel | null;
    completeness: number;
    recordVersion: number;
    openedAt: string;
    activatedOn: string | null;
    nextReviewOn: string | null;
    branch: string | null;
  };
  identity: { label: string; value: string | null }[];
  lights: LightsLine[];
  forms: FormLine[];
  /** Whether a form that was filled in on paper is among the documents. */
  formOnPaper: boolean;
  shownNotices: ShownNoticeLine[];
  permissions: PermissionLine[];
  documents: DocumentLine[];
  pictures: PictureLine[];
  /** "Kendi hesabına" in words; null when it was not asked. */
  onOwnAccount: string | null;
  onBehalf: OnBehalfLine | null;
  representatives: RepresentativeLine[];
  beneficialOwners: BeneficialOwnerLine[];
  /** Drawing of the chain; null where nobody holds shares. */
  ownership: OwnershipDrawing | null;
  parts: PartTables;
  verifications: VerificationLine[];
  findings: FindingLine[];
  ratings: RatingLine[];
  decisions: DecisionLine[];
  episodes: EpisodeLine[];
  notices: NoticeLine[];
  merges: MergeLine[];
  /** Null for snapshots that hold no statement. */
  statement: FileStatement | null;
  /** Null where no fix window was used. */
  late: LateModel | null;
  history: { at: string; actor: string; event: string; detail: string | null }[];
}

interface OfCustomer {
  customerCode: string;
}

export interface CustomerLine {
  code: string;
  displayName: string;
  type: CustomerType;
  maskedIdentity: string | null;
  status: CustomerStatus;
  risk: RiskLevel | null;
  completeness: number;
  openFindings: number;
  nextReviewOn: string | null;
}

export interface FindingLine {
  customerCode: string;
  field: string;
  severity: 'blocking' | 'warning';
  message: string;
  legalBasis: string;
  openedAt: string;
  closedAt: string | null;
}

/** `simulated`: answered by the simulated register ("benzetim"); such an answer never turns a light green. */
export interface VerificationLine {
  method: string;
  source: string;
  result: string;
  simulated: boolean;
  at: string;
  by: string | null;
}

export type Light = 'green' | 'red' | 'grey';

export interface LightsLine {
  label: string;
  format: Light;
  checksum: Light;
  register: Light;
  simulated: boolean;
  checkedAt: string | null;
}

export interface DocumentLine {
  kind: DocumentKind;
  number: string | null;
  issuedOn: string | null;
  expiresOn: string | null;
  /** Attestation "aslı görüldü". */
  originalSeen: { by: string; at: string } | null;
  /** Path in the package; null for a document that was replaced or withdrawn before the snapshot. */
  path: string | null;
  sha256: string;
  bytes: number;
  state: 'current' | 'replaced' | 'withdrawn';
}

export interface RepresentativeLine {
  name: string;
  maskedIdentity: string | null;
  authority: string;
  document: string | null;
  fromOn: string | null;
  untilOn: string | null;
  signing: string | null;
}

export interface BeneficialOwnerLine {
  name: string;
  maskedIdentity: string | null;
  method: string;
  share: string | null;
  path: string | null;
}

export interface DecisionLine {
  decision: 'approve' | 'reject';
  reason: string;
  by: string;
  at: string;
  recordVersion: number;
  risk: RiskLevel | null;
  /** Of the policy it was taken under; null where it was not noted. */
  policyVersion: string | null;
}

/** An onboarding, follow-up, refresh or review: one episode of work. */
export interface EpisodeLine {
  kind: string;
  plannedOn: string | null;
  openedAt: string;
  closedAt: string | null;
  outcome: string | null;
}

export interface NoticeLine {
  subject: string;
  channel: string;
  maskedAddress: string | null;
  at: string;
  result: string;
  messageId: string | null;
}

/** `rapor.pdf` as HTML: title, language, page size, fonts and footers inside, for the PDF printer as it stands. */
export const renderSummaryReport: Template<SummaryReport> = (report, language) => {
  return summary({ ...report, charts: reportCharts(report.counts, language) }, language);
};

const summary = htmlTemplate<SummaryReport & { charts: ReportCharts }>('reports/summary.hbs', pieces);

/** `rapor-001.pdf` and so on as HTML. */
export const renderReportVolume = htmlTemplate<ReportVolume>('reports/volume.hbs', pieces);

/** `dosyalar/<code>.pdf` as HTML. */
export const renderCustomerFile = htmlTemplate<CustomerFile>('reports/customer-file.hbs', pieces);

const instructions = textTemplate<{ packageNo: string; fingerprint: string }>('reports/verify.txt.hbs');

/** `VERIFY.txt`: how to check a package without us, in both languages, because an inspector chooses neither. */
export function renderInstructions(packageNo: string, fingerprint: string): string {
  return LANGUAGES.map((language) => instructions({ packageNo, fingerprint }, language)).join('\n\n');
}

/** In the order in which later rules win. */
const STYLES = [
  'report.css',
  'front.css',
  'tables.css',
  'figures.css',
  'ownership.css',
  'charts.css',
  'parts.css',
];

/** Styles, fonts and parts shared by the reports. All is inlined: the printer has no network. */
function pieces(): Pieces {
  return {
    'report-style': [printStyle(), ...STYLES.map(read)].join('\n'),
    'report-head': read('head.hbs'),
    'report-table-of-findings': read('table-of-findings.hbs'),
    'report-table-of-verifications': read('table-of-verifications.hbs'),
    'report-table-of-representatives': read('table-of-representatives.hbs'),
    'report-table-of-owners': read('table-of-owners.hbs'),
    'report-table-of-decisions': read('table-of-decisions.hbs'),
    'report-table-of-notices': read('table-of-notices.hbs'),
    'report-table-of-forms': read('table-of-forms.hbs'),
    'report-table-of-customers': read('table-of-customers.hbs'),
    'report-table-of-principals': read('table-of-principals.hbs'),
    'report-table-of-heightened': read('table-of-heightened.hbs'),
    'report-table-of-volumes': read('table-of-volumes.hbs'),
    'report-in-volumes': read('in-volumes.hbs'),
    'report-part': read('part.hbs'),
    'report-completeness': read('completeness.hbs'),
    'report-requirements': read('requirements.hbs'),
    'report-scope': read('scope.hbs'),
    'report-statement': read('statement.hbs'),
  };
}

function read(name: string): string {
  return readFileSync(join(projectRoot, 'templates', 'reports', name), 'utf8');
}
