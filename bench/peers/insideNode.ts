/** Contestants inside this process: ours, our second route through HiGHS, and solvers in WebAssembly. */
import type { Case } from '../../engine/case/case.js';
import type { ConicProblem } from '../../engine/conic/problem.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { type ClearingResult, type ClearOptions, clear } from '../../engine/index.js';
import { sampleOnce, warmUp } from '../harness.js';
import { clarabelProgram, runClarabel } from './clarabel.js';
import type { Contestant, PeerAnswer } from './comparison.js';
import type { PeerSolution } from './peer.js';
import { runScs, scsProgram } from './scs.js';

/** Of the HiGHS route: a run takes seconds, and the compiler has seen enough of it after one. */
const ROUTE_WARM_UP_RUNS = 1;

/** Ours: warmed up, then sampled for so many seconds a turn. */
export async function wholeClear(
  theCase: Case,
  options: ClearOptions,
  seconds: number,
): Promise<Contestant> {
  let last: ClearingResult | undefined;
  const run = async () => {
    last = await clear(theCase, options);
    return last.nodes;
  };
  const subject = { name: 'ours', run };
  await warmUp(subject);
  return {
    solver: 'wattshare',
    program: 'whole warm certified clear',
    run: async () => ({ samples: await sampleOnce(subject, seconds), ...answerOf(last) }),
  };
}

/** The same clear through linear programs (engine/outer), timed once a turn. */
export async function outerApproximation(
  theCase: Case,
  options: ClearOptions,
): Promise<Contestant> {
  const run = () => clear(theCase, { ...options, solver: 'highs' });
  for (let k = 0; k < ROUTE_WARM_UP_RUNS; k += 1) await run();
  return {
    solver: 'HiGHS (WebAssembly), outer approximation',
    program: 'whole warm certified clear',
    run: async () => {
      const started = performance.now();
      const result = await run();
      return { samples: [performance.now() - started], ...answerOf(result) };
    },
  };
}

function answerOf(result: ClearingResult | undefined): Omit<PeerAnswer, 'samples'> {
  if (result === undefined) return { status: 'not run' };
  if (result.outcome === undefined) return { status: result.status };
  const { status, objective, gap } = result;
  return { status, objective, gap };
}

/** A conic program, what it is called, and what is to be added to its objective. */
export interface Statement {
  readonly program: string;
  readonly problem: ConicProblem;
  readonly constant: number;
}

export function clarabelInNode({ program, problem, constant }: Statement, gap: number): Contestant {
  const prepared = clarabelProgram(problem);
  return {
    solver: 'Clarabel 0.9 (WebAssembly)',
    program,
    run: async () => peerAnswer(runClarabel(prepared, { gapTolerance: gap }), constant),
  };
}

/** A first-order method: the gap is its tolerance for everything. */
export function scsInNode({ program, problem, constant }: Statement, gap: number): Contestant {
  const prepared = scsProgram(problem);
  return {
    solver: 'SCS 3 (WebAssembly)',
    program,
    once: true,
    run: async () =>
      peerAnswer(runScs(prepared, { feasibilityTolerance: gap, gapTolerance: gap }), constant),
  };
}

function peerAnswer(solution: PeerSolution, constant: number): PeerAnswer {
  const { status, objective, milliseconds } = solution;
  const known = Number.isFinite(objective) ? { objective: objective + constant } : {};
  return { status, ...known, samples: [milliseconds] };
}

/** Our conic core alone, on the same program. */
export function ownCore({ program, problem, constant }: Statement, gap: number): Contestant {
  const solver = createConicSolver(problem);
  const run = () => solver.solve({ gapTolerance: gap });
  return {
    solver: 'wattshare, conic core alone',
    program,
    run: async () => {
      const started = performance.now();
      const { status, primalObjective, dualObjective } = run();
      const samples = [performance.now() - started];
      const objective = primalObjective + constant;
      const distance = Math.abs(primalObjective - dualObjective);
      return { status, objective, gap: distance / Math.max(1, Math.abs(objective)), samples };
    },
  };
}
