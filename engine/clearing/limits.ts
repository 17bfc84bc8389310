/**
 * Limits of the network against an exact power flow, in units of the tolerances of docs/model.md section 6,
 * point 2: voltage 1e-6 pu, current and exchange with the grid 1e-6 relative (the exchange to 1 kW at least,
 * so that a limit of zero can be kept).
 */
import {
  LIMIT_TOLERANCE,
  SMALLEST_EXCHANGE_KW,
  VOLTAGE_TOLERANCE_PU,
} from '../certify/tolerances.js';
import type { PowerFlow } from '../network/powerFlow.js';
import type { RadialNetwork } from '../network/radial.js';

/** The largest violation over its tolerance: at most 1 means that every limit holds. */
export function largestViolation(
  network: RadialNetwork,
  flow: PowerFlow,
  gridLimit: number,
): number {
  let voltage = 0;
  for (let j = 1; j < network.junctionCount; j += 1) {
    const magnitude = Math.sqrt(flow.squaredVoltage[j]);
    voltage = Math.max(
      voltage,
      Math.sqrt(network.vMin[j]) - magnitude,
      magnitude - Math.sqrt(network.vMax[j]),
    );
  }
  let relative = 0;
  if (gridLimit < Number.POSITIVE_INFINITY) {
    const size = Math.max(gridLimit, SMALLEST_EXCHANGE_KW / network.baseKva);
    relative = (Math.abs(flow.rootActive) - gridLimit) / size;
  }
  for (let e = 0; e < flow.squaredCurrent.length; e += 1) {
    relative = Math.max(relative, Math.sqrt(flow.squaredCurrent[e] / network.currentLimit[e]) - 1);
  }
  return Math.max(voltage / VOLTAGE_TOLERANCE_PU, relative / LIMIT_TOLERANCE, 0);
}
