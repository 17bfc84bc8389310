/** The last answer of a market, as the columns that the next clearing starts from. */
import type { CaseSettings } from '../case/case.js';
import type { MarketPoint } from '../clearing/outcomeFinder.js';
import type { RadialNetwork } from '../network/radial.js';
import type { MarketMemory } from './market.js';

/** What a clearing starts from. */
export interface RememberedPoint
  extends Pick<MarketPoint, 'price' | 'netImport' | 'freeReactive' | 'prices'> {
  /** $/h. */
  readonly objective: number;
}

/** $/kWh. */
type Tariff = Pick<CaseSettings, 'gridBuy' | 'gridSell'>;

/** Prices and voltages of the network are kept by bus: a branch that is switched moves junctions. */
export function remember(
  point: RememberedPoint,
  network: RadialNetwork,
  { gridBuy, gridSell }: Tariff,
): MarketMemory {
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
    tariff: Float64Array.of(gridBuy, gridSell),
  };
}

/** Undefined where the memory is of another case. Prices follow the tariff where that has changed since. */
export function recall(
  memory: MarketMemory | undefined,
  network: RadialNetwork,
  communities: number,
  tariff: Tariff,
): RememberedPoint | undefined {
  const { price, netImport, freeReactive, active, reactive } = memory ?? {};
  const { voltageDrop, squaredVoltage, objective } = memory ?? {};
  const revenue = memory?.revenue?.[0] ?? 0;
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
  const rootPrice = known.active[0] / (network.baseKva * (1 + revenue));
  const factor = tariffFactor(rootPrice, memory?.tariff, tariff);
  const scaled = (values: Float64Array): Float64Array =>
    factor === 1 ? values : values.map((value) => factor * value);
  return {
    objective: objective?.[0] ?? 0,
    price,
    netImport,
    freeReactive: known.freeReactive,
    prices: {
      active: scaled(known.active),
      reactive: scaled(known.reactive),
      voltageDrop: scaled(known.voltageDrop),
      squaredVoltage: known.squaredVoltage,
      revenue,
    },
  };
}

/** A price this near the tariff, relative to it, is the tariff. */
const NEAR = 1e-6;

/**
 * What the prices of a network change by with the tariff: who bought from the grid goes on buying, and who sold,
 * selling.
 *
 * @param rootPrice of then, $/kWh
 * @param before buying and selling price of then
 */
function tariffFactor(
  rootPrice: number,
  before: Float64Array | undefined,
  { gridBuy, gridSell }: Tariff,
): number {
  if (before === undefined || !(rootPrice > 0)) return 1;
  const isNear = (price: number): boolean => Math.abs(rootPrice - price) <= NEAR * Math.abs(price);
  const expected = isNear(before[0])
    ? gridBuy
    : isNear(before[1])
      ? gridSell
      : Math.min(Math.max(rootPrice, gridSell), gridBuy);
  return expected > 0 ? expected / rootPrice : 1;
}
