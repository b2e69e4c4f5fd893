import { isNaturalPerson, type CustomerType } from '../../domain/customer';
import type { Tx } from '../../db/transaction';
import type { Candidate, NetworkMember } from '../../operations/duplicates';
import { networkOf } from '../../operations/duplicates';
import type { CustomerView } from '../../operations/customers';
import { mergeTarget, readKinship, type Kinship } from '../../operations/merge-views';
import type { CandidateModel, DuplicateQuestion, KinModel, OtherFile } from '../../templates/duplicate-pages';
import type { FieldModel, ReasonForm, Tone } from '../../templates/console-models';
import { formatInstant } from '../../templates/helpers';
import { customerPath, nameOf } from './customer-head';
import { field } from './fields';
import type { Visit } from './visit';
import { pill, statusPill } from './words';

/** Files resemble a record that somebody is about to open: asked before anything is written. */
export class DuplicatesFound extends Error {
  constructor(readonly candidates: readonly Candidate[]) {
    super('This customer may be on file');
  }
}

export function questionOf(
  visit: Visit,
  type: CustomerType,
  candidates: readonly Candidate[],
): DuplicateQuestion {
  const about = isNaturalPerson(type) ? 'person' : 'organisation';
  return {
    title: visit.t(`duplicate.question.${about}`),
    candidates: candidates.map((candidate) => candidateModel(visit, candidate)),
  };
}

const STRENGTH: Record<Candidate['strength'], [Tone, string]> = {
  strong: ['bad', '≡'],
  probable: ['warn', '≈'],
  possible: ['info', '?'],
};

function candidateModel(visit: Visit, candidate: Candidate): CandidateModel {
  const { t } = visit;
  const { strength, reasons, status } = candidate;
  return {
    ...otherFile(visit, candidate),
    status: statusPill(t, status),
    strength: pill(...STRENGTH[strength], t(`duplicate.strength.${strength}`)),
    reasons: reasons.map((code) => t(`duplicate.reason.${code}`)),
  };
}

export function otherFile(
  visit: Visit,
  file: { customerId: string; code: string; displayName: string },
): OtherFile {
  return { href: customerPath(file.customerId), name: nameOf(visit, file), code: file.code };
}

/** What a customer's page needs to say about other files. */
export interface KinFacts extends Kinship {
  target: { customerId: string; code: string; displayName: string } | null;
  network: NetworkMember[];
}

export async function readKin(tx: Tx, customer: CustomerView): Promise<KinFacts> {
  const kinship = await readKinship(tx, customer.id);
  const target = kinship.mergedInto === null ? null : await mergeTarget(tx, kinship.mergedInto);
  return {
    ...kinship,
    target,
    network: isNaturalPerson(customer.type) ? [] : await networkOf(tx, customer.id),
  };
}

export function kinModel(visit: Visit, customer: CustomerView, kin: KinFacts): KinModel {
  const { t } = visit;
  const from = customer.id;
  return {
    mergedInto: kin.target === null ? null : otherFile(visit, kin.target),
    duplicates: kin.duplicates.map((pair) => ({
      ...candidateModel(visit, pair),
      compare: visit.can('mergeCustomers') ? `/customers/${from}/merge?absorb=${pair.customerId}` : null,
      dismiss: visit.can('dismissDuplicate')
        ? reasonForm(visit, 'dismiss', `/duplicates/${pair.id}/dismiss?from=${from}`, pair.id)
        : null,
    })),
    merged: kin.merged.map((file) => ({
      ...otherFile(visit, file),
      at: t('duplicate.merged.at', { at: instantText(visit, file.mergedAt) }),
      until: t('duplicate.merged.until', { at: instantText(visit, file.undoUntil) }),
      undo:
        visit.can('undoMerge') && file.undoUntil > visit.deps.database.clock.now()
          ? reasonForm(visit, 'undo', `/merges/${file.mergeId}/undo?from=${from}`, file.mergeId)
          : null,
    })),
    network: kin.network.map((member) => ({
      ...otherFile(visit, member),
      reasons: member.reasons.map((code) => t(`duplicate.reason.${code}`)),
    })),
  };
}

export function instantText({ language }: Visit, at: Date): string {
  return formatInstant(at.toISOString(), language);
}

function reasonForm(visit: Visit, what: 'dismiss' | 'undo', action: string, id: string): ReasonForm {
  const { t } = visit;
  const group = what === 'dismiss' ? 'card' : 'merged';
  return {
    title: t(`duplicate.page.${what}`),
    explain: t(`duplicate.${group}.${what}Hint`),
    action,
    button: t(`duplicate.page.${what}`),
    tone: '',
    open: false,
    reason: reasonField(visit, { id: `f-reason-${id}` }),
  };
}

export function reasonField(
  visit: Visit,
  more: { id?: string; value?: string; error?: string | null },
): FieldModel {
  return field({
    kind: 'textarea',
    name: 'reason',
    label: visit.t('console.label.reason'),
    wide: true,
    ...more,
  });
}
