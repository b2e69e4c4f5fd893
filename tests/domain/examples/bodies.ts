import { completeBuildingManagement } from '../../support/complete-files';
import {
  blocks,
  both,
  bring,
  contradicted,
  drop,
  set,
  warns,
  withdraw,
  type Change,
  type Example,
} from './example';
import {
  OURS,
  addressExamples,
  bodyExamples,
  ownerExamples,
  personExamples,
  representativeExamples,
  taxNumberExamples,
} from './organisations';

const OLD = { issuedOn: '2025-11-21' };

/** Association, foundation, union and party are asked alike, each by its own article. */
function registeredBody(prefix: string, article: string): Example[] {
  return [
    ...bodyExamples(prefix, article),
    ...addressExamples(prefix, article),
    ...taxNumberExamples(prefix, article),
    ...representativeExamples(prefix, article),
    ...ownerExamples(prefix),
    blocks(`${prefix}-05`, article, drop('activity'), 'missing', 'activity'),
    blocks(`${prefix}-60`, article, drop('objective'), 'missing', 'objective'),
    blocks(`${prefix}-61`, article, drop('registryNumber'), 'missing', 'registryNumber'),
    warns(`${prefix}-62`, OURS, set('registryNumber', '34/1'), 'unusual_pattern', 'registryNumber'),
    blocks(`${prefix}-63`, article, drop('registryOffice'), 'missing', 'registryOffice'),
    blocks(`${prefix}-64`, article, withdraw('statute'), 'missing', 'documents.statute'),
    blocks(`${prefix}-65`, article, withdraw('register_extract'), 'missing', 'documents.register_extract'),
    warns(
      `${prefix}-66`,
      OURS,
      bring('register_extract', { issuedOn: '2026-05-21' }),
      'too_old',
      'documents.register_extract',
    ),
    blocks(`${prefix}-67`, article, withdraw('authority'), 'missing', 'documents.authority'),
    warns(`${prefix}-68`, OURS, bring('authority', OLD), 'too_old', 'documents.authority'),
    blocks(
      `${prefix}-69`,
      article,
      withdraw('signature_circular'),
      'missing',
      'documents.signature_circular',
    ),
    blocks(`${prefix}-70`, article, contradicted('registryNumber'), 'register_mismatch', 'registryNumber'),
  ];
}

const house: Change = both((file) => {
  file.record = completeBuildingManagement();
  file.documents = [];
}, bring('authority'));

const UNINCORPORATED: Example[] = [
  ...bodyExamples('UB', 'TY m.12'),
  ...addressExamples('UB', 'TY m.12'),
  ...representativeExamples('UB', 'TY m.12'),
  ...taxNumberExamples('UB', 'TY m.12'),
  blocks('UB-60', 'TY m.12', set('bodyKind', 'club'), 'unknown_code', 'bodyKind'),
  blocks('UB-61', 'TY m.12', withdraw('authority'), 'missing', 'documents.authority', { given: [house] }),
  warns('UB-62', OURS, bring('authority', OLD), 'too_old', 'documents.authority', { given: [house] }),
  blocks('UB-63', 'TY m.12', set('vkn', '1234567891'), 'checksum', 'vkn', { given: [house] }),
  blocks('UB-05', 'TY m.12', drop('activity'), 'missing', 'activity'),
  blocks('UB-64', 'TY m.12', drop('objective'), 'missing', 'objective'),
  blocks('UB-65', 'TY m.12', drop('taxOffice'), 'missing', 'taxOffice'),
  blocks(
    'UB-66',
    'TY m.12',
    ({ record }) => (record['partners'] as unknown[]).splice(1),
    'too_few',
    'partners',
  ),
  ...personExamples('UB', 'partners[1].person', ['67', '68', '69', '70', '71', '72', '73', '74'], 'TY m.12'),
  warns('UB-75', OURS, set('partners[0].share', 60), 'shares_total', 'partners'),
  blocks('UB-76', 'TY m.12', withdraw('partnership_agreement'), 'missing', 'documents.partnership_agreement'),
  warns('UB-77', OURS, bring('partnership_agreement', OLD), 'too_old', 'documents.partnership_agreement'),
  blocks('UB-78', 'TY m.12', withdraw('tax_certificate'), 'missing', 'documents.tax_certificate'),
];

const PUBLIC_BODY: Example[] = [
  ...bodyExamples('PB', 'TY m.13'),
  ...representativeExamples('PB', 'TY m.13'),
  blocks('PB-60', 'TY m.13', drop('unit'), 'missing', 'unit'),
  blocks('PB-61', 'TY m.13', withdraw('authority'), 'missing', 'documents.authority'),
  warns('PB-62', OURS, bring('authority', { issuedOn: '2026-08-21' }), 'too_old', 'documents.authority'),
  warns('PB-63', 'TY m.13', set('detsisNumber', '12'), 'unusual_pattern', 'detsisNumber'),
  blocks('PB-64', 'TY m.13', set('vkn', '1234567891'), 'checksum', 'vkn'),
  blocks('PB-65', 'TY m.13', set('address.province', 'Atlantis'), 'unknown_province', 'address.province'),
];

export const BODY_EXAMPLES: Example[] = [
  ...registeredBody('AS', 'TY m.8'),
  ...registeredBody('FO', 'TY m.8'),
  ...registeredBody('UN', 'TY m.9'),
  ...registeredBody('PA', 'TY m.10'),
  ...UNINCORPORATED,
  ...PUBLIC_BODY,
];
