/** Every way in which the business says no. The API maps each to a status, exhaustively by type. */
export type ErrorCode =
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'FORBIDDEN'
  | 'FOUR_EYES'
  | 'NOT_SIGNED_IN'
  | 'STATE_FORBIDS'
  | 'BLOCKING_FINDINGS'
  | 'INVALID_INPUT'
  | 'MASKED_VALUE'
  | 'VERSION_MISSING'
  | 'VERSION_STALE'
  | 'IDEMPOTENCY_MISMATCH'
  | 'UNKNOWN_PARAMETER'
  | 'MALFORMED'
  | 'UNSUPPORTED_MEDIA'
  | 'EMPTY_FILE'
  | 'TOO_LARGE'
  | 'CONFLICT'
  | 'TOO_MANY'
  | 'UNAVAILABLE';

export interface FieldError {
  /** JSON pointer into the request body. */
  pointer: string;
  /** Language-free code; its text comes from the language files (`problem.<code>`). */
  code: string;
  /** What would be taken; only what is the same for everybody, never the value that was sent. */
  bounds?: FieldBounds;
}

export interface FieldBounds {
  allowed?: readonly string[];
  least?: number;
  most?: number;
}

/**
 * A rule of the business said no. Retrying the same call gives the same answer, so workers treat it as non-retryable and
 * the API answers with a 4xx. `detail` is a language-free code whose text comes from the language files
 * (`error.<detail>`); neither it nor the message ever holds personal data.
 */
export class ComplianceError extends Error {
  override readonly name = 'ComplianceError';

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly fields: readonly FieldError[] = [],
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }
}
