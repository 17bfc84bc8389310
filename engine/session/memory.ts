/** The last answer of a market, as the columns that the next clearing starts from. */
import type { MarketPoint } from '../clearing/outcomeFinder.js';
import type { RadialNetwork } from '../network/radial.js';
import type { MarketMemory } from './market.js';

/** What a clearing starts from. */
export interface RememberedPoint
  extends Pick<MarketPoint, 'price' | 'netImport' | 'freeReactive' | 'prices'> {
  /** $/h. */
  readonly objective: number;
}

/** Prices and voltages of the network are kept by bus: a branch that is switched moves junctions. */
export function remember(point: RememberedPoint, network: RadialNetwork): MarketMemory {
  const { objective, price, netImport, freeReactive, prices } = point;
  const byBus = (values: Float64Array): Float64Array =>
    Float64Array.from(network.busJunction, (junction) => values[junction]);
  return {
    price,
    netImport,
    freeReactive: byBus(freeReactive),
    active: byBus(prices.active),
    reactive: byBus(prices.reactive),
    voltageDrop: Float64Array.from(network.busJunction, (junction) =>
      junction === 0 ? 0 : prices.voltageDrop[junction - 1],
    ),
    squaredVoltage: byBus(prices.squaredVoltage),
    revenue: Float64Array.of(prices.revenue),
    objective: Float64Array.of(objective),
  };
}

/** Undefined where the memory is of another case. */
export function recall(
  memory: MarketMemory | undefined,
  network: RadialNetwork,
  communities: number,
): RememberedPoint | undefined {
  const { price, netImport, freeReactive, active, reactive } = memory ?? {};
  const { voltageDrop, squaredVoltage, revenue, objective } = memory ?? {};
  if (price?.length !== communities || netImport?.length !== communities) return undefined;
  const buses = network.busJunction.length;
  const firstBus = new Int32Array(network.junctionCount);
  for (let bus = buses - 1; bus >= 0; bus -= 1) firstBus[network.busJunction[bus]] = bus;
  const byJunction = (values: Float64Array | undefined): Float64Array | undefined =>
    values?.length === buses ? Float64Array.from(firstBus, (bus) => values[bus]) : undefined;
  const known = {
    freeReactive: byJunction(freeReactive),
    active: byJunction(active),
    reactive: byJunction(reactive),
    voltageDrop: byJunction(voltageDrop)?.subarray(1),
    squaredVoltage: byJunction(squaredVoltage),
  };
  if (
    known.freeReactive === undefined ||
    known.active === undefined ||
    known.reactive === undefined ||
    known.voltageDrop === undefined ||
    known.squaredVoltage === undefined
  ) {
    return undefined;
  }
  return {
    objective: objective?.[0] ?? 0,
    price,
    netImport,
    freeReactive: known.freeReactive,
    prices: {
      active: known.active,
      reactive: known.reactive,
      voltageDrop: known.voltageDrop,
      squaredVoltage: known.squaredVoltage,
      revenue: revenue?.[0] ?? 0,
    },
  };
}
