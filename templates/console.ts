import type { DuplicateQuestion, KinModel } from './duplicate-pages';
import { htmlTemplate } from './engine';
import type { IdentityLightsModel } from './evidence-models';
import type { DayPick } from './console-past';
import type { OwnershipDrawing } from './ownership';
import type {
  CaseRowModel,
  CaseNow,
  ConflictRow,
  CustomerHead,
  CustomerRowModel,
  DecisionForm,
  EmptyModel,
  EventModel,
  FactModel,
  FieldModel,
  Filters,
  FindingModel,
  Framed,
  HistoryCase,
  LightModel,
  Link,
  NoticeModel,
  Pager,
  PillModel,
  ReasonForm,
  RecordSection,
  Tab,
  TaskModel,
  TodayLine,
} from './console-models';

/** The pages of the console. What a page shows is decided in api/console/; a template only places it. */

const page = <Model extends object>(name: string) => htmlTemplate<Framed<Model>>(`console/${name}.hbs`);

export const renderSignIn = page<{ next: string; fields: FieldModel[] }>('sign-in');
export const renderMe = page<{
  me: { name: string; email: string; role: string; language: string };
  fields: FieldModel[];
}>('me');
export const renderError = page<{
  status: number;
  heading: string;
  text: string;
  next: string;
  /** Whether the page may be there in a moment. */
  again: boolean;
  back: string;
}>('error');

export const renderMailbox = page<{
  mails: { to: string; subject: string; messageId: string; text: string; at: string }[];
}>('mailbox');

export interface TodayModel {
  today: string;
  tiles: (Link & { count: number; tone: string })[];
  tasks: TaskModel[];
  decisions: TodayLine[];
  reviews: { href: string; name: string; code: string; on: string | null; overdue: boolean }[];
  failures: TodayLine[];
}
export const renderToday = page<TodayModel>('today');

export interface CustomersModel {
  canCreate: boolean;
  /** Bringing a file and taking this list out; null for who may not. */
  importHref: string | null;
  exportHref: string | null;
  filters: Filters;
  /** The list is of a past instant: which, and the way back. */
  past: { at: string; back: string } | null;
  rows: CustomerRowModel[];
  pager: Pager;
  empty: EmptyModel;
}
export const renderCustomers = page<CustomersModel>('customers');
export const renderNewCustomer = page<{
  type: string;
  requestKey: string;
  groups: { title: string; types: (Tab & { about: string })[] }[];
  fields: FieldModel[];
  question: DuplicateQuestion | null;
}>('new-customer');

export interface CustomerModel {
  customer: CustomerHead;
  findings: FindingModel[];
  current: { href: string; title: string; poll: string | null; now: CaseNow } | null;
  decision: DecisionForm | null;
  acts: (ReasonForm | PlainAct)[];
  /** Asks for the whole file as a PDF. */
  file: { action: string; fields: FieldModel[] };
  kin: KinModel;
  tasks: TaskModel[];
  /** Drawing of the chain; null where nobody holds shares. */
  ownership: OwnershipDrawing | null;
  pick: DayPick;
}
/** A button that needs no reason. */
export interface PlainAct {
  reason: null;
  action: string;
  explain: string;
  button: string;
  tone: string;
  name: string | null;
  value: string | null;
}
export const renderCustomer = page<CustomerModel>('customer');

export interface RecordModel {
  customer: CustomerHead;
  readOnly: string | null;
  action: string;
  cancel: string;
  version: number;
  canSave: boolean;
  sections: RecordSection[];
}
export const renderCustomerRecord = page<RecordModel>('customer-record');
export const renderConflict = page<{ customer: CustomerHead; rows: ConflictRow[]; href: string }>(
  'customer-conflict',
);
export const renderReveal = page<{
  customer: { name: string; code: string; href: string };
  label: string;
  field: string;
  value: string | null;
  action: string;
  back: string;
  reason: FieldModel;
}>('reveal');

export const renderCustomerNotices = page<{ customer: CustomerHead; notices: NoticeModel[] }>(
  'customer-notices',
);
export const renderCustomerCases = page<{ customer: CustomerHead; cases: HistoryCase[] }>('customer-cases');
export const renderCustomerTimeline = page<{ customer: CustomerHead; events: EventModel[]; pager: Pager }>(
  'customer-timeline',
);

export interface CasesModel {
  filters: Filters;
  rows: CaseRowModel[];
  pager: Pager;
  empty: EmptyModel;
}
export const renderCases = page<CasesModel>('cases');

export interface CaseModel {
  case: {
    name: string;
    code: string;
    kind: string;
    customerHref: string;
    timelineHref: string;
    openedAt: string;
    closedAt: string | null;
    stage: PillModel;
    outcome: string | null;
    poll: string | null;
    now: CaseNow;
    lights: LightModel[];
    identities: IdentityLightsModel[];
    evidenceHref: string;
  };
  decision: DecisionForm | null;
  decided: {
    pill: PillModel;
    by: string;
    at: string;
    reason: string;
    fourEyes: string | null;
    policy: string | null;
  } | null;
  findings: FindingModel[];
  tasks: TaskModel[];
  events: EventModel[];
}
export const renderCase = page<CaseModel>('case');
export const renderTasks = page<{ scopes: Tab[]; tasks: TaskModel[] }>('tasks');

export interface SettingsModel {
  tabs: Tab[];
  canEdit: boolean;
  fields: FieldModel[];
  branches: { name: string; licenceNumber: string | null }[];
  branchFields: FieldModel[];
}
export const renderSettings = page<SettingsModel>('settings');

export interface UsersModel {
  tabs: Tab[];
  users: (FactModel & { email: string; role: string; disable: string | null })[];
  fields: FieldModel[];
}
export const renderUsers = page<UsersModel>('users');

export interface TokensModel {
  tabs: Tab[];
  /** Shown once, right after it was made. */
  created: string | null;
  tokens: (FactModel & { person: string; revoke: string | null })[];
  fields: FieldModel[];
}
export const renderTokens = page<TokensModel>('tokens');
