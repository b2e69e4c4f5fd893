import type { CustomerType, DocumentKind, RiskLevel, Trigger } from '../../../domain/customer';
import { instantOfDay } from '../../../domain/days';
import { assess, type Assessment, type FileFacts, type RuleParameters } from '../../../domain/findings';
import type { Requirement, Severity } from '../../../domain/requirements';
import { DEFAULT_POLICY, type Policy } from '../../../domain/rules/policy';
import { REQUIREMENTS } from '../../../domain/rules/requirements';
import { completeFile, type CompleteFile } from '../../support/complete-files';

export const TODAY = '2026-11-22';

/** What a change to a complete file looks at besides record and documents. */
export interface ExampleFile extends CompleteFile {
  registerMismatches: string[];
  reviewOverdue: boolean;
  risk: RiskLevel;
}

export type Change = (file: ExampleFile) => void;

/** A rule, a complete file of each of its types, the change that breaks the rule, and what is found then. */
export interface Example {
  id: string;
  /** Expected finding. */
  code: string;
  field: string;
  severity: Severity;
  article: string;
  trigger: Trigger;
  /** What makes the rule apply; the file is complete with it. */
  given: Change[];
  change: Change;
  /** Unless told otherwise, every type of the rule. */
  types?: readonly CustomerType[];
}

type Rest = Partial<Pick<Example, 'trigger' | 'given' | 'types'>>;

/** A rule without which a file is not complete. */
export function blocks(
  id: string,
  article: string,
  change: Change,
  code: string,
  field: string,
  rest: Rest = {},
): Example {
  return {
    id,
    article,
    change,
    code,
    field,
    severity: 'blocking',
    trigger: 'continuous',
    given: [],
    ...rest,
  };
}

/** A rule that asks for a look. */
export function warns(
  id: string,
  article: string,
  change: Change,
  code: string,
  field: string,
  rest: Rest = {},
): Example {
  return { ...blocks(id, article, change, code, field, rest), severity: 'warning' };
}

/** Puts a value at a path such as `representatives[0].person.tckn`; undefined takes it away. */
export function set(path: string, value: unknown): Change {
  return ({ record }) => {
    const keys = path.split('.').flatMap((part) => part.replaceAll(']', '').split('['));
    const last = keys.pop() ?? '';
    let node: Record<string, unknown> = record;
    for (const key of keys) node = (node[key] ??= {}) as Record<string, unknown>;
    if (value === undefined) delete node[last];
    else node[last] = structuredClone(value);
  };
}

export const drop = (path: string): Change => set(path, undefined);

/** Takes a document in, or changes the one of that kind that is there. */
export function bring(kind: DocumentKind, changes: Partial<CompleteFile['documents'][number]> = {}): Change {
  return (file) => {
    const before = file.documents.find((document) => document.kind === kind);
    const other = file.documents.filter((document) => document !== before);
    const fresh = { kind, issuedOn: '2026-11-02', expiresOn: null, originalSeen: true };
    file.documents = [...other, { ...fresh, ...before, ...changes }];
  };
}

/** Takes documents of these kinds out. */
export function withdraw(...kinds: DocumentKind[]): Change {
  return (file) => {
    file.documents = file.documents.filter(({ kind }) => !kinds.includes(kind));
  };
}

/** The register contradicts the value at a path. */
export function contradicted(path: string): Change {
  return ({ registerMismatches }) => {
    registerMismatches.push(path);
  };
}

export function both(...changes: Change[]): Change {
  return (file) => {
    for (const change of changes) change(file);
  };
}

export const highRisk: Change = (file) => {
  file.risk = 'high';
  both(
    set('sourceOfFunds', 'Şirket kârı'),
    set('sourceOfWealth', 'Aile şirketi'),
    bring('funds_proof'),
  )(file);
};

export const policy = Object.fromEntries(
  DEFAULT_POLICY.map(({ key, value }) => [key, value]),
) as unknown as Policy;

/** The verdict on a complete file of a type after some changes. */
export function verdictOn(
  type: CustomerType,
  trigger: Trigger,
  changes: readonly Change[] = [],
  rules: readonly Requirement[] = REQUIREMENTS,
  today = TODAY,
  parameters: RuleParameters = policy,
): Assessment {
  const file: ExampleFile = {
    ...completeFile(type, trigger, { today: TODAY }),
    registerMismatches: [],
    reviewOverdue: false,
    risk: 'low',
  };
  both(...changes)(file);
  const facts: FileFacts = {
    ...file,
    type,
    trigger,
    parameters,
    today,
    documents: file.documents.map((document) => ({ ...document, uploadedAt: instantOfDay(TODAY, 12) })),
  };
  return assess(facts, rules);
}

export const ruleOf = (id: string): Requirement | undefined => REQUIREMENTS.find((rule) => rule.id === id);

/**
 * Proves every rule by its example: with what makes it apply the file has no finding at all, the change brings exactly the
 * finding expected, and without the rule that finding is gone.
 */
export function proveExamples(examples: readonly Example[]): void {
  const rows = examples.flatMap((example) =>
    (example.types ?? ruleOf(example.id)?.types ?? []).map((type) => ({ ...example, type })),
  );
  test.each(rows)('$id · $type · $field · $code', (row) => {
    const { id, type, trigger, given, change, code, field, severity, article } = row;
    expect(verdictOn(type, trigger, given).findings).toEqual([]);
    const { findings } = verdictOn(type, trigger, [...given, change]);
    expect(findings).toContainEqual(
      expect.objectContaining({ requirementId: id, code, field, severity, legalBasis: article }),
    );
    const others = REQUIREMENTS.filter((rule) => rule.id !== id);
    const without = verdictOn(type, trigger, [...given, change], others).findings;
    expect(without).not.toContainEqual(expect.objectContaining({ code, field }));
  });
}
