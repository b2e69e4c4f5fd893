import type { PackageProfile } from '../domain/package-manifest';
import { valueAt } from '../domain/record-path';
import { ownershipDrawing, ROWS_ON_PAPER } from '../templates/ownership';
import type { PartTables } from '../templates/report-parts';
import type { CustomerFile } from '../templates/reports';
import { ownershipGraphOf } from './ownership-chart';
import { identityRows, isShownIn, numberField } from './package-identity';
import {
  beneficialOwnerLines,
  decisionLines,
  documentLines,
  episodeLines,
  findingLines,
  noticeLines,
  representativeLines,
  verificationLines,
} from './package-lines';
import {
  fileStatement,
  formLines,
  lateModel,
  mergeLines,
  onBehalfLine,
  permissionLines,
  pictureLines,
  ratingLines,
  shownNoticeLines,
} from './package-paper-lines';
import { NO_TABLES } from './package-parts';
import type { PackageItem } from './package-snapshot';
import { dayOf, type PackageWords } from './package-words';

/** What a customer's file shows beside the frozen customer. */
export interface FileExtras {
  /** Parts whose records may not be kept. */
  parts: PartTables;
  /** Pictures of documents as data URLs, by SHA-256 of the document. */
  pictures: ReadonlyMap<string, string>;
}

const NO_EXTRAS: FileExtras = { parts: NO_TABLES, pictures: new Map() };

/** The customer's own PDF (D-7.4), from what was frozen. */
export function customerFile(
  item: PackageItem,
  frame: CustomerFile['frame'],
  words: PackageWords,
  { parts, pictures }: FileExtras = NO_EXTRAS,
): CustomerFile {
  return {
    frame,
    card: {
      code: item.code,
      displayName: item.displayName,
      type: item.type,
      trigger: item.trigger,
      status: item.status,
      risk: item.risk,
      completeness: item.completeness,
      recordVersion: item.version,
      openedAt: item.createdAt,
      activatedOn: dayOf(item.activatedAt),
      nextReviewOn: item.nextReviewOn,
      branch: item.branch,
    },
    identity: identityRows(item, words, frame.profile),
    lights: lightsLines(item, words, frame.profile),
    forms: formLines(item, words),
    formOnPaper: item.documents.some(({ kind, state }) => kind === 'kyc_form' && state === 'current'),
    shownNotices: shownNoticeLines(item, words),
    permissions: permissionLines(item, words),
    documents: documentLines(item),
    pictures: pictureLines(item, frame, pictures, words),
    onOwnAccount: ownAccount(item, words),
    onBehalf: onBehalfLine(item),
    representatives: representativeLines(item, words),
    beneficialOwners: beneficialOwnerLines(item, words),
    ownership: ownershipOf(item, frame, words),
    parts,
    verifications: verificationLines(item, words),
    findings: findingLines(item, words),
    ratings: ratingLines(item, words),
    decisions: decisionLines(item),
    episodes: episodeLines(item, words),
    notices: noticeLines(item, words),
    merges: mergeLines(item, words),
    statement: fileStatement(frame, item, words),
    late: lateModel(item, words, frame.profile),
    history: item.history.map((event) => ({
      at: event.at,
      actor: words.person(event),
      event: words.event(event.event),
      detail: words.detail(event),
    })),
  };
}

/** The lights of each identity; a file that was frozen before identities had their own has one row. */
function lightsLines(
  { type, lights, lightsAt }: PackageItem,
  words: PackageWords,
  profile: PackageProfile,
): CustomerFile['lights'] {
  const { format = 'grey', checksum = 'grey', register = 'grey', simulated = false } = lights;
  const whole = { field: numberField(type), format, checksum, register, simulated };
  const shown = (lights.identities ?? [whole]).filter(({ field }) => isShownIn(profile, field));
  return shown.map(({ field, ...identity }) => ({
    label: words.field(field),
    ...identity,
    checkedAt: lightsAt,
  }));
}

function ownershipOf(
  item: PackageItem,
  frame: CustomerFile['frame'],
  words: PackageWords,
): CustomerFile['ownership'] {
  const overPercent = frame.ownershipOverPercent;
  if (overPercent === undefined) return null;
  const graph = ownershipGraphOf(item.type, item.record, overPercent);
  return graph === null ? null : ownershipDrawing(graph, overPercent, words.language, ROWS_ON_PAPER);
}

function ownAccount(item: PackageItem, words: PackageWords): string | null {
  const value = valueAt(item.record, 'onOwnAccount');
  return typeof value === 'boolean' ? words.code('value.ownAccount', String(value)) : null;
}
