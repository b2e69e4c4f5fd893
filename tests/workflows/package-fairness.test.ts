import { join } from 'node:path';

import { Context } from '@temporalio/activity';
import { NativeConnection } from '@temporalio/worker';

import { createPackageActivities } from '../../activities/packages';
import { submitCase } from '../../operations/onboarding';
import { requestPackage } from '../../operations/package-request';
import { readPackage } from '../../operations/packages';
import { createPdfPrinter, type PdfPrinter } from '../../printing/pdf-printer';
import { folderStore } from '../../stores/files';
import { dataConverter } from '../../temporal-converter';
import { createWorkers } from '../../workers/create-workers';
import { addPerson } from '../package/package-world';
import { chromiumPath } from '../support/chromium';
import { until } from '../support/wait';
import { workflowBundle } from '../support/workflow-bundle';
import { openFile } from './files';
import { standingOf, useWorld } from './world';

const IN_PACKAGE = 60;
const ONBOARDINGS = 20;
const world = useWorld();
const endings: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of endings) await end();
});

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Documents that are printed before the printer stands still. */
const PRINTED_AT_ONCE = 10;

/** Prints some documents and no more until it is let: packages hold every place of their queue for as long as need be. */
function haltingPrinter(printer: PdfPrinter): { printer: PdfPrinter; goOn: () => void } {
  let goOn = () => {};
  const released = new Promise<void>((resolve) => (goOn = resolve));
  let prints = 0;
  return {
    goOn,
    printer: {
      ...printer,
      print: async (html, asOf) => {
        prints += 1;
        if (prints > PRINTED_AT_ONCE) await released;
        return printer.print(html, asOf);
      },
    },
  };
}

/** A worker of the render queue beside the one that serves onboardings; answers with what lets its printer go on. */
async function startRendering(): Promise<() => void> {
  const native = await NativeConnection.connect({ address: world.temporal.address });
  const { printer, goOn } = haltingPrinter(
    createPdfPrinter({ executablePath: await chromiumPath(), tabs: 2, log }),
  );
  const { database, keys, folder } = world.installation;
  const workers = await createWorkers({
    connection: native,
    namespace: world.temporal.namespace,
    dataConverter: dataConverter(keys.payloadKey()),
    bundlePath: await workflowBundle(),
    activities: {
      render: createPackageActivities({
        database,
        files: folderStore(join(folder, 'files')),
        printer,
        heartbeat: () => Context.current().heartbeat(),
      }),
    },
    logger: log,
    graceMs: 500,
  });
  const render = workers.map(({ worker }) => worker);
  const runs = render.map((worker) => worker.run().catch(() => undefined));
  endings.push(async () => {
    goOn();
    render.forEach((worker) => worker.shutdown());
    await Promise.all(runs);
    await printer.close();
    await native.close();
  });
  return goOn;
}

/** Submits twenty files and waits until all have come to their decision. */
async function onboard(seed: number): Promise<void> {
  const ids: string[] = [];
  for (let n = 0; n < ONBOARDINGS; n += 1)
    ids.push(await world.dealer.run((tx) => openFile(tx, { seed: seed + n })));
  for (const id of ids) await world.dealer.run((tx) => submitCase(tx, id));
  await until(
    'all have come to their decision',
    async () =>
      (await Promise.all(ids.map((id) => standingOf(world, id)))).every(({ stage }) => stage === 'decision'),
    120_000,
  );
}

const ask = () =>
  world.dealer.run(
    (tx) => requestPackage(tx, { profile: 'masak', period: { from: '2026-01-01', to: '2030-12-31' } }),
    world.dealer.adminUserId,
  );

test('twenty onboardings come to their decision while two packages hold every place of the render queue', async () => {
  for (let n = 0; n < IN_PACKAGE - ONBOARDINGS; n += 1) await world.dealer.run((tx) => addPerson(tx));
  await onboard(5_000);
  const letPrint = await startRendering();
  const packages = [await ask(), await ask()];
  for (const { id } of packages) await world.wakeUps.wakePackageNow(world.dealer.dealerId, id);
  const standings = () =>
    Promise.all(packages.map(({ id }) => world.dealer.run((tx) => readPackage(tx, id))));
  await until('both are being made', async () =>
    (await standings()).every(({ phase }) => phase === 'including'),
  );
  await onboard(6_000);
  const during = await standings();
  expect(during.map(({ progress }) => progress.total)).toEqual([IN_PACKAGE, IN_PACKAGE]);
  // The twenty files of the first round have papers that lie in no store: they wait for their next try.
  const makeable = IN_PACKAGE - ONBOARDINGS;
  // Whoever stands at the counter is not held up behind the files of a package.
  for (const { progress } of during) expect(progress.done).toBeLessThan(makeable);
  letPrint();
  await until(
    'both have all the files that can be made',
    async () => (await standings()).every(({ progress }) => progress.done === makeable),
    120_000,
  );
}, 300_000);
