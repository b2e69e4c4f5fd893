import { createPublicKey } from 'node:crypto';

import { Router } from 'express';
import { z } from 'zod';

import { packageKeysOf } from '../db/package-handovers';
import { ComplianceError } from '../domain/errors';
import { fingerprintOf } from '../stores/package-signature';
import type { ApiDeps } from './deps';

/** Where anybody finds the keys that a dealer's packages are signed with; no sign-in, nothing secret, nothing personal. */
export const PACKAGE_KEYS_PATH = '/.well-known/sicil-package-key';

/**
 * `GET /.well-known/sicil-package-key/{dealerCode}`: the current key and every former one, as PEM with the fingerprint that
 * VERIFY.txt, report and console show. The second way by which an inspector learns the fingerprint.
 */
export function packageKeyRoutes({ database }: Pick<ApiDeps, 'database'>): Router {
  const router = Router();
  router.get(`${PACKAGE_KEYS_PATH}/:dealer`, async (req, res) => {
    const code = z.string().max(100).safeParse(req.params.dealer);
    const rows = code.success ? await packageKeysOf(database.knex, code.data) : [];
    if (rows.length === 0) throw new ComplianceError('NOT_FOUND', 'not_found');
    res.setHeader('cache-control', 'no-cache');
    res.json({
      dealer: code.data,
      keys: rows.map(({ publicKey, current, usedFrom, usedUntil }) => {
        const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
        return {
          algorithm: 'Ed25519',
          fingerprint: fingerprintOf(key),
          current,
          usedFrom,
          usedUntil,
          publicKeyPem: key.export({ format: 'pem', type: 'spki' }),
        };
      }),
    });
  });
  return router;
}
