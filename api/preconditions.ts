import type { Request } from 'express';

import { ComplianceError } from '../domain/errors';

const KEY_LENGTH_MAX = 255;

/** The caller's Idempotency-Key, if there is one. Throws MALFORMED for an empty, overlong or unprintable key. */
export function idempotencyKeyOf(req: Request): string | undefined {
  const key = req.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key.length > KEY_LENGTH_MAX || !/^[\x21-\x7e][\x20-\x7e]*$/.test(key)) {
    throw new ComplianceError('MALFORMED', 'idempotency_key');
  }
  return key;
}

/**
 * The record version that If-Match names: `"v3"`, also written `"3"`; null for `*`; undefined without the header. What is
 * no version of ours matches nothing (412).
 */
export function ifVersionOf(req: Request): number | null | undefined {
  const header = req.headers['if-match']?.trim();
  if (header === undefined) return undefined;
  if (header === '*') return null;
  const version = /^"?v?(\d{1,9})"?$/.exec(header)?.[1];
  if (version === undefined) throw new ComplianceError('VERSION_STALE', 'version_stale');
  return Number(version);
}

/** The digest that If-Match names a file by, `"<64 hex digits>"`; undefined without the header. Anything else matches nothing. */
export function ifDigestOf(req: Request): Buffer | undefined {
  const header = req.headers['if-match']?.trim();
  if (header === undefined) return undefined;
  const digest = /^"?([0-9a-f]{64})"?$/i.exec(header)?.[1];
  if (digest === undefined) throw new ComplianceError('VERSION_STALE', 'form_pdf_stale');
  return Buffer.from(digest, 'hex');
}

/** The ETag of an answer that is a versioned record. */
export function etagOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('version' in body)) return undefined;
  return typeof body.version === 'number' ? `"v${body.version}"` : undefined;
}
