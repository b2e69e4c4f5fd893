import type { Language } from '../domain/customer';
import type { FileStore } from '../stores/files';
import { renderCustomerFile, type CustomerFile } from '../templates/reports';
import { partTables, type PartsOfPackage } from './package-parts';
import { documentPictures } from './package-pictures';
import { customerFile } from './package-reports';
import type { PackageItem } from './package-snapshot';
import { packageWords } from './package-words';

/** A customer as the file shows them, in a package or by itself. */
export interface FilePage {
  item: PackageItem;
  frame: CustomerFile['frame'];
  language: Language;
  /** The customer's: opens the documents that are shown as pictures. */
  key: Buffer;
}

/** The customer's file (D-7.4) as HTML, with `from` for this customer's rows of the parts. Outside of transactions: it takes its time. */
export async function customerFilePage(
  files: FileStore,
  { item, frame, language, key }: FilePage,
  from: PartsOfPackage,
): Promise<string> {
  const model = customerFile(item, frame, packageWords(language), {
    parts: await partTables(from),
    // The tax profile's file has no part that shows them (D-7.4).
    pictures: frame.profile === 'masak' ? await documentPictures(files, key, item) : new Map(),
  });
  return renderCustomerFile(model, language);
}
