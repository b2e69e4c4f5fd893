import { XMLParser, XMLValidator } from 'fast-xml-parser';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const ATTRIBUTES = ':@';
const TEXT = '#text';
/** Where these appear there is more in the answer than the one element that counts. */
const FOREIGN = ['#comment', '#cdata'];

/** An element as the parser leaves it: its name, its children in their order, its attributes. */
interface Element {
  name: string;
  namespace: string;
  children: unknown[];
  namespaces: ReadonlyMap<string, string>;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  // Nothing in an answer may stand for something else, and nothing may grow.
  processEntities: false,
  htmlEntities: false,
  commentPropName: '#comment',
  cdataPropName: '#cdata',
  ignoreDeclaration: true,
});

/**
 * Reads `true` or `false` from a SOAP 1.1 answer: Envelope, Body, `<operation>Response`, `<operation>Result`, each in its
 * namespace and alone, in a whole and closed document without DTD. Null for everything else, whatever words are in it.
 */
export function readSoapBoolean(xml: string, operation: string, namespace: string): boolean | null {
  // A DTD is refused before any parser sees it; an entity needs one.
  if (/<!(DOCTYPE|ENTITY)/i.test(xml) || XMLValidator.validate(xml) !== true) return null;
  const envelope = onlyElement(parse(xml), 'Envelope', SOAP, new Map());
  if (envelope === null) return null;
  const parts = envelope.children.filter((child) => !isEmptyHeader(child, envelope));
  const body = onlyElement(parts, 'Body', SOAP, envelope.namespaces);
  const response = within(body, `${operation}Response`, namespace);
  const result = within(response, `${operation}Result`, namespace);
  const [text, ...others] = result?.children ?? [];
  if (others.length > 0) return null;
  const word = propertyOf(text, TEXT);
  return word === 'true' ? true : word === 'false' ? false : null;
}

function parse(xml: string): unknown[] {
  try {
    const parsed: unknown = parser.parse(xml);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function within(parent: Element | null, name: string, namespace: string): Element | null {
  return parent === null ? null : onlyElement(parent.children, name, namespace, parent.namespaces);
}

/** The one thing among these nodes, if it is this element. */
function onlyElement(
  nodes: readonly unknown[],
  name: string,
  namespace: string,
  outer: ReadonlyMap<string, string>,
): Element | null {
  const [node, ...others] = nodes;
  if (others.length > 0) return null;
  const element = elementOf(node, outer);
  return element?.name === name && element.namespace === namespace ? element : null;
}

function elementOf(node: unknown, outer: ReadonlyMap<string, string>): Element | null {
  if (typeof node !== 'object' || node === null) return null;
  const tag = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (tag === undefined || tag === TEXT || FOREIGN.includes(tag)) return null;
  const children = propertyOf(node, tag);
  const namespaces = new Map(outer);
  for (const [key, value] of Object.entries(propertyOf(node, ATTRIBUTES) ?? {})) {
    if (key === 'xmlns') namespaces.set('', String(value));
    else if (key.startsWith('xmlns:')) namespaces.set(key.slice('xmlns:'.length), String(value));
  }
  const [prefix, local] = tag.includes(':') ? (tag.split(':') as [string, string]) : ['', tag];
  return {
    name: local,
    namespace: namespaces.get(prefix) ?? '',
    children: Array.isArray(children) ? children : [],
    namespaces,
  };
}

function isEmptyHeader(node: unknown, { namespaces }: Element): boolean {
  const element = elementOf(node, namespaces);
  return element?.name === 'Header' && element.namespace === SOAP && element.children.length === 0;
}

function propertyOf(node: unknown, key: string): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
  return (node as Record<string, unknown>)[key];
}
