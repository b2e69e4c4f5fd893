import { deleteFiles, filesOf, type FileRow } from '../db/package-items';
import { lockPackage } from '../db/packages';
import type { Tx } from '../db/transaction';
import { customerFilePath, documentsFolder } from '../domain/package-manifest';

/** What has been made of a customer: the PDF, and copies of the documents. */
export async function filesOfLeftOut(tx: Tx, packageId: string, code: string): Promise<FileRow[]> {
  return filesOf(tx, packageId, customerFilePath(code), documentsFolder(code));
}

/** Takes these files off the list of a package that is being assembled, after their bytes are gone. */
export async function forgetLeftOut(tx: Tx, packageId: string, paths: readonly string[]): Promise<void> {
  const { status, phase } = await lockPackage(tx, packageId);
  if (status === 'rendering' && phase === 'assembling') await deleteFiles(tx, packageId, paths);
}
