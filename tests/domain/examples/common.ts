import { inventedTckn } from '../../support/complete-files';
import {
  blocks,
  both,
  bring,
  drop,
  highRisk,
  set,
  warns,
  withdraw,
  type Change,
  type Example,
} from './example';

const OURS = 'işletme politikası';
const LAW_15 = '5549 s. Kanun m.15';
const authority = { kind: 'yazılı beyan', until: '2041-01-01' };
const person = { givenNames: 'Ilgın', surname: 'Tığ', tckn: inventedTckn(4003) };

const forPerson: Change = both(set('onOwnAccount', false), set('onBehalfOf', { person, authority }));
const forFirm: Change = both(
  set('onOwnAccount', false),
  set('onBehalfOf', { title: 'Güneş Turizm Ltd. Şti.', vkn: '1234567890', authority }),
);
const forForeigner: Change = both(
  forPerson,
  set('onBehalfOf.person.nationality', 'FRA'),
  drop('onBehalfOf.person.tckn'),
  set('onBehalfOf.person.idDocument', { number: '12AB34567' }),
);

const behalf = (id: string, change: Change, code: string, field: string, given: Change): Example =>
  blocks(id, LAW_15, change, code, field, { given: [given] });
const transaction = (id: string, field: string): Example =>
  blocks(id, 'TY m.5/1-b', drop(field), 'missing', field, { trigger: 'threshold' });

export const COMMON_EXAMPLES: Example[] = [
  transaction('TX-01', 'transaction.kind'),
  transaction('TX-02', 'transaction.amountKurus'),
  transaction('TX-03', 'transaction.payment'),
  transaction('TX-04', 'transaction.on'),
  blocks(
    'RV-01',
    'TY m.19',
    (file) => {
      file.reviewOverdue = true;
    },
    'review_overdue',
    'nextReviewOn',
  ),
  behalf('OB-01', drop('onBehalfOf.person'), 'missing', 'onBehalfOf', forPerson),
  behalf('OB-02', drop('onBehalfOf.person.givenNames'), 'missing', 'onBehalfOf.person.givenNames', forPerson),
  behalf('OB-03', drop('onBehalfOf.person.surname'), 'missing', 'onBehalfOf.person.surname', forPerson),
  behalf('OB-04', drop('onBehalfOf.person.tckn'), 'missing', 'onBehalfOf.person.tckn', forPerson),
  behalf('OB-05', set('onBehalfOf.person.ykn', '10000000146'), 'prefix', 'onBehalfOf.person.ykn', forPerson),
  behalf(
    'OB-06',
    drop('onBehalfOf.person.idDocument'),
    'missing',
    'onBehalfOf.person.idDocument.number',
    forForeigner,
  ),
  behalf('OB-07', drop('onBehalfOf.vkn'), 'missing', 'onBehalfOf.vkn', forFirm),
  behalf('OB-08', drop('onBehalfOf.authority.kind'), 'missing', 'onBehalfOf.authority.kind', forFirm),
  behalf(
    'OB-09',
    set('onBehalfOf.authority.until', '2026-11-21'),
    'expired',
    'onBehalfOf.authority.until',
    forFirm,
  ),
  blocks('HR-01', 'TY m.26/A', drop('sourceOfFunds'), 'missing', 'sourceOfFunds', { given: [highRisk] }),
  blocks('HR-02', 'TY m.26/A', drop('sourceOfWealth'), 'missing', 'sourceOfWealth', { given: [highRisk] }),
  blocks('HR-03', 'TY m.26/A', withdraw('funds_proof'), 'missing', 'documents.funds_proof', {
    given: [highRisk],
  }),
  warns('HR-04', OURS, bring('funds_proof', { issuedOn: '2025-11-21' }), 'too_old', 'documents.funds_proof', {
    given: [highRisk],
  }),
  warns('HR-05', OURS, set('sourcesOfFunds', ['salary', 'lottery']), 'unknown_code', 'sourcesOfFunds[1]'),
];
