import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import Handlebars from 'handlebars';

import { translator, type Language } from '../locales';
import { projectRoot } from '../project-root';
import { HELPERS, type Wording } from './helpers';

const folder = join(projectRoot, 'templates');

/** A template with its model's type: strict, so that a field missing from the model is an error, not a blank. */
export type Template<Model> = (model: Model, language: Language) => string;

/** Partials of one template beside those of `templates/partials/`: our own text, such as a style sheet, never a value. */
export type Pieces = Record<string, string>;

/**
 * A page, report or mail body from `templates/<file>`, compiled at first use. Values are escaped, always: a template that
 * holds `{{{` or `{{&` is refused. Partials are the files of `templates/partials/`, by name.
 */
export function htmlTemplate<Model extends object>(file: string, pieces?: () => Pieces): Template<Model> {
  return template<Model>(file, true, pieces);
}

/** The same for plain text (mail text, subjects), where HTML entities would be shown as they are. */
export function textTemplate<Model extends object>(file: string): Template<Model> {
  return template<Model>(file, false);
}

function template<Model extends object>(
  file: string,
  escaping: boolean,
  pieces?: () => Pieces,
): Template<Model> {
  let ready: { compiled: Handlebars.TemplateDelegate<Model>; partials: Partials } | undefined;
  return (model, language) => {
    ready ??= {
      compiled: compileTemplate<Model>(source(file), escaping),
      partials: compileAll(pieces?.() ?? {}, escaping),
    };
    const wording: Wording = { t: translator(language), language };
    return ready.compiled(model, { data: wording, partials: ready.partials });
  };
}

type Partials = NonNullable<Handlebars.RuntimeOptions['partials']>;

/** Compiled once: given as text, Handlebars would compile them anew at every rendering. */
function compileAll(pieces: Pieces, escaping: boolean): Partials {
  return Object.fromEntries(
    Object.entries(pieces).map(([name, text]) => [name, compileTemplate(text, escaping)]),
  );
}

/** The one way in which a template's text is compiled; exported for the tests of these rules. */
export function compileTemplate<Model>(text: string, escaping: boolean): Handlebars.TemplateDelegate<Model> {
  if (/\{\{~?(\{|&)/.test(text)) throw new Error('A template may not switch escaping off: use {{ }}');
  return engine().compile<Model>(text, {
    strict: true,
    noEscape: !escaping,
    // `log` writes model values, which are personal, to the console; `lookup` reaches properties by a computed name.
    knownHelpers: {
      ...Object.fromEntries(Object.keys(HELPERS).map((name) => [name, true])),
      log: false,
      lookup: false,
    },
    knownHelpersOnly: true,
    preventIndent: true,
  });
}

let environment: typeof Handlebars | undefined;

function engine(): typeof Handlebars {
  environment ??= createEngine();
  return environment;
}

function createEngine(): typeof Handlebars {
  const created = Handlebars.create();
  for (const [name, helper] of Object.entries({ ...created.helpers, ...HELPERS })) {
    created.registerHelper(name, strictly(name, helper as Handlebars.HelperDelegate));
  }
  for (const name of readdirSync(join(folder, 'partials')).filter((entry) => entry.endsWith('.hbs'))) {
    created.registerPartial(name.slice(0, -'.hbs'.length), source(join('partials', name)));
  }
  return created;
}

/**
 * Handlebars is strict about `{{field}}` only: `{{#if field}}` or `{{day field}}` of a field that does not exist would
 * pass as false or blank. Every helper refuses it here; "not known" is null in a model.
 */
function strictly(name: string, helper: Handlebars.HelperDelegate): Handlebars.HelperDelegate {
  return function (this: unknown, ...args: unknown[]) {
    const options = args.at(-1) as Handlebars.HelperOptions & { loc?: { start: { line: number } } };
    const values = [...args.slice(0, -1), ...Object.values(options.hash as Record<string, unknown>)];
    if (values.includes(undefined)) {
      const line = options.loc?.start.line ?? '?';
      throw new Error(`{{${name}}} on line ${line} was given a field missing from the model`);
    }
    return helper.apply(this, args as Parameters<Handlebars.HelperDelegate>) as unknown;
  };
}

function source(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
