import type { RiskLevel } from '../customer';
import type { Confidence } from '../requirements';
import { DOCUMENT_AGES } from './document-ages';
import { RISK } from './risk-policy';

export interface LadderStep {
  /** Policy days after the ladder began. */
  day: number;
  /** Name of the rung; also the notice's template. */
  step: string;
  audience: 'customer' | 'officer';
  /** In order of preference: the first that is built and has an address is used; none of them makes it a task. */
  channels: readonly ('sms' | 'email' | 'letter' | 'screen')[];
  /** A task that comes with the rung. */
  task?: { kind: string; role: 'staff' | 'officer' | 'manager' };
}

/** Dated parameters of the compliance work (design §3.6). Days are policy days; periods are ISO 8601. */
export interface Policy {
  /** Without a submit, the follow-up of a new case starts by itself after this time. */
  collectingPeriod: string;
  /** An onboarding ends this long after its ladder began, or after the last progress where there is no ladder. */
  onboardingExpiry: string;
  decisionTarget: string;
  followUpLadder: readonly LadderStep[];
  suspendAfterDays: number;
  closeProposalAfterDays: number;
  refresh: Record<
    RiskLevel,
    { full: string; light: string | null; noticeDays: readonly number[]; graceDays: number }
  >;
  /** A silent refresh joins the ladder here. */
  refreshLadderFromDay: number;
  documentExpiryNoticeDays: readonly number[];
  fourEyes: { mode: 'enforced' | 'recorded'; reason: string | null };
  thresholds: { identificationKurus: number; paymentEvidenceKurus: number };
  retention: string;
  /** How long a merge of two files can be taken back. */
  mergeUndoPeriod: string;
  risk: RiskPolicy;
  /** How old the evidence may be at the moment of use, as ISO 8601 periods; requirements name the key. */
  documentAges: Readonly<Record<string, string>>;
  /** Whoever holds more than this is a beneficial owner; exactly this is not more (D-2.8). */
  beneficialOwnership: { overPercent: number };
}

export interface RiskPolicy {
  medium: number;
  high: number;
  points: Readonly<Record<string, number>>;
  /** Factors that are counted together up to a cap; a factor of no group counts by itself. */
  groups: Readonly<Record<string, { cap: number; factors: readonly string[] }>>;
  alwaysHigh: readonly string[];
  /** A company counts as young for this long after its foundation. */
  youngCompany: string;
  /** NACE codes, by their beginning, of businesses that live on cash or precious metal. */
  cashOrMetalNace: readonly string[];
  /** ISO alpha-3 codes on the lists of the FATF as of a day: data with a date, to be renewed. */
  countries: {
    asOf: string;
    increasedMonitoring: readonly string[];
    callForAction: readonly string[];
  };
}

export const POLICY_VERSION = '2026.11.1';

/** A bound that the law sets to a part of a value. What was read in the law is refused below it, what was recalled is warned of. */
export interface PolicyFloor {
  /** Path inside the value; empty for the value itself. */
  path: string;
  /** The weakest value allowed: a number or a period. */
  atLeast?: number | string;
  atMost?: number | string;
  legalBasis: string;
  confidence: Confidence;
}

export interface PolicyRow<K extends keyof Policy = keyof Policy> {
  key: K;
  value: Policy[K];
  validFrom: string;
  legalBasis: string;
  confidence: Confidence;
  floor?: readonly PolicyFloor[];
}

const row = <K extends keyof Policy>(
  key: K,
  value: Policy[K],
  legalBasis = 'işletme politikası',
  confidence: Confidence = 'ours',
  floor: readonly PolicyFloor[] = [],
): PolicyRow<K> => ({ key, value, validFrom: '2008-04-01', legalBasis, confidence, floor });

/** What a new dealer starts with. The law gives no reminder calendar: these numbers are our own choice (D-4.3, D-4.4, D-5). */
export const DEFAULT_POLICY: readonly PolicyRow[] = [
  row('collectingPeriod', 'PT24H'),
  row('onboardingExpiry', 'P30D'),
  row('decisionTarget', 'P1D'),
  row('followUpLadder', [
    {
      day: 0,
      step: 'list',
      audience: 'customer',
      channels: ['email'],
      task: { kind: 'collect_missing', role: 'staff' },
    },
    { day: 3, step: 'reminder_1', audience: 'customer', channels: ['sms', 'email'] },
    {
      day: 7,
      step: 'reminder_2',
      audience: 'customer',
      channels: ['email'],
      task: { kind: 'call_customer', role: 'staff' },
    },
    {
      day: 14,
      step: 'escalation',
      audience: 'officer',
      channels: ['email'],
      task: { kind: 'escalation', role: 'officer' },
    },
    { day: 21, step: 'final_notice', audience: 'customer', channels: ['email', 'letter'] },
  ]),
  row('suspendAfterDays', 30),
  row('closeProposalAfterDays', 60),
  row('refresh', {
    high: { full: 'P6M', light: 'P3M', noticeDays: [30, 14, 7, 1], graceDays: 0 },
    medium: { full: 'P12M', light: null, noticeDays: [30, 14, 3], graceDays: 30 },
    low: { full: 'P24M', light: 'P12M', noticeDays: [30, 7], graceDays: 60 },
  }),
  row('refreshLadderFromDay', 14),
  row('documentExpiryNoticeDays', [60, 30, 7]),
  row('fourEyes', { mode: 'enforced', reason: null }),
  row(
    'thresholds',
    { identificationKurus: 18_500_000, paymentEvidenceKurus: 3_000_000 },
    'TY m.5/1-b; VUK GT 459',
    'read',
    [
      { path: 'identificationKurus', atMost: 18_500_000, legalBasis: 'TY m.5/1-b', confidence: 'read' },
      { path: 'paymentEvidenceKurus', atMost: 3_000_000, legalBasis: 'VUK GT 459', confidence: 'read' },
    ],
  ),
  row('retention', 'P8Y', '5549 s. Kanun m.8; TY m.46', 'read', [
    { path: '', atLeast: 'P8Y', legalBasis: '5549 s. Kanun m.8', confidence: 'read' },
  ]),
  row('mergeUndoPeriod', 'P30D'),
  row('documentAges', DOCUMENT_AGES, 'TY m.6/3; işletme politikası', 'read', [
    { path: 'address_proof', atMost: 'P3M', legalBasis: 'TY m.6/3', confidence: 'read' },
  ]),
  row('beneficialOwnership', { overPercent: 25 }, 'TY m.17/A', 'read', [
    { path: 'overPercent', atMost: 25, legalBasis: 'TY m.17/A', confidence: 'read' },
  ]),
  row('risk', RISK),
];
