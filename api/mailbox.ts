import { Router } from 'express';

import { listMailbox, type MailboxMail } from '../dev/mailbox-folder';

/** The development mailbox as JSON and as a page. Mounted by the embedded start only. */
export function mailboxRoutes(folder: string): Router {
  const router = Router();
  router.get('/dev/mailbox', async (req, res) => {
    const data = await listMailbox(folder);
    if (req.accepts('json', 'html') === 'html') res.type('html').send(page(data));
    else res.json({ data });
  });
  return router;
}

function page(mails: MailboxMail[]): string {
  const items = mails.map(
    ({ to, subject, at, text }) =>
      `<article><h2>${escape(subject)}</h2><p>${escape(to)} · ${escape(at)}</p><pre>${escape(text)}</pre></article>`,
  );
  const body = items.length === 0 ? '<p>Henüz posta yok. / No mail yet.</p>' : items.join('\n');
  return `<!doctype html><html lang="tr"><meta charset="utf-8"><title>Posta kutusu</title>
<h1>Geliştirme posta kutusu / Development mailbox</h1>
${body}
</html>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
