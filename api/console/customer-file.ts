import { PACKAGE_PROFILES } from '../../domain/package-manifest';
import { LANGUAGES } from '../../locales';
import type { CustomerModel } from '../../templates/console';
import { printCustomerFile } from '../customer-file';
import { sendFile } from '../dispatch';
import { asComplianceError, logFailure } from '../errors';
import { customerPath } from './customer-head';
import { RETRY_AFTER_SECONDS } from './error-page';
import { choicesOf, select } from './fields';
import { queryCode } from './form';
import { idOf } from './ids';
import { describe, type Refusal } from './refusals';
import type { Visit } from './visit';

/**
 * Sends the file as a PDF, which a plain form asks for: the browser saves it and stays on the customer's page. Where the
 * printer is busy or away, that page is shown `again` with the reason, its form as it was sent.
 */
export async function sendFilePrint(visit: Visit, again: (refusal: Refusal) => Promise<void>): Promise<void> {
  const { req, res, deps } = visit;
  const id = idOf(req);
  const { profile, language } = askedFor(visit);
  // An address without its answers, such as a shortened bookmark, leads to where they are asked.
  if (profile === undefined || language === undefined) return res.redirect(303, `${customerPath(id)}#file`);
  try {
    await sendFile(await printCustomerFile(visit, id, { profile, language }), res);
  } catch (error) {
    const known = asComplianceError(error);
    if (known?.code !== 'UNAVAILABLE' || res.headersSent) throw error;
    logFailure(deps.logger, res, error);
    res.setHeader('retry-after', String(RETRY_AFTER_SECONDS));
    await again(describe(known, visit.language));
  }
}

function askedFor({ req }: Visit) {
  return {
    profile: queryCode(req, 'profile', PACKAGE_PROFILES),
    language: queryCode(req, 'language', LANGUAGES),
  };
}

/** Asks for whom and in which language. */
export function fileForm(visit: Visit, customerId: string): CustomerModel['file'] {
  const { t } = visit;
  const { profile = 'masak', language = 'tr' } = askedFor(visit);
  return {
    action: `${customerPath(customerId)}/file`,
    fields: [
      select({
        name: 'profile',
        label: t('print.page.profile'),
        value: profile,
        choices: choicesOf(t, 'console.profile', PACKAGE_PROFILES),
        empty: null,
      }),
      select({
        name: 'language',
        label: t('print.page.language'),
        value: language,
        choices: [
          { value: 'tr', label: 'Türkçe' },
          { value: 'en', label: 'English' },
        ],
        empty: null,
      }),
    ],
  };
}
