import type { Router } from 'express';

import { ComplianceError } from '../../domain/errors';
import type { ImportStatus } from '../../domain/import-status';
import {
  cancelImport,
  commitImport,
  importProblems,
  listImports,
  readImport,
  type ImportView,
} from '../../operations/imports';
import { actorOf } from '../../operations/sign-in';
import type { PillModel } from '../../templates/console-models';
import { renderImport, renderImports, type ImportLine, type ImportModel } from '../../templates/import-pages';
import { importProblemText, importRefusalText } from '../../templates/import-words';
import type { ApiDeps } from '../deps';
import { startImportRoute } from '../routes/imports';
import { receiveUpload } from '../uploads';
import { done } from './flash';
import { idOf } from './ids';
import { PAGE_ROWS, pagerOf } from './lists';
import { refusalOf, type Refusal } from './refusals';
import { live, show, visiting, type Visit } from './visit';
import { pill } from './words';

export function importsPages(router: Router, deps: ApiDeps): void {
  router.get(
    '/imports',
    visiting(deps, 'listImports', (visit) => showImports(visit, null)),
  );
  router.post('/imports', visiting(deps, 'startImport', upload));
  router.get(
    '/imports/:id',
    visiting(deps, 'readImport', (visit) => showImport(visit, null)),
  );
  router.post(
    '/imports/:id/commit',
    visiting(deps, 'commitImport', (visit) => act(visit, 'importStarted', commitImport)),
  );
  router.post(
    '/imports/:id/cancel',
    visiting(deps, 'cancelImport', (visit) => act(visit, 'importCancelled', cancelImport)),
  );
}

/** The API's own way of taking the file in: one wall for both. */
async function upload(visit: Visit): Promise<void> {
  const { req, deps, identity, language } = visit;
  const { handler } = startImportRoute;
  if (handler.kind !== 'upload') throw new Error('Bringing a file is no upload');
  const call = { deps, req, identity, actor: actorOf(identity), language, ifVersion: undefined };
  let location: string;
  try {
    const reply = await receiveUpload(startImportRoute, handler, { params: {}, query: {} }, call);
    location = String(reply.headers?.['location']).replace('/api/v1', '');
  } catch (error) {
    const refusal = fileRefusal(error, visit) ?? refusalOf(error, language);
    if (refusal === null) throw error;
    return showImports(visit, refusal);
  }
  done(visit.res, location, 'importUploaded');
}

/** What is wrong with a file, by its cells: it has no fields to point at. */
function fileRefusal(error: unknown, { language, t }: Visit): Refusal | null {
  if (!(error instanceof ComplianceError) || !error.detail.startsWith('import_')) return null;
  const refusal = refusalOf(error, language);
  if (refusal === null) return null;
  const items = error.fields.map(({ pointer, code }) => {
    const cell = pointer.replace(/^\/file\/?/, '').replace('/', '!');
    const text = importRefusalText(t, code);
    return { text: cell === '' ? text : `${cell}: ${text}`, href: null };
  });
  return { ...refusal, problem: { title: t('import.page.refused'), items } };
}

async function act(
  visit: Visit,
  flash: string,
  perform: (tx: Parameters<typeof commitImport>[0], id: string) => Promise<void>,
): Promise<void> {
  const id = idOf(visit.req);
  try {
    await visit.run((tx) => perform(tx, id));
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showImport(visit, refusal);
  }
  visit.deps.wakeUps.wakeImport(visit.identity.dealerId, id);
  done(visit.res, `/imports/${id}`, flash);
}

const LOOKS: Record<ImportStatus, [PillModel['tone'], string]> = {
  checking: ['info', '⚙'],
  checked: ['warn', '⚖'],
  committing: ['info', '⚙'],
  done: ['ok', '✓'],
  failed: ['bad', '✕'],
  cancelled: ['muted', '■'],
};

async function showImports(visit: Visit, refusal: Refusal | null): Promise<void> {
  const { req, t } = visit;
  const cursor = typeof req.query['cursor'] === 'string' ? { cursor: req.query['cursor'] } : {};
  const page = await visit.run((tx) => listImports(tx, { limit: PAGE_ROWS, ...cursor }));
  const template = `/api/v1/imports/template?language=${visit.language}&format=`;
  show(
    visit,
    renderImports,
    {
      upload: visit.can('startImport') ? { action: '/imports' } : null,
      templates: { xlsx: `${template}xlsx`, csv: `${template}csv` },
      rows: page.data.map((view) => lineOf(visit, view)),
      pager: pagerOf(req, page.nextCursor),
    },
    {
      title: t('import.page.heading'),
      section: 'customers',
      crumbs: [{ href: '/customers', label: t('console.nav.customers') }],
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

function lineOf({ t }: Visit, view: ImportView): ImportLine {
  return {
    href: `/imports/${view.id}`,
    fileName: view.fileName,
    status: pill(...LOOKS[view.status], t(`import.status.${view.status}`)),
    total: view.counts.total,
    created: view.counts.created,
    errors: view.counts.errors,
    requestedBy: view.requestedBy.name,
    requestedAt: view.requestedAt.toISOString(),
  };
}

async function showImport(visit: Visit, refusal: Refusal | null): Promise<void> {
  const { t, req } = visit;
  const id = idOf(req);
  const model = await visit.run(async (tx) =>
    importModel(visit, await readImport(tx, id), await importProblems(tx, id)),
  );
  show(
    visit,
    renderImport,
    { import: model },
    {
      title: `${t('import.page.heading')}: ${model.fileName}`,
      section: 'customers',
      crumbs: [
        { href: '/customers', label: t('console.nav.customers') },
        { href: '/imports', label: t('import.page.heading') },
      ],
      ...(model.poll === null ? {} : { refreshSeconds: 3 }),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

function importModel(
  visit: Visit,
  view: ImportView,
  { problems, more }: Awaited<ReturnType<typeof importProblems>>,
): ImportModel {
  const { t } = visit;
  const path = `/imports/${view.id}`;
  const running = view.status === 'checking' || view.status === 'committing';
  const good = view.counts.total - view.counts.errors;
  return {
    ...lineOf(visit, view),
    counts: { ok: view.counts.ok, warnings: view.counts.warnings },
    poll: running ? live(path) : null,
    progress: running ? progressOf(visit, view) : null,
    failure: view.errorCode === null ? null : importRefusalText(t, view.errorCode),
    expiresAt: view.expiresAt?.toISOString() ?? null,
    commit:
      view.status === 'checked' && good > 0 && visit.can('commitImport')
        ? { action: `${path}/commit`, label: t('import.page.commit', { count: good }) }
        : null,
    cancel: (running || view.status === 'checked') && visit.can('cancelImport') ? `${path}/cancel` : null,
    errorFile:
      view.hasErrorFile && view.status !== 'checking' && visit.can('downloadImportErrors')
        ? `/api/v1/imports/${view.id}/errors`
        : null,
    problems: problems.map(({ cell, code, severity }) => ({
      cell,
      text: importProblemText(t, code),
      severity: pill(
        severity === 'error' ? 'bad' : 'warn',
        severity === 'error' ? '✕' : '!',
        t(`import.page.${severity}`),
      ),
    })),
    more: more ? t('import.page.more', { count: problems.length }) : null,
    checked: view.status !== 'checking' && view.counts.total > 0,
  };
}

function progressOf({ t }: Visit, view: ImportView): ImportModel['progress'] {
  const { done: rows, total } = view.progress;
  const text = t('import.page.progress', { done: rows, total: total === 0 ? '…' : total });
  return { done: total === 0 ? 0 : rows, max: Math.max(1, total), text };
}
