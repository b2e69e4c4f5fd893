import { randomBytes, randomUUID } from 'node:crypto';

import type { Tx } from '../../db/transaction';
import type { DocumentKind, CustomerType, Trigger } from '../../domain/customer';
import { dayInIstanbul } from '../../domain/days';
import { createCustomer } from '../../operations/customers';
import { addDocument } from '../../operations/documents';

/** An invented identity number that passes the checksum, from nine digits. */
export function inventedTckn(seed: number): string {
  const nine = String(100_000_000 + (seed % 899_999_999));
  const digits = Array.from(nine, Number);
  const sum = (from: number) => digits.filter((_, index) => index % 2 === from).reduce((a, b) => a + b, 0);
  const tenth = (((sum(0) * 7 - sum(1)) % 10) + 10) % 10;
  const eleventh = (digits.reduce((a, b) => a + b, 0) + tenth) % 10;
  return `${nine}${tenth}${eleventh}`;
}

const address = {
  country: 'TUR',
  province: 'İstanbul',
  district: 'Fatih',
  line: 'Deneme Mahallesi Örnek Sokak No 1',
  postalCode: '34000',
};

/** A record in which nothing is missing; the days fit every clock of these tests. */
export function completeRecord(type: CustomerType, seed = 1): Record<string, unknown> {
  return type === 'company' ? company(seed) : person(seed);
}

function person(seed: number): Record<string, unknown> {
  return {
    givenNames: 'Ayşe Nur',
    surname: 'Denemeoğlu',
    birthDate: '1990-05-17',
    nationality: 'TUR',
    tckn: inventedTckn(seed),
    idDocument: { type: 'identity_card', number: 'A12B34567', expiresOn: '2035-01-01' },
    address,
    phone: '+905321112233',
    email: `musteri-${seed}@example.com`,
    occupation: 'Öğretmen',
    purpose: 'savings',
    onOwnAccount: true,
    publicInfluence: { kind: 'none' },
  };
}

function company(seed: number): Record<string, unknown> {
  const director = {
    givenNames: 'Mehmet',
    surname: 'Örnek',
    birthDate: '1975-02-03',
    tckn: inventedTckn(seed),
  };
  return {
    title: 'Örnek Ticaret A.Ş.',
    tradeRegisterNumber: '123456',
    tradeRegisterOffice: 'İstanbul',
    vkn: '1234567890',
    activity: 'Toptan ticaret',
    address,
    phone: '+902121112233',
    email: `sirket-${seed}@example.com`,
    purpose: 'trade',
    onOwnAccount: true,
    representatives: [{ person: director, authority: { kind: 'director', until: '2035-01-01' } }],
    shareholders: [{ name: 'Mehmet Örnek', kind: 'person', share: 100 }],
    beneficialOwners: [{ person: director, method: 'share', share: 100 }],
  };
}

const PAPERS: Partial<Record<CustomerType, DocumentKind[]>> = {
  natural_person_tr: ['identity_card', 'signature_sample', 'address_proof'],
  company: ['trade_gazette', 'tax_certificate', 'signature_circular'],
};

export interface NewFile {
  type?: CustomerType;
  trigger?: Trigger;
  /** Laid over the complete record; undefined takes a field away. */
  record?: Record<string, unknown>;
  papers?: DocumentKind[];
  seed?: number;
}

/** Opens a customer's file, complete unless told otherwise. Answers with the customer's id. */
export async function openFile(tx: Tx, file: NewFile = {}): Promise<string> {
  const { type = 'natural_person_tr', trigger = 'continuous', seed = 1 } = file;
  const record = JSON.parse(JSON.stringify({ ...completeRecord(type, seed), ...file.record })) as unknown;
  const { id } = await createCustomer(tx, { type, trigger, record });
  for (const kind of file.papers ?? PAPERS[type] ?? []) await addPaper(tx, id, kind);
  return id;
}

/** A document's row; the file itself is the store's business and not of these tests. */
export async function addPaper(tx: Tx, customerId: string, kind: DocumentKind): Promise<void> {
  const id = randomUUID();
  await addDocument(tx, customerId, {
    stored: {
      id,
      address: `none-${id}`,
      mediaType: 'application/pdf',
      bytes: 1,
      sha256: randomBytes(32),
      fileName: 'belge.pdf',
    },
    kind,
    issuedOn: dayInIstanbul(tx.now),
    originalSeen: true,
  });
}
