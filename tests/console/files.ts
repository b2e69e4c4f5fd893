import { listCases } from '../../operations/cases';
import { createCustomer } from '../../operations/customers';
import { addDocument } from '../../operations/documents';
import { advanceOnboarding, submitCase } from '../../operations/onboarding';
import { advanceVerification } from '../../operations/verification';
import type { Tx } from '../../db/transaction';
import { v7 as uuidv7 } from 'uuid';

export const HOSTILE = `<script>alert('x')</script> "Işık" & İğdır`;

/** A complete record of a natural person. */
export const PERSON = {
  givenNames: 'Işık İsmail',
  surname: 'Çınar',
  birthDate: '1985-03-04',
  nationality: 'TUR',
  tckn: '10000000146',
  idDocument: { type: 'identity_card', number: 'A12B34567', expiresOn: '2031-05-06' },
  address: {
    country: 'TUR',
    province: 'İstanbul',
    district: 'Fatih',
    line: 'Kapalıçarşı, Kalpakçılar Cad. No 12',
  },
  phone: '0532 123 45 67',
  email: 'isik.cinar@example.com',
  occupation: 'Öğretmen',
  purpose: 'savings',
  onOwnAccount: true,
  publicInfluence: { kind: 'none' },
};

export const COMPANY = {
  title: 'Altın İş Kuyumculuk Ltd. Şti.',
  vkn: '1234567890',
  representatives: [
    { person: { givenNames: 'Ayşe', surname: 'Gümüş', tckn: '10000000146' }, authority: { kind: 'müdür' } },
  ],
  shareholders: [{ name: 'Ayşe Gümüş', kind: 'natural_person', share: 60 }],
};

export async function document(
  tx: Tx,
  customerId: string,
  kind: Parameters<typeof addDocument>[2]['kind'],
  { originalSeen = true } = {},
) {
  return addDocument(tx, customerId, {
    kind,
    originalSeen,
    issuedOn: '2026-11-01',
    stored: {
      id: uuidv7(),
      address: uuidv7(),
      mediaType: 'application/pdf',
      bytes: 1234,
      sha256: Buffer.alloc(32, 7),
      fileName: 'kimlik ön yüz.pdf',
    },
  });
}

/** A complete file: everything that the rules ask for, submitted. */
export async function completeCustomer(tx: Tx, changes: Record<string, unknown> = {}): Promise<string> {
  const { id } = await createCustomer(tx, {
    type: 'natural_person_tr',
    trigger: 'continuous',
    record: { ...PERSON, ...changes },
  });
  for (const kind of ['identity_card', 'signature_sample', 'address_proof'] as const)
    await document(tx, id, kind);
  await submitCase(tx, id);
  return id;
}

/** Puts the open case before a second person, as the worker would. */
export async function awaitingDecision(tx: Tx, customerId: string): Promise<string> {
  const { data } = await listCases(tx, { customerId, limit: 1 });
  const caseId = data[0]?.id ?? '';
  for (let step = 0; step < 6; step++) {
    const next = await advanceOnboarding(tx, customerId, caseId);
    if (next.do === 'verify') await advanceVerification(tx, customerId, caseId, false);
    if (next.do === 'wait' || next.do === 'closed') break;
  }
  return caseId;
}
