import { hash, verify } from '@node-rs/argon2';

import { ComplianceError } from '../domain/errors';

/** argon2id (the package's default) with the least that OWASP asks for: 19 MiB, two passes. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 200;

/** A hash to keep. Throws INVALID_INPUT for a password that is too short or too long; `pointer` says where it came from. */
export async function hashPassword(password: string, pointer = '/password'): Promise<string> {
  const length = Array.from(password).length;
  const code = length < PASSWORD_LENGTH_MIN ? 'password_too_short' : 'too_long';
  if (length < PASSWORD_LENGTH_MIN || length > PASSWORD_LENGTH_MAX) {
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer, code }]);
  }
  return hash(password, COST);
}

let nobody: Promise<string> | undefined;

/**
 * Whether a password fits. Without a hash (nobody has this e-mail) it takes as long and says no, so that an answer's time
 * does not tell who works here.
 */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  if (Array.from(password).length > PASSWORD_LENGTH_MAX) return false;
  nobody ??= hash('nobody has this password', COST);
  const fits = await verify(passwordHash ?? (await nobody), password);
  return fits && passwordHash !== null;
}
