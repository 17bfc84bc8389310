import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { ConicProblem } from '../../engine/conic/problem.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { SparseBuilder } from '../../engine/sparse/columns.js';
import { highs } from '../fixtures/highs.js';
import { expectOptimal } from './optimality.js';

/** Rows A x = b and G x ≤ h over boxes, so every program is feasible or not and never unbounded. */
function randomBoxProgram(seed: number, isQuadratic: boolean): ConicProblem {
  const random = seededRandom(seed);
  const n = random.integer(2, 60);
  const equalityCount = random.integer(0, Math.ceil(n / 2));
  const inequalityCount = random.integer(0, n);
  const equalities = new SparseBuilder();
  const cones = new SparseBuilder();
  const x = Float64Array.from({ length: n }, () => random.between(-1, 1));
  const equalityRight = new Float64Array(equalityCount);
  const coneRight = Float64Array.from({ length: inequalityCount }, () => 0.2 * random.next());
  const draw = (builder: SparseBuilder, right: Float64Array) => {
    for (let i = 0; i < right.length; i++) {
      for (let j = 0; j < n; j++) {
        if (random.next() > 4 / n) continue;
        const value = random.normal();
        builder.set(i, j, value);
        right[i] += value * x[j];
      }
    }
  };
  draw(equalities, equalityRight);
  draw(cones, coneRight);
  return {
    variableCount: n,
    quadratic: Float64Array.from({ length: n }, () => (isQuadratic ? random.between(0.1, 3) : 0)),
    linear: Float64Array.from({ length: n }, () => 3 * random.normal()),
    lower: x.map((v) => v - random.next()),
    upper: x.map((v) => v + random.next()),
    equalities: equalities.build(equalityCount, n),
    equalityRight,
    cones: cones.build(inequalityCount, n),
    coneRight,
    coneSizes: new Int32Array(inequalityCount).fill(1),
  };
}

function solveWithHighs(problem: ConicProblem): { objective: number; x: ArrayLike<number> } {
  const { variableCount, equalities, cones } = problem;
  const rows = new SparseBuilder();
  for (let j = 0; j < variableCount; j++) {
    for (let e = equalities.start[j]; e < equalities.start[j + 1]; e++) {
      rows.set(equalities.row[e], j, equalities.value[e]);
    }
    for (let e = cones.start[j]; e < cones.start[j + 1]; e++) {
      rows.set(equalities.rowCount + cones.row[e], j, cones.value[e]);
    }
  }
  const rowCount = equalities.rowCount + cones.rowCount;
  const matrix = rows.build(rowCount, variableCount);
  const diagonal = Int32Array.from({ length: variableCount }, (_, j) => j);
  const model = highs.createModel({
    numCols: variableCount,
    numRows: rowCount,
    colCost: problem.linear,
    colLower: problem.lower,
    colUpper: problem.upper,
    rowLower: Float64Array.of(
      ...problem.equalityRight,
      ...problem.coneRight.map(() => -highs.infinity),
    ),
    rowUpper: Float64Array.of(...problem.equalityRight, ...problem.coneRight),
    matrix: {
      format: 'csc',
      numRows: rowCount,
      numCols: variableCount,
      starts: matrix.start,
      indices: matrix.row,
      values: matrix.value,
    },
    ...(problem.quadratic.some((q) => q > 0)
      ? {
          hessian: {
            format: 'triangular' as const,
            dimension: variableCount,
            starts: Int32Array.of(...diagonal, variableCount),
            indices: diagonal,
            values: problem.quadratic,
          },
        }
      : {}),
  });
  try {
    model.options.set({ output_flag: false });
    model.run();
    return { objective: model.getObjectiveValue(), x: model.getSolution().colValue };
  } finally {
    model.dispose();
  }
}

describe('linear and quadratic programs against HiGHS', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'give the same objective, linear (seed %i)',
    (seed) => {
      const problem = randomBoxProgram(seed, false);
      const solution = createConicSolver(problem).solve();
      expectOptimal(problem, solution);
      const { objective } = solveWithHighs(problem);
      const scale = Math.max(1, Math.abs(objective));
      expect(Math.abs(solution.primalObjective - objective) / scale).toBeLessThan(1e-7);
    },
  );

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'give the same objective and point, strictly convex (seed %i)',
    (seed) => {
      const problem = randomBoxProgram(seed, true);
      const solution = createConicSolver(problem).solve();
      expectOptimal(problem, solution);
      const { objective, x } = solveWithHighs(problem);
      const scale = Math.max(1, Math.abs(objective));
      expect(Math.abs(solution.primalObjective - objective) / scale).toBeLessThan(1e-6);
      for (let j = 0; j < problem.variableCount; j++) {
        expect(Math.abs(solution.x[j] - x[j])).toBeLessThan(1e-4);
      }
    },
  );
});
