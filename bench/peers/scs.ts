/**
 * SCS 3 (B. O'Donoghue, "Operator splitting for a homogeneous embedding of the linear complementarity
 * problem", SIAM J. Optimization 31 (2021)) as npm `scs-solver` carries it: C compiled to WebAssembly.
 *
 * A first-order method: it needs thousands of cheap iterations for many digits, and on badly scaled programs
 * does not get there; its tolerances are absolute plus relative to the sizes of the terms of each residual.
 * It refuses programs without rows or without variables, and prints that it does: they are kept from it.
 */
import { createRequire } from 'node:module';
import type { ConicProblem } from '../../engine/conic/problem.js';
import { type PeerSettings, type PeerSolution, type PeerStatus, refusal } from './peer.js';
import { restoredPoint, type StandardForm, standardForm } from './standardForm.js';

interface ScsSettings {
  maxIters: number;
  epsAbs: number;
  epsRel: number;
  epsInfeas: number;
  verbose: number;
  /** Of the object in the module's memory, which nobody collects. */
  delete(): void;
}

/** Matrices by compressed columns, P by its upper triangle. */
interface ScsData {
  readonly m: number;
  readonly n: number;
  readonly A_x: readonly number[];
  readonly A_i: readonly number[];
  readonly A_p: readonly number[];
  readonly P_x: readonly number[];
  readonly P_i: readonly number[];
  readonly P_p: readonly number[];
  readonly b: readonly number[];
  readonly c: readonly number[];
}

/** Zero rows, half-lines, second-order cones. */
interface ScsCone {
  readonly z: number;
  readonly l: number;
  readonly q: readonly number[];
  readonly qsize: number;
}

interface ScsResult {
  /** Absent where SCS has no point: it keeps its certificates to itself. */
  readonly x?: readonly number[];
  readonly y?: readonly number[];
  readonly status: string;
  /** Times in milliseconds. */
  readonly info: {
    readonly iter: number;
    readonly pobj: number;
    readonly solveTime: number;
    readonly setupTime: number;
  };
}

interface ScsModule {
  readonly ScsSettings: new () => ScsSettings;
  setDefaultSettings(settings: ScsSettings): void;
  solve(data: ScsData, cone: ScsCone, settings: ScsSettings): ScsResult;
}

// The package has no types; what is described above is its readme.
const loadScs = createRequire(import.meta.url)('scs-solver') as () => Promise<ScsModule>;
const scs = await loadScs();

/** Others end in `_INACCURATE`, or name a failure. */
const STATUS: Readonly<Record<string, PeerStatus>> = {
  SOLVED: 'optimal',
  UNBOUNDED: 'dual-infeasible',
  INFEASIBLE: 'primal-infeasible',
};

/** A problem ready to be handed to SCS any number of times. */
export interface ScsProgram {
  readonly form: StandardForm;
  readonly data: ScsData;
  readonly cone: ScsCone;
}

/** Converts the values that the problem holds now. */
export function scsProgram(problem: ConicProblem): ScsProgram {
  const form = standardForm(problem);
  const { matrix, quadratic } = form;
  const columns = [...quadratic.keys()];
  const data = {
    m: matrix.rowCount,
    n: matrix.columnCount,
    A_x: [...matrix.value],
    A_i: [...matrix.row],
    A_p: [...matrix.start],
    P_x: [...quadratic],
    P_i: columns,
    P_p: [...columns, columns.length],
    b: [...form.right],
    c: [...form.linear],
  };
  const q = [...form.coneSizes];
  return { form, data, cone: { z: form.zeroRows, l: form.nonnegativeRows, q, qsize: q.length } };
}

/** Solves a program; the smaller of the two tolerances goes for everything. */
export function runScs(
  { form, data, cone }: ScsProgram,
  {
    feasibilityTolerance = 1e-9,
    gapTolerance = 1e-9,
    iterationLimit = 20_000,
  }: Partial<PeerSettings> = {},
): PeerSolution {
  if (data.m === 0 || data.n === 0) return refusal(form);
  const settings = new scs.ScsSettings();
  scs.setDefaultSettings(settings);
  const tolerance = Math.min(feasibilityTolerance, gapTolerance);
  settings.maxIters = iterationLimit;
  settings.epsAbs = tolerance;
  settings.epsRel = tolerance;
  settings.epsInfeas = tolerance;
  settings.verbose = 0;
  const { x, y, status, info } = scs.solve(data, cone, settings);
  settings.delete();
  return {
    status: STATUS[status] ?? (info.iter >= iterationLimit ? 'iteration-limit' : 'inaccurate'),
    objective: info.pobj + form.constantCost,
    x: restoredPoint(form, x ?? new Float64Array(data.n).fill(Number.NaN)),
    rowDual: Float64Array.from(y ?? new Float64Array(data.m).fill(Number.NaN)),
    iterations: info.iter,
    milliseconds: info.setupTime + info.solveTime,
  };
}

/** Converts and solves. */
export function solveWithScs(
  problem: ConicProblem,
  settings: Partial<PeerSettings> = {},
): PeerSolution {
  return runScs(scsProgram(problem), settings);
}
