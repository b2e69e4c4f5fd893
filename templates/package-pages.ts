import type { Asset, EmptyModel, FieldModel, Framed, Link, Pager, PillModel } from './console-models';
import { htmlTemplate } from './engine';

/** A package in the list, and the head of its page. */
export interface PackageLineModel {
  href: string;
  number: string;
  profile: string;
  from: string;
  to: string;
  status: PillModel;
  /** Said beside the status; null where no newer one took its place. */
  superseded: PillModel | null;
  requestedBy: string | null;
  requestedAt: string;
}

export interface PackagesModel {
  canRequest: boolean;
  /** Packages or rehearsals: the other list is one click away. */
  tabs: (Link & { current: boolean })[];
  rows: PackageLineModel[];
  pager: Pager;
  empty: EmptyModel;
}

/** Somebody whose file could not be made. */
export interface TroubleModel {
  href: string;
  code: string;
  what: string;
  tries: string;
  retryAt: string | null;
  leftOut: string | null;
  /** The form that leaves the file out; null where nobody may, or need not. */
  leaveOut: { action: string; customerId: string; reason: FieldModel } | null;
}

/** Who took a sealed package, and who downloaded it. */
export interface HandoverSection {
  /** Day until which the package is kept; null where no rule says so. */
  retainUntil: string | null;
  downloads: { by: string | null; at: string }[];
  rows: {
    name: string;
    office: string;
    how: string;
    note: string | null;
    on: string;
    by: string | null;
    receipt: string | null;
    upload: string | null;
    fileId: string;
  }[];
  form: { action: string; fields: FieldModel[] } | null;
}

export interface PackagePageModel extends Omit<PackageLineModel, 'href'> {
  /** A package or a rehearsal, before the number. */
  kind: string;
  /** The sealed package that took its place. */
  newer: Link | null;
  /** Digests and signature to be compared; null before the freeze, and of a rehearsal. */
  proof: {
    snapshot: string;
    checkpoint: { n: number; at: string } | null;
    manifest: { sha256: string; signature: PillModel } | null;
  } | null;
  /** What has been gone through, what is going on, what is to come. */
  phases: { label: string; state: 'done' | 'now' | 'next' }[];
  nextStep: string;
  done: number;
  total: number;
  progressMax: number;
  left: string | null;
  failing: string | null;
  /** Where the live part is fetched anew, and the events that say when; null once nothing changes by itself. */
  poll: string | null;
  events: string | null;
  failure: string | null;
  troubles: TroubleModel[];
  retry: string | null;
  download: string | null;
  seal: string | null;
  sealRefusal: string | null;
  cancel: string | null;
  fixWindow: { until: string | null; text: string; end: string | null } | null;
  asOf: string | null;
  sealedBy: string | null;
  sealedAt: string | null;
  /** The scope in words: filter, names, sample, note. */
  scope: { label: string; lines: string[] }[];
  links: (Link & { about: string })[];
  completeness: { href: string; met: number; missing: number; notApplicable: number; late: number } | null;
  rehearsal: boolean;
  tree: { name: string; about: string }[];
  handover: HandoverSection | null;
  /** How the package is checked; null where there will be none. */
  verification: { fingerprint: string; fileName: string } | null;
}

export interface CompletenessModel {
  number: string;
  back: string;
  rehearsal: boolean;
  totals: { label: string; value: number; tone: string }[];
  rules: { id: string; field: string; basis: string; missing: number; met: number; notApplicable: number }[];
  onlyMissing: (Link & { current: boolean })[];
  rows: {
    href: string;
    code: string;
    name: string;
    missing: { id: string; field: string; basis: string; late: string | null }[];
  }[];
  pager: Pager;
}

export interface NewPackageModel {
  requestKey: string;
  fields: FieldModel[];
  filters: FieldModel[];
  sample: FieldModel[];
  names: FieldModel[];
  more: FieldModel[];
  /** How many the filter takes in, after somebody asked. */
  count: string | null;
}

const page = <Model extends object>(name: string) => htmlTemplate<Framed<Model>>(`console/${name}.hbs`);

export const renderPackages = page<PackagesModel>('packages');
export const renderPackage = page<{ package: PackagePageModel; script: Asset }>('package');
export const renderCompleteness = page<CompletenessModel>('package-completeness');
export const renderNewPackage = page<NewPackageModel>('new-package');
