/** The last answer of a market, as the columns that the next clearing starts from. */
import type { MarketPoint } from '../clearing/outcomeFinder.js';
import type { RadialNetwork } from '../network/radial.js';
import type { MarketMemory } from './market.js';

/** What a clearing starts from. */
export type RememberedPoint = Pick<MarketPoint, 'price' | 'netImport' | 'freeReactive' | 'prices'>;

export function remember(point: RememberedPoint, network: RadialNetwork): MarketMemory {
  const { price, netImport, freeReactive, prices } = point;
  return {
    price,
    netImport,
    freeReactive,
    active: prices.active,
    reactive: prices.reactive,
    voltageDrop: prices.voltageDrop,
    squaredVoltage: prices.squaredVoltage,
    revenue: Float64Array.of(prices.revenue),
    branchRow: Float64Array.from(network.branchRow),
  };
}

/** Undefined where the memory is of a network of another shape, or of another case. */
export function recall(
  memory: MarketMemory | undefined,
  network: RadialNetwork,
  communities: number,
): RememberedPoint | undefined {
  const { price, netImport, freeReactive, active, reactive } = memory ?? {};
  const { voltageDrop, squaredVoltage, revenue, branchRow } = memory ?? {};
  if (price?.length !== communities || netImport?.length !== communities) return undefined;
  if (freeReactive === undefined || active === undefined || reactive === undefined)
    return undefined;
  if (voltageDrop === undefined || squaredVoltage === undefined) return undefined;
  if (branchRow?.length !== network.branchRow.length) return undefined;
  if (!branchRow.every((row, e) => row === network.branchRow[e])) return undefined;
  const prices = { active, reactive, voltageDrop, squaredVoltage, revenue: revenue?.[0] ?? 0 };
  return { price, netImport, freeReactive, prices };
}
