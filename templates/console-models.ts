/** What the console's templates are given. Texts come translated; `…At` are instants, `…On` days; null is "not known". */

export interface Link {
  href: string;
  label: string;
}

export interface Tab extends Link {
  current: boolean;
}

/** What stands around every page. */
export interface Frame {
  title: string;
  /** Path and query of this page, to come back to. */
  path: string;
  nav: Tab[];
  crumbs: Link[];
  person: { name: string; role: string } | null;
  dealer: string | null;
  otherLanguage: { code: string; label: string };
  flash: string | null;
  problem: ProblemModel | null;
  requestId: string;
  /** Without JavaScript the browser loads the page anew after so many seconds. */
  refreshSeconds: number | null;
  assets: { css: Asset; htmx: Asset; icon: string };
}

export interface Asset {
  href: string;
  /** Subresource integrity. */
  integrity: string;
}

export type Framed<Model> = Model & { frame: Frame };

/** "Bir sorun var": what is wrong, each with a link to its field. */
export interface ProblemModel {
  title: string;
  items: { text: string; href: string | null }[];
}

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'muted';

/** A state as icon and word: never by colour alone. */
export interface PillModel {
  tone: Tone;
  icon: string;
  text: string;
}

export interface FieldModel {
  kind: 'input' | 'select' | 'textarea' | 'checkbox' | 'ticks';
  type: string;
  id: string;
  name: string;
  label: string;
  value: string;
  checked: boolean;
  options: { value: string; label: string; selected: boolean }[];
  optional: boolean;
  wide: boolean;
  hint: string | null;
  error: string | null;
  describedBy: string | null;
  autocomplete: string | null;
  inputMode: string | null;
  maxLength: number;
  finding: { tone: Tone; icon: string; text: string; basis: string } | null;
  /** Page that shows a masked number in clear. */
  reveal: string | null;
  /** Values that a browser offers while typing; any other is as welcome. */
  suggestions: string[];
}

export interface Filters {
  action: string;
  searchId: string;
  fields: FieldModel[];
}

export interface Pager {
  any: boolean;
  first: string | null;
  next: string | null;
}

/** An empty list says why it is empty and offers the next act. */
export interface EmptyModel {
  title: string;
  why: string;
  href: string | null;
  act: string | null;
}

export interface CustomerHead {
  name: string;
  code: string;
  type: string;
  trigger: string;
  status: PillModel;
  risk: PillModel;
  completeness: number;
  nextReviewOn: string | null;
  openCase: Link | null;
  tabs: (Tab & { count: number | null })[];
}

export interface CustomerRowModel {
  href: string;
  name: string;
  code: string;
  type: string;
  percent: number;
  status: PillModel;
  risk: PillModel | null;
  province: string | null;
  nextReviewOn: string | null;
}

export interface FindingModel {
  tone: Tone;
  icon: string;
  text: string;
  href: string;
  severity: string;
  basis: string;
  /** Said where the rule is not certain. */
  confidence: string | null;
  since: string;
}

export interface CaseNow {
  track: { label: string; state: 'done' | 'now' | 'later'; stateText: string; icon: string }[];
  stage: string;
  owner: string;
  waitingOn: string;
  since: string;
  next: { what: string; at: string | null } | null;
  ladder: string | null;
  failure: string | null;
}

export interface LightModel {
  name: string;
  light: 'green' | 'red' | 'grey';
  icon: string;
  text: string;
}

export interface DecisionForm {
  action: string;
  from: string;
  version: number;
  /** Why this person may not decide. */
  refusal: string | null;
  chosen: string | null;
  choiceError: string | null;
  reason: FieldModel;
}

/** An act that asks for a reason. */
export interface ReasonForm {
  title: string;
  explain: string | null;
  action: string;
  button: string;
  tone: string;
  open: boolean;
  reason: FieldModel;
}

export interface TaskModel {
  title: string;
  /** The customer or package that it is about; null where the page says so already. */
  about: { href: string; name: string; code: string } | null;
  role: string;
  since: string;
  caseHref: string | null;
  detail: string | null;
  doneAction: string | null;
  /** Where the work is done that ends this task. */
  act: Link | null;
  noteId: string;
  from: string;
}

export interface TodayLine {
  href: string;
  name: string;
  code: string | null;
  what: string;
  at: string;
}

export interface RecordSection {
  id: string;
  title: string;
  hint: string | null;
  fields: FieldModel[];
  /** Seldom used fields under a heading that opens. */
  more: MoreFields | null;
  /** The section as a whole opens and closes; null where it always shows. */
  fold: { open: boolean } | null;
  rows: {
    title: string;
    fields: FieldModel[];
    more: MoreFields | null;
    removeName: string | null;
    isNew: boolean;
    addValue: string;
  }[];
}

export interface MoreFields {
  open: boolean;
  fields: FieldModel[];
}

export interface ConflictRow {
  label: string;
  now: string | null;
  yours: string | null;
}

export interface NoticeModel {
  at: string;
  what: string;
  audience: string;
  address: string | null;
  result: PillModel;
  attempts: { at: string; text: string }[];
  messageId: string;
}

export interface HistoryCase {
  href: string;
  kind: string;
  stage: PillModel;
  openedAt: string;
  closedAt: string | null;
  outcome: string | null;
}

export interface EventModel {
  at: string;
  actor: string;
  text: string;
  detail: string | null;
  tone: Tone;
  icon: string;
}

export interface CaseRowModel {
  href: string;
  name: string;
  code: string;
  kind: string;
  stage: PillModel;
  owner: string;
  waitingOn: string;
  since: string;
  next: { what: string; at: string | null } | null;
}

/** A user or a token in a table of the settings. */
export interface FactModel {
  name: string;
  createdAt: string;
  state: PillModel;
}
