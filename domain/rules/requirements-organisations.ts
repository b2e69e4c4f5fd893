import { LEGAL_HOLDERS, NATURAL_HOLDERS, OWNERSHIP_METHODS, PUBLIC_INFLUENCE_KINDS } from '../customer';
import {
  ALL,
  CONTINUOUS,
  OURS,
  addressLine,
  ask,
  foreignersNumber,
  identityNumber,
  name,
  personRows,
  present,
  purpose,
  read,
  recalled,
  register,
  title,
  turkish,
  unexpired,
  warn,
  type Row,
  type Source,
} from './requirement-row';

/** What several kinds of organisation are asked alike; each names its own article. */

const inTurkey = turkish('address.country');
const OWNER = read('TY m.17/A');

/** Name, reachability and declarations. `documents` are codes of what proves the name. */
export function bodyRows(source: Source, documents: readonly string[]): Row[] {
  return [
    ask('01', 'title', title, source, { triggers: ALL, evidence: documents }),
    warn('09', 'phone', { kind: 'check', check: 'phone' }, source, {
      triggers: ALL,
      evidence: ['declaration'],
    }),
    warn('10', 'email', { kind: 'check', check: 'email' }, source, {
      triggers: ALL,
      evidence: ['declaration'],
    }),
    ask('11', 'purpose', purpose, read('TY m.5/3'), { triggers: CONTINUOUS, evidence: ['declaration'] }),
    ask('12', 'onOwnAccount', present, read('5549 s. Kanun m.15'), { evidence: ['signed_declaration'] }),
    warn('43', 'iban', { kind: 'check', check: 'iban' }, read('VUK GT 459'), {
      triggers: ALL,
      optional: true,
      evidence: ['bank_slip'],
    }),
    warn('54', 'address.country', { kind: 'country' }, OURS, { optional: true }),
  ];
}

/** An address in Türkiye names province and district; abroad the line is enough. */
export function addressRows(source: Source, documents: readonly string[]): Row[] {
  return [
    ask('06', 'address.province', { kind: 'province' }, source, { when: inTurkey, evidence: documents }),
    ask('07', 'address.district', present, source, { when: inTurkey, evidence: documents }),
    ask('08', 'address.line', addressLine, source, { evidence: documents }),
    ask('46', 'address', register, source, { optional: true, evidence: documents }),
  ];
}

/** A Turkish tax number, and what the tax office's own page says of it. */
export function taxNumberRows(source: Source, more: { optional?: boolean } = {}): Row[] {
  return [
    ask('04', 'vkn', { kind: 'check', check: 'vkn' }, source, { ...more, evidence: ['tax_certificate'] }),
    ask('44', 'vkn', register, source, { optional: true, evidence: ['tax_certificate'] }),
  ];
}

/** Who acts for the organisation: identity, authority, and how they sign (D-2.7). */
export function representativeRows(source: Source, authority: readonly string[]): Row[] {
  return [
    ask('13', 'representatives', { kind: 'list' }, source, { evidence: authority }),
    ...personRows(
      'representatives[].person',
      {
        givenNames: '14',
        surname: '15',
        birthDate: '16',
        tckn: '17',
        ykn: '18',
        tcknRegister: '19',
        yknRegister: '47',
        passport: '52',
      },
      source,
    ),
    ask('20', 'representatives[].authority.kind', present, source, { evidence: authority }),
    ask('21', 'representatives[].authority.until', unexpired, source, {
      optional: true,
      evidence: authority,
    }),
    ask(
      '37',
      'representatives[].authority.signing',
      { kind: 'joint_signers', words: ['joint', 'musterek'] },
      source,
      {
        optional: true,
        evidence: authority,
      },
    ),
  ];
}

/** Whose it is in the end (D-2.8): all legal persons are asked. */
export function ownerRows(documents: readonly string[]): Row[] {
  const evidence = [...documents, 'signed_declaration'];
  return [
    ask('22', 'beneficialOwners', { kind: 'list' }, OWNER, { evidence }),
    ask('23', 'beneficialOwners[].person.givenNames', name, OWNER, { evidence }),
    ask('24', 'beneficialOwners[].person.surname', name, OWNER, {
      evidence,
      when: { field: 'beneficialOwners[].person.noSurname', in: [false], orAbsent: true },
    }),
    ask('25', 'beneficialOwners[].method', { kind: 'code', codes: OWNERSHIP_METHODS }, OWNER, { evidence }),
    ask('35', 'beneficialOwners[].reason', present, OWNER, {
      when: { field: 'beneficialOwners[].method', in: ['top_executive'] },
      evidence: ['signed_declaration'],
    }),
    ask('41', 'beneficialOwners[].person.tckn', identityNumber, OWNER, { optional: true, evidence }),
    ask('42', 'beneficialOwners[].person.ykn', foreignersNumber, OWNER, { optional: true, evidence }),
    ask('48', 'beneficialOwners[].person.tckn', register, OWNER, {
      optional: true,
      evidence: ['population_register'],
    }),
    ask('49', 'beneficialOwners[].person.ykn', register, OWNER, {
      optional: true,
      evidence: ['population_register'],
    }),
    ask(
      '50',
      'beneficialOwners[].person.publicInfluence.kind',
      { kind: 'code', codes: PUBLIC_INFLUENCE_KINDS },
      read('MASAK GT 21'),
      { optional: true, evidence: ['signed_declaration'] },
    ),
  ];
}

/** Shares and chains of organisations that have shares (D-2.4, D-2.8). */
export function shareRows(): Row[] {
  const evidence = ['ownership_documents'];
  return [
    warn('26', 'shareholders', { kind: 'shares' }, recalled('TY m.17/A'), { triggers: CONTINUOUS, evidence }),
    warn('32', 'shareholders', { kind: 'ownership' }, recalled('TY m.17/A'), { optional: true, evidence }),
    ask('33', 'beneficialOwners', { kind: 'owners_named' }, OWNER, { optional: true, evidence }),
    ask('34', 'beneficialOwners[].method', { kind: 'owner_over' }, OWNER, {
      when: { field: 'beneficialOwners[].method', in: ['share'] },
      optional: true,
      evidence,
    }),
    warn('36', 'shareholders', { kind: 'holders_identified' }, read('TY m.17/A/7'), {
      optional: true,
      evidence: ['register_documents'],
    }),
    warn('51', 'shareholders[].name', present, recalled('TY m.17/A'), { evidence }),
    warn('53', 'shareholders[].kind', { kind: 'code', codes: [...NATURAL_HOLDERS, ...LEGAL_HOLDERS] }, OURS, {
      optional: true,
    }),
  ];
}
