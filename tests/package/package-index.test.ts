import { packageIndex } from '../../templates/package-index';
import { FRAME } from './sample-reports';

async function* each<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

async function pageFor(title: string): Promise<string> {
  const frame = { ...FRAME, dealer: { ...FRAME.dealer, title } };
  const customers = each({ code: 'KYM-2026-000001', displayName: 'Işıl </script><b>Gül' });
  const data = { customers, files: each('dosyalar/KYM-2026-000001.pdf') };
  const parts: Buffer[] = [];
  for await (const part of packageIndex({ frame, customers: 1, files: [] }, data, 'tr')) parts.push(part);
  return String(Buffer.concat(parts));
}

test.each(['SICIL-PACKAGE-DATA', '</script><script>x', '{{x}} $& $1'])(
  'a dealer called %s changes nothing but the title of the index',
  async (title) => {
    const page = await pageFor(title);
    const usual = await pageFor('Şahin');
    expect(page.slice(page.indexOf('<dl>'))).toBe(usual.slice(usual.indexOf('<dl>')));
    expect(page.match(/<script/g)).toEqual(usual.match(/<script/g));
  },
);
