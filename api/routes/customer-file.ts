import { z } from 'zod';

import { PACKAGE_PROFILES } from '../../domain/package-manifest';
import { printCustomerFile } from '../customer-file';
import { inTransaction, madeRoute, type Route } from '../route';
import { Id } from '../schemas';

export const customerFileRoutes: Route[] = [
  madeRoute(
    {
      id: 'printCustomerFile',
      path: '/customers/{id}/file',
      tag: 'Customers',
      summary:
        'The whole file as it stands, as a tagged PDF/A-2b in the form that an audit package gives it; part of no ' +
        'package, and the print is logged. 503 while too many documents are being printed',
      params: z.strictObject({ id: Id }),
      query: z.strictObject({
        profile: z.enum(PACKAGE_PROFILES),
        language: z.enum(['tr', 'en']).default('tr'),
      }),
    },
    ({ params: { id }, query }, call) =>
      printCustomerFile(
        { deps: call.deps, run: (fn, options) => inTransaction(call, fn, options) },
        id,
        query,
      ),
  ),
];
