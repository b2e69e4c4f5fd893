import { PassThrough, type Readable } from 'node:stream';

import { z } from 'zod';

import type { CustomerType, Language } from '../domain/customer';
import { writeCsv } from '../stores/csv';
import { createWorkbookWriter } from '../stores/xlsx';
import {
  flatTemplate,
  importTemplate,
  importTemplateTitle,
  type TemplateScope,
} from '../templates/import-template';
import { RECORD_SHAPES } from './record-shape';

/** An empty file to fill in, with the columns of one type or of all ten. */
export function importTemplateFile(input: {
  type?: CustomerType;
  format: 'xlsx' | 'csv';
  language: Language;
  now: Date;
}): Readable {
  const { type, format, language } = input;
  const scope: TemplateScope = {
    language,
    ...(type === undefined ? {} : { type }),
    has: (path) => type === undefined || recordHas(type, path),
  };
  const out = new PassThrough();
  const written = format === 'csv' ? writeFlat(scope, out) : writeBook(scope, input.now, out);
  written.catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error('The template could not be written'));
  });
  return out;
}

async function writeFlat(scope: TemplateScope, out: PassThrough): Promise<void> {
  const { headings, sample } = flatTemplate(scope);
  const columns = headings.map((heading) => ({ heading, kind: 'text' as const }));
  await writeCsv({ name: '', columns, rows: [sample] }, out);
}

async function writeBook(scope: TemplateScope, now: Date, out: PassThrough): Promise<void> {
  const properties = { title: importTemplateTitle(scope.language), asOf: now.toISOString() };
  await createWorkbookWriter().write(importTemplate(scope), properties, out);
}

/** Whether a record of this type has a place for a path without lists, such as `address.province`. */
export function recordHas(type: CustomerType, path: string): boolean {
  let shape: z.ZodType | undefined = RECORD_SHAPES[type];
  for (const key of path.split('.')) {
    const inner: unknown = shape instanceof z.ZodOptional ? shape.unwrap() : shape;
    if (!(inner instanceof z.ZodObject)) return false;
    shape = (inner.shape as Record<string, z.ZodType>)[key];
  }
  return shape !== undefined;
}
