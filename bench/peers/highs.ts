/**
 * HiGHS (highs.dev) as npm `highs` carries it: C++ compiled to WebAssembly. Linear programs by the simplex
 * method, quadratic ones by an active-set method that at times gives up or runs in circles; no cones beyond
 * half-lines.
 */
import type { ConicProblem } from '../../engine/conic/problem.js';
import { highs } from '../../test/fixtures/highs.js';
import { type PeerSettings, type PeerSolution, type PeerStatus, refusal } from './peer.js';
import { restoredPoint, standardForm } from './standardForm.js';

const { optimal, infeasible, unbounded } = highs.constants.modelStatus;

const STATUS: Readonly<Record<number, PeerStatus>> = {
  [optimal]: 'optimal',
  [infeasible]: 'primal-infeasible',
  [unbounded]: 'dual-infeasible',
};

/** Solves a program whose cones all have size 1; others are refused. */
export function solveWithHighs(
  problem: ConicProblem,
  { feasibilityTolerance = 1e-9, iterationLimit = 10_000 }: Partial<PeerSettings> = {},
): PeerSolution {
  const form = standardForm(problem);
  const { matrix, quadratic, right, zeroRows } = form;
  if (form.coneSizes.length > 0 || matrix.columnCount === 0) return refusal(form);
  const columns = Int32Array.from(quadratic.keys());
  const free = (sign: number) => quadratic.map(() => sign * highs.infinity);
  const model = highs.createModel({
    numCols: matrix.columnCount,
    numRows: matrix.rowCount,
    colCost: form.linear,
    colLower: free(-1),
    colUpper: free(1),
    rowLower: right.map((value, i) => (i < zeroRows ? value : -highs.infinity)),
    rowUpper: right,
    matrix: {
      format: 'csc',
      numRows: matrix.rowCount,
      numCols: matrix.columnCount,
      starts: matrix.start,
      indices: matrix.row,
      values: matrix.value,
    },
    ...(quadratic.some((value) => value > 0) && {
      hessian: {
        format: 'triangular' as const,
        dimension: columns.length,
        starts: Int32Array.of(...columns, columns.length),
        indices: columns,
        values: quadratic,
      },
    }),
  });
  try {
    model.options.set({
      output_flag: false,
      primal_feasibility_tolerance: feasibilityTolerance,
      dual_feasibility_tolerance: feasibilityTolerance,
      simplex_iteration_limit: iterationLimit,
      qp_iteration_limit: iterationLimit,
      // By default it adds curvature, and finds optima of programs that have none.
      qp_regularization_value: 0,
    });
    const start = performance.now();
    model.run();
    const milliseconds = performance.now() - start;
    const { colValue, rowDual } = model.getSolution();
    return {
      status: STATUS[model.getModelStatus()] ?? 'inaccurate',
      objective: model.getObjectiveValue() + form.constantCost,
      x: restoredPoint(form, colValue),
      rowDual: rowDual.map((value) => -value),
      iterations: 0,
      milliseconds,
    };
  } catch (error) {
    if (error instanceof highs.errors.HighsError) return refusal(form);
    throw error;
  } finally {
    model.dispose();
  }
}
