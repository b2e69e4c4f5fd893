import fc from 'fast-check';

import {
  completedBetween,
  completenessTally,
  ruleSetInForce,
  statedRequirement,
  statementOf,
  type RequirementVerdict,
  type StatementFacts,
} from '../../domain/completeness';
import { CUSTOMER_TYPES, TRIGGERS, type CustomerType, type Trigger } from '../../domain/customer';
import { instantOfDay } from '../../domain/days';
import { assess } from '../../domain/findings';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { completeFile } from '../support/complete-files';
import { policy, TODAY } from './examples/example';

const RULES = ruleSetInForce(REQUIREMENTS, TODAY);
const STATED = RULES.map(statedRequirement);

function factsOf(type: CustomerType, trigger: Trigger = 'continuous'): StatementFacts {
  const { record, documents } = completeFile(type, trigger, { today: TODAY });
  return {
    type,
    trigger,
    record,
    documents: documents.map((document, index) => ({
      ...document,
      id: `document-${index}`,
      uploadedAt: instantOfDay(TODAY, 9),
      seenAt: document.originalSeen ? instantOfDay(TODAY, 10) : null,
      formId: document.kind === 'kyc_form' ? 'form-1' : null,
    })),
    registerMismatches: [],
    reviewOverdue: false,
    risk: 'low',
    parameters: policy,
    today: TODAY,
    version: { number: 3, at: instantOfDay('2026-11-20', 12) },
    answers: [],
  };
}

const everyFile = fc.record({
  type: fc.constantFrom(...CUSTOMER_TYPES),
  trigger: fc.constantFrom(...TRIGGERS),
  // Fields and papers that somebody forgot.
  without: fc.array(fc.nat(40), { maxLength: 12 }),
  papers: fc.nat(6),
});

/** A complete file with some of its members and papers gone. */
function damaged({
  type,
  trigger,
  without,
  papers,
}: typeof everyFile extends fc.Arbitrary<infer T> ? T : never) {
  const facts = factsOf(type, trigger);
  const record = { ...(facts.record as Record<string, unknown>) };
  const keys = Object.keys(record);
  for (const index of without) delete record[keys[index % keys.length] ?? ''];
  return { ...facts, record, documents: facts.documents.slice(0, papers) };
}

test('for every scope, met, missing and not applicable add up to customers times requirements', () => {
  fc.assert(
    fc.property(fc.array(everyFile, { maxLength: 12 }), (files) => {
      const tally = completenessTally(STATED);
      for (const file of files) {
        tally.add({ type: file.type, statement: statementOf(damaged(file), RULES), late: [] });
      }
      const { totals, byRequirement, byType } = tally.breakdown();
      expect(totals.met + totals.missing + totals.notApplicable).toBe(files.length * RULES.length);
      const wrong = byRequirement.filter((row) => row.met + row.missing + row.notApplicable !== files.length);
      expect(wrong).toEqual([]);
      for (const row of byType)
        expect(row.met + row.missing + row.notApplicable).toBe(row.customers * RULES.length);
      expect(byType.reduce((sum, row) => sum + row.customers, 0)).toBe(files.length);
    }),
  );
});

test('what is missing in the statement is what the file shows as findings, rule by rule', () => {
  fc.assert(
    fc.property(everyFile, (file) => {
      const facts = damaged(file);
      const missing = statementOf(facts, RULES).flatMap(({ state, problems }) =>
        state === 'missing' ? problems.map(({ code, field }) => `${code}|${field}`) : [],
      );
      const found = assess(facts, RULES).findings.map(({ code, field }) => `${code}|${field}`);
      // Two rules may say the same of a field; the file shows it once.
      expect(new Set(missing)).toEqual(new Set(found));
    }),
  );
});

test.each(CUSTOMER_TYPES)('every requirement that %s meets names its evidence with a day', (type) => {
  const statement = statementOf(factsOf(type), RULES);
  expect(statement.length).toBeGreaterThan(5);
  for (const { id, state, evidence } of statement) {
    expect([id, state]).toEqual([id, 'met']);
    expect(evidence.length).toBeGreaterThan(0);
    for (const { on } of evidence) expect(on).toMatch(/^2026-11-2\d$/);
  }
});

test('a paper shows a requirement of papers, a signed form stands by its own id, the record shows its fields', () => {
  const kinds = statementOf(factsOf('natural_person_tr'), RULES).flatMap(({ id, evidence }) => {
    const rule = RULES.find((one) => one.id === id);
    return evidence.map(({ kind }) => `${rule?.test.kind === 'document' ? 'paper' : 'value'}:${kind}`);
  });
  expect([...new Set(kinds)].sort()).toEqual(expect.arrayContaining(['paper:document', 'value:record']));
  expect(kinds).not.toContain('paper:record');
  const form = factsOf('natural_person_tr');
  const paper = form.documents.find(({ kind }) => kind === 'identity_card');
  const rule = RULES.find(
    ({ test, types }) =>
      test.kind === 'document' && test.anyOf.includes('identity_card') && types.includes('natural_person_tr'),
  );
  if (rule === undefined || paper === undefined) throw new Error('No rule of papers');
  const documents = [{ ...paper, formId: 'form-7' }];
  expect(statementOf({ ...form, documents }, [rule])[0]?.evidence).toEqual([
    { kind: 'form', id: 'form-7', on: TODAY },
  ]);
});

test('a paper that alone would not do is no evidence, and one seen later counts from that day', () => {
  const facts = factsOf('natural_person_tr');
  const [card] = facts.documents.filter(({ kind }) => kind === 'identity_card');
  if (card === undefined) throw new Error('A complete file without an identity card');
  const rules = RULES.filter(
    ({ test, types }) =>
      test.kind === 'document' && test.anyOf.includes('identity_card') && types.includes('natural_person_tr'),
  );
  const seenLater = {
    ...card,
    uploadedAt: instantOfDay('2026-11-10', 9),
    seenAt: instantOfDay('2026-11-21', 9),
  };
  const unseen = { ...card, id: 'unseen', originalSeen: false, seenAt: null };
  const asked = rules.filter(({ test }) => test.kind === 'document' && test.originalSeen === true);
  expect(asked.length).toBeGreaterThan(0);
  for (const verdict of statementOf({ ...facts, documents: [unseen, seenLater] }, asked)) {
    expect(verdict).toMatchObject({
      state: 'met',
      evidence: [{ kind: 'document', id: card.id, on: '2026-11-21' }],
    });
  }
});

test('an answer of a register is the evidence of what it confirms', () => {
  const rules = RULES.filter(
    ({ test, types }) => test.kind === 'register' && types.includes('natural_person_tr'),
  );
  const facts = factsOf('natural_person_tr');
  const [silent] = statementOf(facts, rules);
  expect(silent?.evidence).toEqual([{ kind: 'record', id: '3', on: '2026-11-20' }]);
  const [field] = rules.map((rule) => rule.field);
  const answers = [
    { id: 'answer-1', field: field ?? '', result: 'match', at: instantOfDay('2026-11-21', 15) },
  ];
  expect(statementOf({ ...facts, answers }, rules)[0]?.evidence).toEqual([
    { kind: 'verification', id: 'answer-1', on: '2026-11-21' },
  ]);
});

test('a rule set counts each requirement once, those of the day only, and holds on until a fix window ends', () => {
  const [first] = REQUIREMENTS;
  if (first === undefined) throw new Error('No rules');
  const ended = { ...first, id: 'ended', validFrom: '2020-01-01', validTo: '2026-11-22' };
  const ending = { ...first, id: 'ending', validFrom: '2020-01-01', validTo: '2026-11-23' };
  const coming = { ...first, id: 'coming', validFrom: '2026-11-23' };
  const ids = ruleSetInForce([ending, ended, coming, first], TODAY);
  expect(ids.map(({ id }) => id)).toEqual([first.id, 'ending'].sort());
  expect(ids.every((rule) => !('validTo' in rule))).toBe(true);
});

describe('what is completed inside a fix window', () => {
  const verdict = (id: string, state: 'met' | 'missing', on?: string): RequirementVerdict => ({
    id,
    state,
    problems: state === 'missing' ? [{ field: id, code: 'missing' }] : [],
    evidence: on === undefined ? [] : [{ kind: 'document', id: `paper-${id}`, on }],
  });
  const window = { from: '2026-11-22', until: '2026-11-30' };

  test('is only what was missing before and is met after', () => {
    const before = [verdict('a', 'missing'), verdict('b', 'missing'), verdict('c', 'met', '2026-01-01')];
    const after = [
      verdict('a', 'met', '2026-11-25'),
      verdict('b', 'missing'),
      verdict('c', 'met', '2026-11-26'),
    ];
    expect(completedBetween(before, after, window).map(({ id, on }) => [id, on])).toEqual([
      ['a', '2026-11-25'],
    ]);
  });

  test('is never dated before the snapshot, whatever its evidence says', () => {
    fc.assert(
      fc.property(fc.integer({ min: -400, max: 400 }), (days) => {
        const on = new Date(Date.UTC(2026, 10, 22 + days)).toISOString().slice(0, 10);
        const [late] = completedBetween([verdict('a', 'missing')], [verdict('a', 'met', on)], window);
        expect((late?.on ?? '') >= window.from && (late?.on ?? '') <= window.until).toBe(true);
      }),
    );
  });
});

test('a statement that does not belong to its rule set is not added up', () => {
  const tally = completenessTally(STATED.slice(0, 2));
  const [first, second, third] = STATED;
  const met = (id = '') => ({ id, state: 'met' as const, problems: [], evidence: [] });
  expect(() => tally.add({ type: 'company', statement: [met(third?.id)], late: [] })).toThrow(
    'not in its rule set',
  );
  expect(() => tally.add({ type: 'company', statement: [met(first?.id), met(first?.id)], late: [] })).toThrow(
    'twice',
  );
  const other = completenessTally(STATED);
  other.add({ type: 'company', statement: [met(second?.id)], late: [{ id: second?.id ?? '' }] });
  expect(() => other.breakdown()).toThrow('does not add up');
});
