/**
 * One step towards a market outcome that the exact power flow accepts, where the relaxation is not
 * tight: the network program with the current equation ℓ w = P² + Q² linearised at a state (sequential convex
 * programming) instead of relaxed to a cone. At a state that satisfies it, with hats for the state,
 *
 *     ŵ ℓ + ℓ̂ w − 2 P̂ P − 2 Q̂ Q = 0,     w = t v_i                                   (a number at the root)
 *
 * A point that repeats itself satisfies the exact equations and all limits, and is a local optimum.
 */
import type { ConicProblem, ConicSolver } from '../conic/problem.js';
import { createConicSolver } from '../conic/solver.js';
import type { NetworkState } from '../network/powerFlow.js';
import { SparseBuilder, type SparseColumns } from '../sparse/columns.js';
import type { ImportModels } from './importModels.js';
import type { NetworkPrices } from './lagrangian.js';
import type { Layout } from './layout.js';
import { type NetworkProgram, setImportBase } from './networkProgram.js';
import { isUsable } from './relaxation.js';
import { readFreeReactive, readPrices } from './solutionReader.js';

export interface LocalPoint {
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** By junction, pu. */
  readonly freeReactive: Float64Array;
  readonly prices: NetworkPrices;
  /** Two solutions of the relaxation, where what lies between them is worth a try. */
  readonly line?: readonly [Float64Array, Float64Array] | undefined;
}

/** Passes over the import models in one step: the next step goes on from where they are. */
const PASS_LIMIT = 3;

export class LocalProgram {
  private readonly problem: ConicProblem;
  private readonly solver: ConicSolver;
  /** Matrix entries with the coefficients of P, Q, ℓ and v in the current equation of each branch. */
  private readonly entry: CurrentEquationEntries;

  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
    private readonly shouldStop: () => boolean,
  ) {
    const { layout } = program;
    const equalities = withCurrentEquations(program);
    this.problem = {
      ...program.problem,
      equalities,
      equalityRight: new Float64Array(layout.rowCount + layout.branchCount),
      cones: new SparseBuilder().build(0, layout.columnCount),
      coneRight: new Float64Array(0),
      coneSizes: new Int32Array(0),
    };
    this.entry = findEntries(equalities, program);
    this.solver = createConicSolver(this.problem);
  }

  /** The outcome of the program linearised at a state; undefined where it has none. */
  step(state: NetworkState): LocalPoint | undefined {
    this.linearise(state);
    for (let pass = 1; ; pass += 1) {
      setImportBase(this.program, this.models.importBase);
      this.problem.equalityRight.set(this.program.problem.equalityRight);
      const solution = this.solver.solve({ shouldStop: this.shouldStop });
      if (!isUsable(solution)) return undefined;
      if (pass < PASS_LIMIT && this.models.recentre(solution.x, false) > 0) continue;
      return {
        netImport: this.models.importsOf(solution.x),
        freeReactive: readFreeReactive(this.program, solution),
        prices: readPrices(this.program, solution),
      };
    }
  }

  private linearise(state: NetworkState): void {
    const { layout, network } = this.program;
    const { value } = this.problem.equalities;
    for (let e = 0; e < layout.branchCount; e += 1) {
      const sender = network.parent[e];
      const factor = network.senderFactor[e];
      const voltage = factor * (sender === 0 ? network.rootVoltage : state.squaredVoltage[sender]);
      value[this.entry.flowP[e]] = -2 * state.activeFlow[e];
      value[this.entry.flowQ[e]] = -2 * state.reactiveFlow[e];
      value[this.entry.squaredCurrent[e]] = voltage;
      const right = layout.rowCount + e;
      if (sender === 0) this.problem.equalityRight[right] = -state.squaredCurrent[e] * voltage;
      else value[this.entry.squaredVoltage[e]] = factor * state.squaredCurrent[e];
    }
  }
}

interface CurrentEquationEntries {
  readonly flowP: Int32Array;
  readonly flowQ: Int32Array;
  readonly squaredCurrent: Int32Array;
  /** −1 where the branch leaves the root. */
  readonly squaredVoltage: Int32Array;
}

/** The equalities of the network program with one row more a branch, below the others. */
function withCurrentEquations({ layout, network, problem }: NetworkProgram): SparseColumns {
  const builder = new SparseBuilder();
  const { start, row, value } = problem.equalities;
  for (let column = 0; column < layout.columnCount; column += 1) {
    for (let k = start[column]; k < start[column + 1]; k += 1) {
      builder.set(row[k], column, value[k]);
    }
  }
  for (let e = 0; e < layout.branchCount; e += 1) {
    for (const column of currentEquationColumns(layout, network.parent[e], e)) {
      builder.set(layout.rowCount + e, column, 0);
    }
  }
  return builder.build(layout.rowCount + layout.branchCount, layout.columnCount);
}

function currentEquationColumns(layout: Layout, sender: number, branch: number): number[] {
  const columns = [layout.flowP + branch, layout.flowQ + branch, layout.squaredCurrent + branch];
  if (sender > 0) columns.push(layout.squaredVoltage + sender - 1);
  return columns;
}

function findEntries(
  equalities: SparseColumns,
  { layout, network }: NetworkProgram,
): CurrentEquationEntries {
  const find = (row: number, column: number): number =>
    equalities.row.subarray(0, equalities.start[column + 1]).indexOf(row, equalities.start[column]);
  const rows = Int32Array.from({ length: layout.branchCount }, (_, e) => layout.rowCount + e);
  return {
    flowP: rows.map((row, e) => find(row, layout.flowP + e)),
    flowQ: rows.map((row, e) => find(row, layout.flowQ + e)),
    squaredCurrent: rows.map((row, e) => find(row, layout.squaredCurrent + e)),
    squaredVoltage: rows.map((row, e) => {
      const sender = network.parent[e];
      return sender === 0 ? -1 : find(row, layout.squaredVoltage + sender - 1);
    }),
  };
}
