import type { Router } from 'express';

import { ComplianceError } from '../../domain/errors';
import { EVIDENCE_RESULTS, type EvidenceResult } from '../../domain/evidence';
import { instantAt, parseDay } from '../../domain/days';
import { CARD_SPELLINGS } from '../../domain/register-subjects';
import { EVIDENCE_KINDS } from '../../domain/rules/evidence';
import { recordEvidence, type NewEvidence } from '../../operations/evidence';
import { confirmCardSpelling } from '../../operations/register-retries';
import type { ApiDeps } from '../deps';
import { customerPath } from './customer-head';
import { showEvidence } from './evidence-view';
import { done } from './flash';
import { dayText, readForm, textIn, valuesOf, type FormValues } from './form';
import { idOf } from './ids';
import { refusalOf, refuse } from './refusals';
import { visiting, type Visit } from './visit';

const NOTE_LENGTH_MAX = 1000;
const BARCODE_LENGTH_MAX = 60;
const MINUTE = 60_000;

export function evidencePages(router: Router, deps: ApiDeps): void {
  const page = '/customers/:id/evidence';
  router.get(
    page,
    visiting(deps, 'listEvidence', (visit) => showEvidence(visit, null)),
  );
  router.post(
    page,
    readForm,
    visiting(deps, 'recordEvidence', (visit) =>
      act(visit, 'evidenceRecorded', async (id, values) => {
        const input = evidenceIn(values);
        await visit.run((tx) => recordEvidence(tx, id, { ...input, seenAt: input.seenAt ?? tx.now }));
      }),
    ),
  );
  router.post(
    '/customers/:id/register-retries',
    readForm,
    visiting(deps, 'confirmCardSpelling', (visit) =>
      act(visit, 'retryConfirmed', async (id, values) => {
        const spelling = CARD_SPELLINGS.find((code) => code === values.get('spelling'));
        if (spelling === undefined) throw wrongSpelling();
        await visit.run((tx) => confirmCardSpelling(tx, id, { field: textIn(values, 'field'), spelling }));
      }),
    ),
  );
}

function wrongSpelling(): ComplianceError {
  return new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/spelling', code: 'unknown_code' }]);
}

async function act(
  visit: Visit,
  flash: string,
  perform: (id: string, values: FormValues) => Promise<void>,
): Promise<void> {
  const id = idOf(visit.req);
  const values = valuesOf(visit.req);
  try {
    await perform(id, values);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showEvidence(visit, { values, refusal });
  }
  done(visit.res, customerPath(id, 'evidence'), flash);
}

/** What the form says; an empty time means now. Throws INVALID_INPUT with every field that was left wrong. */
function evidenceIn(values: FormValues): Omit<NewEvidence, 'seenAt'> & { seenAt: Date | null } {
  const [kindText = '', field = ''] = textIn(values, 'request').split('|');
  const kind = EVIDENCE_KINDS.find((code) => code === kindText);
  const result = EVIDENCE_RESULTS.find((code) => code === values.get('result'));
  const seenAt = instantIn(textIn(values, 'seenAt'));
  const [note, barcode, documentId] = ['note', 'barcode', 'documentId'].map((name) =>
    textIn(values, name),
  ) as [string, string, string];
  const wrong = [
    ...(kind === undefined ? [{ pointer: '/request', code: 'required' }] : []),
    ...(result === undefined ? [{ pointer: '/result', code: 'required' }] : []),
    ...(seenAt === undefined ? [{ pointer: '/seenAt', code: 'not_an_instant' }] : []),
    ...textProblems('note', note, NOTE_LENGTH_MAX, true),
    ...textProblems('barcode', barcode, BARCODE_LENGTH_MAX, false),
    ...(/^([0-9a-f-]{36})?$/.test(documentId) ? [] : [{ pointer: '/documentId', code: 'unknown_document' }]),
  ];
  if (wrong.length > 0) refuse(wrong);
  return {
    kind: kind ?? 'vkn',
    field,
    result: result as EvidenceResult,
    seenAt: seenAt ?? null,
    note,
    ...(barcode.trim() === '' ? {} : { barcode }),
    ...(documentId === '' ? {} : { documentId }),
  };
}

function textProblems(name: string, value: string, max: number, required: boolean) {
  const pointer = `/${name}`;
  if (value.trim() === '') return required ? [{ pointer, code: 'required' }] : [];
  // What the API refuses in a text is refused here too; a note may have lines.
  if (/\p{Cs}/u.test(value) || /\p{Cc}/u.test(value.replaceAll(/[\r\n\t]/g, '')))
    return [{ pointer, code: 'control_character' }];
  return Array.from(value).length > max ? [{ pointer, code: 'too_long' }] : [];
}

/** `22.11.2026 14:30` in Türkiye's time; null for nothing, undefined for what is no instant. A day alone is its beginning. */
function instantIn(typed: string): Date | null | undefined {
  if (typed.trim() === '') return null;
  const match = /^\s*(\S+)(?:[\sT]+(\d{1,2})[:.](\d{2}))?\s*$/.exec(typed);
  const [, dayPart = '', hour = '0', minute = '0'] = match ?? [];
  const day = parseDay(dayText(dayPart));
  if (day === null || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return instantAt(day, (Number(hour) * 60 + Number(minute)) * MINUTE);
}
