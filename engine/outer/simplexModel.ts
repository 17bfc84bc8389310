/**
 * A linear program inside HiGHS, kept from one solve to the next: rows are added and deleted, bounds moved,
 * and the dual simplex method goes on from the last basis. What HiGHS claims is data: its duals and rays are
 * checked by dualBound.ts.
 */
import type { Highs, Model } from 'highs';
import type { LinearProgram } from './linearProgram.js';

/** `failed`: HiGHS stopped without an answer; `stopped`: it was asked to. */
export type SimplexStatus = 'optimal' | 'infeasible' | 'failed' | 'stopped';

/** The finest that HiGHS takes: rows that are violated are told from others by it. */
export const FEASIBILITY_TOLERANCE = 1e-10;

/**
 * A solution that HiGHS could not bring within its tolerance is still one if it misses rows by no more than
 * this (pu or $/h): its duals are checked anyway, and its outcome is what an exact power flow makes of it.
 */
const USABLE_INFEASIBILITY = 1e-6;

const OPTIONS = {
  output_flag: false,
  solver: 'simplex',
  // Presolve would throw the basis away.
  presolve: 'off',
  primal_feasibility_tolerance: FEASIBILITY_TOLERANCE,
  dual_feasibility_tolerance: FEASIBILITY_TOLERANCE,
  // |z|² of a short line in pu: by default such entries are dropped.
  small_matrix_value: 1e-12,
} as const;

export class SimplexModel {
  /** Of the last solve that ended `optimal`: column values and row duals. */
  x: Float64Array;
  rowDual: Float64Array;
  /** Simplex iterations so far. */
  iterations = 0;

  private readonly model: Model;
  /** Rows that HiGHS has. */
  private rowCount: number;

  constructor(
    private readonly highs: Highs,
    private readonly program: LinearProgram,
    shouldStop: () => boolean,
  ) {
    this.x = new Float64Array(program.columnCount);
    this.rowDual = new Float64Array(program.rowCount);
    this.rowCount = program.rowCount;
    this.model = highs.createModel();
    this.model.options.set(OPTIONS);
    this.model.raw.setCallback((event) => {
      if ('interrupt' in event && shouldStop()) event.interrupt();
      return undefined;
    });
    this.model.raw.startCallback(highs.constants.callbackType.simplexInterrupt);
    const { lower, upper, matrix } = this.rowsFrom(0);
    this.model.passModel({
      numCols: program.columnCount,
      numRows: program.rowCount,
      colCost: program.cost,
      colLower: program.lower,
      colUpper: program.upper,
      rowLower: lower,
      rowUpper: upper,
      matrix,
    });
  }

  /** Frees the memory of HiGHS; nothing else may be called afterwards. */
  dispose(): void {
    this.model.dispose();
  }

  /** Passes on the rows that the program has gained. */
  addRows(): void {
    if (this.program.rowCount === this.rowCount) return;
    this.model.addRows(this.rowsFrom(this.rowCount));
    this.rowCount = this.program.rowCount;
  }

  /** Deletes rows here and in the program: those whose entry is 1. */
  deleteRows(drop: Uint8Array): void {
    this.model.deleteRows({ kind: 'mask', mask: drop });
    this.program.deleteRows(drop);
    this.rowCount = this.program.rowCount;
  }

  /** Passes on the bounds of a column. */
  moveColumn(column: number): void {
    this.model.changeColBounds(column, this.program.lower[column], this.program.upper[column]);
  }

  /** Passes on the sides of a row. */
  moveRowSides(row: number): void {
    this.model.changeRowBounds(row, this.program.rowLower[row], this.program.rowUpper[row]);
  }

  /** Passes on the sides and the values of a row. */
  moveRow(row: number): void {
    const { rowStart, column, value } = this.program;
    this.moveRowSides(row);
    for (let k = rowStart[row]; k < rowStart[row + 1]; k += 1) {
      this.model.changeCoefficient(row, column[k], value[k]);
    }
  }

  /** Passes on the sides of all rows from `first` on. */
  moveRows(first: number): void {
    if (first === this.rowCount) return;
    const { lower, upper } = this.rowsFrom(first);
    const rows = { kind: 'range', from: first, to: this.rowCount - 1 } as const;
    this.model.changeRowsBounds(rows, lower, upper);
  }

  solve(): SimplexStatus {
    let status = this.run();
    if (status === 'failed') {
      // A basis can be worn out: once more from the beginning.
      this.model.clearSolver();
      status = this.run();
    }
    if (status === 'optimal') {
      const { colValue, rowDual } = this.model.getSolution();
      this.x = colValue;
      this.rowDual = rowDual;
    }
    return status;
  }

  /** Multipliers of the rows that are to prove infeasibility; undefined where HiGHS has none. */
  dualRay(): Float64Array | undefined {
    const ray = this.model.raw.getDualRay();
    return ray.status === this.highs.constants.status.error ? undefined : ray.value?.values;
  }

  /** 1 for rows that do not bind at the solution. */
  slackRows(): Uint8Array {
    const { basic } = this.highs.constants.basisStatus;
    return Uint8Array.from(this.model.getBasis().rowStatus, (status) => (status === basic ? 1 : 0));
  }

  private run(): SimplexStatus {
    const { constants } = this.highs;
    // An error of the solver is an outcome here, not an exception.
    const { status } = this.model.raw.run();
    if (status === constants.status.error) return 'failed';
    this.iterations += Math.max(Number(this.model.info.get('simplex_iteration_count')), 0);
    switch (this.model.getModelStatus()) {
      case constants.modelStatus.optimal:
        return 'optimal';
      case constants.modelStatus.infeasible:
        return 'infeasible';
      case constants.modelStatus.interrupted:
        return 'stopped';
      case constants.modelStatus.unknown:
        return this.isUsable() ? 'optimal' : 'failed';
      default:
        return 'failed';
    }
  }

  /** Whether what HiGHS ended with is a solution within USABLE_INFEASIBILITY. */
  private isUsable(): boolean {
    const { solutionStatus } = this.highs.constants;
    const hasDuals = this.model.info.get('dual_solution_status') !== solutionStatus.none;
    const infeasibility = Number(this.model.info.get('max_primal_infeasibility'));
    return hasDuals && infeasibility <= USABLE_INFEASIBILITY;
  }

  private rowsFrom(first: number) {
    const { program } = this;
    const { rowCount, rowStart } = program;
    const start = rowStart[first];
    const end = rowStart[rowCount];
    return {
      lower: program.rowLower.slice(first, rowCount),
      upper: program.rowUpper.slice(first, rowCount),
      matrix: {
        format: 'csr' as const,
        numRows: rowCount - first,
        numCols: program.columnCount,
        starts: rowStart.slice(first, rowCount + 1).map((at) => at - start),
        indices: program.column.slice(start, end),
        values: program.value.slice(start, end),
      },
    };
  }
}
