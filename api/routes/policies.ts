import { z } from 'zod';

import { CHANGE_STATES, CHANGE_TARGETS } from '../../db/policy-changes';
import { CUSTOMER_TYPES, TRIGGERS } from '../../domain/customer';
import { foldKey } from '../../domain/names';
import {
  approveChange,
  proposeChange,
  proposeUndo,
  rejectChange,
  withdrawChange,
  type ChangeRequest,
} from '../../operations/policy-changes';
import { previewChange, type Preview } from '../../operations/policy-preview';
import { listChangeViews, listMoved, readChange, type MovedView } from '../../operations/policy-views';
import { text } from '../../operations/record-shape';
import {
  listPolicyViews,
  listRequirementViews,
  type PolicyView,
  type RequirementView,
} from '../../operations/rule-views';
import { fieldLabel } from '../language';
import { Cursor, Limit, present } from '../query';
import { actRoute, readRoute, type Act, type Input, type Route } from '../route';
import { Id, pageOf } from '../schemas';
import {
  Confidence,
  AsOf,
  PolicyValue,
  RequirementRow,
  Change,
  PreviewAnswer,
  Moved,
  change,
} from './policy-shapes';

const tag = 'Rules';
const params = z.strictObject({ id: Id });
const reason = text(500, 1);

function requestOf(body: {
  key?: string | undefined;
  requirement?: string | undefined;
  value?: unknown;
  validFrom: string;
}): ChangeRequest {
  const { key, requirement, value, validFrom } = body;
  return { ...present({ key, requirement }), value: value ?? null, validFrom };
}

type OnChange<B> = Input<{ id: string }, Record<string, never>, B>;

/** An act on a change: it answers with the change as it then stands and wakes its workflow. */
function onChange<B>(
  perform: (...args: Parameters<Act<OnChange<B>>['act']>) => Promise<void>,
): Act<OnChange<B>> {
  return {
    async act(tx, input, call) {
      await perform(tx, input, call);
      return input.params.id;
    },
    render: (tx, id) => readChange(tx, id ?? ''),
    afterCommit: (id, { deps, identity }) => deps.wakeUps.wakePolicyChange(identity.dealerId, id ?? ''),
  };
}

export const policyRoutes: Route[] = [
  readRoute(
    {
      id: 'listPolicies',
      path: '/policies',
      tag,
      summary: 'Dated values: thresholds, periods, ladders, ages',
      query: z.strictObject(AsOf),
      answer: pageOf(PolicyValue),
    },
    async (tx, { query: { asOf } }) =>
      whole((await listPolicyViews(tx, present({ day: asOf }))).map(policyOf)),
  ),
  readRoute(
    {
      id: 'listRequirements',
      path: '/requirements',
      tag,
      summary: 'The requirement matrix',
      query: z.strictObject({
        ...AsOf,
        type: z.enum(CUSTOMER_TYPES).optional(),
        trigger: z.enum(TRIGGERS).optional(),
        severity: z.enum(['blocking', 'warning']).optional(),
        confidence: Confidence.optional(),
        q: text(200).optional(),
      }),
      answer: pageOf(RequirementRow),
    },
    async (tx, { query: { asOf, q, ...rest } }, { language }) => {
      const words = foldKey(q ?? '')
        .split(/\s+/)
        .filter(Boolean);
      const rules = await listRequirementViews(tx, {
        ...present({ day: asOf, ...rest }),
        matches: (rule) => {
          const said = foldKey(
            [rule.id, rule.field, fieldLabel(language, rule.field), rule.legalBasis].join(' '),
          );
          return words.every((word) => said.includes(word));
        },
      });
      return whole(rules.map(requirementOf));
    },
  ),
  actRoute(
    {
      id: 'proposePolicyChange',
      method: 'post',
      path: '/policy-changes',
      tag,
      summary: 'Proposes a change of a policy or requirement; a manager who is another person approves it',
      body: z.strictObject({ ...change, reason }),
      status: 201,
      answer: Change,
    },
    {
      act: (tx, { body }) => proposeChange(tx, { ...requestOf(body), reason: body.reason }),
      render: (tx, id) => readChange(tx, id ?? ''),
      location: (id) => `/api/v1/policy-changes/${id}`,
    },
  ),
  actRoute(
    {
      id: 'previewPolicyChange',
      method: 'post',
      path: '/policy-changes/preview',
      tag,
      summary: 'Says whom a change would affect; writes nothing',
      body: z.strictObject({ ...change, cursor: Cursor, limit: z.int().min(1).max(100).optional() }),
      answer: PreviewAnswer,
    },
    {
      act: () => Promise.resolve(null),
      render: async (tx, _id, { body }) =>
        previewAnswer(
          await previewChange(tx, requestOf(body), {
            limit: body.limit ?? 25,
            ...present({ cursor: body.cursor }),
          }),
        ),
    },
  ),
  readRoute(
    {
      id: 'listPolicyChanges',
      path: '/policy-changes',
      tag,
      summary: 'Changes of policies and requirements, newest first',
      query: z.strictObject({
        cursor: Cursor,
        limit: Limit,
        state: z.enum(CHANGE_STATES).optional(),
        target: z.enum(CHANGE_TARGETS).optional(),
        key: z.string().max(60).optional(),
      }),
      answer: pageOf(Change),
    },
    (tx, { query: { state, ...query } }) =>
      listChangeViews(tx, { ...present(query), ...(state === undefined ? {} : { state: [state] }) }),
  ),
  readRoute(
    {
      id: 'readPolicyChange',
      path: '/policy-changes/{id}',
      tag,
      summary: 'State and progress',
      params,
      answer: Change,
    },
    (tx, { params: { id } }) => readChange(tx, id),
  ),
  readRoute(
    {
      id: 'listPolicyMoves',
      path: '/policy-changes/{id}/moves',
      tag,
      summary: 'What an applied change did, customer by customer',
      params,
      query: z.strictObject({ cursor: Cursor, limit: Limit }),
      answer: pageOf(Moved),
    },
    async (tx, { params: { id }, query }) => {
      await readChange(tx, id);
      const page = await listMoved(tx, id, present(query));
      return { ...page, data: page.data.map(movedOf) };
    },
  ),
  actRoute(
    {
      id: 'approvePolicyChange',
      method: 'post',
      path: '/policy-changes/{id}/approve',
      tag,
      summary: 'The second person’s word: holds from its day on, due dates follow in batches',
      params,
      body: z.strictObject({}),
      answer: Change,
    },
    onChange((tx, { params: { id } }) => approveChange(tx, id)),
  ),
  actRoute(
    {
      id: 'rejectPolicyChange',
      method: 'post',
      path: '/policy-changes/{id}/reject',
      tag,
      summary: 'Refuses a proposal',
      params,
      body: z.strictObject({ reason }),
      answer: Change,
    },
    onChange((tx, { params: { id }, body }) => rejectChange(tx, id, body.reason)),
  ),
  actRoute(
    {
      id: 'withdrawPolicyChange',
      method: 'post',
      path: '/policy-changes/{id}/withdraw',
      tag,
      summary: 'Takes a proposal back',
      params,
      body: z.strictObject({ reason }),
      answer: Change,
    },
    onChange((tx, { params: { id }, body }) => withdrawChange(tx, id, body.reason)),
  ),
  actRoute(
    {
      id: 'undoPolicyChange',
      method: 'post',
      path: '/policy-changes/{id}/undo',
      tag,
      summary: 'Proposes to take an approved change back; answers with the new proposal',
      params,
      body: z.strictObject({ reason }),
      status: 201,
      answer: Change,
    },
    {
      act: (tx, { params: { id }, body }) => proposeUndo(tx, id, body.reason),
      render: (tx, id) => readChange(tx, id ?? ''),
      location: (id) => `/api/v1/policy-changes/${id}`,
    },
  ),
];

const whole = <T>(data: T[]) => ({ data, nextCursor: null, hasMore: false });

function policyOf(view: PolicyView) {
  return { ...view };
}

function requirementOf({ id, types, triggers, field, test, severity, ...rule }: RequirementView) {
  const { risks, legalBasis, confidence, version, validFrom, validTo, reason: why, changeId } = rule;
  return {
    id,
    types,
    triggers,
    risks: risks ?? null,
    field,
    test,
    severity,
    legalBasis,
    confidence,
    version,
    validFrom,
    validTo: validTo ?? null,
    reason: why,
    changeId,
  };
}

function previewAnswer({ change: checked, effect, concerned, exact, warnings, lines, nextCursor }: Preview) {
  const { key, oldValue, newValue, validFrom } = checked;
  const gap = ({ code, field, severity }: { code: string; field: string; severity: string }) => ({
    code,
    field,
    severity,
  });
  return {
    key,
    oldValue,
    newValue,
    validFrom,
    effect,
    concerned,
    exact,
    warnings: warnings.map(({ refused: _refused, ...floor }) => floor),
    data: lines.map(({ customer, moves, opened, closed }) => ({
      customer,
      moves: moves.map(({ what, caseId, on }) => ({ what, caseId, on })),
      opened: opened.map(gap),
      closed: closed.map(gap),
    })),
    nextCursor,
  };
}

function movedOf({ customer, moves }: MovedView) {
  return {
    customer,
    moves: moves.map(({ what, caseId, oldOn, newOn, oldNumber, newNumber }) => ({
      what,
      caseId,
      on: { from: oldOn, to: newOn },
      findings: what === 'findings' ? { from: oldNumber ?? 0, to: newNumber ?? 0 } : null,
    })),
  };
}
