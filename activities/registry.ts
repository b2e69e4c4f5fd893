import { Context } from '@temporalio/activity';

import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { turkishUpper } from '../domain/names';
import { recordRegisterAnswer, registerQuestion, type RegisterQuestion } from '../operations/verification';
import type { CaseRef } from './lifecycle';

/** Asking the population register. Only ids and a position in the record cross this line. */
export interface RegistryActivities {
  /** Asks about the nth person of the record and keeps the answer; when every try has failed a person has to look. */
  askRegister(ref: CaseRef & { subject: number }): Promise<void>;
}

/** What the register is asked (D-3.3): names in Turkish upper case, trimmed, single spaces. */
export type RegisterRequest =
  | { service: 'citizens'; number: string; givenNames: string; surname: string; birthYear: number }
  | { service: 'foreigners'; number: string; givenNames: string; surname: string; birthDate: string };

/** The population register. Throws for anything but a clear answer; its errors hold nothing of the question. */
export interface RegisterClient {
  readonly provider: string;
  ask(request: RegisterRequest): Promise<{ result: 'match' | 'mismatch'; simulated: boolean }>;
}

/** No clear answer this time: Temporal asks again after this many milliseconds. Holds nothing of the question. */
export class AskAgain extends Error {
  override readonly name = 'AskAgain';

  constructor(readonly retryInMs: number) {
    super('register_unclear');
  }
}

/** D-4.2: after 2, 10 and 60 seconds; then a person looks. */
export const RETRY_DELAYS_MS: readonly number[] = [2_000, 10_000, 60_000];

export function createRegistryActivities(
  db: Database,
  register: RegisterClient,
  delaysMs: readonly number[] = RETRY_DELAYS_MS,
): RegistryActivities {
  return {
    async askRegister({ dealerId, customerId, caseId, subject }) {
      const question = await inDealer(db, dealerId, SYSTEM, (tx) =>
        registerQuestion(tx, customerId, caseId, subject),
      );
      // The case moved on while the question waited: there is nothing left to ask.
      if (question === null) return;
      const answer = await ask(register, question, delaysMs[Context.current().info.attempt - 1]);
      await inDealer(db, dealerId, SYSTEM, (tx) => recordRegisterAnswer(tx, customerId, question, answer));
    },
  };
}

/** Without a delay left this was the last try. */
async function ask(register: RegisterClient, question: RegisterQuestion, delayMs: number | undefined) {
  const { provider } = register;
  try {
    return { provider, ...(await register.ask(requestOf(question))) };
  } catch {
    if (delayMs !== undefined) throw new AskAgain(delayMs);
    return { provider, result: 'unavailable' as const, simulated: false };
  }
}

/** The question as the register takes it; citizens are asked with the year of birth only (T15). */
export function requestOf({ kind, number, birthDate, ...names }: RegisterQuestion): RegisterRequest {
  const spelled = { givenNames: turkishUpper(names.givenNames), surname: turkishUpper(names.surname) };
  return kind === 'ykn'
    ? { service: 'foreigners', number, ...spelled, birthDate }
    : { service: 'citizens', number, ...spelled, birthYear: Number(birthDate.slice(0, 4)) };
}
