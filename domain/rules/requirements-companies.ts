import type { Requirement } from '../requirements';
import {
  ALL,
  OURS,
  ask,
  family,
  paper,
  present,
  read,
  recalled,
  register,
  warn,
  type Row,
} from './requirement-row';
import {
  addressRows,
  bodyRows,
  ownerRows,
  representativeRows,
  shareRows,
  taxNumberRows,
} from './requirements-organisations';

const TY7_1 = read('TY m.7/1');
const TY7_2 = read('TY m.7/2');
const TY7_3 = read('TY m.7/3');
const REGISTER_DOCUMENTS = ['register_documents'];

/** D-2.4: company in the trade register. */
const COMPANY: Row[] = [
  ...bodyRows(TY7_1, REGISTER_DOCUMENTS),
  ...addressRows(TY7_1, REGISTER_DOCUMENTS),
  ...taxNumberRows(TY7_2),
  ...representativeRows(TY7_3, ['signature_circular', 'register_documents']),
  ...ownerRows(['ownership_documents']),
  ...shareRows(),
  ask('02', 'tradeRegisterNumber', present, TY7_1, { evidence: REGISTER_DOCUMENTS }),
  ask('03', 'tradeRegisterOffice', present, TY7_1, { evidence: REGISTER_DOCUMENTS }),
  ask('05', 'activity', present, TY7_1, { evidence: REGISTER_DOCUMENTS }),
  ask('27', 'documents.trade_gazette', paper(['trade_gazette', 'register_extract']), TY7_2, {
    evidence: REGISTER_DOCUMENTS,
  }),
  ask('28', 'documents.tax_certificate', paper(['tax_certificate']), TY7_2, {
    evidence: ['tax_certificate'],
  }),
  ask('29', 'documents.signature_circular', paper(['signature_circular'], { originalSeen: true }), TY7_3, {
    evidence: ['signature_circular'],
  }),
  warn('30', 'mersisNumber', { kind: 'number', of: 'mersis' }, OURS, {
    triggers: ALL,
    optional: true,
    evidence: REGISTER_DOCUMENTS,
  }),
  warn('31', 'tradeRegisterNumber', { kind: 'number', of: 'trade_register' }, TY7_1, {
    optional: true,
    evidence: REGISTER_DOCUMENTS,
  }),
  warn(
    '38',
    'documents.signature_circular',
    paper(['signature_circular'], { maxAge: 'signature_circular' }),
    OURS,
    {
      optional: true,
      evidence: ['signature_circular'],
    },
  ),
  warn(
    '39',
    'documents.register_extract',
    paper(['register_extract'], { maxAge: 'activity_certificate' }),
    OURS,
    {
      optional: true,
      evidence: REGISTER_DOCUMENTS,
    },
  ),
  warn('40', 'documents.tax_certificate', paper(['tax_certificate'], { maxAge: 'tax_certificate' }), OURS, {
    optional: true,
    evidence: ['tax_certificate'],
  }),
  ask('45', 'tradeRegisterNumber', register, TY7_1, { optional: true, evidence: REGISTER_DOCUMENTS }),
];

/** The article's number is recalled; that the home register's papers carry an apostille is practice (D-2.6). */
const TY11 = recalled('TY m.11');
const HOME = ['home_register_documents', 'apostille', 'translation'];

/** D-2.6: company registered abroad, asked as TY m.7 asks from its home register. */
const COMPANY_ABROAD: Row[] = [
  ...bodyRows(TY11, HOME),
  ...addressRows(TY11, HOME),
  ...taxNumberRows(TY11, { optional: true }),
  ...representativeRows(TY11, ['signature_circular', ...HOME]),
  ...ownerRows(HOME),
  ...shareRows(),
  ask('02', 'tradeRegisterNumber', present, TY11, { evidence: HOME }),
  ask('03', 'tradeRegisterOffice', present, TY11, { evidence: HOME }),
  ask('05', 'activity', present, TY11, { evidence: HOME }),
  ask('27', 'documents.register_extract', paper(['register_extract'], { originalSeen: true }), TY11, {
    evidence: HOME,
  }),
  ask(
    '29',
    'documents.signature_circular',
    paper(['signature_circular', 'authority'], { originalSeen: true }),
    TY11,
    {
      evidence: ['signature_circular', 'apostille', 'translation'],
    },
  ),
  warn(
    '38',
    'documents.signature_circular',
    paper(['signature_circular'], { maxAge: 'signature_circular' }),
    OURS,
    {
      optional: true,
      evidence: ['signature_circular'],
    },
  ),
  warn(
    '39',
    'documents.register_extract',
    paper(['register_extract'], { maxAge: 'register_extract' }),
    OURS,
    {
      optional: true,
      evidence: HOME,
    },
  ),
  ask('45', 'tradeRegisterNumber', register, TY11, { optional: true, evidence: HOME }),
  ask('60', 'countryOfRegistration', { kind: 'country', abroadCode: 'not_abroad' }, TY11, {
    triggers: ALL,
    evidence: HOME,
  }),
  ask('61', 'foreignTaxNumber', { kind: 'one_of', fields: ['foreignTaxNumber', 'vkn'] }, TY11, {
    evidence: HOME,
  }),
];

export const COMPANY_REQUIREMENTS: readonly Requirement[] = [
  ...family('CO', ['company'], COMPANY),
  ...family('CF', ['company_foreign'], COMPANY_ABROAD),
];
