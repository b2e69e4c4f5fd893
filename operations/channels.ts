import type { CaseRow } from '../db/cases';
import type { CustomerRow } from '../db/customers';
import type { NoticeValues } from '../db/notices';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { listUsersByRole } from '../db/users';
import { isDeceased } from '../domain/legal-capacity';
import type { LadderStep } from '../domain/rules/policy';
import { mailAddress, queueNotice, type NoticeKind } from './notice-queue';

/** Channels that can send today. A rung for another one becomes a task, never silence. */
const BUILT: readonly string[] = ['email'];

/** Tells the customer through the first channel that is built and has an address; without one, staff get the task. */
export async function tellCustomer(
  tx: Tx,
  customer: CustomerRow,
  record: unknown,
  row: CaseRow,
  message: {
    kind: NoticeKind;
    step: string;
    cycle: number;
    channels: LadderStep['channels'];
    values?: NoticeValues;
  },
): Promise<'email' | 'task'> {
  const channel = message.channels.find((candidate) => BUILT.includes(candidate));
  // Nobody writes to the dead: a person finds the right words for the heirs (T12).
  const deceased = isDeceased(record);
  if (channel !== undefined && !deceased && mailAddress(record) !== null) {
    await queueNotice(tx, { customer, caseId: row.id, language: customer.language, ...message });
    return 'email';
  }
  await openTask(tx, {
    customerId: customer.id,
    caseId: row.id,
    kind: 'tell_customer',
    forRole: 'staff',
    detail: {
      notice: message.kind,
      step: message.step,
      reason: deceased ? 'deceased' : channel === undefined ? 'channel_not_built' : 'no_address',
    },
    dedupe: `tell:${row.id}:${message.kind}:${message.step}:${message.cycle}`,
  });
  return 'task';
}

/** Mails every colleague of these roles, except those who may not act. */
export async function tellColleagues(
  tx: Tx,
  customer: CustomerRow,
  row: CaseRow,
  message: {
    kind: NoticeKind;
    step: string;
    cycle: number;
    roles: readonly ('officer' | 'manager')[];
    except?: readonly string[];
    values?: NoticeValues;
  },
): Promise<void> {
  const colleagues = await listUsersByRole(tx, message.roles);
  for (const colleague of colleagues) {
    if (message.except?.includes(colleague.id) === true) continue;
    await queueNotice(tx, {
      customer,
      caseId: row.id,
      kind: message.kind,
      step: message.step,
      cycle: message.cycle,
      userId: colleague.id,
      language: colleague.language,
      ...(message.values === undefined ? {} : { values: message.values }),
    });
  }
}
