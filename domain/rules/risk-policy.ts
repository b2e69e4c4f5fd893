import type { RiskPolicy } from './policy';

const codes = (text: string): readonly string[] => text.split(' ');

/**
 * How a file is rated (D-5): the ground is TY m.18-20, 25 and 26/A, every point and cut-off is our own choice. What needs
 * the transactions of a customer (product, behaviour, payers) comes with them.
 */
export const RISK: RiskPolicy = {
  medium: 30,
  high: 60,
  points: {
    type_company: 5,
    type_association: 10,
    type_foreign_company: 15,
    ownership_layers_2: 5,
    ownership_layers_3: 10,
    ownership_layers_4: 15,
    owner_top_executive: 10,
    public_influence_domestic: 20,
    public_influence_international: 20,
    public_influence_related: 20,
    cash_or_metal_business: 10,
    young_company: 5,
    not_own_account: 10,
    representative: 5,
    purpose_trade: 5,
    country_abroad: 5,
    country_increased_monitoring: 10,
    first_visit_threshold: 5,
    cash_payment: 10,
  },
  groups: {
    customer: {
      cap: 35,
      factors: [
        'type_company',
        'type_association',
        'type_foreign_company',
        'ownership_layers_2',
        'ownership_layers_3',
        'ownership_layers_4',
        'owner_top_executive',
        'public_influence_domestic',
        'public_influence_international',
        'public_influence_related',
        'cash_or_metal_business',
        'young_company',
        'not_own_account',
        'representative',
        'purpose_trade',
      ],
    },
    geography: { cap: 20, factors: ['country_abroad', 'country_increased_monitoring'] },
    channel: { cap: 15, factors: ['first_visit_threshold'] },
    behaviour: { cap: 30, factors: ['cash_payment'] },
  },
  alwaysHigh: ['public_influence_foreign', 'country_call_for_action'],
  youngCompany: 'P12M',
  // Metals and jewellery made, traded and refined, and money changers. [recalled]
  cashOrMetalNace: ['24.41', '32.11', '32.12', '32.13', '46.48', '46.72', '47.77', '66.12'],
  // Put together from notices up to June 2026; to be compared with the FATF's own pages before use (D-5).
  countries: {
    asOf: '2026-06-19',
    increasedMonitoring: codes(
      'AGO BGR BIH BOL CIV CMR COD HTI IRQ KEN KWT LAO LBN MCO NPL PNG SSD SYR VEN VGB VNM YEM',
    ),
    callForAction: ['IRN', 'MMR', 'PRK'],
  },
};
