/** The words of the business (design §2 and §8). Codes are part of the public contract. */

export const CUSTOMER_TYPES = [
  'natural_person_tr',
  'natural_person_foreign',
  'company',
  'company_foreign',
  'association',
  'foundation',
  'union',
  'party',
  'unincorporated',
  'public_body',
] as const;
export type CustomerType = (typeof CUSTOMER_TYPES)[number];

/** People; every other type is an organisation with representatives. */
export const NATURAL_PERSON_TYPES = [
  'natural_person_tr',
  'natural_person_foreign',
] as const satisfies readonly CustomerType[];

export function isNaturalPerson(type: CustomerType): boolean {
  return (NATURAL_PERSON_TYPES as readonly CustomerType[]).includes(type);
}

export const TRIGGERS = ['continuous', 'threshold', 'linked', 'confirmation', 'voluntary'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const CUSTOMER_STATUSES = [
  'lead',
  'onboarding',
  'active',
  'suspended',
  'passive',
  'rejected',
  'withdrawn',
  'expired',
  'closed',
] as const;
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];

export const RISK_LEVELS = ['low', 'medium', 'high'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export const CASE_KINDS = ['onboarding', 'follow_up', 'refresh', 'review'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

export const STAGES = [
  'collecting',
  'verifying',
  'waiting_customer',
  'screening',
  'rating',
  'decision',
  'closed',
] as const;
export type Stage = (typeof STAGES)[number];

/** How a case ended. Silence is not refusal: the file can be reopened. */
export type CaseOutcome =
  | 'approved'
  | 'rejected'
  | 'withdrawn'
  | 'expired'
  | 'completed'
  | 'confirmed_same'
  | 'updated'
  | 'superseded'
  | 'close_proposed';

export const ROLES = ['staff', 'officer', 'manager', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const DOCUMENT_KINDS = [
  'identity_card',
  'old_identity_card',
  'driving_licence',
  'passport',
  'residence_permit',
  'address_proof',
  'signature_sample',
  'kyc_form',
  'tax_certificate',
  'trade_gazette',
  'signature_circular',
  'authority',
  'statute', // tüzük, vakıf senedi
  'register_extract', // faaliyet belgesi, kütük or home register extract
  'partnership_agreement',
  'funds_proof',
  'other',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** Documents that prove who somebody is; also the codes of `idDocument.type`. */
export const IDENTITY_DOCUMENT_KINDS = [
  'identity_card',
  'old_identity_card',
  'driving_licence',
  'passport',
  'residence_permit',
] as const satisfies readonly DocumentKind[];

export const PURPOSES = ['savings', 'gift', 'jewellery', 'trade', 'other'] as const;
/** Ticks of the form's source of funds (D-2.9). */
export const FUNDS_SOURCES = [
  'salary',
  'business_income',
  'real_estate_sale',
  'vehicle_sale',
  'credit',
  'inheritance_gift',
  'abroad',
  'other',
] as const;
/** Who may act for whom (D-2.7); free text is kept too, these are offered. */
export const LEGAL_CAPACITIES = ['full', 'minor', 'restricted'] as const;
/** What an unincorporated body is (D-2.6): each has its own papers. */
export const BODY_KINDS = ['building_management', 'ordinary_partnership', 'joint_venture'] as const;
/** What a holder of shares may be; the first of each is offered, the others are understood. */
export const NATURAL_HOLDERS = [
  'natural_person',
  'person',
  'natural_person_tr',
  'natural_person_foreign',
] as const;
export const LEGAL_HOLDERS = [
  'legal_person',
  'company',
  'company_foreign',
  'association',
  'foundation',
  'union',
  'party',
  'public_body',
] as const;
/** Of these the forms and sheets offer the ones that people know a holder as. */
export const OFFERED_HOLDERS = [
  'natural_person',
  'company',
  'company_foreign',
  'association',
  'foundation',
  'public_body',
] as const;
/** Words that forms and sheets offer for fields which the record keeps as free text. */
export const SIGNING_KINDS = ['sole', 'joint'] as const;
export const TRANSACTION_KINDS = ['sale', 'purchase', 'exchange', 'other'] as const;
export const PAYMENT_KINDS = ['cash', 'transfer', 'card', 'other'] as const;
export const METALS = ['gold', 'silver', 'platinum', 'other'] as const;
export const BIRTH_DATE_PRECISIONS = ['day', 'year'] as const;
export const OWNERSHIP_METHODS = ['share', 'control', 'top_executive'] as const;
export const PUBLIC_INFLUENCE_KINDS = ['none', 'domestic', 'foreign', 'international', 'related'] as const;

/** What a duty is about (design §6): the only thing that wakes a workflow. */
export const DUTY_KINDS = [
  'step', // a machine step is due or in flight; also its watchdog
  'collecting_deadline', // nobody submitted the case: the follow-up starts by itself
  'follow_up_step', // the next rung of the reminder ladder
  'case_expiry', // an onboarding without progress ends
  'decision_deadline', // a decision waits too long: the manager is told
  'refresh_notice', // the next notice ahead of a refresh
  'refresh_due', // the refresh falls due
  'document_expiry', // a document of an active customer runs out, or the person comes of age
  'notice', // a queued notice is to be delivered
] as const;
export type DutyKind = (typeof DUTY_KINDS)[number];

/** Waits that belong to the customer, not to one episode of work. */
export const CUSTOMER_DUTIES: readonly DutyKind[] = ['refresh_notice', 'document_expiry', 'notice'];

export type Language = 'tr' | 'en';

/** Who did something: a person of the dealer, the machine, or the customer through a signed link. */
export type Actor =
  | {
      kind: 'user';
      userId: string;
      role: Role;
      /** SHA-256 of the API token that spoke for this person; who made it counts among the four eyes. */
      tokenHash?: Buffer;
    }
  | { kind: 'system' }
  | { kind: 'customer'; customerId: string };

export const SYSTEM: Actor = { kind: 'system' };
