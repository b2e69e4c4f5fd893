import { readPdfObjects } from './pdf-objects';

/** The only list that gets page numbers: `<ol class="contents">` with one link into the document for each line. */
const LIST = /<ol class="contents">[^]*?<\/ol>/g;
const LINK = /<a href="#([\w-]+)">([^]*?)<\/a>/g;

/** Whether a document has a table of contents, for which it must be printed twice. */
export function hasContents(html: string): boolean {
  return html.includes('<ol class="contents">');
}

/**
 * The document with a page number behind each line of its contents, in `<span class="page">`. The column has to be wide
 * enough for any number, so that a second print breaks no page elsewhere. Without a page the number is left open.
 */
export function withPageNumbers(html: string, pages: ReadonlyMap<string, number>): string {
  return html.replaceAll(LIST, (list) =>
    list.replaceAll(
      LINK,
      (_, id: string, text: string) =>
        `<a href="#${id}"><span class="entry">${text}</span><span class="page">${pages.get(id) ?? '\u00A0'}</span></a>`,
    ),
  );
}

/** The page, counted from 1, on which each element that is linked to begins. */
export function pagesOfLinks(pdf: Buffer): Map<string, number> {
  const { root, textOf } = readPdfObjects(pdf);
  const catalog = textOf(root);
  const destinations = /\/Dests (\d+) 0 R/.exec(catalog)?.[1];
  if (destinations === undefined) return new Map();
  const numbers = new Map<number, number>();
  const visit = (node: number): void => {
    const text = textOf(node);
    const kids = /\/Kids \[([^\]]*)\]/.exec(text)?.[1];
    if (/\/Type \/Pages\b/.test(text) && kids !== undefined) {
      for (const [, kid] of kids.matchAll(/(\d+) 0 R/g)) visit(Number(kid));
    } else numbers.set(node, numbers.size + 1);
  };
  visit(Number(/\/Pages (\d+) 0 R/.exec(catalog)?.[1]));
  const entries = textOf(Number(destinations)).matchAll(/\/([\w-]+) \[(\d+) 0 R/g);
  return new Map([...entries].map(([, id = '', page]) => [id, numbers.get(Number(page)) ?? 0]));
}
