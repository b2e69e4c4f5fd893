import { Context } from '@temporalio/activity';

import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { turkishUpper } from '../domain/names';
import { recordRegisterAnswer, registerQuestion, type RegisterQuestion } from '../operations/verification';
import type { CaseRef } from './lifecycle';

/** Asking the population register. Only ids and a position in the record cross this line. */
export interface RegistryActivities {
  /** Asks about the nth person of the record and keeps the answer; after three failed tries a person has to look. */
  askRegister(ref: CaseRef & { subject: number }): Promise<void>;
}

/** What the register is asked (D-3.3): names in Turkish upper case, trimmed, single spaces. */
export interface RegisterRequest {
  tckn: string;
  givenNames: string;
  surname: string;
  birthYear: number;
}

/** The population register. Throws for anything but a clear answer; its errors hold nothing of the question. */
export interface RegisterClient {
  readonly provider: string;
  ask(request: RegisterRequest): Promise<{ result: 'match' | 'mismatch'; simulated: boolean }>;
}

/** D-3.3 (d). */
const TRIES_MAX = 3;

export function createRegistryActivities(db: Database, register: RegisterClient): RegistryActivities {
  return {
    async askRegister({ dealerId, customerId, caseId, subject }) {
      const question = await inDealer(db, dealerId, SYSTEM, (tx) =>
        registerQuestion(tx, customerId, caseId, subject),
      );
      // The case moved on while the question waited: there is nothing left to ask.
      if (question === null) return;
      const answer = await ask(register, question, Context.current().info.attempt);
      await inDealer(db, dealerId, SYSTEM, (tx) => recordRegisterAnswer(tx, customerId, question, answer));
    },
  };
}

async function ask(register: RegisterClient, question: RegisterQuestion, attempt: number) {
  const { provider } = register;
  try {
    const answer = await register.ask({
      tckn: question.tckn,
      givenNames: turkishUpper(question.givenNames),
      surname: turkishUpper(question.surname),
      birthYear: question.birthYear,
    });
    return { provider, ...answer };
  } catch (error) {
    if (attempt < TRIES_MAX) throw error;
    return { provider, result: 'unavailable' as const, simulated: false };
  }
}
