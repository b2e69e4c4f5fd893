import type { Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { prepareForm, type FormInput, type PreparedForm } from '../operations/form-preparation';
import { recordForm } from '../operations/forms';
import { answeredBefore, once, type IdempotentCall } from '../operations/idempotency';
import type { StoredBlob } from '../stores/files';
import type { ApiDeps } from './deps';
import { printNow } from './print-now';

export interface FormPress {
  deps: Pick<ApiDeps, 'files' | 'printer'>;
  /** One transaction in the caller's name. */
  run: <T>(fn: (tx: Tx) => Promise<T>) => Promise<T>;
}

/**
 * Issues a form: reads it, prints both files, keeps them encrypted under the customer's key, and only then writes the row,
 * so that a form on record always has its files. No lock is held while Chromium works. Answers with the form's id; the
 * same call again (`repeatable`) prints nothing.
 * Throws UNAVAILABLE where the printer is busy or away; else as `prepareForm` and `recordForm`.
 */
export async function issueForm(
  { deps, run }: FormPress,
  customerId: string,
  input: FormInput,
  repeatable?: IdempotentCall,
): Promise<string> {
  const before = repeatable === undefined ? null : await run((tx) => answeredBefore(tx, repeatable));
  if (before?.id != null) return before.id;
  const prepared = await run((tx) => prepareForm(tx, customerId, input));
  const files = await printBoth(deps, prepared);
  try {
    const id = await run(async (tx) => {
      const record = async () => ({ status: 201, id: await recordForm(tx, prepared, files) });
      const { id: recorded } =
        repeatable === undefined ? await record() : (await once(tx, repeatable, record)).answer;
      return recorded ?? '';
    });
    // A twin of this call was first: its form counts, and these files belong to nothing.
    if (id !== prepared.row.id) await discard(deps, files);
    return id;
  } catch (error) {
    // Any other error may have come after the commit: a file without a row is litter, a row without its file is a loss.
    if (error instanceof ComplianceError) await discard(deps, files);
    throw error;
  }
}

interface FormFiles {
  pdf: StoredBlob;
  office: StoredBlob;
}

async function printBoth(
  { files, printer }: FormPress['deps'],
  { html, officeHtml, asOf, key, addresses }: PreparedForm,
): Promise<FormFiles> {
  const print = (text: string) => printNow(printer, text, asOf);
  const [sheet, officeSheet] = [await print(html), await print(officeHtml)];
  const pdf = await files.putBlob(key, oneChunk(sheet), addresses.pdf);
  try {
    return { pdf, office: await files.putBlob(key, oneChunk(officeSheet), addresses.office) };
  } catch (error) {
    await files.remove(pdf.address);
    throw error;
  }
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function discard({ files }: FormPress['deps'], { pdf, office }: FormFiles): Promise<void> {
  await files.remove(pdf.address);
  await files.remove(office.address);
}
