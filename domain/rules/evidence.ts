import type { CustomerType, Trigger } from '../customer';
import type { Confidence } from '../requirements';

/** What a person looks up because no register answers programs (D-3.3, D-4.2 ADDRESS). */
export const EVIDENCE_KINDS = [
  'vkn',
  'trade_register',
  'registry',
  'address',
  // The population register when it stays silent, or for whom it cannot be asked.
  'population_register',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** One look-up: for whom, about which field, where. */
export interface EvidenceRule {
  kind: EvidenceKind;
  types: readonly CustomerType[];
  triggers: readonly Trigger[];
  /** The field that the answer is about; nothing is asked for while it, or its part named by `asks`, is empty. */
  field: string;
  asks?: string;
  /** What the answer depends on beside the field: an edit of any of these makes it worthless. */
  about: readonly string[];
  /** Code of the place that answers. */
  provider: string;
  /** Its public page; null where each country or office has its own. */
  link: string | null;
  legalBasis: string;
  confidence: Confidence;
  version: string;
}

const VERSION = 'EV-2026.1';
const LEGAL: readonly Trigger[] = ['continuous', 'threshold', 'linked', 'confirmation'];
const WITH_TAX_NUMBER: readonly CustomerType[] = [
  ...(['natural_person_tr', 'natural_person_foreign', 'company', 'company_foreign'] as const),
  ...(['association', 'foundation', 'union', 'party', 'unincorporated', 'public_body'] as const),
];

type Row = Omit<EvidenceRule, 'version' | 'triggers'> & { triggers?: readonly Trigger[] };

const ROWS: Row[] = [
  {
    kind: 'vkn',
    types: WITH_TAX_NUMBER,
    field: 'vkn',
    about: ['title', 'tradeName'],
    provider: 'e_devlet_gib',
    link: 'https://www.turkiye.gov.tr/gib-intvrg-vergi-kimlik-numarasi-dogrulama',
    legalBasis: 'TY m.7/2',
    confidence: 'recalled',
  },
  {
    kind: 'trade_register',
    types: ['company'],
    field: 'tradeRegisterNumber',
    about: ['title', 'tradeRegisterOffice', 'mersisNumber'],
    provider: 'trade_gazette_mersis',
    link: 'https://www.ticaretsicil.gov.tr/',
    legalBasis: 'TY m.7/2',
    confidence: 'recalled',
  },
  {
    kind: 'trade_register',
    types: ['company_foreign'],
    field: 'tradeRegisterNumber',
    about: ['title', 'countryOfRegistration', 'tradeRegisterOffice'],
    provider: 'home_register',
    link: null,
    legalBasis: 'TY m.12',
    confidence: 'recalled',
  },
  {
    kind: 'registry',
    types: ['association'],
    field: 'registryNumber',
    about: ['title', 'registryOffice'],
    provider: 'derbis',
    link: 'https://www.siviltoplum.gov.tr/',
    legalBasis: 'TY m.8',
    confidence: 'recalled',
  },
  {
    kind: 'registry',
    types: ['foundation'],
    field: 'registryNumber',
    about: ['title', 'registryOffice'],
    provider: 'vgm',
    link: 'https://www.vgm.gov.tr/',
    legalBasis: 'TY m.8',
    confidence: 'recalled',
  },
  {
    kind: 'registry',
    types: ['union'],
    field: 'registryNumber',
    about: ['title', 'registryOffice'],
    provider: 'csgb',
    link: 'https://www.csgb.gov.tr/',
    legalBasis: 'TY m.9',
    confidence: 'recalled',
  },
  {
    kind: 'registry',
    types: ['party'],
    field: 'registryNumber',
    about: ['title', 'registryOffice'],
    provider: 'yargitay',
    link: 'https://www.yargitaycb.gov.tr/',
    legalBasis: 'TY m.10',
    confidence: 'recalled',
  },
  {
    kind: 'registry',
    types: ['public_body'],
    field: 'detsisNumber',
    about: ['title', 'unit'],
    provider: 'detsis',
    link: 'https://www.kaysis.gov.tr/',
    legalBasis: 'işletme politikası',
    confidence: 'ours',
  },
  {
    kind: 'address',
    types: ['natural_person_tr', 'natural_person_foreign'],
    triggers: ['continuous'],
    field: 'address',
    asks: 'address.line',
    about: [],
    provider: 'e_devlet_document',
    link: 'https://www.turkiye.gov.tr/belge-dogrulama',
    legalBasis: 'TY m.6/3',
    confidence: 'read',
  },
];

/** Which look-ups apply to whom: data, like the requirements. */
export const EVIDENCE_RULES: readonly EvidenceRule[] = ROWS.map((row) => ({
  triggers: LEGAL,
  ...row,
  version: VERSION,
}));
