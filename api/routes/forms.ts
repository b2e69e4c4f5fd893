import { z } from 'zod';

import { getCustomer } from '../../db/customers';
import { TRIGGERS } from '../../domain/customer';
import { FORM_STATES, NOTICE_CHANNELS } from '../../domain/form';
import { matchForm, signForm, voidForm } from '../../operations/form-endings';
import { openFormFile, readForm, readForms } from '../../operations/form-views';
import { openCustomerKey } from '../../operations/record-envelope';
import { text, Transaction } from '../../operations/record-shape';
import { issueForm } from '../form-printing';
import { ifDigestOf } from '../preconditions';
import { present } from '../query';
import {
  actRoute,
  downloadRoute,
  inTransaction,
  readRoute,
  stepsRoute,
  uploadRoute,
  type Call,
  type Route,
} from '../route';
import { Id, Instant, requirementLine } from '../schemas';

const tag = 'Forms';
const ofCustomer = z.strictObject({ id: Id });
const params = z.strictObject({ id: Id, formId: Id });
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const Form = z
  .strictObject({
    id: Id,
    number: z.string().meta({ example: 'FRM-2026-000001' }),
    trigger: z.enum(TRIGGERS),
    triggerCode: z.string().meta({ description: 'T1, T2, T3, TG or T6: TG names no suspicion' }),
    formVersion: z.string(),
    recordVersion: z.int(),
    recordDigest: Sha256.meta({
      description: 'Keyed digest of what was printed; its beginning stands on every page',
    }),
    language: z.enum(['tr', 'en']),
    state: z.enum(FORM_STATES),
    requirements: z.array(z.strictObject({ ...requirementLine, met: z.boolean() })),
    transaction: Transaction.nullable(),
    privacyNotice: z.strictObject({
      id: Id,
      version: z.string(),
      channel: z.enum(NOTICE_CHANNELS),
      shownAt: Instant,
    }),
    pdf: z.strictObject({ sha256: Sha256, bytes: z.int() }),
    officePdf: z.strictObject({ sha256: Sha256, bytes: z.int() }),
    issuedAt: Instant,
    issuedBy: Id.nullable(),
    signature: z.strictObject({ documentId: Id, sha256: Sha256, at: Instant, by: Id.nullable() }).nullable(),
    ended: z
      .strictObject({
        at: Instant,
        by: Id.nullable(),
        reason: z.string().nullable(),
        supersededBy: Id.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Form' });

const NewForm = z.strictObject({
  trigger: z.enum(TRIGGERS).optional().meta({ description: "The customer's own unless told otherwise" }),
  transaction: Transaction.optional().meta({
    description:
      'For threshold and linked only, over what the record holds; kind, amountKurus, currency and payment must be there',
  }),
  language: z.enum(['tr', 'en']).optional(),
  privacyNotice: z
    .strictObject({ version: text(20, 1), channel: z.enum(NOTICE_CHANNELS) })
    .optional()
    .meta({
      description:
        'Shown just now: recorded in the same call. Without it one on record must be in force (409)',
    }),
});

const press = (call: Call) => ({
  deps: call.deps,
  run: <T>(fn: Parameters<typeof inTransaction<T>>[1]) => inTransaction(call, fn),
});

const formPath = (customerId: string, formId: string) => `/api/v1/customers/${customerId}/forms/${formId}`;

export const formRoutes: Route[] = [
  stepsRoute(
    {
      id: 'issueForm',
      path: '/customers/{id}/forms',
      tag,
      summary: 'Prints the customer form of a trigger; an unsigned one of the same trigger is superseded',
      params: ofCustomer,
      body: NewForm,
      answer: Form,
    },
    {
      run: ({ params: { id }, body }, call, once) => issueForm(press(call), id, inputOf(body), once),
      render: (tx, formId, { params: { id } }) => readForm(tx, id, formId),
      location: (formId, { params: { id } }) => formPath(id, formId),
    },
  ),
  readRoute(
    {
      id: 'listForms',
      path: '/customers/{id}/forms',
      tag,
      summary: 'Every form of a customer, newest first',
      params: ofCustomer,
      answer: z.strictObject({ data: z.array(Form) }),
    },
    async (tx, { params: { id } }) => ({ data: await readForms(tx, id) }),
  ),
  readRoute(
    {
      id: 'readForm',
      path: '/customers/{id}/forms/{formId}',
      tag,
      summary: 'A form without its files',
      params,
      answer: Form,
    },
    (tx, { params: { id, formId } }) => readForm(tx, id, formId),
  ),
  pdfRoute('downloadForm', 'pdf', 'customer', 'The sheet to sign; the view is logged'),
  pdfRoute('downloadOfficeForm', 'office-pdf', 'office', "The office's own sheet, never for the customer"),
  uploadRoute(
    {
      id: 'signForm',
      method: 'put',
      path: '/customers/{id}/forms/{formId}/signature',
      tag,
      summary: 'Binds a signed scan to the PDF that If-Match names; the same file again changes nothing',
      params,
      body: z.strictObject({
        originalSeen: z
          .enum(['true', 'false'])
          .transform((value) => value === 'true')
          .optional()
          .meta({ description: 'The clerk has seen the wet signature' }),
      }),
      answer: Form,
    },
    {
      keyFor: async (tx, { params: { id, formId } }, call) => {
        await matchForm(tx, id, formId, digestOf(call));
        return openCustomerKey(tx, await getCustomer(tx, id));
      },
      act: (tx, { params: { id, formId }, body }, stored, call) =>
        signForm(tx, id, formId, { stored, pdfSha256: digestOf(call), ...present(body) }),
      render: (tx, _documentId, { params: { id, formId } }) => readForm(tx, id, formId),
      location: (documentId, { params: { id } }) => `/api/v1/customers/${id}/documents/${documentId}`,
    },
  ),
  actRoute(
    {
      id: 'voidForm',
      method: 'post',
      path: '/customers/{id}/forms/{formId}/void',
      tag,
      summary: 'Voids an unsigned form, for a reason; it stays readable',
      params,
      body: z.strictObject({ reason: text(300, 1) }),
      answer: Form,
    },
    {
      act: async (tx, { params: { id, formId }, body }) => {
        await voidForm(tx, id, formId, body.reason);
        return formId;
      },
      render: (tx, _id, { params: { id, formId } }) => readForm(tx, id, formId),
    },
  ),
];

function inputOf(body: z.output<typeof NewForm>): Parameters<typeof issueForm>[2] {
  const { transaction, ...rest } = body;
  return { ...present(rest), ...(transaction === undefined ? {} : { transaction: present(transaction) }) };
}

/** Dispatch has asked for it before anything else. */
function digestOf(call: Call): Buffer {
  return ifDigestOf(call.req) ?? Buffer.alloc(0);
}

function pdfRoute(
  id: 'downloadForm' | 'downloadOfficeForm',
  path: string,
  which: 'customer' | 'office',
  summary: string,
): Route {
  return downloadRoute(
    { id, path: `/customers/{id}/forms/{formId}/${path}`, tag, summary, params },
    async (tx, { params: { id: customerId, formId } }, { deps }) => {
      const { fileName, sha256, address, key } = await openFormFile(tx, customerId, formId, which);
      return { mediaType: 'application/pdf', fileName, sha256, open: () => deps.files.open(key, address) };
    },
  );
}
