import type { Request, Response, Router } from 'express';

import { ComplianceError } from '../../domain/errors';
import { translator } from '../../locales';
import { changePassword, signIn, signOut } from '../../operations/sign-in';
import { setLanguage } from '../../operations/user-language';
import { renderMe, renderSignIn } from '../../templates/console';
import { clearSessionCookie, identify, refuseForeignSites, sessionCookie } from '../authentication';
import type { ApiDeps } from '../deps';
import { STATUS } from '../errors';
import { cookieOf, LANGUAGE_COOKIE } from './cookies';
import { field } from './fields';
import { done, safePath } from './flash';
import { readForm, textIn, valuesOf, type FormValues } from './form';
import { describe, refusalOf, refuse, type Refusal } from './refusals';
import { languageOfVisit, show, showToStranger, visiting, type Visit } from './visit';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

export function signInPages(router: Router, deps: ApiDeps): void {
  router.get('/login', async (req, res) => {
    if ((await identify(req, deps).catch(() => null)) !== null) return done(res, '/');
    showSignIn(req, res, new Map([['next', safePath(req.query['next'])]]), null);
  });
  router.post('/login', readForm, (req, res) => enter(req, res, deps));
  router.post(
    '/logout',
    visiting(deps, 'signOut', async ({ run, identity, res }) => {
      await run((tx) => signOut(tx, identity));
      res.append('set-cookie', clearSessionCookie(deps.secureCookies));
      done(res, '/login', 'signedOut');
    }),
  );
  router.post('/language', readForm, (req, res) => chooseLanguage(req, res, deps));
  router.get(
    '/me',
    visiting(deps, 'readMe', async (visit) => showMe(visit, null)),
  );
  router.post('/me/password', readForm, visiting(deps, 'changePassword', newPassword));
}

async function enter(req: Request, res: Response, deps: ApiDeps): Promise<void> {
  refuseForeignSites(req);
  const values = valuesOf(req);
  const [email, password] = [textIn(values, 'email').trim(), textIn(values, 'password')];
  try {
    const empty = [
      ...(email === '' ? [{ pointer: '/email', code: 'required' }] : []),
      ...(password === '' ? [{ pointer: '/password', code: 'required' }] : []),
    ];
    if (empty.length > 0) refuse(empty);
    const tryKey = `${email.toLowerCase()}|${req.ip ?? ''}`;
    deps.tries.count(tryKey, deps.database.clock.now());
    const { token } = await signIn(deps.database, { email, password });
    deps.tries.forget(tryKey);
    res.append('set-cookie', sessionCookie(token, deps.secureCookies));
    done(res, safePath(values.get('next')));
  } catch (error) {
    if (!(error instanceof ComplianceError) || error.code === 'UNAVAILABLE') throw error;
    showSignIn(req, res, values, describe(error, languageOfVisit(req)));
  }
}

function showSignIn(req: Request, res: Response, values: FormValues, refusal: Refusal | null): void {
  const t = translator(languageOfVisit(req));
  const error = (name: string) => refusal?.errors.get(name) ?? null;
  showToStranger(
    req,
    res,
    renderSignIn,
    {
      next: safePath(values.get('next')),
      fields: [
        field({
          name: 'email',
          label: t('console.label.email'),
          value: textIn(values, 'email'),
          inputMode: 'email',
          autocomplete: 'username',
          error: error('email'),
        }),
        field({
          name: 'password',
          label: t('console.label.password'),
          type: 'password',
          autocomplete: 'current-password',
          error: error('password'),
        }),
      ],
    },
    {
      title: t('console.signIn.title'),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

/** For this browser at once, and for the person wherever they sign in next. */
async function chooseLanguage(req: Request, res: Response, deps: ApiDeps): Promise<void> {
  refuseForeignSites(req);
  const values = valuesOf(req);
  const language = values.get('language') === 'en' ? 'en' : 'tr';
  res.cookie(LANGUAGE_COOKIE, language, { sameSite: 'lax', path: '/', maxAge: YEAR_MS, httpOnly: true });
  const next = safePath(values.get('next'));
  const identity = await identify(req, deps).catch(() => null);
  if (identity === null) return done(res, next);
  await visiting(deps, 'readMe', async (visit) => {
    await visit.run((tx) => setLanguage(tx, identity.userId, language));
    done(res, next);
  })(req, res, () => undefined);
}

function showMe(visit: Visit, refusal: Refusal | null): void {
  const { t, user, language } = visit;
  const password = (name: string, autocomplete: string, hint: string | null) =>
    field({
      name,
      label: t(`console.label.${name}`),
      type: 'password',
      autocomplete,
      hint,
      error: refusal?.errors.get(name) ?? null,
    });
  show(
    visit,
    renderMe,
    {
      me: {
        name: user.name,
        email: user.email,
        role: t(`console.role.${user.role}`),
        language: cookieOf(visit.req, LANGUAGE_COOKIE) ?? language,
      },
      fields: [
        password('currentPassword', 'current-password', null),
        password('newPassword', 'new-password', t('console.hint.password')),
      ],
    },
    {
      title: t('console.me.title'),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

async function newPassword(visit: Visit): Promise<void> {
  const { deps, identity, run } = visit;
  const values = valuesOf(visit.req);
  try {
    const tryKey = `password|${identity.userId}`;
    deps.tries.count(tryKey, deps.database.clock.now());
    await run((tx) =>
      changePassword(tx, identity, {
        currentPassword: textIn(values, 'currentPassword'),
        newPassword: textIn(values, 'newPassword'),
      }),
    );
    deps.tries.forget(tryKey);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null || STATUS.TOO_MANY === refusal.status) throw error;
    return showMe(visit, refusal);
  }
  done(visit.res, '/me', 'passwordChanged');
}
