import { submitCase } from '../../operations/onboarding';
import { createMailTransport, type MailTransport } from '../../workers/mail-transport';
import { useMailbox } from '../support/mailbox';
import { until } from '../support/wait';
import { openFile } from '../workflows/files';
import { passTime, untilQuiet, untilStage, useWorld } from '../workflows/world';

const mailbox = useMailbox();
let transport: MailTransport;
const world = useWorld({
  registerOff: true,
  // In clear, so that the histories can be searched.
  withoutCodec: true,
  mailer: () => (transport = createMailTransport(mailbox.url)),
});
afterAll(() => transport.close());
beforeEach(() => {
  mailbox.mails.length = 0;
});

/** A customer without an occupation, whose submit starts the ladder. */
async function submitted(seed: number): Promise<string> {
  const staff = await world.dealer.addUser('staff');
  return world.dealer.run(async (tx) => {
    const id = await openFile(tx, { seed, record: { occupation: undefined } });
    await submitCase(tx, id);
    return id;
  }, staff.userId);
}

const mailsTo = (address: string) => mailbox.mails.filter(({ to }) => to === address);

test('the list goes out as soon as a case is submitted, the reminder when its day comes, each once', async () => {
  const id = await submitted(71);
  await until('the list arrives', () => mailsTo('musteri-71@example.com').length === 1);
  await untilStage(world, id, 'waiting_customer');
  await untilQuiet(world);
  await passTime(world, 3);
  await until('the reminder arrives', () => mailsTo('musteri-71@example.com').length === 2);
  await untilQuiet(world);
  await passTime(world, 1);
  await untilQuiet(world);
  expect(mailsTo('musteri-71@example.com').map(({ subject }) => subject)).toEqual([
    'Müşteri formunuz için eksik bilgi',
    'Hatırlatma: formunuzda eksik bilgi var',
  ]);
});

test('neither histories nor logs hold an address, even one that a mail server quotes back', async () => {
  const address = 'musteri-72@example.com';
  mailbox.script({ code: 550, message: `5.1.1 <${address}> unknown`, at: 'recipient' });
  const id = await submitted(72);
  await until('the refusal is a task', () =>
    world.dealer.run(async (tx) => {
      const found = await tx.sql('tasks').where({ customer_id: id, kind: 'undeliverable' });
      return found.length === 1;
    }),
  );
  await untilQuiet(world);
  const histories = await until('the history of the delivery is listed', async () => {
    const text = await historiesOf(id);
    return text.includes('deliverNotice') ? text : undefined;
  });
  expect(`${histories}${JSON.stringify(world.logged)}`).not.toMatch(/musteri-72|Ayşe|Denemeoğlu/);
});

/** Every history of the customer's lifecycle as text; payloads are JSON in base64, so they are opened first. */
async function historiesOf(customerId: string): Promise<string> {
  const { workflow } = world.client;
  const workflowId = `customer:${world.dealer.dealerId}:${customerId}`;
  let text = '';
  for await (const run of workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    const history = await workflow.getHandle(workflowId, run.runId).fetchHistory();
    text += JSON.stringify(history, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    );
  }
  return text;
}
