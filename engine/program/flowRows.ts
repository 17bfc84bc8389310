/**
 * Flows at the receiving end and their cuts (flowPrices.ts) as rows of the conic program, four a branch:
 *
 *     P − r ℓ − P' = 0          Q − x ℓ − Q' = 0          with P', Q' in their ranges
 *     (a + b) P' + (c + d) Q' − v_lo ℓ − ℓ_lo v_j − slack = a b + c d − ℓ_lo v_lo          slack ≥ 0
 *     the same with v_hi and ℓ_hi
 *
 * Structure is fixed; coefficients follow the ranges of the box, a little widened: where a flow has but one
 * value the rows would leave nothing that an interior-point method could be inside of.
 */
import { InternalError } from '../base/errors.js';
import type { ConicSolution } from '../conic/problem.js';
import type { SparseBuilder, SparseColumns } from '../sparse/columns.js';
import type { FlowPrices } from './flowPrices.js';
import type { FlowRanges } from './flowRanges.js';
import { FLOW_SIZE, type Layout } from './layout.js';
import type { NetworkProgram } from './networkProgram.js';

/** Rows and columns of a branch: P', Q', and the slack of the low and of the high cut. */
const ACTIVE = 0;
const REACTIVE = 1;
const LOW_CUT = 2;
const HIGH_CUT = 3;

/**
 * What ranges are wider on either side, pu: a thousand times what the solver leaves undecided, and worth its
 * square in current.
 */
const WIDENING = 1e-6;

/** Adds the rows, with zeros where coefficients follow ranges. */
export function setFlowRows(
  builder: SparseBuilder,
  r: Float64Array,
  x: Float64Array,
  layout: Layout,
): void {
  layout.flowBranch.forEach((e, k) => {
    const row = layout.flowRow + FLOW_SIZE * k;
    const column = layout.arrivingFlow + FLOW_SIZE * k;
    builder.set(row + ACTIVE, layout.flowP + e, 1);
    builder.set(row + ACTIVE, layout.squaredCurrent + e, -r[e]);
    builder.set(row + ACTIVE, column + ACTIVE, -1);
    builder.set(row + REACTIVE, layout.flowQ + e, 1);
    builder.set(row + REACTIVE, layout.squaredCurrent + e, -x[e]);
    builder.set(row + REACTIVE, column + REACTIVE, -1);
    for (const cut of [LOW_CUT, HIGH_CUT]) {
      for (const entry of cutColumns(layout, e, column)) builder.set(row + cut, entry, 0);
      builder.set(row + cut, column + cut, -1);
    }
  });
}

/** P', Q', ℓ and v_j. */
function cutColumns(layout: Layout, branch: number, column: number): number[] {
  return [
    column + ACTIVE,
    column + REACTIVE,
    layout.squaredCurrent + branch,
    layout.squaredVoltage + branch,
  ];
}

/** The rows of one program, at the ranges loaded last. */
export class FlowRows {
  private written: FlowRanges | undefined;
  /** Places of the matrix entries of both cuts, in the order of `cutColumns`. */
  private readonly entry: Int32Array;
  private readonly right: Float64Array;

  constructor(private readonly program: NetworkProgram) {
    const { layout, problem } = program;
    const { flowBranch } = layout;
    this.right = new Float64Array(2 * flowBranch.length);
    this.entry = new Int32Array(8 * flowBranch.length);
    flowBranch.forEach((e, k) => {
      const columns = cutColumns(layout, e, layout.arrivingFlow + FLOW_SIZE * k);
      for (const [side, cut] of [LOW_CUT, HIGH_CUT].entries()) {
        const row = layout.flowRow + FLOW_SIZE * k + cut;
        columns.forEach((column, place) => {
          this.entry[8 * k + 4 * side + place] = findEntry(problem.equalities, row, column);
        });
      }
    });
  }

  load(narrow: FlowRanges): void {
    const ranges = widened(narrow);
    this.written = ranges;
    const { layout, problem } = this.program;
    const { lower, upper } = problem;
    layout.flowBranch.forEach((e, k) => {
      const column = layout.arrivingFlow + FLOW_SIZE * k;
      lower[column + ACTIVE] = ranges.minActive[e];
      upper[column + ACTIVE] = ranges.maxActive[e];
      lower[column + REACTIVE] = ranges.minReactive[e];
      upper[column + REACTIVE] = ranges.maxReactive[e];
      upper[layout.squaredCurrent + e] = ranges.maxCurrent[e];
      this.loadCut(2 * k, ranges, e, ranges.minCurrent[e], ranges.minVoltage[e + 1]);
      this.loadCut(2 * k + 1, ranges, e, ranges.maxCurrent[e], ranges.maxVoltage[e + 1]);
    });
  }

  private loadCut(
    cut: number,
    ranges: FlowRanges,
    branch: number,
    current: number,
    voltage: number,
  ): void {
    const { value } = this.program.problem.equalities;
    const minActive = ranges.minActive[branch];
    const maxActive = ranges.maxActive[branch];
    const minReactive = ranges.minReactive[branch];
    const maxReactive = ranges.maxReactive[branch];
    value[this.entry[4 * cut]] = minActive + maxActive;
    value[this.entry[4 * cut + 1]] = minReactive + maxReactive;
    value[this.entry[4 * cut + 2]] = -voltage;
    value[this.entry[4 * cut + 3]] = -current;
    this.right[cut] = minActive * maxActive + minReactive * maxReactive - current * voltage;
  }

  /** After the other right-hand sides. */
  writeRightSide(): void {
    const { layout, problem } = this.program;
    for (let k = 0; k < layout.flowBranch.length; k += 1) {
      const row = layout.flowRow + FLOW_SIZE * k;
      problem.equalityRight[row + LOW_CUT] = this.right[2 * k];
      problem.equalityRight[row + HIGH_CUT] = this.right[2 * k + 1];
    }
  }

  /** The multipliers of a solution, for the widened ranges; rounding leaves none negative. */
  readPrices(solution: ConicSolution): FlowPrices {
    if (this.written === undefined) throw new InternalError('no ranges have been loaded');
    const { layout } = this.program;
    const { equalityDual, lowerDual, upperDual } = solution;
    const byBranch = (dualAt: (row: number, column: number) => number): Float64Array => {
      const values = new Float64Array(layout.branchCount);
      layout.flowBranch.forEach((e, k) => {
        const row = layout.flowRow + FLOW_SIZE * k;
        values[e] = Math.max(dualAt(row, layout.arrivingFlow + FLOW_SIZE * k), 0);
      });
      return values;
    };
    return {
      minActive: byBranch((_, column) => lowerDual[column + ACTIVE]),
      maxActive: byBranch((_, column) => upperDual[column + ACTIVE]),
      minReactive: byBranch((_, column) => lowerDual[column + REACTIVE]),
      maxReactive: byBranch((_, column) => upperDual[column + REACTIVE]),
      lowCut: byBranch((row) => -equalityDual[row + LOW_CUT]),
      highCut: byBranch((row) => -equalityDual[row + HIGH_CUT]),
      ranges: this.written,
    };
  }
}

function widened(ranges: FlowRanges): FlowRanges {
  return {
    ...ranges,
    minActive: ranges.minActive.map((flow) => flow - WIDENING),
    maxActive: ranges.maxActive.map((flow) => flow + WIDENING),
    minReactive: ranges.minReactive.map((flow) => flow - WIDENING),
    maxReactive: ranges.maxReactive.map((flow) => flow + WIDENING),
  };
}

function findEntry({ start, row }: SparseColumns, at: number, column: number): number {
  return row.subarray(0, start[column + 1]).indexOf(at, start[column]);
}
