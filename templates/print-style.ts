import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from '../project-root';
import { fontFaces } from './fonts';

/** What every printed document begins its style with: the fonts inside, and the lines above and below each page. */
export function printStyle(): string {
  return `${fontFaces()}\n${readFileSync(join(projectRoot, 'templates', 'print', 'page.css'), 'utf8')}`;
}
