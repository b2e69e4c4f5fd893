import { createHash } from 'node:crypto';

import type { Tx } from '../../db/transaction';
import { dayInIstanbul } from '../../domain/days';
import { proposeChange, type ChangeRequest } from '../../operations/policy-changes';
import { previewChange, type Preview } from '../../operations/policy-preview';
import type { FieldModel } from '../../templates/console-models';
import type { PreviewModel } from '../../templates/policy-models';
import { field, fieldId } from './fields';
import { done } from './flash';
import { dayText, textIn, valuesOf, type FormValues } from './form';
import { PAGE_ROWS } from './lists';
import type { Typed } from './policy-fields';
import { previewRow, summaryOf, warningText } from './policy-words';
import { refusalOf, type Refusal } from './refusals';
import type { Visit } from './visit';

/** What every form that changes a rule has: a day, a reason, a look at who is affected, and the proposal itself. */

/** What a form was answered with: errors, or whom the change would affect. */
export interface Answered {
  values: FormValues;
  refusal: Refusal | null;
  preview: PreviewModel | null;
}

export function typedOf(answered: Answered | null): Typed | null {
  return answered === null
    ? null
    : { values: answered.values, errors: answered.refusal?.errors ?? new Map() };
}

/** From which day and why. */
export function datedFields(visit: Visit, typed: Typed | null): FieldModel[] {
  const { t, deps } = visit;
  return [
    field({
      name: 'validFrom',
      label: t('policy.form.validFrom'),
      hint: t('policy.form.validFromHint'),
      type: 'date',
      value: typed?.values.get('validFrom') ?? dayInIstanbul(deps.database.clock.now()),
      error: typed?.errors.get('validFrom') ?? null,
    }),
    field({
      kind: 'textarea',
      name: 'reason',
      label: t('policy.form.reason'),
      hint: t('policy.form.reasonHint'),
      value: typed?.values.get('reason') ?? '',
      error: typed?.errors.get('reason') ?? null,
      wide: true,
    }),
  ];
}

/**
 * Previews or proposes what a form holds. Only what was looked at is proposed: other values are shown their own preview
 * first. `again` shows the form with the answer.
 */
export async function answerChangeForm(
  visit: Visit,
  read: (values: FormValues, tx: Tx) => Promise<Omit<ChangeRequest, 'validFrom'>>,
  again: (answered: Answered) => Promise<void>,
): Promise<void> {
  const values = valuesOf(visit.req);
  const validFrom = dayText(textIn(values, 'validFrom'));
  const act = textIn(values, 'act');
  try {
    const outcome = await visit.run(async (tx) => {
      const request = { ...(await read(values, tx)), validFrom };
      const seal = sealOf(request);
      if (act === 'propose' && textIn(values, 'seal') === seal)
        return { id: await proposeChange(tx, { ...request, reason: textIn(values, 'reason') }) };
      const cursor = textIn(values, 'cursor');
      const page = { limit: PAGE_ROWS, ...(cursor === '' ? {} : { cursor }) };
      return { preview: await previewChange(tx, request, page), seal };
    });
    if ('id' in outcome) return done(visit.res, `/settings/policy-changes/${outcome.id}`, 'changeProposed');
    await again({ values, refusal: null, preview: previewModel(visit, outcome.preview, outcome.seal) });
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    await again({ values, refusal, preview: null });
  }
}

function sealOf(request: ChangeRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url').slice(0, 22);
}

export function previewModel(visit: Visit, preview: Preview, seal: string): PreviewModel {
  return {
    summary: summaryOf(visit, preview),
    warnings: preview.warnings.map((floor) => warningText(visit, floor)),
    rows: preview.lines.map((line) => previewRow(visit, line)),
    cursor: preview.nextCursor,
    seal,
  };
}

/** Says what is wrong by the names that the form's own fields have. */
export function namedRefusal(refusal: Refusal | null, fields: readonly FieldModel[]): Refusal | null {
  if (refusal === null || refusal.errors.size === 0) return refusal;
  const labels = new Map(fields.map(({ name, label }) => [name, label]));
  const items = [...refusal.errors].map(([name, text]) => {
    const label = labels.get(name);
    return label === undefined
      ? { text, href: null }
      : { text: `${label}: ${text}`, href: `#${fieldId(name)}` };
  });
  return { ...refusal, problem: { ...refusal.problem, items } };
}
