import { eventsUpTo, headsAt, packageCustomersAfter, type EventRow } from '../db/checkpoints';
import { getPackage } from '../db/packages';
import type { Tx } from '../db/transaction';
import { inclusionProof, merkleTree } from '../domain/merkle';
import { canonicalBytes } from '../stores/package-signature';
import { headLeaf, readCheckpoint, sha256 } from './checkpoints';

/** Customers whose events are in memory at a time. */
const PAGE = 20;
/** Proofs are short: more of them fit. */
const PROOF_PAGE = 500;

type InTx = <T>(fn: (tx: Tx) => Promise<T>) => Promise<T>;

/** Number of the checkpoint that saw a package's snapshot, or its late papers; null for packages frozen before there were any. */
export async function checkpointOf(tx: Tx, packageId: string): Promise<number | null> {
  const row = await tx
    .sql<{ dealer_id: string; id: string; checkpoint: number | null }>('audit_packages')
    .where({ dealer_id: tx.dealerId, id: packageId })
    .first('checkpoint');
  return row?.checkpoint ?? null;
}

/** Customers in a frozen package. */
export async function countCustomers(tx: Tx, packageId: string): Promise<number> {
  return (await getPackage(tx, packageId)).total;
}

/** Every customer of a package by code, a page at a time. */
async function* customers(inTx: InTx, packageId: string, page: number) {
  for (let after = ''; ;) {
    const rows = await inTx((tx) => packageCustomersAfter(tx, packageId, after, page));
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.code;
  }
}

/**
 * `olaylar.ndjson`: the audit events of the package's customers, by code and then in their order, from the first one to the
 * head that the checkpoint saw. A line is canonical JSON and holds everything that its hash is made of, so that a stranger
 * recomputes hash and links: SHA-256 over the members v, dealer, chain, seq, at, actorKind, actorId, event, caseId, detail,
 * previous, each with its length in characters before it ("5:abcde"), joined by commas.
 */
export async function* eventLines(inTx: InTx, packageId: string, checkpoint: number): AsyncGenerator<Buffer> {
  for await (const page of customers(inTx, packageId, PAGE)) {
    const ids = page.map(({ customerId }) => customerId);
    const { rows, dealer } = await inTx(async (tx) => ({
      rows: await eventsUpTo(tx, checkpoint, ids),
      dealer: tx.dealerId,
    }));
    yield Buffer.from(rows.map((row) => `${lineOf(dealer, row)}\n`).join(''));
  }
}

const canonical = (value: object): string => canonicalBytes(value).toString();

function lineOf(dealer: string, { seq, ...row }: EventRow): string {
  return canonical({ v: 'sicil-audit-1', dealer, ...row, seq: Number(seq) });
}

/**
 * `checkpoint.json`: what the signed checkpoint says, its signature, and for each customer of the package the head of its
 * chain with the path to the checkpoint's root. Canonical JSON, written a page of customers at a time; memory holds the
 * tree over the dealer's chains.
 */
export async function* checkpointProof(
  inTx: InTx,
  packageId: string,
  checkpoint: number,
): AsyncGenerator<Buffer> {
  const { statement, signature, heads } = await inTx(async (tx) => ({
    ...(await readCheckpoint(tx, checkpoint)),
    heads: await headsAt(tx, checkpoint),
  }));
  const tree = merkleTree(sha256, heads.map(headLeaf));
  const places = new Map(heads.map(({ chainId }, index) => [chainId, index]));
  yield Buffer.from(`{"checkpoint":${canonical(statement)},"customers":[`);
  let separator = '';
  for await (const page of customers(inTx, packageId, PROOF_PAGE)) {
    const proofs = page.map(({ customerId, code }) => {
      const index = places.get(customerId);
      const head = index === undefined ? undefined : heads[index];
      if (index === undefined || head === undefined) throw new Error('A customer without a chain');
      const proof = inclusionProof(tree, index).map((step) => Buffer.from(step).toString('hex'));
      return canonical({
        chain: customerId,
        code,
        hash: head.hash.toString('hex'),
        index,
        proof,
        seq: head.seq,
      });
    });
    yield Buffer.from(separator + proofs.join(','));
    separator = ',';
  }
  yield Buffer.from(`],"format":"sicil-proof/1","signature":"${signature.toString('hex')}"}`);
}
