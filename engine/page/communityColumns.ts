/** Prices and imports of communities as columns, the dearest first; without prices, the largest import first. */
import type { Case } from '../case/case.js';
import type { Outcome } from '../clearing/result.js';
import { type Columns, label, rounded } from './columns.js';

/**
 * Rows of communities, at most `limit`: all in order, or of more an even selection that holds both ends.
 */
export function rankedCommunities({ communities }: Outcome, limit: number): number[] {
  const { importKw, price } = communities;
  const key = price.some((value) => !Number.isNaN(value)) ? price : importKw;
  const ranked = [...key.keys()].sort((one, other) => key[other] - key[one]);
  if (ranked.length <= limit) return ranked;
  const step = (ranked.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, place) => ranked[Math.round(place * step)] ?? 0);
}

/** @param rows of communities, in the order they are drawn */
export function communityColumns(
  theCase: Case,
  outcome: Outcome,
  rows: readonly number[],
): Columns {
  const { buses, communities } = theCase;
  const { cost, importKw, marginalPrice, price } = outcome.communities;
  return {
    id: rows.map((m) => label(communities.id[m])),
    bus: rows.map((m) => label(buses.id[communities.bus[m]])),
    rank: rows.map((_, place) => place + 1),
    left: rows.map((_, place) => place + 0.5),
    right: rows.map((_, place) => place + 1.5),
    price: rows.map((m) => rounded(price[m])),
    marginalPrice: rows.map((m) => rounded(marginalPrice[m])),
    netImport: rows.map((m) => rounded(importKw[m])),
    direction: rows.map((m) => (importKw[m] < 0 ? 'sells' : 'buys')),
    cost: rows.map((m) => rounded(cost[m])),
  };
}
