import { Router } from 'express';

import { listMailbox } from '../dev/mailbox-folder';
import { translator } from '../locales';
import { renderMailbox } from '../templates/console';
import { languageOfVisit, showToStranger } from './console/visit';

/** The development mailbox as JSON and as a page. Mounted by the embedded start only. */
export function mailboxRoutes(folder: string): Router {
  const router = Router();
  router.get('/dev/mailbox', async (req, res) => {
    const data = await listMailbox(folder);
    if (req.accepts('json', 'html') !== 'html') {
      res.json({ data });
      return;
    }
    const title = translator(languageOfVisit(req))('console.mailbox.title');
    showToStranger(req, res, renderMailbox, { mails: data }, { title });
  });
  return router;
}
