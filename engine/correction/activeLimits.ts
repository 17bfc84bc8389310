/**
 * Which limits a correction holds as equations, by the sign of their prices (a primal-dual active set: M.
 * Hintermüller, K. Ito, K. Kunisch, SIAM J. Optimization 13, 2002): a quantity beyond its limit is held at
 * it, and one that is held is let go once its price has the wrong sign.
 */

/** Where a quantity is held. */
export const Hold = { free: 0, low: 1, high: 2, fixed: 3 } as const;

/** A price beyond zero by less is rounding; prices are of size one. */
const PRICE_ROUNDING = 1e-11;

/** The same of what lies beyond a limit, pu. */
const LIMIT_ROUNDING = 1e-12;

/**
 * The hold of a quantity after a step.
 *
 * @param gradient what one more of it costs at the present prices
 */
export function nextHold(
  hold: number,
  value: number,
  low: number,
  high: number,
  gradient: number,
): number {
  if (hold === Hold.fixed) return hold;
  if (hold === Hold.low) return gradient < -PRICE_ROUNDING ? Hold.free : hold;
  if (hold === Hold.high) return gradient > PRICE_ROUNDING ? Hold.free : hold;
  if (value < low - LIMIT_ROUNDING) return Hold.low;
  if (value > high + LIMIT_ROUNDING) return Hold.high;
  return Hold.free;
}

/** A quantity this near a limit, in pu, may have been held there by whoever found it. */
const NEAR = 1e-6;

/** The hold of a quantity found by somebody else. */
export function firstHold(value: number, low: number, high: number, gradient: number): number {
  if (high - low <= 0) return Hold.fixed;
  if (value <= low + NEAR && gradient > PRICE_ROUNDING) return Hold.low;
  if (value >= high - NEAR && gradient < -PRICE_ROUNDING) return Hold.high;
  return Hold.free;
}

/** The value that a hold asks for. */
export function heldValue(hold: number, value: number, low: number, high: number): number {
  if (hold === Hold.low || hold === Hold.fixed) return low;
  return hold === Hold.high ? high : value;
}
