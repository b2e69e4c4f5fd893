import { createHash } from 'node:crypto';

import fc from 'fast-check';

import {
  inclusionProof,
  leafHash,
  merkleRoot,
  merkleTree,
  rootFromProof,
  rootOf,
  type Sha256,
} from '../../domain/merkle';

const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));
const leaf = (text: string) => leafHash(sha256, Buffer.from(text, 'hex'));

/** The definition of RFC 6962 §2.1, word for word: split at the largest power of two below n. */
function byDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), byDefinition(leaves.slice(0, split)), byDefinition(leaves.slice(split)));
}

test('the roots are those of the published test vectors of RFC 6962', () => {
  const inputs = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const leaves = inputs.map(leaf);
  expect(hex(merkleRoot(sha256, []))).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  expect(hex(merkleRoot(sha256, leaves.slice(0, 1)))).toBe(
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  );
  expect(hex(merkleRoot(sha256, leaves.slice(0, 3)))).toBe(
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  );
  expect(hex(merkleRoot(sha256, leaves))).toBe(
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  );
});

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, n) => leafHash(sha256, Buffer.from(String(n))));

test('a tree of any size is the one of the definition', () => {
  fc.assert(
    fc.property(fc.nat(200), (count) => {
      const leaves = leavesOf(count);
      expect(hex(merkleRoot(sha256, leaves))).toBe(hex(byDefinition(leaves)));
    }),
  );
});

test('every leaf proves itself, and no other leaf, place or number of leaves does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 130 }), fc.nat(), (count, seed) => {
      const leaves = leavesOf(count);
      const tree = merkleTree(sha256, leaves);
      const root = hex(rootOf(sha256, tree));
      const index = seed % count;
      const proof = inclusionProof(tree, index);
      const own = leaves[index] as Uint8Array;
      expect(hex(rootFromProof(sha256, own, { index, count }, proof))).toBe(root);
      expect(
        hex(rootFromProof(sha256, leafHash(sha256, Buffer.from('x')), { index, count }, proof)),
      ).not.toBe(root);
      expect(rootFromProof(sha256, own, { index, count }, [...proof, own])).toBeNull();
      expect(rootFromProof(sha256, own, { index: count, count }, proof)).toBeNull();
      if (count > 1) {
        const other = (index + 1) % count;
        expect(hex(rootFromProof(sha256, own, { index: other, count }, proof))).not.toBe(root);
        expect(rootFromProof(sha256, own, { index, count }, proof.slice(1))).toBeNull();
      }
    }),
  );
});

test('a node cannot be passed off as a leaf, and a leaf that is not there has no proof', () => {
  const [a, b] = leavesOf(2) as [Uint8Array, Uint8Array];
  expect(hex(leafHash(sha256, Buffer.concat([a, b])))).not.toBe(hex(merkleRoot(sha256, [a, b])));
  expect(() => inclusionProof(merkleTree(sha256, [a, b]), 2)).toThrow('no such leaf');
});
