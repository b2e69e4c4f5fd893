import type { Router } from 'express';

import type { CustomerType } from '../../domain/customer';
import { ComplianceError } from '../../domain/errors';
import { addPeriod } from '../../domain/periods';
import { dismissDuplicate } from '../../operations/duplicates';
import { mergeCustomers } from '../../operations/merge';
import { undoMerge } from '../../operations/merge-undo';
import { previewMerge, type MergePreview, type MergeSide } from '../../operations/merge-views';
import { loadPolicy } from '../../operations/rules';
import type { MergeRowModel } from '../../templates/duplicate-pages';
import { renderDuplicateReason, renderMerge } from '../../templates/duplicate-pages';
import { formatDay } from '../../templates/helpers';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { customerCrumbs, customerPath } from './customer-head';
import { instantText, otherFile, reasonField } from './duplicate-models';
import { done } from './flash';
import { queryText, readForm, textIn, valuesOf, type FormValues } from './form';
import { idOf } from './ids';
import type { FieldSpec } from './record-fields';
import { sectionsOf } from './record-form';
import { wordsOf } from './record-models';
import { shownValue } from './record-values';
import { refusalOf, refuse, type Refusal } from './refusals';
import { show, visiting, type Visit } from './visit';
import { statusPill } from './words';

const REASON_LENGTH_MAX = 1000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Duplicates are dismissed, merged and parted here; they are shown on the pages of the customers themselves. */
export function duplicatePages(router: Router, deps: ApiDeps): void {
  router.get(
    '/customers/:id/merge',
    visiting(deps, 'previewMerge', (visit) => showMerge(visit, queryText(visit.req, 'absorb'), null)),
  );
  router.post('/customers/:id/merge', readForm, visiting(deps, 'mergeCustomers', merge));
  router.post(
    '/duplicates/:id/dismiss',
    readForm,
    visiting(deps, 'dismissDuplicate', (visit) =>
      withReason(visit, 'dismiss', 'duplicateDismissed', async (reason) => {
        await visit.run((tx) => dismissDuplicate(tx, idOf(visit.req), reason));
      }),
    ),
  );
  router.post(
    '/merges/:id/undo',
    readForm,
    visiting(deps, 'undoMerge', (visit) =>
      withReason(visit, 'undo', 'mergeUndone', async (reason) => {
        await visit.run((tx) => undoMerge(tx, idOf(visit.req), reason));
      }),
    ),
  );
}

interface Sent {
  values: FormValues;
  refusal: Refusal;
}

async function showMerge(visit: Visit, absorbId: string, sent: Sent | null): Promise<void> {
  const { t } = visit;
  const id = idOf(visit.req);
  if (!UUID.test(absorbId)) throw new ComplianceError('NOT_FOUND', 'customer_not_found');
  if (absorbId === id) throw new ComplianceError('STATE_FORBIDS', 'merge_same_file');
  const { preview, until } = await visit.run(async (tx) => ({
    preview: await previewMerge(tx, id, absorbId),
    until: addPeriod(tx.now, (await loadPolicy(tx)).mergeUndoPeriod, tx.clock.dayMilliseconds),
  }));
  const { survivor, absorbed } = preview;
  show(
    visit,
    renderMerge,
    {
      survivor: { ...otherFile(visit, survivor), about: aboutOf(visit, survivor) },
      absorbed: { ...otherFile(visit, absorbed), about: aboutOf(visit, absorbed) },
      rows: rowsOf(visit, preview, sent?.values ?? null),
      action: `/customers/${id}/merge`,
      absorbId: absorbed.customerId,
      swap: `/customers/${absorbed.customerId}/merge?absorb=${id}`,
      until: t('duplicate.merge.consequence', { until: instantText(visit, until) }),
      reason: reasonField(visit, {
        value: sent === null ? '' : textIn(sent.values, 'reason'),
        error: sent?.refusal.errors.get('reason') ?? null,
      }),
      cancel: customerPath(id),
    },
    {
      title: t('duplicate.merge.title'),
      section: 'customers',
      crumbs: [...customerCrumbs(visit), { href: customerPath(id), label: survivor.code }],
      ...(sent === null ? {} : { problem: sent.refusal.problem, status: sent.refusal.status }),
    },
  );
}

function aboutOf(visit: Visit, { type, status, createdAt }: MergeSide): string {
  const { t } = visit;
  const opened = t('duplicate.merge.opened', { at: instantText(visit, createdAt) });
  return [t(`console.type.${type}`), statusPill(t, status).text, opened].join(' · ');
}

/** What either file says, one row a field. What only the other file knows is taken over unless somebody says otherwise. */
function rowsOf(visit: Visit, preview: MergePreview, values: FormValues | null): MergeRowModel[] {
  const specs = specsOf(preview.survivor.type);
  const lines = (field: string, value: unknown) =>
    value === null || value === undefined || value === ''
      ? [visit.t('duplicate.merge.none')]
      : linesOf(visit, specs, { [field]: value }, field, value);
  return preview.fields.map(({ field, survivor, absorbed, same }) => ({
    field,
    label: fieldLabel(visit.language, field),
    survivor: lines(field, survivor),
    absorbed: lines(field, absorbed),
    same,
    takes: values === null ? survivor === null : values.get(`pick.${field}`) === 'take',
  }));
}

/** How the record's own form writes each field, by path with `[]` for items of lists. */
type Specs = ReadonlyMap<string, FieldSpec>;

function specsOf(type: CustomerType): Specs {
  // Every file may hold the transaction of its beginning.
  const sections = sectionsOf(type, 'threshold');
  return new Map(
    sections.flatMap(({ list, fields }) =>
      fields.map((spec) => [list === undefined ? spec.path : `${list}[].${spec.path}`, spec] as const),
    ),
  );
}

/** A value as lines of text: parts of an address or a person each with its name. */
function linesOf(visit: Visit, specs: Specs, record: unknown, path: string, value: unknown): string[] {
  const spec = specs.get(path.replaceAll(/\[\d+\]/g, '[]'));
  if (spec !== undefined) {
    const shown = shownValue(record, path, spec, visit.language);
    return [spec.kind === 'day' ? dayText(visit, shown) : wordsOf(visit, spec, shown)];
  }
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => linesOf(visit, specs, record, `${path}[${index}]`, item));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, part]) =>
      partLines(visit, specs, record, `${path}.${key}`, part),
    );
  if (typeof value === 'boolean') return [visit.t(value ? 'duplicate.merge.yes' : 'duplicate.merge.no')];
  return [typeof value === 'string' ? dayText(visit, value) : JSON.stringify(value)];
}

/** A part of a value with its name before it, unless it has parts itself. */
function partLines(visit: Visit, specs: Specs, record: unknown, path: string, part: unknown): string[] {
  const lines = linesOf(visit, specs, record, path, part);
  const isWhole = typeof part === 'object' && part !== null && !Array.isArray(part);
  return isWhole ? lines : [`${fieldLabel(visit.language, path)}: ${lines.join(' ')}`];
}

/** A day as people write it; everything else as it was typed. */
function dayText({ language }: Visit, value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? formatDay(value, language) : value;
}

async function merge(visit: Visit): Promise<void> {
  const id = idOf(visit.req);
  const values = valuesOf(visit.req);
  const absorb = textIn(values, 'absorb');
  const take = [...values]
    .filter(([name, value]) => name.startsWith('pick.') && value === 'take')
    .map(([name]) => name.slice('pick.'.length));
  try {
    const reason = reasonIn(values);
    if (!UUID.test(absorb)) refuse([{ pointer: '/absorb', code: 'empty' }]);
    await visit.run((tx) => mergeCustomers(tx, id, { absorb, take, reason }));
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showMerge(visit, absorb, { values, refusal });
  }
  done(visit.res, customerPath(id), 'filesMerged');
}

function reasonIn(values: FormValues): string {
  const reason = textIn(values, 'reason');
  if (reason.trim() === '') refuse([{ pointer: '/reason', code: 'reason_required' }]);
  if (Array.from(reason).length > REASON_LENGTH_MAX) refuse([{ pointer: '/reason', code: 'too_long' }]);
  return reason;
}

/** An act that needs no more than a reason; without one it is asked for again, on a page of its own. */
async function withReason(
  visit: Visit,
  what: 'dismiss' | 'undo',
  flash: string,
  act: (reason: string) => Promise<void>,
): Promise<void> {
  const { req, res, t } = visit;
  const from = queryText(req, 'from');
  const back = UUID.test(from) ? customerPath(from) : '/customers';
  const values = valuesOf(req);
  try {
    await act(reasonIn(values));
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    const title = t(`duplicate.page.${what}`);
    const reason = reasonField(visit, {
      value: textIn(values, 'reason'),
      error: refusal.errors.get('reason') ?? null,
    });
    const { problem, status } = refusal;
    const model = { title, action: req.originalUrl, back, from, reason, button: title };
    return show(visit, renderDuplicateReason, model, { title, section: 'customers', problem, status });
  }
  done(res, back, flash);
}
