import { parametersBetween, readSourcesOf, ruleSetOn } from '../db/package-sources';
import { statementSourcesOf } from '../db/package-statements';
import { actorId, type Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { statedRequirement } from '../domain/completeness';
import type { Language } from '../domain/customer';
import { dayInIstanbul } from '../domain/days';
import type { PackageProfile } from '../domain/package-manifest';
import { NO_PARTS, type PackageParts } from '../domain/package-parts';
import { sha256 } from '../stores/crypto';
import type { FileStore } from '../stores/files';
import { canonicalBytes } from '../stores/package-signature';
import type { PrintFrame } from '../templates/reports';
import { customerFilePage, type FilePage } from './customer-file-page';
import { readProfile } from './dealers';
import { stateFile, statementRules } from './package-completeness';
import { wholeFile } from './package-item';
import { factsOfFrame } from './package-lines';
import type { PackageItem } from './package-snapshot';
import { openCustomerKey } from './record-envelope';
import { today } from './rules';

/**
 * A customer's file printed by itself, for an inspector at the counter: what a package's file would say, of the file as
 * it stands. It belongs to no package and says so on its first page and in every footer.
 */

export interface PrintRequest {
  profile: PackageProfile;
  language: Language;
}

/** A file on its way to the printer. */
export interface CustomerPrint extends FilePage {
  frame: PrintFrame;
}

/**
 * Reads everything that the print will say, in this transaction, which must be REPEATABLE READ: one state of the file,
 * not several. Throws NOT_FOUND.
 */
export async function readForPrint(
  tx: Tx,
  customerId: string,
  { profile, language }: PrintRequest,
): Promise<CustomerPrint> {
  const sources = await readSourcesOf(tx, customerId);
  const rules = await statementRules(tx);
  const file = await wholeFile(tx, sources);
  const stated = await statementSourcesOf(tx, sources);
  const item: PackageItem = { ...file, statement: stateFile(tx, rules, stated, file.record) };
  const { title, vkn, licenceNumber } = await readProfile(tx);
  const facts = factsOfFrame({
    profile,
    dealer: { title, vkn, licenceNumber },
    asOf: tx.now.toISOString(),
    ruleSet: await ruleSetOn(tx, today(tx)),
    parameters: await parametersBetween(tx, today(tx), today(tx)),
    requirements: rules.requirements.map(statedRequirement),
  });
  return {
    item,
    frame: {
      ...facts,
      packageNo: null,
      snapshotSha256: sha256(canonicalBytes(item)).toString('hex'),
      printedBy: await nameOfActor(tx),
    },
    language,
    key: await openCustomerKey(tx, sources.customer),
  };
}

async function nameOfActor(tx: Tx): Promise<string> {
  const id = actorId(tx.actor);
  if (id === null) throw new Error('A file is printed by a person');
  return (await userNames(tx, [id])).get(id) ?? id;
}

/** The print as HTML; see `customerFilePage`. */
export function printedPage(
  files: FileStore,
  print: CustomerPrint,
  parts: PackageParts = NO_PARTS,
): Promise<string> {
  const { item, language } = print;
  const { profile, asOf } = print.frame;
  const period = { from: dayInIstanbul(new Date(item.createdAt)), to: dayInIstanbul(new Date(asOf)) };
  const scope = { packageId: null, profile, language, period, asOf, customerCode: item.code };
  return customerFilePage(files, print, { parts, scope });
}

/** Puts on record that the file was printed, and which print it was: its pages carry the same digits. */
export function noteFilePrinted(tx: Tx, { item, frame, language }: CustomerPrint): void {
  const { profile, snapshotSha256 } = frame;
  tx.audit({
    event: 'customer.file_printed',
    customerId: item.customerId,
    detail: { profile, language, recordVersion: item.version, digest: snapshotSha256.slice(0, 16) },
  });
}
