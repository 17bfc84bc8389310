/** The state of the network in a conic solution, as network/exactnessSlack.ts wants it. */
import type { NetworkState } from '../network/powerFlow.js';
import type { NetworkProgram } from './networkProgram.js';

/** @param x columns of the network program, or more; views of it, but for the voltages */
export function relaxedState({ layout, network }: NetworkProgram, x: Float64Array): NetworkState {
  const ofBranches = (first: number): Float64Array => x.subarray(first, first + layout.branchCount);
  const squaredVoltage = new Float64Array(layout.junctionCount);
  squaredVoltage[0] = network.rootVoltage;
  squaredVoltage.set(ofBranches(layout.squaredVoltage), 1);
  return {
    activeFlow: ofBranches(layout.flowP),
    reactiveFlow: ofBranches(layout.flowQ),
    squaredCurrent: ofBranches(layout.squaredCurrent),
    squaredVoltage,
  };
}
