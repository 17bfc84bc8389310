/**
 * How a prosumer's output p divides over its devices: the split behind C_i(p) (docs/model.md section 1). With
 * μ the marginal cost at p (deviceCurve.ts),
 *
 *     p_k = clip((μ − b_k)/c_k, p_min, p_max)                       where c_k > 0,
 *     p_k = p_min, p_max where μ < b_k, μ > b_k, anything between at μ = b_k     where c_k = 0.
 *
 * What μ leaves open goes to those at μ = b_k in the order of their rows; what rounding leaves then, to those
 * inside their bounds. Units: kW.
 */
import { type DeviceBids, DeviceCurve } from './deviceCurve.js';

const curve = new DeviceCurve();

/**
 * Writes the outputs of devices `start` to before `end`, which belong to one prosumer.
 *
 * @param output of the prosumer; taken into the sum of the bounds
 * @param into by row of the device table
 */
export function splitOutput(
  devices: DeviceBids,
  start: number,
  end: number,
  output: number,
  into: Float64Array,
): void {
  const { pMinKw, pMaxKw, costQuadratic, costLinear } = devices;
  curve.load(devices, start, end);
  const last = curve.pointCount - 1;
  if (output <= curve.output[0] || output >= curve.output[last]) {
    const bound = output <= curve.output[0] ? pMinKw : pMaxKw;
    for (let d = start; d < end; d += 1) into[d] = bound[d];
    return;
  }
  const marginalCost = curve.marginalCostAt(output);
  let rest = output;
  for (let d = start; d < end; d += 1) {
    const above = marginalCost - costLinear[d];
    const free =
      costQuadratic[d] > 0 ? above / costQuadratic[d] : above > 0 ? pMaxKw[d] : pMinKw[d];
    into[d] = Math.min(Math.max(free, pMinKw[d]), pMaxKw[d]);
    rest -= into[d];
  }
  for (const isOpenTurn of [true, false]) {
    for (let d = start; d < end && rest !== 0; d += 1) {
      const isOpen = costQuadratic[d] === 0 && costLinear[d] === marginalCost;
      if (isOpen !== isOpenTurn) continue;
      if (!isOpen && !(into[d] > pMinKw[d] && into[d] < pMaxKw[d])) continue;
      const before = into[d];
      into[d] = Math.min(Math.max(before + rest, pMinKw[d]), pMaxKw[d]);
      rest -= into[d] - before;
    }
  }
}
