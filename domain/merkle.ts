/**
 * Merkle trees in the shape of RFC 6962: a leaf is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right), so that a node
 * can never be passed off as a leaf. The root of no leaves is SHA-256 of nothing.
 */

/** SHA-256 over the parts, one after the other; handed in, since the domain knows no library. */
export type Sha256 = (...parts: Uint8Array[]) => Uint8Array;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(sha256: Sha256, data: Uint8Array): Uint8Array {
  return sha256(LEAF, data);
}

/** All levels of a tree, from the leaves' hashes up to the root: what proofs are read from. */
export interface MerkleTree {
  levels: readonly (readonly Uint8Array[])[];
}

/** A last node without a neighbour moves up as it is, which is what splitting at powers of two comes to. */
export function merkleTree(sha256: Sha256, leaves: readonly Uint8Array[]): MerkleTree {
  const levels: (readonly Uint8Array[])[] = [leaves];
  for (let level = leaves; level.length > 1;) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Uint8Array;
      const right = level[at + 1];
      above.push(right === undefined ? left : sha256(NODE, left, right));
    }
    levels.push(above);
    level = above;
  }
  return { levels };
}

export function merkleRoot(sha256: Sha256, leaves: readonly Uint8Array[]): Uint8Array {
  return rootOf(sha256, merkleTree(sha256, leaves));
}

export function rootOf(sha256: Sha256, { levels }: MerkleTree): Uint8Array {
  return levels.at(-1)?.[0] ?? sha256();
}

/** The neighbours on the way from a leaf to the root, lowest first. @throws Error when there is no such leaf */
export function inclusionProof({ levels }: MerkleTree, index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= (levels[0]?.length ?? 0))
    throw new Error('The tree has no such leaf');
  const proof: Uint8Array[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const neighbour = level[at ^ 1];
    if (neighbour !== undefined) proof.push(neighbour);
    at >>= 1;
  }
  return proof;
}

/** The root that a leaf's hash leads to with this proof; null when the proof has not the length its place asks for. */
export function rootFromProof(
  sha256: Sha256,
  leaf: Uint8Array,
  place: { index: number; count: number },
  proof: readonly Uint8Array[],
): Uint8Array | null {
  if (place.index < 0 || place.index >= place.count) return null;
  let hash = leaf;
  let used = 0;
  let at = place.index;
  for (let width = place.count; width > 1; width = Math.ceil(width / 2)) {
    if (at % 2 === 1 || at + 1 < width) {
      const neighbour = proof[used++];
      if (neighbour === undefined) return null;
      hash = at % 2 === 1 ? sha256(NODE, neighbour, hash) : sha256(NODE, hash, neighbour);
    }
    at = Math.floor(at / 2);
  }
  return used === proof.length ? hash : null;
}
