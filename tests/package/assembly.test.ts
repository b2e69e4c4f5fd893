import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import {
  buildManifest,
  comparePaths,
  customerFilePath,
  documentPath,
  PACKAGE_PATHS,
} from '../../domain/package-manifest';
import { contentOf, writeSealedPackage, type PackageContent } from '../../stores/package-assembly';
import { sha256 } from '../../operations/checkpoints';
import { createSigningKey, fingerprintOf, signManifest } from '../../stores/package-signature';
import { VERIFIER_FILE, verifyPackage } from '../../stores/package-verifier';
import { createWorkbookWriter } from '../../stores/xlsx';
import { renderCustomerFile, renderInstructions, renderSummaryReport } from '../../templates/reports';
import { workbookSheets, workbookTitle } from '../../templates/workbook';
import { createPdfPrinter } from '../../printing/pdf-printer';
import { chromiumPath } from '../support/chromium';
import { FACTS, scratchFolder } from './a-package';
import { FRAME, customerFile, summaryReport, workbookModel } from './sample-reports';

const folder = scratchFolder();
const key = createSigningKey();
const fingerprint = fingerprintOf(key.publicKeyPem);

/** Everything rendered anew, with a printer of its own. */
async function rendered(): Promise<PackageContent[]> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const printer = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 2, log });
  const frame = { ...FRAME, keyFingerprint: fingerprint };
  const out = new PassThrough();
  const model = { ...workbookModel(), frame };
  const properties = { title: workbookTitle(frame, 'tr'), asOf: frame.asOf };
  const [report, file, workbook] = await Promise.all([
    printer.print(renderSummaryReport({ ...summaryReport(1), frame }, 'tr'), frame.asOf),
    printer.print(renderCustomerFile({ ...customerFile(), frame }, 'tr'), frame.asOf),
    buffer(out),
    createWorkbookWriter().write(workbookSheets(model, 'tr'), properties, out),
  ]);
  await printer.close();
  return [
    contentOf('rapor.pdf', report),
    contentOf('veri.xlsx', workbook),
    contentOf(customerFilePath('KYM-2026-000001'), file),
    contentOf(documentPath('KYM-2026-000001', 'identity_card', 1, 'image/jpeg'), Buffer.from('jpeg')),
  ];
}

/** Seals these contents with the key of the test and writes the ZIP. */
async function write(contents: PackageContent[], name: string): Promise<string> {
  const path = join(folder, name);
  const instructions = renderInstructions(FACTS.packageNo, fingerprint);
  const all = [
    ...contents,
    contentOf(PACKAGE_PATHS.publicKey, Buffer.from(key.publicKeyPem)),
    contentOf(PACKAGE_PATHS.instructions, Buffer.from(instructions)),
    contentOf(PACKAGE_PATHS.verifier, readFileSync(VERIFIER_FILE)),
  ].sort((first, second) => comparePaths(first.path, second.path));
  const seal = signManifest(buildManifest(FACTS, all, sha256), key.privateKeyPem);
  await writeSealedPackage(all, seal, createWriteStream(path));
  return path;
}

test('a package rendered twice is the same to the byte, and passes against the key of its dealer', async () => {
  const first = await write(await rendered(), 'first.zip');
  const second = await write(await rendered(), 'second.zip');
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
  expect(await verifyPackage(first, { key: fingerprint })).toMatchObject({
    pass: true,
    problems: [],
    keyCompared: true,
  });
});

test('a stored file that is not what was frozen sinks the package instead of entering it', async () => {
  const torn = contentOf('dosyalar/KYM-2026-000001.pdf', Buffer.from('frozen'));
  const contents = [{ ...torn, open: () => Readable.from([Buffer.from('edited')]) }];
  await expect(write(contents, 'torn.zip')).rejects.toThrow('not the file that was frozen');
  const path = join(folder, 'torn.zip');
  expect(existsSync(path) && (await verifyPackage(path)).pass).toBe(false);
});

test('the instructions say in both languages that the enclosed verifier is only a convenience', () => {
  const text = renderInstructions(FACTS.packageNo, fingerprint);
  expect(text).toContain('verify.mjs ve dogrula.html yalnız kolaylık içindir');
  expect(text).toContain('are only a convenience');
  expect(text).toContain(fingerprint);
  expect(text).not.toMatch(/&[a-z#]/);
});
