import {
  holdingsByCompany,
  holdingsOf,
  ownershipKey,
  ownershipOf,
  type Holding,
  type HolderKind,
  type OwnershipProblem,
} from './ownership';

export interface OwnershipNode {
  /** `customer`, or `holder1`, `holder2` … in order of appearance: safe as an element id. */
  id: string;
  name: string;
  kind: HolderKind | 'customer';
  /** Steps from the customer, by the longest way: a holder stands beyond everything it holds a part of. */
  level: number;
  /** Percent of the customer in the end, rounded to 0.01; null for the customer and for companies on the way. */
  share: number | null;
  /** A natural person over the threshold: a beneficial owner by share. */
  isBeneficialOwner: boolean;
}

export interface OwnershipEdge {
  /** The holder. */
  from: string;
  /** The company that it holds a part of. */
  to: string;
  percent: number;
}

export interface OwnershipGraph {
  nodes: OwnershipNode[];
  edges: OwnershipEdge[];
  /** Number of levels beside the customer's own. */
  levels: number;
  problems: OwnershipProblem[];
}

/**
 * The chart of who holds what, for a drawing: every company and person that hangs together with the customer, the
 * customer first. `overPercent` as in `ownershipOf`, whose shares and problems it shows. An edge that closes a circle
 * stands among the edges; levels stay finite.
 */
export function ownershipGraph(title: string, shareholders: unknown, overPercent: number): OwnershipGraph {
  const { owners, problems } = ownershipOf(title, shareholders, overPercent);
  const holdings = holdingsOf(title, shareholders);
  const levels = levelsOf(ownershipKey(title), holdingsByCompany(holdings));
  const named = new Map(holdings.map((holding) => [holding.key, holding]));
  const idOf = new Map(
    [...levels.keys()].map((key, index) => [key, index === 0 ? 'customer' : `holder${index}`]),
  );
  const nodes = [...levels].map(([key, level]): OwnershipNode => {
    const holder = named.get(key);
    const owner = owners.find(({ name }) => ownershipKey(name) === key && holder?.name !== '');
    const isCustomer = idOf.get(key) === 'customer';
    return {
      id: idOf.get(key) ?? '',
      name: isCustomer ? title : (holder?.name ?? ''),
      kind: isCustomer ? 'customer' : (holder?.kind ?? 'natural'),
      level,
      share: isCustomer ? null : (owner?.share ?? null),
      isBeneficialOwner: !isCustomer && owner?.kind === 'natural' && owner.over,
    };
  });
  const edges = holdings.flatMap(({ key, ofKey, share }) => {
    const [from, to] = [idOf.get(key), idOf.get(ofKey)];
    return from === undefined || to === undefined ? [] : [{ from, to, percent: share }];
  });
  return { nodes, edges, levels: Math.max(0, ...levels.values()), problems };
}

/**
 * The longest way from the customer to each holder. Rounds of relaxation as in Bellman-Ford, as many as there are
 * companies: a circle would go on for ever, and here it ends with them.
 */
function levelsOf(customer: string, holdersOf: ReadonlyMap<string, readonly Holding[]>): Map<string, number> {
  const levels = new Map([[customer, 0]]);
  for (let round = 0; round < holdersOf.size; round += 1) {
    for (const [company, holders] of holdersOf) {
      const level = levels.get(company);
      if (level === undefined) continue;
      for (const { key } of holders) {
        if (key === customer) continue;
        levels.set(key, Math.min(Math.max(levels.get(key) ?? 0, level + 1), holdersOf.size));
      }
    }
  }
  return levels;
}
