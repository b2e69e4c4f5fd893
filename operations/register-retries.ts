import { insertRetry, listVerifications } from '../db/verifications';
import type { Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { registerSubjects, spelledLikeCard, type CardSpelling } from '../domain/register-subjects';
import { lockFile } from './customer-file';
import { dealerKey } from './record-envelope';
import { toVerifying } from './stage-steps';
import { standingAnswers } from './standing-answers';

/**
 * A clerk vouches that the card writes the name otherwise than the record; the register, which did not recognise it, is
 * asked once more with that spelling (D-3.3 c, T03 to T05). Throws STATE_FORBIDS where there is nothing to ask again.
 */
export async function confirmCardSpelling(
  tx: Tx,
  customerId: string,
  input: { field: string; spelling: CardSpelling },
): Promise<void> {
  const file = await lockFile(tx, customerId);
  const { customer, record, openCase: row } = file;
  if (row === null || row.stage !== 'waiting_customer' || row.verifiedVersion !== customer.version)
    throw new ComplianceError('STATE_FORBIDS', 'no_mismatch_to_retry');
  const subject = registerSubjects(record).find(({ field }) => field === input.field);
  if (subject === undefined) throw wrong('/field', 'evidence_not_applicable');
  const answers = standingAnswers(
    await dealerKey(tx),
    customer,
    record,
    await listVerifications(tx, customerId),
  );
  if (answers.find(({ field }) => field === input.field)?.result !== 'mismatch')
    throw new ComplianceError('STATE_FORBIDS', 'no_mismatch_to_retry');
  if (spelledLikeCard(subject, input.spelling) === null) throw wrong('/spelling', 'same_spelling');
  const { field, spelling } = input;
  if (!(await insertRetry(tx, { caseId: row.id, recordVersion: customer.version, subject: field, spelling })))
    throw new ComplianceError('STATE_FORBIDS', 'already_retried');
  tx.audit({
    event: 'verification.retry_confirmed',
    customerId,
    caseId: row.id,
    detail: { field, spelling },
  });
  await toVerifying(tx, row, { verifiedVersion: null });
}

function wrong(pointer: string, code: string): ComplianceError {
  return new ComplianceError('INVALID_INPUT', 'shape', [{ pointer, code }]);
}
