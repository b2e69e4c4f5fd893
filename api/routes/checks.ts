import { z } from 'zod';

import { check, CHECK_KINDS } from '../../domain/checks';
import { dayInIstanbul } from '../../domain/days';
import { text } from '../../operations/record-shape';
import { problemMessage } from '../language';
import { actRoute, type Route } from '../route';
import { Check } from '../schemas';

export const checkRoutes: Route[] = [
  actRoute(
    {
      id: 'runCheck',
      method: 'post',
      path: '/checks',
      tag: 'Checks',
      summary: 'Judges one value by the same functions that judge records; nothing is saved',
      body: z.strictObject({
        kind: z.enum(CHECK_KINDS),
        value: text(1000),
        context: z.record(text(60), text()).optional(),
      }),
      answer: Check,
    },
    {
      act: async () => null,
      render: async (tx, _id, { body }, { language }) => {
        const result = check(body.kind, body.value, body.context ?? {}, dayInIstanbul(tx.now));
        const problems = result.problems.map(({ code }) => ({
          code,
          message: problemMessage(language, code),
        }));
        return { ...result, problems };
      },
    },
  ),
];
