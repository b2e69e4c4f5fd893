import type { Router } from 'express';

import { userNames } from '../../db/users';
import { readCustomer } from '../../operations/customers';
import type { DocumentView } from '../../operations/document-views';
import { attestOriginal, withdrawDocument } from '../../operations/documents';
import { renderCustomerDocuments } from '../../templates/console';
import type { DocumentModel, ReasonForm } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { findingMessage } from '../language';
import { basisText, customerCrumbs, customerPath, headOf, nameOf } from './customer-head';
import { receiveDocument, uploadFields } from './document-upload';
import { field } from './fields';
import { done } from './flash';
import { readForm, textIn, valuesOf, type FormValues } from './form';
import { idOf } from './ids';
import { refusalOf, refuse, type Refusal } from './refusals';
import { show, visiting, type Visit } from './visit';
import { sizeText } from './words';

/** A form that was refused; `documentId` names the row whose form it was, null the upload. */
interface Sent {
  documentId: string | null;
  values: FormValues;
  refusal: Refusal;
}

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
    return showDocuments(visit, { documentId: null, values: new Map(), refusal });
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

async function showDocuments(visit: Visit, sent: Sent | null): Promise<void> {
  const { t } = visit;
  const { customer, names } = await visit.run(async (tx) => {
    const found = await readCustomer(tx, idOf(visit.req));
    const people = found.documents.flatMap((document) => [
      document.uploadedBy,
      document.originalSeen?.by ?? null,
      document.ended?.by ?? null,
    ]);
    return { customer: found, names: await userNames(tx, [...new Set(people.flatMap((id) => id ?? []))]) };
  });
  const open = !['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status);
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
      documents: inOrder(customer.documents).map((document) =>
        documentModel(visit, customer.id, document, names, sent),
      ),
      upload:
        open && visit.can('uploadDocument')
          ? {
              action: customerPath(customer.id, 'documents'),
              fileError: fileErrorOf(sent),
              fields: uploadFields(visit, customer, sent?.documentId === null ? sent.refusal : null),
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

/** What holds comes first. */
function inOrder(documents: readonly DocumentView[]): DocumentView[] {
  return [...documents].sort(
    (a, b) =>
      Number(a.state !== 'current') - Number(b.state !== 'current') ||
      b.uploadedAt.getTime() - a.uploadedAt.getTime(),
  );
}

/** Wrong type, empty, too large: what is wrong with the file itself stands beside it. */
function fileErrorOf(sent: Sent | null): string | null {
  if (sent === null || sent.documentId !== null) return null;
  const named = sent.refusal.errors.get('file');
  if (named !== undefined) return named;
  return sent.refusal.errors.size === 0 ? (sent.refusal.problem.items[0]?.text ?? null) : null;
}

function documentModel(
  visit: Visit,
  customerId: string,
  document: DocumentView,
  names: Map<string, string>,
  sent: Sent | null,
): DocumentModel {
  const { t, language } = visit;
  const path = `${customerPath(customerId, 'documents')}/${document.id}`;
  const name = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  const { originalSeen, ended } = document;
  const current = document.state === 'current';
  return {
    kind: t(`console.choice.document.${document.kind}`),
    href: `/api/v1/customers/${customerId}/documents/${document.id}/content`,
    fileName: document.fileName,
    size: sizeText(document.bytes, language),
    number: document.number,
    issuedOn: document.issuedOn,
    expiresOn: document.expiresOn,
    uploadedAt: document.uploadedAt.toISOString(),
    uploadedBy: name(document.uploadedBy),
    seen: originalSeen === null ? null : { by: name(originalSeen.by), at: originalSeen.at.toISOString() },
    state: t(`console.documentState.${document.state}`),
    rowClass: current ? 'current' : 'ended',
    ended: ended === null ? null : { by: name(ended.by), at: ended.at.toISOString(), reason: ended.reason },
    attest: current && originalSeen === null && visit.can('attestOriginal') ? `${path}/attest` : null,
    withdraw: current && visit.can('withdrawDocument') ? withdrawForm(visit, path, document.id, sent) : null,
  };
}

function withdrawForm({ t }: Visit, path: string, documentId: string, sent: Sent | null): ReasonForm {
  const own = sent?.documentId === documentId ? sent : null;
  return {
    title: t('console.documents.withdraw'),
    explain: null,
    action: `${path}/withdraw`,
    button: t('console.documents.withdraw'),
    tone: 'danger',
    open: own !== null,
    reason: field({
      name: 'reason',
      id: own === null ? `f-reason-${documentId}` : 'f-reason',
      label: t('console.label.reason'),
      value: own === null ? '' : textIn(own.values, 'reason'),
      error: own?.refusal.errors.get('reason') ?? null,
    }),
  };
}
