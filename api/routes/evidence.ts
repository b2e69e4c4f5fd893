import { z } from 'zod';

import { EVIDENCE_RESULTS } from '../../domain/evidence';
import { CARD_SPELLINGS } from '../../domain/register-subjects';
import { EVIDENCE_KINDS } from '../../domain/rules/evidence';
import { recordEvidence } from '../../operations/evidence';
import { readEvidence, type EvidenceView } from '../../operations/evidence-views';
import { text } from '../../operations/record-shape';
import { confirmCardSpelling } from '../../operations/register-retries';
import { present } from '../query';
import { actRoute, readRoute, type Route } from '../route';
import { CustomerWithCase, Id, Instant } from '../schemas';
import { customerWithCase } from '../views';

const tag = 'Evidence';
const params = z.strictObject({ id: Id });
const Kind = z.enum(EVIDENCE_KINDS);
const Result = z.enum(EVIDENCE_RESULTS);

const Evidence = z
  .strictObject({
    id: Id,
    kind: Kind,
    field: z.string().meta({ example: 'vkn' }),
    result: Result,
    provider: z.string(),
    link: z.url().nullable(),
    seenAt: Instant,
    recordedAt: Instant,
    recordedBy: z.string().nullable(),
    note: z.string(),
    barcode: z.string().nullable(),
    document: z.strictObject({ id: Id, sha256: z.string().regex(/^[0-9a-f]{64}$/) }).nullable(),
    caseId: Id.nullable(),
    holds: z.boolean().meta({ description: 'The record still says what was looked up' }),
  })
  .meta({ id: 'Evidence' });

const EvidenceRequest = z
  .strictObject({
    kind: Kind,
    field: z.string(),
    provider: z.string(),
    link: z.url().nullable().meta({ description: 'Public page where it is looked up' }),
    legalBasis: z.string(),
    confidence: z.enum(['read', 'recalled', 'ours']),
    expected: z.boolean().meta({ description: 'Asked of this type and trigger; the others may be recorded' }),
    seen: Result.nullable().meta({ description: 'What somebody saw for the value as it stands' }),
  })
  .meta({ id: 'EvidenceRequest' });

const EvidenceList = z
  .strictObject({
    data: z.array(Evidence),
    nextCursor: z.null(),
    hasMore: z.literal(false),
    requests: z.array(EvidenceRequest),
  })
  .meta({ id: 'EvidenceList' });

const NewEvidence = z.strictObject({
  kind: Kind,
  field: text(200, 1).optional().meta({ description: 'Where the kind has several, such as each person' }),
  result: Result,
  seenAt: z.iso.datetime({ offset: true }),
  note: text(1000, 1),
  barcode: text(60, 1).optional(),
  documentId: Id.optional().meta({ description: 'A current document that shows it; its hash is kept' }),
});

export const evidenceRoutes: Route[] = [
  readRoute(
    {
      id: 'listEvidence',
      path: '/customers/{id}/evidence',
      tag,
      summary: 'What people looked up, newest first, and what is to be looked up',
      params,
      answer: EvidenceList,
    },
    async (tx, { params: { id } }) => {
      const { evidence, requests } = await readEvidence(tx, id);
      return { data: evidence, nextCursor: null, hasMore: false, requests };
    },
  ),
  actRoute(
    {
      id: 'recordEvidence',
      method: 'post',
      path: '/customers/{id}/evidence',
      tag,
      summary: 'A person looked it up: a match counts as verified, a mismatch becomes a finding',
      params,
      body: NewEvidence,
      status: 201,
      answer: Evidence,
    },
    {
      act: (tx, { params: { id }, body: { seenAt, ...body } }) =>
        recordEvidence(tx, id, { ...present(body), seenAt: new Date(seenAt) }),
      render: async (tx, evidenceId, { params: { id } }): Promise<EvidenceView | undefined> =>
        (await readEvidence(tx, id)).evidence.find((one) => one.id === evidenceId),
    },
  ),
  actRoute(
    {
      id: 'confirmCardSpelling',
      method: 'post',
      path: '/customers/{id}/register-retries',
      tag,
      summary: 'Vouches that the card writes the name otherwise: the register is asked once more',
      params,
      body: z.strictObject({ field: text(200, 1), spelling: z.enum(CARD_SPELLINGS) }),
      answer: CustomerWithCase,
    },
    {
      async act(tx, { params: { id }, body }) {
        await confirmCardSpelling(tx, id, body);
        return id;
      },
      render: (tx, id, _input, { language }) => customerWithCase(tx, id ?? '', language),
    },
  ),
];
