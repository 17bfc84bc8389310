/** What the passes over an outcome's prosumers find in a block, and in all blocks together. */
import type { Blocks } from './bids.js';
import { communityTotals } from './population.js';

/** Numbers of a block. Those from `gain` on are the largest found, the others sums. */
export const CHECK = {
  /** Σ x_i and Σ |x_i|, kW. */
  purchase: 0,
  traded: 1,
  /** Σ C_i(p_i) and Σ |C_i(p_i)|, $/h. */
  cost: 2,
  costSize: 3,
  /** Σ x_i², kW². */
  squaredPurchase: 4,
  /** What the retail tariff asks, Σ and Σ of sizes, $/h; and Σ of the least cost of each prosumer alone. */
  tariff: 5,
  tariffSize: 6,
  leastAlone: 7,
  /** Σ of what reported payments exceed λ_m x_i by, $/h. */
  overpaid: 8,
  /** $/h, and relative to the size of what the prosumer pays and spends (at least 1 $/h). */
  gain: 9,
  relativeGain: 10,
  /** kW, and relative to the size of the output (at least 1 kW). */
  answerError: 11,
  relativeAnswerError: 12,
  /** Of reported purchases, kW; payments, $/h; costs, $/h; bids, kW. */
  purchaseError: 13,
  relativePurchaseError: 14,
  paymentError: 15,
  costError: 16,
  relativeCostError: 17,
  bidError: 18,
  relativeBidError: 19,
} as const;

/** Length of a block's numbers. */
export const CHECK_COUNT = 20;

export type CheckKind = (typeof CHECK)[keyof typeof CHECK];

/** Keeps the larger one; NaN counts as infinite. */
export function raise(sums: Float64Array, at: number, kind: CheckKind, value: number): void {
  if (value <= sums[at + kind]) return;
  sums[at + kind] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

/** A difference, and relative to a size of at least 1; `kind` is followed by its relative one. */
export function raiseError(
  sums: Float64Array,
  at: number,
  kind: CheckKind,
  relativeKind: CheckKind,
  error: number,
  size: number,
): void {
  raise(sums, at, kind, error);
  raise(sums, at, relativeKind, error / Math.max(1, size));
}

/** The numbers of all blocks. */
export class CheckSums {
  /** @param sums CHECK_COUNT by block */
  constructor(
    private readonly blocks: Blocks,
    private readonly sums: Float64Array,
  ) {}

  /** By community. */
  totals(kind: CheckKind): Float64Array {
    return communityTotals(this.blocks, this.sums, CHECK_COUNT, kind);
  }

  largest(kind: CheckKind): number {
    let largest = 0;
    for (let at = kind; at < this.sums.length; at += CHECK_COUNT) {
      if (this.sums[at] > largest) largest = this.sums[at];
    }
    return largest;
  }
}
