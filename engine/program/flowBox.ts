/**
 * What a node allows to arrive over branches: ranges of the flows P' = P − r ℓ and Q' = Q − x ℓ at the
 * receiving end, pu. Branches that it does not name carry what they can.
 */
export interface FlowBox {
  /** Each branch once. */
  readonly branch: readonly number[];
  /** By entry; ±Infinity where open. */
  readonly minActive: readonly number[];
  readonly maxActive: readonly number[];
  readonly minReactive: readonly number[];
  readonly maxReactive: readonly number[];
}

export type FlowKind = 'active' | 'reactive';

export const FREE_FLOWS: FlowBox = {
  branch: [],
  minActive: [],
  maxActive: [],
  minReactive: [],
  maxReactive: [],
};

/** The box with one flow restricted to [low, high] besides. */
export function restrictFlow(
  box: FlowBox,
  branch: number,
  kind: FlowKind,
  low: number,
  high: number,
): FlowBox {
  const isActive = kind === 'active';
  return intersectFlows(box, {
    branch: [branch],
    minActive: [isActive ? low : Number.NEGATIVE_INFINITY],
    maxActive: [isActive ? high : Number.POSITIVE_INFINITY],
    minReactive: [isActive ? Number.NEGATIVE_INFINITY : low],
    maxReactive: [isActive ? Number.POSITIVE_INFINITY : high],
  });
}

/** What both boxes allow. */
export function intersectFlows(first: FlowBox, second: FlowBox): FlowBox {
  if (second.branch.length === 0) return first;
  const branch = [...first.branch];
  const minActive = [...first.minActive];
  const maxActive = [...first.maxActive];
  const minReactive = [...first.minReactive];
  const maxReactive = [...first.maxReactive];
  second.branch.forEach((e, k) => {
    const place = branch.indexOf(e);
    const at = place < 0 ? branch.length : place;
    branch[at] = e;
    minActive[at] = Math.max(minActive[at] ?? Number.NEGATIVE_INFINITY, second.minActive[k]);
    maxActive[at] = Math.min(maxActive[at] ?? Number.POSITIVE_INFINITY, second.maxActive[k]);
    minReactive[at] = Math.max(minReactive[at] ?? Number.NEGATIVE_INFINITY, second.minReactive[k]);
    maxReactive[at] = Math.min(maxReactive[at] ?? Number.POSITIVE_INFINITY, second.maxReactive[k]);
  });
  return { branch, minActive, maxActive, minReactive, maxReactive };
}
