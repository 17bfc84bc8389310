/**
 * What every prosumer does at its community's price: p_i(λ) (docs/model.md section 2), its cost, and sums of
 * both over rows of a community.
 */
import { RUN_ROWS } from './bidBlocks.js';
import type { Bids } from './buildResponses.js';
import { DeviceCurve } from './deviceCurve.js';

const deviceCurve = new DeviceCurve();

/** What is summed over the rows of a block: Σ (D_i − p_i) in kW, Σ C_i(p_i) in $/h. */
export const ANSWER = {
  netImport: 0,
  cost: 1,
  /** By how much outputs may rise at the price itself, kW; for κ = 0 and c = 0 alone. */
  room: 2,
} as const;

/** Length of a block's sums. */
export const ANSWER_COUNT = 3;

/** Lower bound, free answer, upper bound: picked by number, for a branch would be guessed wrong too often. */
const choice = new Float64Array(3);

/**
 * Writes the outputs of rows `first` to before `end`, which belong to one community, at price λ.
 *
 * @param kappa κ_m, $/kWh per kW
 * @param output length prosumers, kW
 * @param sums ANSWER_COUNT numbers from `at` are written
 */
export function answerRows(
  bids: Bids,
  first: number,
  end: number,
  kappa: number,
  price: number,
  output: Float64Array,
  sums: Float64Array,
  at: number,
): void {
  const { demandKw, costQuadratic, deviceStart } = bids.prosumers;
  const arePlain = deviceStart.length === 0 && kappa > 0;
  sums.fill(0, at, at + ANSWER_COUNT);
  for (let row = first; row < end; ) {
    const last = Math.min(row + RUN_ROWS, end);
    let stop = arePlain ? last : row;
    // Costs of prosumers with devices are NaN.
    while (stop < last && costQuadratic[stop] + kappa > 0) stop += 1;
    if (stop > row) {
      answerRun(bids, row, stop, kappa, price, output, sums, at);
      row = stop;
      continue;
    }
    output[row] = answerOf(bids, row, kappa, price);
    sums[at + ANSWER.netImport] += demandKw[row] - output[row];
    // The curve of an owner's devices is still the one that was answered with.
    sums[at + ANSWER.cost] += ownsDevices(deviceStart, row)
      ? deviceCurve.costAt(output[row])
      : prosumerCost(bids, row, output[row]);
    if (kappa === 0) sums[at + ANSWER.room] += openRoom(bids, row, price);
    row += 1;
  }
}

/** Prosumers with one output and c + κ > 0 alone. */
function answerRun(
  { prosumers }: Bids,
  first: number,
  end: number,
  kappa: number,
  price: number,
  output: Float64Array,
  sums: Float64Array,
  at: number,
): void {
  const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear } = prosumers;
  let netImport = 0;
  let cost = 0;
  for (let i = first; i < end; i += 1) {
    const demand = demandKw[i];
    const low = pMinKw[i];
    const high = pMaxKw[i];
    const quadratic = costQuadratic[i];
    const linear = costLinear[i];
    const free = (price + kappa * demand - linear) / (quadratic + kappa);
    choice[0] = low;
    choice[1] = free;
    choice[2] = high;
    const answer = choice[Number(free > low) + Number(free > high)];
    output[i] = answer;
    netImport += demand - answer;
    cost += (0.5 * quadratic * answer + linear) * answer;
  }
  sums[at + ANSWER.netImport] += netImport;
  sums[at + ANSWER.cost] += cost;
}

/** Sums of rows `first` to before `end` at given outputs. */
export function settleRows(
  bids: Bids,
  first: number,
  end: number,
  output: Float64Array,
  sums: Float64Array,
  at: number,
): void {
  let netImport = 0;
  let cost = 0;
  for (let i = first; i < end; i += 1) {
    netImport += bids.prosumers.demandKw[i] - output[i];
    cost += prosumerCost(bids, i, output[i]);
  }
  sums[at + ANSWER.netImport] = netImport;
  sums[at + ANSWER.cost] = cost;
  sums[at + ANSWER.room] = 0;
}

/**
 * Where κ = 0 and c = 0 a price leaves outputs open: raises those that may rise at this price, all by the
 * same share of their room, until the community imports X.
 *
 * @param excessImport what the community imports above X, kW
 * @param room of all its prosumers, kW, positive
 */
export function fillOpenOutputs(
  bids: Bids,
  community: number,
  price: number,
  excessImport: number,
  room: number,
  output: Float64Array,
): void {
  const share = Math.min(Math.max(excessImport / room, 0), 1);
  const end = bids.prosumerStart[community + 1];
  for (let i = bids.prosumerStart[community]; i < end; i += 1) {
    output[i] += share * openRoom(bids, i, price);
  }
}

/** How far a prosumer's output may rise without a change of its marginal cost, at κ = 0. */
function openRoom(bids: Bids, prosumer: number, price: number): number {
  const { pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } = bids.prosumers;
  if (!ownsDevices(deviceStart, prosumer)) {
    const open = costQuadratic[prosumer] === 0 && costLinear[prosumer] === price;
    return open ? pMaxKw[prosumer] - pMinKw[prosumer] : 0;
  }
  let room = 0;
  for (let d = deviceStart[prosumer]; d < deviceStart[prosumer + 1]; d += 1) {
    if (bids.devices.costQuadratic[d] === 0 && bids.devices.costLinear[d] === price) {
      room += bids.devices.pMaxKw[d] - bids.devices.pMinKw[d];
    }
  }
  return room;
}

function ownsDevices(deviceStart: Int32Array, prosumer: number): boolean {
  return deviceStart.length > 0 && deviceStart[prosumer + 1] > deviceStart[prosumer];
}

/** What one prosumer gives at price λ, kW; the least of it where its output is open. */
export function answerOf(bids: Bids, prosumer: number, kappa: number, price: number): number {
  const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } = bids.prosumers;
  const demand = demandKw[prosumer];
  if (ownsDevices(deviceStart, prosumer)) {
    deviceCurve.load(bids.devices, deviceStart[prosumer], deviceStart[prosumer + 1]);
    return deviceCurve.outputAt(price, kappa, demand);
  }
  const stiffness = costQuadratic[prosumer] + kappa;
  const inside = price + kappa * demand - costLinear[prosumer];
  const [low, high] = [pMinKw[prosumer], pMaxKw[prosumer]];
  // Without stiffness the answer at λ = b is any output; the lowest one is taken here.
  const free = stiffness > 0 ? inside / stiffness : inside > 0 ? high : low;
  return Math.min(Math.max(free, low), high);
}

/** C_i(p), $/h. */
export function prosumerCost(bids: Bids, prosumer: number, output: number): number {
  const { costQuadratic, costLinear, deviceStart } = bids.prosumers;
  if (ownsDevices(deviceStart, prosumer)) {
    deviceCurve.load(bids.devices, deviceStart[prosumer], deviceStart[prosumer + 1]);
    return deviceCurve.costAt(output);
  }
  return (0.5 * costQuadratic[prosumer] * output + costLinear[prosumer]) * output;
}

/** C_i'(p) inside the bounds, $/kWh; at a kink of several devices, the lower of the two. */
export function prosumerMarginalCost(bids: Bids, prosumer: number, output: number): number {
  const { costQuadratic, costLinear, deviceStart } = bids.prosumers;
  if (ownsDevices(deviceStart, prosumer)) {
    deviceCurve.load(bids.devices, deviceStart[prosumer], deviceStart[prosumer + 1]);
    return deviceCurve.marginalCostAt(output);
  }
  return costQuadratic[prosumer] * output + costLinear[prosumer];
}
