import type { CustomerType, Trigger } from '../../domain/customer';
import type { FieldSpec } from '../../api/console/record-fields';
import { openingFields, sectionsOf } from '../../api/console/record-form';
import { tickedName, tickName } from '../../api/console/record-values';
import { formAt, textOf, type Visitor } from './visitor';

/** What somebody types into the fields of the form to make a record. */
export function typedInto(
  type: CustomerType,
  trigger: Trigger,
  record: Record<string, unknown>,
): Record<string, string> {
  const form: Record<string, string> = {};
  for (const { list, fields } of sectionsOf(type, trigger)) {
    if (list === undefined) for (const spec of fields) typeIn(form, spec, spec.path, record);
    else
      for (const [index, item] of ((record[list] ?? []) as object[]).entries())
        for (const spec of fields) typeIn(form, spec, `${list}[${index}].${spec.path}`, item);
  }
  return form;
}

function typeIn(form: Record<string, string>, spec: FieldSpec, name: string, from: unknown): void {
  const value = spec.path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], from);
  if (value === undefined) return;
  if (spec.kind === 'ticks') {
    form[tickedName(name)] = 'yes';
    for (const code of value as string[]) form[tickName(name, code)] = 'yes';
  } else if (spec.kind === 'money') form[name] = ((value as number) / 100).toFixed(2).replace('.', ',');
  else if (typeof value === 'boolean') form[name] = value ? 'yes' : 'no';
  else if (typeof value === 'string' || typeof value === 'number')
    form[name] = String(value).replaceAll('\n', '\r\n');
}

/** Opens a file on the page for new customers with the few fields it has, anyway where somebody resembles it. */
export async function openByForm(
  visitor: Visitor,
  type: CustomerType,
  trigger: Trigger,
  record: Record<string, unknown>,
): Promise<string> {
  const { html } = await visitor.get(`/customers/new?type=${type}`);
  const values: Record<string, string> = { ...formAt(html, '/customers'), type, trigger };
  for (const spec of openingFields(type)) typeIn(values, spec, spec.path, record);
  let answer = await visitor.post('/customers', values);
  if (answer.html.includes('name="fileAnyway"'))
    answer = await visitor.post('/customers', { ...values, fileAnyway: 'yes' });
  const id = /\/customers\/([0-9a-f-]{36})\/record/.exec(answer.path)?.[1];
  if (id === undefined) throw new Error(`No file was opened: ${answer.status} ${textOf(answer.html)}`);
  return id;
}

/** Fills in a record's form as a person does: each added row is saved before the next, and a list offers what is chosen. */
export async function enterByForm(
  visitor: Visitor,
  id: string,
  type: CustomerType,
  trigger: Trigger,
  record: Record<string, unknown>,
): Promise<void> {
  const action = `/customers/${id}/record`;
  const all = Object.entries(typedInto(type, trigger, record));
  const left = new Set(all.map(([name]) => name));
  while (left.size > 0) {
    const { html } = await visitor.get(action);
    const shown = formAt(html, action);
    const offered = all.filter(([name]) => html.includes(`name="${name}"`));
    if (!offered.some(([name]) => left.has(name)))
      throw new Error(`The form has no field for ${[...left].join(', ')}`);
    for (const [name, value] of offered) mustOffer(html, name, value);
    // What is masked is on file already, and stays as it is shown.
    const open = offered.filter(([name]) => !(shown[name] ?? '').includes('*'));
    const answer = await visitor.post(action, { ...shown, ...Object.fromEntries(open) });
    if (answer.status !== 200 || !textOf(answer.html).includes('kaydedildi'))
      throw new Error(`The record was not saved: ${answer.status} ${textOf(answer.html)}`);
    for (const [name] of offered) left.delete(name);
  }
}

/** A person at a list can choose only what it holds. */
function mustOffer(html: string, name: string, value: string): void {
  const at = [...html.matchAll(/<select[^>]*>/g)].find(([tag]) => tag.includes(` name="${name}"`))?.index;
  if (at === undefined) return;
  const select = html.slice(at, html.indexOf('</select>', at));
  if (!select.includes(`value="${value}"`)) throw new Error(`${name} offers no ${value}`);
}
