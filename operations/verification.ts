import { updateCase, type CaseRow } from '../db/cases';
import type { CustomerRow } from '../db/customers';
import { openTask } from '../db/tasks';
import {
  insertVerification,
  listRetries,
  listVerifications,
  type RetryRow,
  type VerificationRow,
} from '../db/verifications';
import type { Tx } from '../db/transaction';
import { registerSubjects, spelledLikeCard, type RegisterSubject } from '../domain/register-subjects';
import type { Step } from '../domain/steps';
import { lightsOf, type Lights, type RegisterResult } from '../domain/verification';
import { blindIndex } from '../stores/crypto';
import { lockFile } from './customer-file';
import { openEvidenceTasks } from './evidence-tasks';
import { dealerKey } from './record-envelope';
import { standingAnswers } from './standing-answers';

/** The question for the register and where its answer belongs. It is read inside the activity and never leaves it. */
export interface RegisterQuestion extends RegisterSubject {
  caseId: string;
  recordVersion: number;
}

/**
 * One step of a verification: asks the register for each person of the current record that it has not answered about yet,
 * then writes the three lights for this version and opens the tasks for what only a person can look up.
 */
export async function advanceVerification(
  tx: Tx,
  customerId: string,
  caseId: string,
  registerOn: boolean,
): Promise<Step> {
  const { customer, record, openCase: row } = await lockFile(tx, customerId);
  if (row === null || row.id !== caseId || row.stage !== 'verifying') return { do: 'closed' };
  if (row.verifiedVersion === customer.version) return { do: 'closed' };
  const answers = await listVerifications(tx, customerId);
  if (registerOn) {
    const retries = await listRetries(tx, caseId, customer.version);
    const open = registerSubjects(record).findIndex((subject) =>
      isOpen(subject, row, customer.version, answers, retries),
    );
    if (open !== -1) return { do: 'ask_register', subject: open };
  }
  const lights = await writeLights(tx, customer, record, row, answers);
  await openEvidenceTasks(tx, customer, record, row, answers);
  tx.audit({
    event: 'verification.recorded',
    customerId,
    caseId,
    detail: { version: customer.version, lights },
  });
  return { do: 'again' };
}

/** The lights as the answers so far make them, for the version that the case has verified. */
export async function writeLights(
  tx: Tx,
  customer: CustomerRow,
  record: unknown,
  row: CaseRow,
  answers: readonly VerificationRow[],
): Promise<Lights> {
  const lights = lightsOf(record, standingAnswers(await dealerKey(tx), customer, record, answers));
  await updateCase(tx, row.id, { lights, verifiedVersion: customer.version });
  return lights;
}

function isOpen(
  subject: RegisterSubject,
  row: CaseRow,
  version: number,
  answers: readonly VerificationRow[],
  retries: readonly RetryRow[],
): boolean {
  const said = answers.filter(
    (answer) =>
      answer.method !== 'manual' &&
      answer.caseId === row.id &&
      answer.recordVersion === version &&
      answer.subject === subject.field,
  );
  // One answer to the record's spelling, and one to the card's where somebody vouched for it.
  return said.length < 1 + retries.filter((retry) => retry.subject === subject.field).length;
}

/** The nth question of the current record, spelled like the card where a person vouched for it; null when the case has moved on. */
export async function registerQuestion(
  tx: Tx,
  customerId: string,
  caseId: string,
  subject: number,
): Promise<RegisterQuestion | null> {
  const { customer, record, openCase } = await lockFile(tx, customerId);
  if (openCase?.id !== caseId || openCase.stage !== 'verifying') return null;
  const person = registerSubjects(record)[subject];
  if (person === undefined) return null;
  const retries = await listRetries(tx, caseId, customer.version);
  const spelling = retries.find((retry) => retry.subject === person.field)?.spelling;
  const names = spelling === undefined ? null : spelledLikeCard(person, spelling);
  return { ...person, ...names, caseId, recordVersion: customer.version };
}

/** Keeps what the register said, with a keyed hash of the question instead of the question. */
export async function recordRegisterAnswer(
  tx: Tx,
  customerId: string,
  question: RegisterQuestion,
  answer: { result: RegisterResult; provider: string; simulated: boolean },
): Promise<void> {
  await lockFile(tx, customerId);
  const { caseId, field } = question;
  const day = question.kind === 'tckn' ? question.birthDate.slice(0, 4) : question.birthDate;
  const asked = [question.number, question.givenNames, question.surname, day].join('|');
  const added = await insertVerification(tx, {
    customerId,
    caseId,
    recordVersion: question.recordVersion,
    subject: field,
    method: 'population_register',
    provider: answer.provider,
    simulated: answer.simulated,
    requestHash: blindIndex(await dealerKey(tx), 'register', asked),
    result: answer.result,
  });
  if (!added) return;
  // The register stayed silent: a person looks it up by hand and records what they saw (D-3.3 d).
  if (answer.result === 'unavailable') {
    await openTask(tx, {
      customerId,
      caseId,
      kind: 'register_unavailable',
      forRole: 'officer',
      detail: { evidence: 'population_register', field },
      dedupe: `register:${caseId}:${question.recordVersion}:${field}`,
    });
  }
  const { provider, simulated, result } = answer;
  tx.audit({
    event: 'verification.recorded',
    customerId,
    caseId,
    detail: { field, provider, simulated, result },
  });
}
