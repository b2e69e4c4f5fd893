import { z } from 'zod';

import { CUSTOMER_SORTS, type CustomerSort } from '../../operations/customer-list';
import { exportCustomers, recordExport, type ExportRequest } from '../../operations/exports';
import { text } from '../../operations/record-shape';
import { customerFilter } from './customers';
import { present } from '../query';
import { downloadRoute, inTransaction, type Route } from '../route';

const SORTS = CUSTOMER_SORTS.flatMap((field): CustomerSort[] => [field, `-${field}`]);

export const SHEET_TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
} as const;

export const exportRoutes: Route[] = [
  downloadRoute(
    {
      id: 'exportCustomers',
      path: '/customers/export',
      tag: 'Customers',
      summary: 'The filtered list as a file, identity numbers in clear; the reason and the count are logged',
      query: z.strictObject({
        ...customerFilter,
        sort: z.enum(SORTS).optional(),
        format: z.enum(['xlsx', 'csv']).default('xlsx'),
        reason: text(300, 1),
      }),
    },
    async (tx, { query }, call) => {
      const { format, reason, sort, ...filter } = present(query);
      const { language } = call;
      const request: ExportRequest = { filter, format, reason, language, ...present({ sort }) };
      await recordExport(tx, request);
      const { now } = tx;
      return {
        mediaType: SHEET_TYPES[format],
        fileName: `musteriler.${format}`,
        open: async () => exportCustomers(request, (fn) => inTransaction(call, fn), now),
      };
    },
  ),
];
