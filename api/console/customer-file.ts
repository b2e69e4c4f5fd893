import type { Router } from 'express';

import { PACKAGE_PROFILES } from '../../domain/package-manifest';
import { LANGUAGES } from '../../locales';
import type { CustomerModel } from '../../templates/console';
import { printCustomerFile } from '../customer-file';
import type { ApiDeps } from '../deps';
import { sendFile } from '../dispatch';
import { customerPath } from './customer-head';
import { choicesOf, select } from './fields';
import { queryCode } from './form';
import { idOf } from './ids';
import { visiting, type Visit } from './visit';

/** The file as a PDF, asked for by a plain form: the browser saves it and stays on the customer's page. */
export function customerFilePages(router: Router, deps: ApiDeps): void {
  router.get('/customers/:id/file', visiting(deps, 'printCustomerFile', sendPrint));
}

async function sendPrint(visit: Visit): Promise<void> {
  const { req, res } = visit;
  const id = idOf(req);
  const profile = queryCode(req, 'profile', PACKAGE_PROFILES);
  const language = queryCode(req, 'language', LANGUAGES);
  // An address without its answers, such as a shortened bookmark, leads to where they are asked.
  if (profile === undefined || language === undefined) return res.redirect(303, `${customerPath(id)}#file`);
  await sendFile(await printCustomerFile(visit, id, { profile, language }), res);
}

/** Asks for whom and in which language. */
export function fileForm({ t }: Visit, customerId: string): CustomerModel['file'] {
  return {
    action: `${customerPath(customerId)}/file`,
    fields: [
      select({
        name: 'profile',
        label: t('print.page.profile'),
        value: 'masak',
        choices: choicesOf(t, 'console.profile', PACKAGE_PROFILES),
        empty: null,
      }),
      select({
        name: 'language',
        label: t('print.page.language'),
        value: 'tr',
        choices: [
          { value: 'tr', label: 'Türkçe' },
          { value: 'en', label: 'English' },
        ],
        empty: null,
      }),
    ],
  };
}
