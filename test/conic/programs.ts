/** Conic programs for tests: written densely, or random with known feasible points. */
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { ConicProblem } from '../../engine/conic/problem.js';
import { SparseBuilder, type SparseColumns } from '../../engine/sparse/columns.js';

export interface DenseProgram {
  readonly linear: readonly number[];
  readonly quadratic?: readonly number[];
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
  /** Rows of A with their right-hand sides last. */
  readonly equalities?: readonly (readonly number[])[];
  /** Cones, each a list of rows of G with their right-hand sides last. */
  readonly cones?: readonly (readonly (readonly number[])[])[];
}

/** A small program written out row by row; bounds default to none. */
export function denseProgram(program: DenseProgram): ConicProblem {
  const variableCount = program.linear.length;
  const equalities = program.equalities ?? [];
  const cones = program.cones ?? [];
  const coneRows = cones.flat();
  return {
    variableCount,
    quadratic: Float64Array.from(program.quadratic ?? program.linear.map(() => 0)),
    linear: Float64Array.from(program.linear),
    lower: Float64Array.from(program.lower ?? program.linear.map(() => -Infinity)),
    upper: Float64Array.from(program.upper ?? program.linear.map(() => Infinity)),
    equalities: sparse(equalities, variableCount),
    equalityRight: Float64Array.from(equalities, (row) => row[variableCount]),
    cones: sparse(coneRows, variableCount),
    coneRight: Float64Array.from(coneRows, (row) => row[variableCount]),
    coneSizes: Int32Array.from(cones, (cone) => cone.length),
  };
}

function sparse(rows: readonly (readonly number[])[], columnCount: number): SparseColumns {
  const builder = new SparseBuilder();
  rows.forEach((row, i) => {
    for (let j = 0; j < columnCount; j++) if (row[j] !== 0) builder.set(i, j, row[j]);
  });
  return builder.build(rows.length, columnCount);
}

export interface RandomProgram {
  readonly problem: ConicProblem;
  /** A strictly feasible point. */
  readonly feasible: Float64Array;
  /** Dual feasible, so the optimum exists: its objective is a lower bound. */
  readonly dualObjective: number;
}

/**
 * A random program with a primal and a dual point that are both strictly feasible: x and s are drawn first
 * and give the right-hand sides, then y, z and the bound duals give the linear cost.
 */
export function randomProgram(seed: number): RandomProgram {
  const random = seededRandom(seed);
  const n = random.integer(1, 40);
  const x = Float64Array.from({ length: n }, () => random.normal());
  const quadratic = new Float64Array(n);
  const lower = new Float64Array(n).fill(-Infinity);
  const upper = new Float64Array(n).fill(Infinity);
  const gradient = new Float64Array(n);
  let dualObjective = 0;
  for (let j = 0; j < n; j++) {
    if (random.next() < 0.4) quadratic[j] = random.next() * 10 ** random.integer(-2, 3);
    gradient[j] = quadratic[j] * x[j];
    dualObjective -= 0.5 * quadratic[j] * x[j] * x[j];
    const kind = random.integer(0, 5);
    if (kind === 4) {
      lower[j] = x[j];
      upper[j] = x[j];
      const dual = random.normal();
      gradient[j] -= dual;
      dualObjective += x[j] * dual;
    }
    if (kind === 1 || kind === 2) {
      lower[j] = x[j] - random.next();
      const dual = random.next();
      gradient[j] -= dual;
      dualObjective += lower[j] * dual;
    }
    if (kind === 2 || kind === 3) {
      upper[j] = x[j] + random.next();
      const dual = random.next();
      gradient[j] += dual;
      dualObjective -= upper[j] * dual;
    }
  }
  const equalityCount = random.integer(0, n);
  const coneSizes = Int32Array.from({ length: random.integer(0, 8) }, () => random.integer(1, 7));
  const coneRows = coneSizes.reduce((sum, size) => sum + size, 0);
  const density = Math.min(1, random.between(1, 4) / n);
  const equalities = randomMatrix(random, equalityCount, n, density);
  const cones = randomMatrix(random, coneRows, n, density);

  const y = Float64Array.from({ length: equalityCount }, () => random.normal());
  const s = insideCones(random, coneSizes);
  const z = insideCones(random, coneSizes);
  const equalityRight = new Float64Array(equalityCount);
  const coneRight = s.slice();
  for (let j = 0; j < n; j++) {
    forEntries(equalities, j, (i, value) => {
      equalityRight[i] += value * x[j];
      gradient[j] += value * y[i];
    });
    forEntries(cones, j, (i, value) => {
      coneRight[i] += value * x[j];
      gradient[j] += value * z[i];
    });
  }
  for (let i = 0; i < equalityCount; i++) dualObjective -= equalityRight[i] * y[i];
  for (let i = 0; i < coneRows; i++) dualObjective -= coneRight[i] * z[i];
  const problem: ConicProblem = {
    variableCount: n,
    quadratic,
    linear: gradient.map((g) => -g),
    lower,
    upper,
    equalities,
    equalityRight,
    cones,
    coneRight,
    coneSizes,
  };
  return { problem, feasible: x, dualObjective };
}

export function forEntries(
  matrix: SparseColumns,
  column: number,
  visit: (row: number, value: number) => void,
): void {
  for (let entry = matrix.start[column]; entry < matrix.start[column + 1]; entry++) {
    visit(matrix.row[entry], matrix.value[entry]);
  }
}

function randomMatrix(random: RandomSource, rows: number, columns: number, density: number) {
  const builder = new SparseBuilder();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (random.next() < density) builder.set(i, j, random.normal());
    }
  }
  return builder.build(rows, columns);
}

function insideCones(random: RandomSource, sizes: Int32Array): Float64Array {
  const vector: number[] = [];
  for (const size of sizes) {
    const tail = Array.from({ length: size - 1 }, () => random.normal());
    vector.push(Math.hypot(...tail) + random.between(0.05, 1), ...tail);
  }
  return Float64Array.from(vector);
}
