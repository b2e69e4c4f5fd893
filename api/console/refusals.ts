import { ComplianceError, type FieldError } from '../../domain/errors';
import type { Language } from '../../locales';
import { translator } from '../../locales';
import type { ProblemModel } from '../../templates/console-models';
import { asComplianceError, STATUS } from '../errors';
import { fieldLabel, problemMessage, textOf } from '../language';
import { errorsByPath, fieldId, pathOfPointer } from './fields';

/** Why a form was refused, as its page shows it. */
export interface Refusal {
  status: number;
  problem: ProblemModel;
  /** Messages by field path. */
  errors: Map<string, string>;
}

/** Codes that a person can do something about on the page they come from. */
const ANSWERABLE = new Set([403, 409, 413, 415, 422]);

/** The refusal of a form, or null where the error is not one that its own page can answer. */
export function refusalOf(error: unknown, language: Language): Refusal | null {
  const known = asComplianceError(error);
  if (known === null || !ANSWERABLE.has(STATUS[known.code]) || known.detail === 'foreign_site') return null;
  return describe(known, language);
}

export function describe(known: ComplianceError, language: Language): Refusal {
  const t = translator(language);
  const general = textOf(t, `error.${known.detail}`) ?? t(`error.code.${known.code}`);
  const items = known.fields.map((field) => {
    const path = pathOfPointer(field.pointer);
    return {
      text: `${labelOf(language, path)}: ${problemMessage(language, field)}`,
      href: `#${fieldId(path)}`,
    };
  });
  return {
    status: STATUS[known.code],
    problem: {
      title: t('console.error.summary'),
      items: items.length > 0 ? items : [{ text: general, href: null }],
    },
    errors: errorsByPath(known.fields, (field) => problemMessage(language, field)),
  };
}

/** A field's name: of a record, or of one of the console's own forms. */
function labelOf(language: Language, path: string): string {
  return textOf(translator(language), `console.label.${path}`) ?? fieldLabel(language, path);
}

/** Fields of a form that were left wrong: nothing is saved. */
export function refuse(fields: FieldError[]): never {
  throw new ComplianceError('INVALID_INPUT', 'shape', fields);
}
