import type { FieldModel, Filters, Framed, Link, Pager, PillModel, ReasonForm, Tab } from './console-models';
import { htmlTemplate } from './engine';

/** Pages about the rules: the matrix, the policy, and changes of both. */

const page = <Model extends object>(name: string) => htmlTemplate<Framed<Model>>(`console/${name}.hbs`);

export interface Confident {
  confidence: string;
  confidenceClass: string;
}

export interface RequirementModel extends Confident {
  id: string;
  field: string;
  /** What is asked of the field or document. */
  asks: string;
  evidence: string | null;
  maxAge: string | null;
  types: string;
  triggers: string;
  severity: PillModel;
  basis: string;
  version: string;
  validFrom: string;
  validTo: string | null;
  reason: string | null;
  href: string | null;
}

export interface RulesModel {
  tabs: Tab[];
  filters: Filters;
  count: string;
  printed: string;
  rows: RequirementModel[];
  addHref: string | null;
  sources: { name: string; count: string }[];
}
export const renderRules = page<RulesModel>('rules');

export interface PolicyRowModel extends Confident {
  name: string;
  lines: string[];
  basis: string;
  version: string;
  validFrom: string;
  validTo: string | null;
  upcoming: boolean;
  href: string | null;
  pending: Link | null;
}
export const renderPolicies = page<{ tabs: Tab[]; rows: PolicyRowModel[] }>('policies');

export interface PreviewRow {
  href: string;
  name: string;
  code: string;
  lines: string[];
}
export interface PreviewModel {
  summary: string[];
  warnings: string[];
  rows: PreviewRow[];
  cursor: string | null;
  /** Says which values were looked at: a proposal of other ones is shown its own preview first. */
  seal: string;
}

export interface RuleFormModel {
  tabs: Tab[];
  title: string;
  intro: string;
  action: string;
  facts: { name: string; lines: string[] }[];
  pending: Link | null;
  groups: { legend: string | null; fields: FieldModel[] }[];
  dated: FieldModel[];
  preview: PreviewModel | null;
  retire: boolean;
}
export const renderRuleForm = page<RuleFormModel>('policy-form');

export interface ChangeLine {
  href: string;
  what: string;
  state: PillModel;
  validFrom: string;
  version: string | null;
  proposedBy: string | null;
  proposedAt: string;
}
export const renderChanges = page<{ tabs: Tab[]; rows: ChangeLine[]; pager: Pager }>('policy-changes');

export interface ChangeModel extends ChangeLine {
  tabs: Tab[];
  reason: string;
  decidedBy: string | null;
  decidedAt: string | null;
  decisionReason: string | null;
  fourEyes: string | null;
  before: string[];
  after: string[];
  undoes: Link | null;
  undoneBy: Link | null;
  next: string;
  poll: string | null;
  progress: { done: number; total: number; max: number } | null;
  failure: string | null;
  moved: string[];
  approve: { action: string; explain: string } | null;
  refusal: string | null;
  acts: ReasonForm[];
  preview: PreviewModel | null;
  rows: PreviewRow[];
  pager: Pager;
}
export const renderChange = page<{ change: ChangeModel }>('policy-change');
