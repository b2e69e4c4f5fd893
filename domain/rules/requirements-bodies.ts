import { BODY_KINDS } from '../customer';
import type { Condition, Requirement } from '../requirements';
import {
  ALL,
  OURS,
  ask,
  family,
  paper,
  personRows,
  present,
  recalled,
  read,
  register,
  warn,
  where,
  type Row,
  type Source,
} from './requirement-row';
import {
  addressRows,
  bodyRows,
  ownerRows,
  representativeRows,
  taxNumberRows,
} from './requirements-organisations';

interface RegisteredBody {
  /** Name, purpose, register and tax number. */
  identity: Source;
  /** Papers, activity, reachability and who represents it. */
  papers: Source;
  /** Code of what the register is called. */
  record: string;
}

/** D-2.5: association, foundation, union, party. */
function registeredBody({ identity, papers, record }: RegisteredBody): Row[] {
  const documents = ['statute', record];
  return [
    ...bodyRows(identity, documents),
    ...addressRows(identity, documents),
    ...taxNumberRows(identity),
    ...representativeRows(papers, ['board_decision']),
    ...ownerRows(['board_decision']),
    ask('05', 'activity', present, recalled(papers.legalBasis), { evidence: ['declaration'] }),
    ask('60', 'objective', present, identity, { evidence: documents }),
    ask('61', 'registryNumber', present, identity, { evidence: [record] }),
    warn('62', 'registryNumber', { kind: 'pattern', pattern: '^[0-9]{2}-[0-9]{3}-[0-9]{3}$' }, OURS, {
      optional: true,
    }),
    ask('63', 'registryOffice', present, papers, { evidence: [record] }),
    ask('64', 'documents.statute', paper(['statute']), identity, { evidence: ['statute'] }),
    ask('65', 'documents.register_extract', paper(['register_extract']), papers, { evidence: [record] }),
    warn(
      '66',
      'documents.register_extract',
      paper(['register_extract'], { maxAge: 'register_extract' }),
      OURS,
      {
        optional: true,
        evidence: [record],
      },
    ),
    ask('67', 'documents.authority', paper(['authority'], { originalSeen: true }), papers, {
      evidence: ['board_decision'],
    }),
    warn('68', 'documents.authority', paper(['authority'], { maxAge: 'board_decision' }), OURS, {
      optional: true,
      evidence: ['board_decision'],
    }),
    ask(
      '69',
      'documents.signature_circular',
      paper(['signature_circular', 'signature_sample', 'kyc_form']),
      papers,
      {
        evidence: ['signed_form'],
      },
    ),
    ask('70', 'registryNumber', register, papers, { optional: true, evidence: [record] }),
  ];
}

/** The article was read for associations; the foundation's papers are recalled (D-2.5). */
const ASSOCIATION = registeredBody({
  identity: read('TY m.8'),
  papers: read('TY m.8'),
  record: 'association_record',
});
const FOUNDATION = registeredBody({
  identity: read('TY m.8'),
  papers: recalled('TY m.8'),
  record: 'foundation_record',
});
const UNION = registeredBody({
  identity: recalled('TY m.9'),
  papers: recalled('TY m.9'),
  record: 'union_record',
});
const PARTY = registeredBody({
  identity: recalled('TY m.10'),
  papers: recalled('TY m.10'),
  record: 'party_record',
});

const TY12 = recalled('TY m.12');
const isHouse: Condition = { field: 'bodyKind', in: ['building_management'] };
const isPartnership: Condition = {
  field: 'bodyKind',
  in: BODY_KINDS.filter((kind) => kind !== 'building_management'),
  orAbsent: true,
};
const CONTRACT = ['partnership_contract'];

/** D-2.6: what has no legal personality. A house's management has a manager, a partnership has partners and a contract. */
const UNINCORPORATED: Row[] = [
  ...bodyRows(TY12, ['partnership_contract', 'decision_book']),
  ...addressRows(TY12, ['partnership_contract', 'decision_book']),
  ...representativeRows(TY12, ['partnership_contract', 'decision_book']),
  ask('60', 'bodyKind', { kind: 'code', codes: BODY_KINDS }, TY12),
  ...where(
    [isHouse],
    [
      ask('61', 'documents.authority', paper(['authority'], { originalSeen: true }), TY12, {
        evidence: ['decision_book'],
      }),
      warn('62', 'documents.authority', paper(['authority'], { maxAge: 'decision_book' }), OURS, {
        optional: true,
        evidence: ['decision_book'],
      }),
      ask('63', 'vkn', { kind: 'check', check: 'vkn' }, TY12, { optional: true }),
    ],
  ),
  ...where(
    [isPartnership],
    [
      ...taxNumberRows(TY12),
      ask('05', 'activity', present, TY12, { evidence: CONTRACT }),
      ask('64', 'objective', present, TY12, { evidence: CONTRACT }),
      ask('65', 'taxOffice', present, TY12, { evidence: ['tax_certificate'] }),
      ask('66', 'partners', { kind: 'list', min: 2 }, TY12, { evidence: CONTRACT }),
      ...personRows(
        'partners[].person',
        {
          givenNames: '67',
          surname: '68',
          birthDate: '69',
          tckn: '70',
          ykn: '71',
          tcknRegister: '72',
          yknRegister: '73',
          passport: '74',
        },
        TY12,
      ),
      warn('75', 'partners', { kind: 'shares' }, OURS, {
        when: { field: 'partners[0].share', present: true },
        evidence: CONTRACT,
      }),
      ask(
        '76',
        'documents.partnership_agreement',
        paper(['partnership_agreement'], { originalSeen: true }),
        TY12,
        {
          evidence: CONTRACT,
        },
      ),
      warn(
        '77',
        'documents.partnership_agreement',
        paper(['partnership_agreement'], { maxAge: 'partnership_agreement' }),
        OURS,
        { optional: true, evidence: CONTRACT },
      ),
      ask('78', 'documents.tax_certificate', paper(['tax_certificate']), TY12, {
        evidence: ['tax_certificate'],
      }),
    ],
  ),
];

const TY13 = recalled('TY m.13');
const LETTER = ['authority_letter'];

/** D-2.6: public body. What GT 5 would simplify is not designed in (D-5). */
const PUBLIC_BODY: Row[] = [
  ...bodyRows(TY13, LETTER),
  ...representativeRows(TY13, LETTER),
  ask('60', 'unit', present, TY13, { evidence: LETTER }),
  ask('61', 'documents.authority', paper(['authority'], { originalSeen: true }), TY13, { evidence: LETTER }),
  warn('62', 'documents.authority', paper(['authority'], { maxAge: 'authority_letter' }), OURS, {
    optional: true,
    evidence: LETTER,
  }),
  warn('63', 'detsisNumber', { kind: 'pattern', pattern: '^[0-9]{8}$' }, recalled('TY m.13'), {
    triggers: ALL,
    optional: true,
    evidence: LETTER,
  }),
  ask('64', 'vkn', { kind: 'check', check: 'vkn' }, TY13, { optional: true }),
  ask('65', 'address.province', { kind: 'province' }, TY13, { optional: true }),
];

export const BODY_REQUIREMENTS: readonly Requirement[] = [
  ...family('AS', ['association'], ASSOCIATION),
  ...family('FO', ['foundation'], FOUNDATION),
  ...family('UN', ['union'], UNION),
  ...family('PA', ['party'], PARTY),
  ...family('UB', ['unincorporated'], UNINCORPORATED),
  ...family('PB', ['public_body'], PUBLIC_BODY),
];
