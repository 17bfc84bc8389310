/**
 * Rows to begin with. Lines spread over the imports of every community keep prices from running away while
 * few lines are there; one at the price that would clear the market without a network, and the tangents of
 * what would flow then without losses, are near the answer wherever few limits bind.
 */
import type { CommunityCurve } from './communityCurve.js';
import type { CutRows } from './cutRows.js';
import { type ImportInterval, isThin } from './marketColumns.js';
import type { MarketProgram } from './marketProgram.js';
import {
  COST_ALONE,
  type Contact,
  type EnvelopePoint,
  envelopeAt,
  leastTerm,
  REVENUE_ALONE,
} from './supportingLine.js';

/** Imports of a community with a line of their own: 6 to 24 take about the same number of rounds. */
const SPREAD = 12;

/** Halvings of the range of tariffs: a guess needs no more. */
const HALVINGS = 30;

export function addStartCuts(
  market: MarketProgram,
  cuts: CutRows,
  intervals: readonly ImportInterval[],
): void {
  const price = copperPlatePrice(market);
  const imports = market.curves.map((curve) => answer(curve, price));
  intervals.forEach((interval, m) => {
    addSpreadLines(market, cuts, m, interval);
    cuts.addLine(m, COST_ALONE, price, interval);
  });
  addLosslessTangents(market, cuts, imports);
}

/** Lines at imports spread evenly over an interval. */
export function addSpreadLines(
  { curves, columns }: MarketProgram,
  cuts: CutRows,
  community: number,
  interval: ImportInterval,
): void {
  const curve = curves[community];
  if (curve === undefined) return;
  const envelope: EnvelopePoint = { price: 0, value: 0, left: 0, right: 0 };
  const { low, high } = interval;
  const kinds = columns.revenue[community] < 0 ? [COST_ALONE] : [COST_ALONE, REVENUE_ALONE];
  for (const weights of kinds) {
    if (isThin(curve, interval)) cuts.addLine(community, weights, 0, interval);
    else {
      for (let k = 0; k < SPREAD; k += 1) {
        envelopeAt(curve, weights, low + ((k + 0.5) / SPREAD) * (high - low), low, high, envelope);
        cuts.addLine(community, weights, envelope.price, interval);
      }
    }
  }
}

const contact: Contact = { value: 0, netImport: 0 };

/** What a community imports where its cost and payment at a price are least, kW. */
function answer(curve: CommunityCurve, price: number): number {
  leastTerm(curve, COST_ALONE, price, curve.knot[0], curve.knot[curve.arcCount], contact);
  return contact.netImport;
}

/** The price at which the market without a network would clear, $/kWh. */
function copperPlatePrice({ theCase, feeder, curves }: MarketProgram): number {
  const { gridBuy, gridSell, baseKva } = theCase.settings;
  const load = feeder.loadP.reduce((sum, each) => sum + each * baseKva, 0);
  let low = gridSell;
  let high = gridBuy;
  for (let k = 0; k < HALVINGS; k += 1) {
    const middle = 0.5 * (low + high);
    const exchange = curves.reduce((sum, curve) => sum + answer(curve, middle), load);
    if (exchange > 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

function addLosslessTangents(
  { theCase, feeder }: MarketProgram,
  cuts: CutRows,
  imports: readonly number[],
): void {
  const { baseKva, rootVoltagePu } = theCase.settings;
  const squaredVoltage = rootVoltagePu ** 2;
  const active = Float64Array.from(feeder.loadP);
  const reactive = feeder.loadQ.map((load, bus) => load - feeder.shunt[bus] * squaredVoltage);
  theCase.communities.bus.forEach((bus, m) => {
    active[bus] += (imports[m] ?? 0) / baseKva;
  });
  for (let position = feeder.order.length - 1; position > 0; position -= 1) {
    const bus = feeder.order[position];
    active[feeder.parentBus[bus]] += active[bus];
    reactive[feeder.parentBus[bus]] += reactive[bus];
    if (feeder.isLink[bus] === 1) continue;
    cuts.addTangent(bus, 'active', active[bus] / squaredVoltage);
    cuts.addTangent(bus, 'reactive', reactive[bus] / squaredVoltage);
  }
}
