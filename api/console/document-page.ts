import type { Router } from 'express';

import { ComplianceError } from '../../domain/errors';
import type { DocumentView } from '../../operations/document-views';
import { openDocumentPreview } from '../../operations/documents';
import { countPages } from '../../stores/previews';
import { renderCustomerDocument } from '../../templates/document-pages';
import type { ApiDeps } from '../deps';
import { customerCrumbs, customerPath, headOf } from './customer-head';
import { documentModel, documentPath, previewPath } from './document-models';
import { readDocuments } from './documents-page';
import { queryText } from './form';
import { idOf } from './ids';
import { show, visiting, type Visit } from './visit';

/** One document: a page of it large, what is known beside it, and what can be done with it. */
export function documentPage(router: Router, deps: ApiDeps): void {
  router.get(
    '/customers/:id/documents/:documentId',
    visiting(deps, 'readDocument', (visit) => showDocument(visit, deps)),
  );
}

async function showDocument(visit: Visit, deps: ApiDeps): Promise<void> {
  const { t } = visit;
  const { customer, context } = await readDocuments(visit, null);
  const document = customer.documents.find(({ id }) => id === idOf(visit.req, 'documentId'));
  if (document === undefined) throw new ComplianceError('NOT_FOUND', 'document_not_found');
  const pages = document.pages ?? (await countNow(visit, deps, customer.id, document));
  const page = Math.min(pages, Math.max(1, Number.parseInt(queryText(visit.req, 'page'), 10) || 1));
  const model = documentModel(visit, document, context);
  const at = (number: number) => `${documentPath(customer.id, document.id)}?page=${number}#page`;
  const label = t('document.pageOf', { page, pages });
  show(
    visit,
    renderCustomerDocument,
    {
      customer: headOf(visit, customer, 'documents'),
      document: {
        ...model,
        mediaType: t(`document.mediaType.${SHORT_TYPES[document.mediaType] ?? 'other'}`),
        sha256: document.sha256,
        originalSha256: document.originalSha256 === document.sha256 ? null : document.originalSha256,
      },
      back: customerPath(customer.id, 'documents'),
      preview: {
        src: previewPath(customer.id, document.id, page, 'page'),
        alt: t('document.pageAlt', { kind: model.kind, page, pages }),
        label,
      },
      previous: page > 1 ? at(page - 1) : null,
      next: page < pages ? at(page + 1) : null,
    },
    {
      title: `${model.kind}: ${document.fileName}`,
      section: 'customers',
      crumbs: [
        ...customerCrumbs(visit, customer),
        { href: customerPath(customer.id, 'documents'), label: t('console.tab.documents') },
      ],
    },
  );
}

const SHORT_TYPES: Record<string, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpeg',
  'image/png': 'png',
};

/** For a file that came before pages were counted, or past the intake. */
async function countNow(
  visit: Visit,
  deps: ApiDeps,
  customerId: string,
  { id }: DocumentView,
): Promise<number> {
  const { key, ...file } = await visit.run((tx) => openDocumentPreview(tx, customerId, id, 'thumb'));
  return countPages(deps.files, key, file);
}
