import { updateCase, type CaseRow } from '../db/cases';
import { openTask } from '../db/tasks';
import { insertVerification, listVerifications, type VerificationRow } from '../db/verifications';
import type { Tx } from '../db/transaction';
import { check } from '../domain/checks';
import { registerSubjects, type RegisterSubject } from '../domain/record';
import { valueAt } from '../domain/record-path';
import type { Step } from '../domain/steps';
import { registerLight, type Light, type Lights, type RegisterResult } from '../domain/verification';
import { blindIndex } from '../stores/crypto';
import { lockFile } from './customer-file';
import { dealerKey } from './record-envelope';

/** The question for the register and where its answer belongs. It is read inside the activity and never leaves it. */
export interface RegisterQuestion extends RegisterSubject {
  caseId: string;
  recordVersion: number;
}

/**
 * One step of a verification: asks the register for each person of the current record that it has not answered about yet,
 * then writes the three lights for this version. Format and checksum were judged with the findings.
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
  const answers = await answersFor(tx, row, customer.version);
  const subjects = registerSubjects(record).filter((subject) => check('tckn', subject.tckn).valid);
  const open = registerOn
    ? subjects.findIndex((subject) => !answers.some((answer) => answer.subject === subject.field))
    : -1;
  if (open !== -1) return { do: 'ask_register', subject: open };
  await updateCase(tx, caseId, { lights: lightsOf(record, answers), verifiedVersion: customer.version });
  tx.audit({
    event: 'verification.recorded',
    customerId,
    caseId,
    detail: { version: customer.version, lights: lightsOf(record, answers) },
  });
  return { do: 'again' };
}

/** The nth question of the current record; null when the case has moved on. */
export async function registerQuestion(
  tx: Tx,
  customerId: string,
  caseId: string,
  subject: number,
): Promise<RegisterQuestion | null> {
  const { customer, record, openCase } = await lockFile(tx, customerId);
  if (openCase?.id !== caseId || openCase.stage !== 'verifying') return null;
  const person = registerSubjects(record).filter((candidate) => check('tckn', candidate.tckn).valid)[subject];
  return person === undefined ? null : { ...person, caseId, recordVersion: customer.version };
}

/** Keeps what the register said, with a keyed hash of the question instead of the question. */
export async function recordRegisterAnswer(
  tx: Tx,
  customerId: string,
  question: RegisterQuestion,
  answer: { result: RegisterResult; provider: string; simulated: boolean },
): Promise<void> {
  await lockFile(tx, customerId);
  const asked = [question.tckn, question.givenNames, question.surname, question.birthYear].join('|');
  const added = await insertVerification(tx, {
    customerId,
    caseId: question.caseId,
    recordVersion: question.recordVersion,
    subject: question.field,
    method: 'population_register',
    provider: answer.provider,
    simulated: answer.simulated,
    requestHash: blindIndex(await dealerKey(tx), 'register', asked),
    result: answer.result,
  });
  if (!added) return;
  // The register stayed silent: a person looks it up by hand (D-3.3 d).
  if (answer.result === 'unavailable') {
    await openTask(tx, {
      customerId,
      caseId: question.caseId,
      kind: 'register_unavailable',
      forRole: 'officer',
      dedupe: `register:${question.caseId}:${question.recordVersion}`,
    });
  }
  tx.audit({
    event: 'verification.recorded',
    customerId,
    caseId: question.caseId,
    detail: {
      field: question.field,
      provider: answer.provider,
      simulated: answer.simulated,
      result: answer.result,
    },
  });
}

async function answersFor(tx: Tx, row: CaseRow, version: number): Promise<VerificationRow[]> {
  return (await listVerifications(tx, row.customerId)).filter(
    (answer) => answer.caseId === row.id && answer.recordVersion === version,
  );
}

/** The three lights of a record with the answers for its version. */
export function lightsOf(record: unknown, answers: readonly VerificationRow[]): Lights {
  const number = valueAt(record, 'tckn') ?? valueAt(record, 'vkn');
  const result =
    typeof number === 'string' ? check(valueAt(record, 'tckn') === undefined ? 'vkn' : 'tckn', number) : null;
  const wrongForm = result?.problems.some((problem) => problem.code !== 'checksum') ?? true;
  const lights = answers.map((answer) => registerLight(answer.result, answer.simulated));
  return {
    format: result === null ? 'grey' : wrongForm ? 'red' : 'green',
    checksum: result === null || wrongForm ? 'grey' : result.valid ? 'green' : 'red',
    register: worst(lights),
    simulated: answers.some((answer) => answer.simulated),
  };
}

function worst(lights: readonly Light[]): Light {
  if (lights.includes('red')) return 'red';
  return lights.length > 0 && lights.every((light) => light === 'green') ? 'green' : 'grey';
}
