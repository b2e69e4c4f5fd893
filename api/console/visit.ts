import type { Request, RequestHandler, Response } from 'express';

import { inDealer, type TransactionOptions, type Tx } from '../../db/transaction';
import { ComplianceError } from '../../domain/errors';
import { translator, type Language, type Translate } from '../../locales';
import { readProfile } from '../../operations/dealers';
import { actorOf, type Identity } from '../../operations/sign-in';
import { readUser, type UserView } from '../../operations/users';
import type { Frame, Framed, Link, ProblemModel, Tab } from '../../templates/console-models';
import type { Template } from '../../templates/engine';
import { ACCESS, allows, requireAccess, type OperationId } from '../access';
import { identify } from '../authentication';
import type { ApiDeps } from '../deps';
import { assetLinks } from './assets';
import { cookieOf, LANGUAGE_COOKIE } from './cookies';
import { takeFlash } from './flash';

/** One request to the console by a person who is signed in. */
export interface Visit {
  req: Request;
  res: Response;
  deps: ApiDeps;
  identity: Identity;
  user: UserView;
  dealer: string;
  language: Language;
  t: Translate;
  /** One transaction in this person's name. */
  run: <T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions) => Promise<T>;
  /** Whether this person's role reaches an operation: pages offer only what will work. */
  can: (operation: OperationId) => boolean;
}

export type PageHandler = (visit: Visit) => Promise<void>;

/** Express handler of a page or form: who is asking, may they, then the page. Rights are those of the API's operation. */
export function visiting(deps: ApiDeps, operation: OperationId, handler: PageHandler): RequestHandler {
  return async (req, res) => {
    const identity = await identify(req, deps);
    if (identity === null) throw new ComplianceError('NOT_SIGNED_IN', 'not_signed_in');
    const run: Visit['run'] = (fn, options) =>
      inDealer(deps.database, identity.dealerId, actorOf(identity), fn, options);
    const { user, dealer } = await run(async (tx) => ({
      user: await readUser(tx, identity.userId),
      dealer: (await readProfile(tx)).title,
    }));
    const language = languageOfVisit(req, user.language);
    res.locals['language'] = language;
    res.setHeader('content-language', language);
    const can = (other: OperationId) => allows(identity, ACCESS[other]);
    const visit = { req, res, deps, identity, user, dealer, language, t: translator(language), run, can };
    res.locals['visit'] = visit;
    requireAccess(identity, ACCESS[operation]);
    await handler(visit);
  };
}

/** The language chosen in this browser, else the person's own, else Turkish. */
export function languageOfVisit(req: Request, own: Language = 'tr'): Language {
  const chosen = cookieOf(req, LANGUAGE_COOKIE);
  return chosen === 'tr' || chosen === 'en' ? chosen : own;
}

/** The address from which a page refreshes a part of itself: it does not count as somebody being there. */
export function live(path: string): string {
  return `${path}?live=1`;
}

export type SectionName = 'today' | 'customers' | 'cases' | 'tasks' | 'packages' | 'settings';

export interface PageOptions {
  title: string;
  section?: SectionName;
  crumbs?: Link[];
  problem?: ProblemModel | null;
  status?: number;
  refreshSeconds?: number;
}

/** Renders a page of somebody who is signed in. */
export function show<Model extends object>(
  visit: Visit,
  template: Template<Framed<Model>>,
  model: Model,
  options: PageOptions,
): void {
  const { t, user, dealer } = visit;
  const person = { name: user.name, role: t(`console.role.${user.role}`) };
  send(visit, template, model, options, { nav: navOf(visit, options.section), person, dealer });
}

/** Renders a page for somebody unknown: sign-in and errors before it. */
export function showToStranger<Model extends object>(
  req: Request,
  res: Response,
  template: Template<Framed<Model>>,
  model: Model,
  options: PageOptions,
): void {
  const language = languageOfVisit(req);
  send({ req, res, language }, template, model, options, { nav: [], person: null, dealer: null });
}

function send<Model extends object>(
  { req, res, language }: Pick<Visit, 'req' | 'res' | 'language'>,
  template: Template<Framed<Model>>,
  model: Model,
  options: PageOptions,
  known: Pick<Frame, 'nav' | 'person' | 'dealer'>,
): void {
  const frame: Frame = {
    ...known,
    title: options.title,
    path: req.method === 'GET' ? req.originalUrl : '/',
    crumbs: options.crumbs ?? [],
    otherLanguage: language === 'tr' ? { code: 'en', label: 'English' } : { code: 'tr', label: 'Türkçe' },
    flash: takeFlash(req, res, language),
    problem: options.problem ?? null,
    requestId: String(res.locals['requestId'] ?? ''),
    refreshSeconds: options.refreshSeconds ?? null,
    assets: assetLinks(),
  };
  const html = template({ ...model, frame }, language);
  res.status(options.status ?? 200);
  res.setHeader('content-language', language);
  // Pages hold personal data: no copy stays in the browser of a shared counter PC.
  res.setHeader('cache-control', 'no-store');
  res.type('html').send(html);
}

const NAV: [SectionName, string, OperationId][] = [
  ['today', '/', 'readMe'],
  ['customers', '/customers', 'listCustomers'],
  ['cases', '/cases', 'listCases'],
  ['tasks', '/tasks', 'listTasks'],
  ['packages', '/packages', 'listPackages'],
  ['settings', '/settings', 'readDealer'],
];

function navOf(visit: Visit, section: SectionName | undefined): Tab[] {
  return NAV.filter(([, , operation]) => visit.can(operation)).map(([name, href]) => ({
    href,
    label: visit.t(`console.nav.${name}`),
    current: name === section,
  }));
}
