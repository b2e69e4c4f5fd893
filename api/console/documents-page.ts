import type { Router } from 'express';

import { userNames } from '../../db/users';
import { offeredKinds } from '../../operations/document-kinds';
import type { DocumentView } from '../../operations/document-views';
import { readCustomer, type CustomerView } from '../../operations/customers';
import { attestOriginal, withdrawDocument } from '../../operations/documents';
import { today } from '../../operations/rules';
import { renderCustomerDocuments } from '../../templates/document-pages';
import type { ApiDeps } from '../deps';
import { findingMessage } from '../language';
import { basisText, customerCrumbs, customerPath, headOf, nameOf } from './customer-head';
import { documentModel, peopleOf, type DocumentContext, type Sent } from './document-models';
import { receiveDocument, uploadFields } from './document-upload';
import { done } from './flash';
import { readForm, textIn, valuesOf } from './form';
import { idOf } from './ids';
import { refusalOf, refuse } from './refusals';
import { show, visiting, type Visit } from './visit';

export function documentPages(router: Router, deps: ApiDeps): void {
  const page = '/customers/:id/documents';
  router.get(
    page,
    visiting(deps, 'readCustomer', (visit) => showDocuments(visit, null)),
  );
  router.post(page, visiting(deps, 'uploadDocument', upload));
  router.post(
    `${page}/:documentId/attest`,
    readForm,
    visiting(deps, 'attestOriginal', (visit) =>
      act(visit, 'originalSeen', async (id, documentId) => {
        await visit.run((tx) => attestOriginal(tx, id, documentId));
      }),
    ),
  );
  router.post(
    `${page}/:documentId/withdraw`,
    readForm,
    visiting(deps, 'withdrawDocument', (visit) =>
      act(visit, 'documentWithdrawn', async (id, documentId) => {
        const reason = textIn(valuesOf(visit.req), 'reason');
        if (reason.trim() === '') refuse([{ pointer: '/reason', code: 'reason_required' }]);
        await visit.run((tx) => withdrawDocument(tx, id, documentId, reason));
      }),
    ),
  );
}

async function upload(visit: Visit): Promise<void> {
  try {
    await receiveDocument(visit);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    // A browser does not fill in a file again, but everything else that was typed.
    return showDocuments(visit, { documentId: null, values: valuesOf(visit.req), refusal });
  }
  done(visit.res, customerPath(idOf(visit.req), 'documents'), 'documentUploaded');
}

async function act(
  visit: Visit,
  flash: string,
  perform: (id: string, documentId: string) => Promise<void>,
): Promise<void> {
  const [id, documentId] = [idOf(visit.req), idOf(visit.req, 'documentId')];
  try {
    await perform(id, documentId);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showDocuments(visit, { documentId, values: valuesOf(visit.req), refusal });
  }
  done(visit.res, customerPath(id, 'documents'), flash);
}

/** A customer with what its documents are shown with. */
export async function readDocuments(
  visit: Visit,
  sent: Sent | null,
): Promise<{ customer: CustomerView; context: DocumentContext }> {
  return visit.run(async (tx) => {
    const customer = await readCustomer(tx, idOf(visit.req));
    const context: DocumentContext = {
      customerId: customer.id,
      names: await userNames(tx, peopleOf(customer.documents)),
      kinds: await offeredKinds(tx, customer.id),
      open: !['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status),
      today: today(tx),
      sent,
    };
    return { customer, context };
  });
}

async function showDocuments(visit: Visit, sent: Sent | null): Promise<void> {
  const { t } = visit;
  const { customer, context } = await readDocuments(visit, sent);
  const own = sent?.documentId === null ? sent : null;
  show(
    visit,
    renderCustomerDocuments,
    {
      customer: headOf(visit, customer, 'documents'),
      missing: customer.findings
        .filter(({ field: path }) => path.startsWith('documents.'))
        .map((finding) => ({
          text: findingMessage(visit.language, finding),
          basis: basisText(t, finding.legalBasis),
        })),
      documents: inOrder(customer.documents).map((document) => documentModel(visit, document, context)),
      upload:
        context.open && visit.can('uploadDocument')
          ? {
              action: customerPath(customer.id, 'documents'),
              fileError: fileErrorOf(own),
              again: own !== null,
              fields: uploadFields(visit, customer.documents, context.kinds, own),
            }
          : null,
    },
    {
      title: `${nameOf(visit, customer)}: ${t('console.tab.documents')}`,
      section: 'customers',
      crumbs: customerCrumbs(visit, customer),
      ...(sent === null ? {} : { problem: sent.refusal.problem, status: sent.refusal.status }),
    },
  );
}

/** What holds comes first, of that the latest. */
function inOrder(documents: readonly DocumentView[]): DocumentView[] {
  return [...documents].sort(
    (a, b) =>
      Number(a.state !== 'current') - Number(b.state !== 'current') ||
      b.uploadedAt.getTime() - a.uploadedAt.getTime() ||
      (a.id < b.id ? 1 : -1),
  );
}

/** Wrong type, empty, too large: what is wrong with the file itself stands beside it. */
function fileErrorOf(sent: Sent | null): string | null {
  if (sent === null) return null;
  const named = sent.refusal.errors.get('file');
  if (named !== undefined) return named;
  return sent.refusal.errors.size === 0 ? (sent.refusal.problem.items[0]?.text ?? null) : null;
}
