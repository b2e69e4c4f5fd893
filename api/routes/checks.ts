import { z } from 'zod';

import { check, CHECK_KINDS } from '../../domain/checks';
import { dayInIstanbul } from '../../domain/days';
import { text } from '../../operations/record-shape';
import { problemMessage } from '../language';
import { actRoute, type Route } from '../route';
import { Check } from '../schemas';

/** A text that may have several lines, as a machine-readable zone does; no other control character passes. */
const lines = z
  .string()
  .superRefine((value, context) => {
    const parsed = text(1000).safeParse(value.replaceAll(/\r?\n/g, ' '));
    for (const { message } of parsed.error?.issues ?? []) context.addIssue({ code: 'custom', message });
  })
  .meta({ maxLength: 1000, description: 'Lines of a machine-readable zone are joined by a newline' });

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
        value: lines,
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
          message: problemMessage(language, { code }),
        }));
        return { ...result, problems };
      },
    },
  ),
];
