import type { Request } from 'express';

export const LANGUAGE_COOKIE = 'sicil_language';
export const FLASH_COOKIE = 'sicil_flash';

/** The value of a cookie that this browser sent. */
export function cookieOf(req: Request, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
