/** Instances that were read from exported files, solved by the project's own core. */
import type { ConicInstance } from '../../bench/cbf/conicInstance.js';
import { readConicInstance } from '../../bench/cbf/conicInstance.js';
import { solveMixedInteger } from '../../bench/cbf/mixedInteger.js';
import type { Case } from '../../engine/case/case.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { exportProgram, type ProgramOptions } from '../../engine/export/exportProgram.js';

/** Status of the solver, and the objective of the file; NaN unless the status is `optimal`. */
export interface Solved {
  readonly status: string;
  readonly objective: number;
}

/** Through CBF and back. */
export async function solveExported(theCase: Case, options: ProgramOptions): Promise<Solved> {
  const { text } = await exportProgram(theCase, { ...options, format: 'cbf' });
  return solveInstance(readConicInstance(text));
}

export async function solveInstance(instance: ConicInstance): Promise<Solved> {
  const { status, objective } = await solveRaw(instance);
  const answered = status === 'optimal' && objective !== undefined;
  return {
    status,
    objective: answered ? instance.sign * objective + instance.constant : Number.NaN,
  };
}

async function solveRaw(
  instance: ConicInstance,
): Promise<{ readonly status: string; readonly objective: number | undefined }> {
  if (instance.integers.length === 0) {
    const { status, primalObjective } = createConicSolver(instance.problem).solve();
    return {
      status: status === 'primal-infeasible' ? 'infeasible' : status,
      objective: primalObjective,
    };
  }
  return solveMixedInteger(instance, {
    gapTolerance: 1e-8,
    nodeLimit: 2000,
    shouldStop: () => false,
  });
}
