import { join } from 'node:path';

import { createImportActivities, createImportSteps, type ImportRef } from '../../activities/imports';
import { folderStore } from '../../stores/files';
import type { Installation } from '../support/dealer';

/** What the workflow of an import does, step by step, without Temporal. */
export async function workOnImport(installation: Installation, ref: ImportRef): Promise<void> {
  const files = folderStore(join(installation.folder, 'files'));
  const { database } = installation;
  const steps = createImportSteps(database);
  const activities = createImportActivities({ database, files, heartbeat: () => undefined });
  for (;;) {
    const next = await steps.lookAtImport(ref);
    if (next.do === 'rest') return;
    if (next.do === 'check') await activities.checkImport(ref);
    else if (next.do === 'commit') await activities.commitImport(ref);
    else await activities.forgetImport(ref);
  }
}
