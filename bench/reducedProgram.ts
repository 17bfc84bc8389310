/** The root relaxation of `welfare --subsidised`, its models centred where the solution lies. */
import type { Case } from '../engine/case/case.js';
import { openMarketState } from '../engine/clearing/marketState.js';
import { openNetworkMarket } from '../engine/clearing/networkMarket.js';
import { resolveOptions } from '../engine/clearing/options.js';
import { WHOLE_RANGE } from '../engine/program/importModels.js';
import type { NetworkProgram } from '../engine/program/networkProgram.js';
import { MarketRelaxation } from '../engine/program/relaxation.js';

export async function reducedProgram(theCase: Case): Promise<NetworkProgram> {
  const state = await openMarketState(theCase, resolveOptions({ subsidised: true }));
  const { program, models } = openNetworkMarket(state);
  new MarketRelaxation(program, models, () => false).solve(WHOLE_RANGE);
  return program;
}
