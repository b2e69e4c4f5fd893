import { z } from 'zod';

import { addBranch, listBranches, readBranch, readProfile, updateProfile } from '../../operations/dealers';
import { text } from '../../operations/record-shape';
import { present } from '../query';
import { actRoute, readRoute, type Route } from '../route';
import { Branch, Dealer, pageOf } from '../schemas';

const tag = 'Dealer';

export const dealerRoutes: Route[] = [
  readRoute(
    {
      id: 'readDealer',
      path: '/dealer',
      tag,
      summary: 'What covers, mails and forms say of the dealer',
      answer: Dealer,
    },
    (tx) => readProfile(tx),
  ),
  actRoute(
    {
      id: 'updateDealer',
      method: 'patch',
      path: '/dealer',
      tag,
      summary: 'Changes what is named and leaves the rest; null removes',
      body: z.strictObject({
        title: text(300, 1).optional(),
        vkn: text(20).nullable().optional(),
        licenceNumber: text(100).nullable().optional(),
        senderName: text(100).nullable().optional(),
        senderAddress: text(254).nullable().optional(),
      }),
      answer: Dealer,
      // Settings have no version: the last change stands, and each is audited.
      versioned: false,
    },
    {
      async act(tx, { body }) {
        await updateProfile(tx, present(body));
        return tx.dealerId;
      },
      render: (tx) => readProfile(tx),
    },
  ),
  readRoute(
    { id: 'listBranches', path: '/branches', tag, summary: 'All branches by name', answer: pageOf(Branch) },
    async (tx) => ({ data: await listBranches(tx), nextCursor: null, hasMore: false }),
  ),
  actRoute(
    {
      id: 'addBranch',
      method: 'post',
      path: '/branches',
      tag,
      summary: 'Adds a branch',
      body: z.strictObject({ name: text(100, 1), licenceNumber: text(100).optional() }),
      status: 201,
      answer: Branch,
    },
    {
      act: (tx, { body }) => addBranch(tx, present(body)),
      render: (tx, id) => readBranch(tx, id ?? ''),
    },
  ),
];
