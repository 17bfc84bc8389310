/**
 * Mixed-integer conic programs by branch and bound over their continuous relaxation (engine/bnb): the
 * variable furthest from a whole number is split at it. A point counts as whole where every marked variable
 * is within a tolerance of a whole number and the program with them fixed there has a solution: its objective
 * is the candidate's.
 */
import { type NodeOutcome, type SearchProblem, search } from '../../engine/bnb/search.js';
import type { ConicProblem, ConicSolution, ConicSolver } from '../../engine/conic/problem.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import type { ConicInstance } from './conicInstance.js';
import { verifiedBound } from './verifiedBound.js';

/** Distance from a whole number that the interior-point method leaves at its tolerance of 1e-9, and more. */
const WHOLE_TOLERANCE = 1e-6;

/** Bounds of whole variables that a node has changed; of one variable the last counts. */
type Restrictions = readonly Restriction[];

interface Restriction {
  readonly variable: number;
  readonly lower: number;
  readonly upper: number;
}

export interface MixedIntegerSettings {
  readonly gapTolerance: number;
  readonly nodeLimit: number;
  readonly shouldStop: () => boolean;
}

export interface MixedIntegerResult {
  /**
   * `optimal`: the gap is closed. `limit`: stopped before. `open`: nodes are left that the conic solver could
   * not decide.
   */
  readonly status: 'optimal' | 'infeasible' | 'limit' | 'open';
  /** Objective and bound of the instance's problem; no objective without a solution. */
  readonly objective: number | undefined;
  readonly bound: number;
  /** Whether every bound is a verified one, or some are the solver's dual objective as it ended optimal. */
  readonly isVerified: boolean;
  readonly nodes: number;
  readonly iterations: number;
}

/** The instance's own objective (sign, constant) is left to the caller. */
export async function solveMixedInteger(
  { problem, integers }: ConicInstance,
  settings: MixedIntegerSettings,
): Promise<MixedIntegerResult> {
  const tree = new IntegerTree(problem, integers, settings.shouldStop);
  const found = await search(tree, settings);
  return {
    status: STATUS_OF_SEARCH[found.status],
    objective: found.incumbent?.objective,
    bound: found.bound,
    isVerified: tree.isVerified,
    nodes: found.nodes,
    iterations: tree.iterations,
  };
}

const STATUS_OF_SEARCH = {
  proven: 'optimal',
  infeasible: 'infeasible',
  stopped: 'limit',
  exhausted: 'open',
} as const;

interface Candidate {
  readonly objective: number;
  readonly point: Float64Array;
}

type Outcome = NodeOutcome<Restrictions, undefined, Float64Array>;

class IntegerTree implements SearchProblem<Restrictions, undefined, Float64Array> {
  readonly root: Restrictions = [];
  isVerified = true;
  iterations = 0;
  private readonly solver: ConicSolver;
  /** Bounds of the marked variables at the root, whole. */
  private readonly rootLower: Float64Array;
  private readonly rootUpper: Float64Array;

  constructor(
    private readonly problem: ConicProblem,
    private readonly integers: Int32Array,
    private readonly shouldStop: () => boolean,
  ) {
    this.solver = createConicSolver(problem);
    this.rootLower = Float64Array.from(integers, (j) => Math.ceil(problem.lower[j]));
    this.rootUpper = Float64Array.from(integers, (j) => Math.floor(problem.upper[j]));
  }

  async relax(boxes: readonly Restrictions[]): Promise<readonly Outcome[]> {
    return boxes.map((box) => this.relaxOne(box));
  }

  /** Without a proof a node inherits its parent's bound, and no more. */
  inherit(): { readonly bound: number; readonly proof: undefined } {
    return { bound: Number.NEGATIVE_INFINITY, proof: undefined };
  }

  private relaxOne(box: Restrictions): Outcome {
    this.enter(box);
    const solution = this.solve();
    if (solution.status === 'primal-infeasible') return { status: 'infeasible', proof: undefined };
    if (solution.status === 'dual-infeasible' || solution.status === 'stopped') {
      return { status: 'unresolved' };
    }
    const bound = this.boundOf(solution);
    const split = this.furthestFromWhole(solution.x);
    if (split === undefined) {
      return this.bounded(box, bound, this.candidateAt(solution), []);
    }
    const value = solution.x[split];
    const [lower, upper] = [this.problem.lower[split], this.problem.upper[split]];
    return this.bounded(box, bound, undefined, [
      [...box, { variable: split, lower, upper: Math.floor(value) }],
      [...box, { variable: split, lower: Math.floor(value) + 1, upper }],
    ]);
  }

  private bounded(
    box: Restrictions,
    bound: number,
    candidate: Candidate | undefined,
    children: readonly Restrictions[],
  ): Outcome {
    const cutOff: [] = [];
    return {
      status: 'bounded',
      box,
      bound,
      proof: undefined,
      cutOff,
      candidate,
      children,
      solves: 1,
    };
  }

  /**
   * From the multipliers where they bound all variables. Else the solver's dual objective, if it ended
   * optimal; nothing if it did not.
   */
  private boundOf(solution: ConicSolution): number {
    const verified = verifiedBound(this.problem, solution);
    if (verified > Number.NEGATIVE_INFINITY || solution.status !== 'optimal') return verified;
    this.isVerified = false;
    return solution.dualObjective;
  }

  /** The solution with all marked variables fixed at the whole numbers they are next to. */
  private candidateAt({ x }: ConicSolution): Candidate | undefined {
    const whole = Float64Array.from(this.integers, (j) => Math.round(x[j]));
    this.integers.forEach((j, k) => {
      this.problem.lower[j] = whole[k];
      this.problem.upper[j] = whole[k];
    });
    const fixed = this.solve();
    if (fixed.status !== 'optimal') return undefined;
    return { objective: fixed.primalObjective, point: fixed.x.slice() };
  }

  private furthestFromWhole(x: Float64Array): number | undefined {
    let furthest: number | undefined;
    let largest = WHOLE_TOLERANCE;
    for (const j of this.integers) {
      const distance = Math.abs(x[j] - Math.round(x[j]));
      if (distance <= largest) continue;
      largest = distance;
      furthest = j;
    }
    return furthest;
  }

  private enter(box: Restrictions): void {
    const { lower, upper } = this.problem;
    this.integers.forEach((j, k) => {
      lower[j] = this.rootLower[k];
      upper[j] = this.rootUpper[k];
    });
    for (const restriction of box) {
      lower[restriction.variable] = restriction.lower;
      upper[restriction.variable] = restriction.upper;
    }
  }

  private solve(): ConicSolution {
    const solution = this.solver.solve({ shouldStop: this.shouldStop });
    this.iterations += solution.iterations;
    return solution;
  }
}
