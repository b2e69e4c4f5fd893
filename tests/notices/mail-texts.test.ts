import { LANGUAGES, type Language } from '../../locales';
import { REQUIREMENTS } from '../../domain/rules/requirements';
import { renderMail, type MailModel, type MailTemplate } from '../../templates/mails';

const CUSTOMER: MailTemplate[] = ['list', 'reminder', 'finalExpire', 'finalSuspend', 'refresh', 'welcome'];
const COLLEAGUE: MailTemplate[] = ['escalation', 'approval', 'overdue'];
const ALL = [...CUSTOMER, ...COLLEAGUE].flatMap((template) =>
  LANGUAGES.map((language): [MailTemplate, Language] => [template, language]),
);

function model(template: MailTemplate, change: Partial<MailModel> = {}): MailModel {
  return {
    template,
    name: COLLEAGUE.includes(template) ? null : 'Ayşe Denemeoğlu',
    customerCode: 'KYM-2026-000017',
    dealer: 'Deneme Kuyumculuk Ltd. Şti.',
    missing: [
      { field: 'occupation', code: 'missing', legalBasis: 'TY m.6/1' },
      { field: 'documents.identity_card', code: 'original_not_seen', legalBasis: 'TY m.6/2' },
    ],
    day: '2026-12-22',
    days: 14,
    ...change,
  };
}

test.each(ALL)('%s in %s fits one subject line, and says the same in both forms', (template, language) => {
  const { subject, text, html } = renderMail(model(template), language);
  expect(Array.from(subject).length).toBeLessThanOrEqual(60);
  expect(subject).not.toMatch(/[\r\n]/);
  const words = (form: string) => form.replaceAll(/\s+/g, ' ').trim();
  const fromHtml = words(html.replaceAll(/<title>.*<\/title>/g, '').replaceAll(/<[^>]+>/g, ' '));
  const fromText = words(text.replaceAll(/^(- |--$)/gm, ''));
  expect(fromHtml.replaceAll(' :', ':').replaceAll('&#x27;', "'")).toBe(fromText);
});

test.each(ALL)(
  '%s in %s holds no link, no amount and no blank where a word should be',
  (template, language) => {
    const { subject, text, html } = renderMail(model(template), language);
    for (const form of [subject, text, html]) {
      expect(form).not.toMatch(/https?:|www\.|href|<img|₺|TRY|\d{7,}/);
      expect(form).not.toMatch(/\{\{|undefined|null|NaN/);
      expect(form).not.toMatch(/ {2,}[^ <]|: *\.|\( *\)/);
    }
  },
);

test.each(ALL)('%s in %s never hints at a suspicion or a risk', (template, language) => {
  const missing = [{ field: 'tckn', code: 'register_mismatch', legalBasis: 'TY m.6/2' }];
  const { subject, text } = renderMail(model(template, { missing }), language);
  expect(`${subject} ${text}`).not.toMatch(
    /şüphe|risk|masak|eşleş|suspic|mismatch|screen|yaptırım|sanction/i,
  );
});

test.each(COLLEAGUE)('the %s mail to colleagues carries the code of the customer and no name', (template) => {
  const { subject, text, html } = renderMail(model(template), 'tr');
  expect(subject).toContain('KYM-2026-000017');
  for (const form of [subject, text, html]) expect(form).not.toMatch(/Ayşe|Denemeoğlu|Meslek/);
});

test('the first list names each gap with its reason and article, a reminder without the article', () => {
  const list = renderMail(model('list'), 'tr').text;
  expect(list).toContain(
    'Sayın Ayşe Denemeoğlu,\n\nMüşteri formunuzun tamamlanması için şunlar gerekli:\n\n- ',
  );
  expect(list).toContain('- Meslek: eksik (dayanak: TY m.6/1)\n');
  expect(list).toMatch(
    /aslının mağazada görülmesi gerekli \(dayanak: TY m\.6\/2\)\n\nSon tarih: 22\.12\.2026\.\n/,
  );
  const reminder = renderMail(model('reminder'), 'en').text;
  expect(reminder).toContain('2 items are missing on your form:\n\n- Occupation: missing\n');
  expect(reminder).toContain('Due by 22 Dec 2026.');
});

test('the last notice says what follows: a closed file at the start, a pause for an active customer', () => {
  expect(renderMail(model('finalExpire'), 'tr').text).toContain(
    '22.12.2026 tarihine kadar tamamlanmayan kayıt',
  );
  expect(renderMail(model('finalSuspend'), 'tr').text).toContain('yeni işlemlerinize ara vermek');
});

test('without a known last day nothing is said about one', () => {
  const { text } = renderMail(model('list', { day: null }), 'tr');
  expect(text).not.toContain('Son tarih');
});

test('a field that fails several rules is asked for once', () => {
  const missing = ['missing', 'register_mismatch'].map((code) => ({
    field: 'tckn',
    code,
    legalBasis: 'TY m.6/1',
  }));
  expect(renderMail(model('reminder', { missing }), 'tr').text).toContain('Formunuzda 1 eksik var');
});

test('a name that is hostile stays a name: escaped in HTML, on one line in the text', () => {
  const name = '<img src=x onerror=alert(1)>\r\n\r\nBcc: x {{code}} \u202Eevil';
  const { text, html } = renderMail(model('list', { name }), 'tr');
  expect(html).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt; Bcc: x {{code}} evil');
  expect(text.split('\n')[0]).toBe('Sayın <img src=x onerror=alert(1)> Bcc: x {{code}} evil,');
});

test.each(LANGUAGES)('every field that a rule can ask for has a name of its own in %s', (language) => {
  const generic = language === 'tr' ? 'Dosyanızdaki bir bilgi' : 'One of the details';
  for (const { field } of REQUIREMENTS) {
    const missing = [{ field: field.replaceAll('[]', '[0]'), code: 'missing', legalBasis: 'TY' }];
    expect([field, renderMail(model('reminder', { missing }), language).text]).toEqual([
      field,
      expect.not.stringContaining(generic),
    ]);
  }
});

test('a rule about a field without a name does not hold the mail back', () => {
  const missing = [{ field: 'favouriteColour', code: 'missing', legalBasis: 'işletme politikası' }];
  expect(renderMail(model('reminder', { missing }), 'tr').text).toContain('- Dosyanızdaki bir bilgi: eksik');
});
