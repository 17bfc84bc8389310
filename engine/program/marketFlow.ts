/** The exact power flow of a market's imports: workspaces made once, a state solved many times. */
import { createPowerFlow, type PowerFlow } from '../network/powerFlow.js';
import type { MarketFrame } from './networkProgram.js';

export class MarketFlow {
  /** With the state solved last. */
  readonly state: PowerFlow;
  private readonly active: Float64Array;
  private readonly reactive: Float64Array;

  constructor(private readonly frame: MarketFrame) {
    const { network } = frame;
    this.state = createPowerFlow(network);
    this.active = new Float64Array(network.junctionCount);
    this.reactive = new Float64Array(network.junctionCount);
  }

  /**
   * False where there is no solution.
   *
   * @param netImport by community, kW
   * @param freeReactive by junction, pu
   */
  solve(netImport: Float64Array, freeReactive: Float64Array): boolean {
    const { active, reactive } = this;
    const { network, market } = this.frame;
    active.fill(0);
    for (let m = 0; m < netImport.length; m += 1) {
      active[market.junction[m]] += netImport[m] / network.baseKva;
    }
    for (let j = 0; j < reactive.length; j += 1) {
      reactive[j] = market.reactiveDemand[j] + freeReactive[j];
    }
    return this.state.solve(active, reactive) !== 'diverged';
  }
}
