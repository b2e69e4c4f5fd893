import { z } from 'zod';

import { CASE_KINDS, STAGES } from '../../domain/customer';
import { listCases, readCase } from '../../operations/cases';
import { decide } from '../../operations/decisions';
import { closeCustomer } from '../../operations/closing';
import { submitCase, withdrawCustomer } from '../../operations/onboarding';
import { text } from '../../operations/record-shape';
import { confirmRefresh, startRefresh } from '../../operations/refresh';
import { completeTask, listTasks } from '../../operations/tasks';
import { csv, Cursor, Limit, present, Search } from '../query';
import { actRoute, readRoute, type Act, type Input, type Route } from '../route';
import { Case, CustomerWithCase, Id, pageOf, Task } from '../schemas';
import { customerWithCase } from '../views';

const params = z.strictObject({ id: Id });
const reason = text(1000, 1);

type OnCustomer<B> = Input<{ id: string }, Record<string, never>, B>;

/** An act on a customer: it answers with the customer and the case as they then stand. */
function onCustomer<B>(
  perform: (...args: Parameters<Act<OnCustomer<B>>['act']>) => Promise<void>,
): Act<OnCustomer<B>> {
  return {
    async act(tx, input, call) {
      await perform(tx, input, call);
      return input.params.id;
    },
    render: (tx, id, _input, { language }) => customerWithCase(tx, id ?? '', language),
  };
}

export const caseRoutes: Route[] = [
  readRoute(
    {
      id: 'listCases',
      path: '/cases',
      tag: 'Cases',
      summary: 'Cases, longest waiting first; open ones unless a customer or a stage is asked for',
      query: z.strictObject({
        customerId: Id.optional(),
        stage: csv(z.enum(STAGES)),
        kind: csv(z.enum(CASE_KINDS)),
        owner: csv(z.enum(['staff', 'officer', 'manager', 'system'])),
        q: Search,
        cursor: Cursor,
        limit: Limit,
      }),
      answer: pageOf(Case),
    },
    (tx, { query }) => listCases(tx, present(query)),
  ),
  readRoute(
    {
      id: 'readCase',
      path: '/cases/{id}',
      tag: 'Cases',
      summary: 'Stage, owner, what it waits for, since when, what comes next and when',
      params,
      answer: Case,
    },
    (tx, { params: { id } }) => readCase(tx, id),
  ),
  actRoute(
    {
      id: 'submitCase',
      method: 'post',
      path: '/customers/{id}/submit',
      tag: 'Cases',
      summary: 'Ends collecting; later calls answer with the current state',
      params,
      body: z.strictObject({}),
      answer: CustomerWithCase,
    },
    onCustomer((tx, input) => submitCase(tx, input.params.id)),
  ),
  actRoute(
    {
      id: 'withdrawCustomer',
      method: 'post',
      path: '/customers/{id}/withdraw',
      tag: 'Cases',
      summary: 'The customer does not want to go on',
      params,
      body: z.strictObject({ reason }),
      answer: CustomerWithCase,
    },
    onCustomer<{ reason: string }>((tx, input) => withdrawCustomer(tx, input.params.id, input.body.reason)),
  ),
  actRoute(
    {
      id: 'closeCustomer',
      method: 'post',
      path: '/customers/{id}/close',
      tag: 'Cases',
      summary: 'Ends the relationship; the file stays and its retention begins',
      params,
      body: z.strictObject({ reason }),
      answer: CustomerWithCase,
    },
    onCustomer<{ reason: string }>((tx, input) => closeCustomer(tx, input.params.id, input.body.reason)),
  ),
  actRoute(
    {
      id: 'recordDecision',
      method: 'post',
      path: '/customers/{id}/decisions',
      tag: 'Cases',
      summary: 'Approves or rejects; never by somebody whose hand is in the case',
      params,
      body: z.strictObject({ decision: z.enum(['approve', 'reject']), reason }),
      answer: CustomerWithCase,
    },
    onCustomer<{ decision: 'approve' | 'reject'; reason: string }>(
      (tx, { params: { id }, body }, { ifVersion }) =>
        decide(tx, id, { ...body, ...(typeof ifVersion === 'number' ? { ifVersion } : {}) }),
    ),
  ),
  actRoute(
    {
      id: 'refreshCustomer',
      method: 'post',
      path: '/customers/{id}/refresh',
      tag: 'Cases',
      summary: 'Starts a refresh early, or confirms that nothing changed',
      params,
      body: z.strictObject({ act: z.enum(['start', 'confirm']) }),
      answer: CustomerWithCase,
    },
    onCustomer<{ act: 'start' | 'confirm' }>((tx, { params: { id }, body }) =>
      body.act === 'start' ? startRefresh(tx, id) : confirmRefresh(tx, id),
    ),
  ),
  readRoute(
    {
      id: 'listTasks',
      path: '/tasks',
      tag: 'Tasks',
      summary: 'What waits for people, oldest first',
      query: z.strictObject({ customerId: Id.optional(), limit: Limit }),
      answer: pageOf(Task),
    },
    async (tx, { query }) => {
      const found = await listTasks(tx, { ...present(query), limit: query.limit + 1 });
      // The list is work to be done: what lies beyond a page shows up as tasks are finished.
      return { data: found.slice(0, query.limit), nextCursor: null, hasMore: found.length > query.limit };
    },
  ),
  actRoute(
    {
      id: 'completeTask',
      method: 'post',
      path: '/tasks/{id}/complete',
      tag: 'Tasks',
      summary: 'A person did what the task asked for',
      params,
      body: z.strictObject({ result: text(1000).optional() }),
      status: 204,
      answer: null,
    },
    {
      async act(tx, { params: { id }, body }) {
        await completeTask(tx, id, body.result ?? null);
        return id;
      },
      render: async () => null,
    },
  ),
];
