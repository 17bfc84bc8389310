/** The ends of every branch as results name them: first the one nearer the root. */
import { InternalError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { traceTree } from '../case/topology.js';

export interface BranchEnds {
  /** Bus rows by branch row; of open branches in the order of the file. */
  readonly sending: Int32Array;
  readonly receiving: Int32Array;
}

export function branchEnds({ buses, branches, settings }: Case): BranchEnds {
  const trace = traceTree(buses.id.length, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new InternalError('a validated case has a tree');
  const sending = branches.from.slice();
  const receiving = branches.to.slice();
  trace.parentBranch.forEach((branch, bus) => {
    if (branch < 0) return;
    sending[branch] = trace.parentBus[bus];
    receiving[branch] = bus;
  });
  return { sending, receiving };
}
