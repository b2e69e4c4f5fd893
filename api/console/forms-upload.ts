import { z } from 'zod';

import { getCustomer } from '../../db/customers';
import { getForm } from '../../db/forms';
import { signForm } from '../../operations/form-endings';
import { openCustomerKey } from '../../operations/record-envelope';
import { actorOf } from '../../operations/sign-in';
import { present } from '../query';
import { uploadRoute } from '../route';
import { receiveUpload } from '../uploads';
import { idOf } from './ids';
import type { Visit } from './visit';

/** The API's own way of taking in a signature; a page cannot send If-Match, so the digest is a field. */
const signatureForm = uploadRoute(
  {
    id: 'signForm',
    method: 'put',
    path: '/customers/{id}/forms/{formId}/signature',
    tag: 'Forms',
    summary: 'The signature form of the console',
    params: z.strictObject({ id: z.uuid(), formId: z.uuid() }),
    body: z.strictObject({
      pdfSha256: z.string().regex(/^[0-9a-f]{64}$/),
      originalSeen: z
        .literal('yes')
        .transform(() => true)
        .optional(),
    }),
    answer: z.unknown(),
  },
  {
    keyFor: async (tx, { params: { id, formId } }) => {
      await getForm(tx, id, formId);
      return openCustomerKey(tx, await getCustomer(tx, id));
    },
    act: (tx, { params: { id, formId }, body: { pdfSha256, ...fields } }, stored) =>
      signForm(tx, id, formId, { stored, pdfSha256: Buffer.from(pdfSha256, 'hex'), ...present(fields) }),
    render: async () => undefined,
    location: (documentId) => documentId,
  },
);

/** Takes in the signed scan of a form; throws what is wrong with it. */
export async function receiveSignature(visit: Visit): Promise<void> {
  const { req, deps, identity, language } = visit;
  const { handler } = signatureForm;
  if (handler.kind !== 'upload') throw new Error('The signature form is no upload');
  const params = { id: idOf(req), formId: idOf(req, 'formId') };
  const call = { deps, req, identity, actor: actorOf(identity), language, ifVersion: undefined };
  await receiveUpload(signatureForm, handler, { params, query: {} }, call);
}
