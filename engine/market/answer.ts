/**
 * What every prosumer does at its community's price: p_i(λ) (docs/model.md section 2), its cost, and the
 * community's totals.
 */
import { CompensatedSum } from '../base/compensated.js';
import type { Bids } from './buildResponses.js';
import { DeviceCurve } from './deviceCurve.js';

const deviceCurve = new DeviceCurve();

/**
 * Writes the outputs of one community's prosumers at price λ, and returns the community's import.
 *
 * @param kappa κ_m, $/kWh per kW
 * @param output length prosumers, kW
 */
export function answerPrice(
  bids: Bids,
  community: number,
  kappa: number,
  price: number,
  output: Float64Array,
): number {
  const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } = bids.prosumers;
  const anyDevices = deviceStart.length > 0;
  const netImport = new CompensatedSum();
  const end = bids.prosumerStart[community + 1];
  for (let i = bids.prosumerStart[community]; i < end; i += 1) {
    let answer: number;
    if (anyDevices && deviceStart[i + 1] > deviceStart[i]) {
      deviceCurve.load(bids.devices, deviceStart[i], deviceStart[i + 1]);
      answer = deviceCurve.outputAt(price, kappa, demandKw[i]);
    } else {
      const stiffness = costQuadratic[i] + kappa;
      const inside = price + kappa * demandKw[i] - costLinear[i];
      // Without stiffness the answer at λ = b is any output; the lowest one is taken here.
      const free = stiffness > 0 ? inside / stiffness : inside > 0 ? pMaxKw[i] : pMinKw[i];
      answer = Math.min(Math.max(free, pMinKw[i]), pMaxKw[i]);
    }
    output[i] = answer;
    netImport.add(demandKw[i]);
    netImport.add(-answer);
  }
  return netImport.value;
}

/**
 * Where κ = 0 and c = 0 a price leaves outputs open: raises those that may rise at this price, all by the
 * same share of their room, until the community imports X.
 */
export function fillOpenOutputs(
  bids: Bids,
  community: number,
  price: number,
  excessImport: number,
  output: Float64Array,
): void {
  const start = bids.prosumerStart[community];
  const end = bids.prosumerStart[community + 1];
  let room = 0;
  for (let i = start; i < end; i += 1) room += openRoom(bids, i, price);
  if (room <= 0) return;
  const share = Math.min(Math.max(excessImport / room, 0), 1);
  for (let i = start; i < end; i += 1) output[i] += share * openRoom(bids, i, price);
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
