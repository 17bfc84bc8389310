/** What communities import at their price caps, by direct answers (docs/model.md section 2). */
import type { Case } from '../case/case.js';
import { type Bids, runEnd } from './bids.js';
import type { Intervals } from './ranges.js';
import { type OutputRange, Supply } from './supply.js';

/** Narrows the ranges of imports, kW, to those between price caps. */
export function keepCaps(
  { communities }: Case,
  bids: Bids,
  kappa: Float64Array,
  imports: Intervals,
): void {
  const { priceMin, priceMax } = communities;
  for (let m = 0; m < priceMin.length; m += 1) {
    if (priceMax[m] < Number.POSITIVE_INFINITY) {
      imports.low[m] = importAt(bids, m, kappa[m], priceMax[m], 'high');
    }
    if (priceMin[m] > Number.NEGATIVE_INFINITY) {
      imports.high[m] = importAt(bids, m, kappa[m], priceMin[m], 'low');
    }
  }
}

/** What a community imports at a price, every output at the given end of its range of answers, kW. */
function importAt(
  bids: Bids,
  community: number,
  kappa: number,
  price: number,
  side: 'low' | 'high',
): number {
  const supply = new Supply(bids);
  const range: OutputRange = { low: 0, high: 0 };
  const end = bids.prosumerStart[community + 1];
  let netImport = 0;
  for (let row = bids.prosumerStart[community]; row < end; ) {
    const stop = runEnd(bids, kappa, row, end);
    if (stop > row) {
      netImport += importOfRun(bids, row, stop, kappa, price);
      row = stop;
      continue;
    }
    const demand = bids.prosumers.demandKw[row];
    supply.load(row);
    supply.solve(kappa, price + kappa * demand, range);
    netImport += demand - range[side];
    row += 1;
  }
  return netImport;
}

/** Lower bound, free answer, upper bound: picked by number, for a branch would be guessed wrong too often. */
const choice = new Float64Array(3);

/** Plain prosumers alone. */
function importOfRun(
  { prosumers }: Bids,
  first: number,
  end: number,
  kappa: number,
  price: number,
): number {
  const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear } = prosumers;
  let netImport = 0;
  for (let i = first; i < end; i += 1) {
    const low = pMinKw[i];
    const high = pMaxKw[i];
    const free = (price + kappa * demandKw[i] - costLinear[i]) / (costQuadratic[i] + kappa);
    choice[0] = low;
    choice[1] = free;
    choice[2] = high;
    netImport += demandKw[i] - choice[Number(free > low) + Number(free > high)];
  }
  return netImport;
}
