/**
 * A market in a program with flows at the receiving end and their cuts: half as large again as the one without, so
 * it is only made where the relaxation turns out not to be tight.
 */
import { ImportModels } from './importModels.js';
import { createNetworkProgram, type NetworkProgram } from './networkProgram.js';

export interface FlowProgram {
  readonly program: NetworkProgram;
  readonly models: ImportModels;
}

/** The same market with flow rows for every branch that has losses, and models of its own. */
export function createFlowProgram(plain: NetworkProgram, models: ImportModels): FlowProgram {
  const { network, market } = plain;
  const mostArcs = models.curves.arcCount.reduce((most, arcs) => Math.max(most, arcs), 0);
  const branches = Int32Array.from(network.parent.keys()).filter(
    (e) => network.r[e] > 0 || network.x[e] > 0,
  );
  const program = createNetworkProgram(network, market, mostArcs, branches);
  return { program, models: new ImportModels(program, models.curves, models.revenues) };
}
