/**
 * Does an operator bound to revenue adequacy collect what the grid costs, Σ λ_m X_m ≥ G(P_0), at prices
 * that it may post? (docs/model.md sections 4 and 6.)
 */
import type { Outcome } from '../clearing/result.js';
import { type AllowedPrices, largestPriceViolation } from './allowedPrices.js';
import { PRICE_TOLERANCE, REVENUE_TOLERANCE } from './tolerances.js';

export interface RevenueCheck {
  /** $/h. */
  readonly shortfall: number;
  /** $/kWh. */
  readonly priceViolation: number;
  readonly holds: boolean;
}

/**
 * @param allowed prices that an operator bound to revenue adequacy may post; undefined where it may lose
 *   money
 * @param collected what the prosumers pay, $/h
 * @param gridCost what the exchange with the grid costs, $/h
 */
export function checkRevenue(
  { communities }: Outcome,
  allowed: AllowedPrices | undefined,
  collected: number,
  gridCost: number,
): RevenueCheck {
  if (allowed === undefined) {
    return { shortfall: Number.NaN, priceViolation: Number.NaN, holds: true };
  }
  const shortfall = Math.max(0, gridCost - collected);
  const priceViolation = largestPriceViolation(communities.price, allowed);
  const holds =
    shortfall <= REVENUE_TOLERANCE * Math.max(1, Math.abs(gridCost)) &&
    priceViolation <= PRICE_TOLERANCE;
  return { shortfall, priceViolation, holds };
}
