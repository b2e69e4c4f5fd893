import { createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { v7 as uuidv7 } from 'uuid';

import {
  createPackageActivities,
  createPackageSteps,
  type PackageActivities,
  type PackageRef,
  type PackageSteps,
  type Printer,
} from '../../activities/packages';
import { packageZip } from '../../api/package-download';
import { getCustomer } from '../../db/customers';
import type { Database, Tx } from '../../db/transaction';
import type { DocumentKind } from '../../domain/customer';
import { createCustomer } from '../../operations/customers';
import { addDocument } from '../../operations/documents';
import { openCustomerKey } from '../../operations/record-envelope';
import { openPackage } from '../../operations/package-seal';
import { readPackage, type PackageView } from '../../operations/packages';
import { folderStore, type FileStore } from '../../stores/files';
import { createPdfPrinter, type PdfPrinter } from '../../printing/pdf-printer';
import { chromiumPath } from '../support/chromium';
import { useDatabase, type TestDatabase } from '../support/database';
import {
  makeDealer,
  useInstallation,
  type Installation,
  type TestDealer,
  type TestUser,
} from '../support/dealer';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What packages are made with: database, files, one Chromium, two people who may ask for one and seal it. */
export interface PackageWorld {
  db: TestDatabase;
  installation: Installation;
  files: FileStore;
  filesFolder: string;
  printer: PdfPrinter;
  dealer: TestDealer;
  officer: TestUser;
  manager: TestUser;
  steps: PackageSteps;
  activities: PackageActivities;
}

export function usePackageWorld(now = '2026-11-22T09:00:00Z'): PackageWorld {
  const world = {} as PackageWorld;
  afterAll(() => world.printer?.close());
  const db = useDatabase();
  const installation = useInstallation(db, now);
  beforeAll(async () => {
    const filesFolder = join(installation.folder, 'files');
    const files = folderStore(filesFolder);
    const printer = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 2, log });
    const dealer = await makeDealer(db, installation);
    Object.assign(world, {
      db,
      installation,
      files,
      filesFolder,
      printer,
      dealer,
      officer: await dealer.addUser('officer'),
      manager: await dealer.addUser('manager'),
      steps: createPackageSteps(installation.database),
      activities: activitiesWith(installation.database, files, printer),
    });
  }, 180_000);
  return world;
}

export function activitiesWith(database: Database, files: FileStore, printer: Printer): PackageActivities {
  return createPackageActivities({ database, files, printer, heartbeat: () => undefined });
}

/** An invented person; `record` is laid over. Answers with the customer's id. */
export async function addPerson(tx: Tx, record: Record<string, unknown> = {}): Promise<string> {
  const { id } = await createCustomer(tx, {
    type: 'natural_person_tr',
    trigger: 'continuous',
    record: {
      givenNames: 'Çiğdem',
      surname: 'Iğdırlıoğlu',
      birthDate: '1990-05-17',
      nationality: 'TUR',
      tckn: '10000000146',
      address: { country: 'TUR', province: 'Iğdır', district: 'Merkez', line: 'Deneme Sokak No 1 Daire 2' },
      phone: '+905321112233',
      email: 'cigdem@example.com',
      occupation: 'Öğretmen',
      purpose: 'savings',
      onOwnAccount: true,
      publicInfluence: { kind: 'none' },
      ...record,
    },
  });
  return id;
}

/** The smallest file that is a PDF by its content. */
export function paper(text: string): Buffer {
  return Buffer.from(`%PDF-1.4\n% ${text}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`);
}

/** Uploads a real, encrypted document. Answers with its id. */
export async function addPaper(
  world: PackageWorld,
  customerId: string,
  kind: DocumentKind,
  content = paper(kind),
): Promise<string> {
  const key = await world.dealer.run(async (tx) => openCustomerKey(tx, await getCustomer(tx, customerId)));
  const stored = await world.files.receive(key, Readable.from([content]));
  const id = uuidv7();
  await world.dealer.run((tx) =>
    addDocument(tx, customerId, {
      stored: { ...stored, id, fileName: 'belge.pdf' },
      kind,
      issuedOn: '2026-01-02',
      originalSeen: true,
    }),
  );
  return id;
}

/** Does by hand what the workflow does: looks, and runs what is next, until the package rests. */
export async function drive(
  { steps, activities }: Pick<PackageWorld, 'steps' | 'activities'>,
  ref: PackageRef,
): Promise<void> {
  for (;;) {
    const next = await steps.lookAtPackage(ref);
    if (next.do === 'freeze') await activities.freezePackage(ref);
    else if (next.do === 'include')
      for (const chunk of next.chunks) await activities.includeCustomers({ ...ref, chunk });
    else if (next.do === 'assemble') await activities.assemblePackage(ref);
    else if (next.do === 'discard') await activities.discardPackage(ref);
    else return;
  }
}

export function viewOf(world: PackageWorld, id: string): Promise<PackageView> {
  return world.dealer.run((tx) => readPackage(tx, id));
}

/** The ZIP as the API sends it, written to a file. */
export async function download(world: PackageWorld, id: string, path: string): Promise<string> {
  const { database } = world.installation;
  const opened = await world.dealer.run((tx) => openPackage(tx, id));
  const call = {
    deps: { database, files: world.files },
    identity: { dealerId: world.dealer.dealerId },
    actor: { kind: 'user', userId: world.dealer.adminUserId, role: 'admin' },
  } as unknown as Parameters<typeof packageZip>[1];
  const out = createWriteStream(path);
  await new Promise<void>((resolve, reject) => {
    packageZip(opened, call).on('error', reject).pipe(out).on('finish', resolve).on('error', reject);
  });
  return path;
}

/** Addresses of all encrypted files on disk. */
export function blobsOnDisk(world: PackageWorld): string[] {
  return readdirSync(world.filesFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}
