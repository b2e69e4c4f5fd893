import { getCase } from '../../db/cases';
import type { Tx } from '../../db/transaction';
import { ComplianceError } from '../../domain/errors';
import type { CustomerView } from '../../operations/customers';
import { decide, excludedPeople } from '../../operations/decisions';
import { loadPolicy } from '../../operations/rules';
import type { DecisionForm } from '../../templates/console-models';
import { field } from './fields';
import { done, safePath } from './flash';
import { textIn, valuesOf, type FormValues } from './form';
import { idOf } from './ids';
import { refusalOf, refuse, type Refusal } from './refusals';
import type { Visit } from './visit';

/** Why this person may not decide this case: a code of `console.decision.refusal`, or null when they may. */
export async function refusalToDecide(
  tx: Tx,
  visit: Visit,
  customer: CustomerView,
  caseId: string,
): Promise<string | null> {
  if (!visit.can('recordDecision')) return 'role';
  const { identity } = visit;
  const isManager = identity.role === 'manager' || identity.alsoManager;
  if (customer.risk === 'high' && !isManager) return 'highRisk';
  const excluded = (await excludedPeople(tx, await getCase(tx, caseId))).includes(identity.userId);
  if (!excluded) return null;
  return (await loadPolicy(tx)).fourEyes.mode === 'enforced' ? 'fourEyes' : null;
}

/** The decision box, or the sentence that says why it is not there for this person. */
export function decisionForm(
  visit: Visit,
  customer: CustomerView,
  refusal: string | null,
  from: string,
  sent?: { values: FormValues; refusal: Refusal },
): DecisionForm {
  const { t } = visit;
  return {
    action: `/customers/${customer.id}/decisions`,
    from,
    version: customer.version,
    refusal: refusal === null ? null : t(`console.decision.refusal.${refusal}`),
    chosen: sent?.values.get('decision') ?? null,
    choiceError: sent?.refusal.errors.get('decision') ?? null,
    reason: field({
      kind: 'textarea',
      name: 'reason',
      id: 'f-reason',
      label: t('console.decision.reason'),
      hint: t('console.decision.reasonHint'),
      value: sent?.values.get('reason') ?? '',
      error: sent?.refusal.errors.get('reason') ?? null,
      wide: true,
    }),
  };
}

/** Records a decision; `again` shows the page it came from with what was wrong. */
export async function saveDecision(
  visit: Visit,
  again: (sent: { values: FormValues; refusal: Refusal }) => Promise<void>,
): Promise<void> {
  const id = idOf(visit.req);
  const values = valuesOf(visit.req);
  const reason = textIn(values, 'reason');
  const decision = values.get('decision');
  try {
    if ((decision !== 'approve' && decision !== 'reject') || reason.trim() === '') {
      return refuse([
        ...(decision === 'approve' || decision === 'reject'
          ? []
          : [{ pointer: '/decision', code: 'required' }]),
        ...(reason.trim() === '' ? [{ pointer: '/reason', code: 'reason_required' }] : []),
      ]);
    }
    const ifVersion = Number(textIn(values, 'version'));
    if (!Number.isInteger(ifVersion)) throw new ComplianceError('VERSION_STALE', 'version_stale');
    await visit.run((tx) => decide(tx, id, { decision, reason, ifVersion }));
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return again({ values, refusal });
  }
  done(
    visit.res,
    safePath(values.get('from'), `/customers/${id}`),
    decision === 'approve' ? 'approved' : 'rejected',
  );
}
