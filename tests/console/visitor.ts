import { PASSWORD, type TestUser } from '../support/dealer';

/** A page as a browser without JavaScript gets it. */
export interface Page {
  status: number;
  headers: Headers;
  html: string;
  /** Path that the last redirect led to. */
  path: string;
}

/** Somebody at a browser without JavaScript: keeps cookies, follows redirects, sends plain forms. */
export interface Visitor {
  get(path: string): Promise<Page>;
  post(path: string, form?: Record<string, string>): Promise<Page>;
  upload(path: string, form: Record<string, string>, file?: { name: string; content: Buffer }): Promise<Page>;
  cookies: Map<string, string>;
}

export function visitorOf(url: string): Visitor {
  const cookies = new Map<string, string>();

  async function request(method: string, path: string, body?: URLSearchParams | FormData): Promise<Page> {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: {
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        origin: url,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    const location = response.headers.get('location');
    if (response.status === 303 && location !== null) return request('GET', location.replace(/#.*$/, ''));
    return { status: response.status, headers: response.headers, html: await response.text(), path };
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const gone =
      value === '' ||
      attributes.some((attribute) => /^ *(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute));
    if (gone) cookies.delete(name);
    else cookies.set(name, value);
  }

  return {
    cookies,
    get: (path) => request('GET', path),
    post: (path, form = {}) => request('POST', path, new URLSearchParams(form)),
    upload: (path, form, file) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(form)) body.append(name, value);
      const content = file?.content ?? Buffer.alloc(0);
      body.append('file', new File([new Uint8Array(content)], file?.name ?? ''));
      return request('POST', path, body);
    },
  };
}

/** The same, signed in. */
export async function signedIn(
  url: string,
  user: Pick<TestUser, 'email'>,
  password = PASSWORD,
): Promise<Visitor> {
  const visitor = visitorOf(url);
  const page = await visitor.post('/login', { email: user.email, password });
  if (page.path !== '/' && page.path !== '/settings') throw new Error(`Sign-in failed: ${page.status}`);
  return visitor;
}

/** Visible text of a page, entities resolved, white space joined. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<(script|style|noscript)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}

/** Value of a form field, or undefined where the page has none of this name. */
export function valueOf(html: string, name: string): string | undefined {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const input = new RegExp(`<input[^>]*name="${escaped}"[^>]*>`).exec(html)?.[0];
  if (input !== undefined) return /value="([^"]*)"/.exec(input)?.[1] ?? '';
  const select = new RegExp(`<select[^>]*name="${escaped}"[\\s\\S]*?</select>`).exec(html)?.[0];
  return select === undefined ? undefined : (/value="([^"]*)" selected/.exec(select)?.[1] ?? '');
}

/** Every field of the form at an action, as a browser would send it untouched. */
export function formAt(html: string, action: string): Record<string, string> {
  const start = html.indexOf(`<form method="post" action="${action}"`);
  if (start === -1) throw new Error(`No form at ${action}`);
  const form = html.slice(start, html.indexOf('</form>', start));
  const names = [...form.matchAll(/<(?:input|select|textarea)[^>]*name="([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  return Object.fromEntries(
    names
      .filter(
        (name) =>
          !new RegExp(
            `type="(checkbox|radio)"[^>]*name="${name.replaceAll(/[[\].]/g, String.raw`\$&`)}"`,
          ).test(form),
      )
      .map((name) => [name, unescape(valueOf(form, name) ?? '')]),
  );
}

function unescape(text: string): string {
  return text
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&amp;', '&');
}
