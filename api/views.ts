import type { Tx } from '../db/transaction';
import type { Language } from '../locales';
import { listCases, type CaseView } from '../operations/cases';
import { readCustomer, type CustomerView } from '../operations/customers';
import { readKinship } from '../operations/merge-views';
import { findingMessage } from './language';

/** A customer as the API answers: findings say in the caller's language what they mean. */
export async function customerView(tx: Tx, id: string, language: Language) {
  return { ...withMessages(await readCustomer(tx, id), language), ...(await readKinship(tx, id)) };
}

export function withMessages(customer: CustomerView, language: Language) {
  return {
    ...customer,
    findings: customer.findings.map((finding) => ({
      ...finding,
      message: findingMessage(language, finding),
    })),
  };
}

/** The customer and its newest case: what an act answers, and answers again when it is repeated. */
export async function customerWithCase(tx: Tx, id: string, language: Language) {
  const customer = await customerView(tx, id, language);
  return { ...customer, case: await newestCase(tx, id) };
}

async function newestCase(tx: Tx, customerId: string): Promise<CaseView | null> {
  const { data } = await listCases(tx, { customerId, limit: 100 });
  return data.reduce<CaseView | null>(
    (newest, one) => (newest === null || one.openedAt >= newest.openedAt ? one : newest),
    null,
  );
}
