/**
 * Clarabel 0.9 (P. Goulart, Y. Chen, 2024) as npm `cvxjs` carries it: Rust compiled to WebAssembly.
 *
 * Its binding takes the iteration limit and the gap tolerances; relative feasibility stays at Clarabel's
 * own 1e-8. Equilibration, presolve and iterative refinement are on, as by default. Every call copies the
 * program, orders and analyses its matrix anew: the binding has no way to keep a solver. It says `unknown`,
 * and returns no point, where Clarabel makes no further progress, however close it is.
 */
import { createRequire } from 'node:module';
import type { ConicProblem } from '../../engine/conic/problem.js';
import { type PeerSettings, type PeerSolution, type PeerStatus, refusal } from './peer.js';
import { restoredPoint, type StandardForm, standardForm } from './standardForm.js';

interface ClarabelResult {
  /** `optimal`, `infeasible`, `unbounded`, `max_iterations`, `unknown`, or words for a failure. */
  readonly status: string;
  readonly obj_val?: number;
  readonly x?: readonly number[];
  readonly z?: readonly number[];
  /** Seconds, setup included. */
  readonly solve_time: number;
  readonly iterations: number;
}

/** The module that wasm-bindgen made; matrices by compressed columns, P by its upper triangle. */
interface ClarabelModule {
  solve(
    quadraticStart: Uint32Array,
    quadraticRow: Uint32Array,
    quadraticValue: Float64Array,
    linear: Float64Array,
    matrixStart: Uint32Array,
    matrixRow: Uint32Array,
    matrixValue: Float64Array,
    right: Float64Array,
    columns: number,
    rows: number,
    conesAsJson: string,
    settingsAsJson: string,
  ): ClarabelResult;
}

// `cvxjs` exports no raw interface, but depends on the module under this name: it is found from there.
const requireHere = createRequire(import.meta.url);
const requireInCvxjs = createRequire(requireHere.resolve('cvxjs'));
const clarabel = requireInCvxjs('clarabel-wasm-nodejs') as ClarabelModule;

const STATUS: Readonly<Record<string, PeerStatus>> = {
  optimal: 'optimal',
  infeasible: 'primal-infeasible',
  unbounded: 'dual-infeasible',
  max_iterations: 'iteration-limit',
};

/** Longer than anybody waits: the time limit must be given and is not wanted. */
const NO_TIME_LIMIT_SECONDS = 1e9;

/** A problem ready to be handed to Clarabel any number of times. */
export interface ClarabelProgram {
  readonly form: StandardForm;
  readonly quadraticStart: Uint32Array;
  readonly quadraticRow: Uint32Array;
  readonly quadraticValue: Float64Array;
  readonly matrixStart: Uint32Array;
  readonly matrixRow: Uint32Array;
  readonly cones: string;
}

/** Converts the values that the problem holds now. */
export function clarabelProgram(problem: ConicProblem): ClarabelProgram {
  const form = standardForm(problem);
  const columns = form.quadratic.length;
  const curved = Uint32Array.from(form.quadratic.keys()).filter((j) => form.quadratic[j] !== 0);
  const quadraticStart = new Uint32Array(columns + 1);
  for (const j of curved) quadraticStart[j + 1] = 1;
  for (let j = 0; j < columns; j += 1) quadraticStart[j + 1] += quadraticStart[j];
  return {
    form,
    quadraticStart,
    quadraticRow: curved,
    quadraticValue: Float64Array.from(curved, (j) => form.quadratic[j]),
    matrixStart: Uint32Array.from(form.matrix.start),
    matrixRow: Uint32Array.from(form.matrix.row),
    cones: JSON.stringify({
      zero: form.zeroRows,
      nonneg: form.nonnegativeRows,
      soc: [...form.coneSizes],
      exp: 0,
      power: [],
    }),
  };
}

/** Solves a program; `feasibilityTolerance` is not used (see above). Where there is no point, x is NaN. */
export function runClarabel(
  program: ClarabelProgram,
  { gapTolerance = 1e-8, iterationLimit = 200 }: Partial<PeerSettings> = {},
): PeerSolution {
  const { form } = program;
  const { rowCount, columnCount, value } = form.matrix;
  // Without columns the WebAssembly traps.
  if (columnCount === 0) return refusal(form);
  const result = clarabel.solve(
    program.quadraticStart,
    program.quadraticRow,
    program.quadraticValue,
    form.linear,
    program.matrixStart,
    program.matrixRow,
    value,
    form.right,
    columnCount,
    rowCount,
    program.cones,
    JSON.stringify({
      verbose: false,
      max_iter: iterationLimit,
      time_limit: NO_TIME_LIMIT_SECONDS,
      tol_gap_abs: gapTolerance,
      tol_gap_rel: gapTolerance,
    }),
  );
  return {
    status: STATUS[result.status] ?? 'inaccurate',
    objective: (result.obj_val ?? Number.NaN) + form.constantCost,
    x: restoredPoint(form, result.x ?? new Float64Array(columnCount).fill(Number.NaN)),
    rowDual: Float64Array.from(result.z ?? new Float64Array(rowCount).fill(Number.NaN)),
    iterations: result.iterations,
    milliseconds: 1000 * result.solve_time,
  };
}

/** Converts and solves. */
export function solveWithClarabel(
  problem: ConicProblem,
  settings: Partial<PeerSettings> = {},
): PeerSolution {
  return runClarabel(clarabelProgram(problem), settings);
}
