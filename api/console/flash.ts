import type { Request, Response } from 'express';

import { translator, type Language } from '../../locales';
import { textOf } from '../language';
import { cookieOf, FLASH_COOKIE } from './cookies';

const SECONDS_MAX = 60;

/** Goes on with a GET after a change (POST-redirect-GET), saying there what was done. The code is `console.flash.<code>`. */
export function done(res: Response, to: string, flash?: string): void {
  if (flash !== undefined) {
    res.cookie(FLASH_COOKIE, flash, {
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      maxAge: SECONDS_MAX * 1000,
    });
  }
  res.setHeader('cache-control', 'no-store');
  res.redirect(303, to);
}

/** What the last change said, once. The cookie holds a code, never a text: a forged one says nothing. */
export function takeFlash(req: Request, res: Response, language: Language): string | null {
  const code = cookieOf(req, FLASH_COOKIE);
  if (code === undefined || code === '') return null;
  res.clearCookie(FLASH_COOKIE, { httpOnly: true, sameSite: 'lax', path: '/' });
  if (!/^[a-zA-Z]{1,40}$/.test(code)) return null;
  return textOf(translator(language), `console.flash.${code}`) ?? null;
}

/** A path of ours to go back to; anything else leads home, so that no link of a stranger redirects elsewhere. */
export function safePath(path: unknown, otherwise = '/'): string {
  if (typeof path !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path)) return otherwise;
  return path.includes('\\') ? otherwise : path;
}
