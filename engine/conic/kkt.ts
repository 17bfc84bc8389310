/**
 * Solutions with the KKT matrix, refined iteratively against the matrix itself, singletons included: that
 * removes the effect of the shifted pivots.
 */
import { largestEntry } from '../sparse/vectors.js';
import type { KktMatrix } from './kktMatrix.js';
import type { ScaledProblem } from './scaledProblem.js';
import {
  RAY_ROUNDS,
  REFINEMENT_PROGRESS,
  REFINEMENT_ROUNDS,
  REFINEMENT_TOLERANCE,
} from './tolerances.js';

export class KktSystem {
  /** Largest residual of the refined solution found last. */
  error = 0;
  /** Heads of two solutions, in elimination order. */
  private readonly head: Float64Array;
  private readonly otherHead: Float64Array;
  /** Heads in elimination order with the singletons behind. */
  private readonly residual: Float64Array;
  private readonly correction: Float64Array;
  private readonly previous: Float64Array;

  constructor(
    private readonly scaled: ScaledProblem,
    readonly matrix: KktMatrix,
  ) {
    const { capacity, firstSingleton } = scaled;
    this.head = new Float64Array(firstSingleton);
    this.otherHead = new Float64Array(firstSingleton);
    this.residual = new Float64Array(capacity);
    this.correction = new Float64Array(capacity);
    this.previous = new Float64Array(capacity);
  }

  /**
   * Solves for two right-hand sides at once, by place with turned cones, each to about eight digits; the
   * first is refined until its residual is below this tolerance relative to the right-hand side, or as small
   * as it gets.
   *
   * @returns false when the first is not finite
   */
  solvePair(
    right: Float64Array,
    target: Float64Array,
    roughRight: Float64Array,
    roughTarget: Float64Array,
    tolerance: number,
  ): boolean {
    const { matrix, head, otherHead } = this;
    matrix.reduce(right, head);
    matrix.reduce(roughRight, otherHead);
    matrix.solveHeads(head, otherHead);
    matrix.expand(right, head, target);
    matrix.expand(roughRight, otherHead, roughTarget);
    matrix.writeHead(otherHead, roughTarget);
    const isSound = this.refine(right, target, tolerance, 0);
    matrix.writeHead(head, target);
    return isSound;
  }

  /**
   * Solves for one right-hand side, by place with turned cones, and refines the solution until its residual
   * is at most `goal`, or as small as it gets.
   *
   * @returns false when it is not finite
   */
  solve(right: Float64Array, target: Float64Array, goal: number): boolean {
    this.solveOnce(right, target);
    const isSound = this.refine(right, target, REFINEMENT_TOLERANCE, goal);
    this.matrix.writeHead(this.head, target);
    return isSound;
  }

  /**
   * Solves like `solve`, in a fixed number of rounds. Where the matrix is singular along a ray, the residual
   * stays up however long one refines; what is across the ray becomes exact all the same.
   */
  solveAlongRay(right: Float64Array, target: Float64Array): void {
    this.solveOnce(right, target);
    for (let round = 0; round < RAY_ROUNDS; round++) this.refineOnce(right, target);
    this.matrix.writeHead(this.head, target);
  }

  /**
   * The rest that a solution leaves of its right-hand side, solved for. Where the matrix is singular, that is
   * a vector of its null space: there the factors resist by nothing but their shift.
   */
  magnifyRest(right: Float64Array, solution: Float64Array, target: Float64Array): void {
    target.set(solution);
    this.matrix.readHead(solution, this.head);
    for (let round = 0; round < RAY_ROUNDS; round++) this.refineOnce(right, target);
    this.matrix.writeHead(this.correction, target);
    for (let p = this.head.length; p < this.scaled.size; p++) target[p] = this.correction[p];
  }

  /** The solution but for refinement; its head stays in `head`. */
  private solveOnce(right: Float64Array, target: Float64Array): void {
    const { matrix, head } = this;
    matrix.reduce(right, head);
    matrix.solveHead(head);
    matrix.expand(right, head, target);
  }

  private refineOnce(right: Float64Array, target: Float64Array): void {
    this.matrix.measureResidual(right, this.head, target, this.residual);
    this.correct(target);
  }

  /**
   * Improves the solution, whose factorised part stands in `head` and whose singletons in `target`, until its
   * residual is at most `goal` or this tolerance relative to the right-hand side, or no longer falls.
   *
   * @returns false when it is not finite
   */
  private refine(
    right: Float64Array,
    target: Float64Array,
    tolerance: number,
    goal: number,
  ): boolean {
    const { matrix, head, residual } = this;
    let error = matrix.measureResidual(right, head, target, residual);
    this.error = error;
    if (error <= goal) return true;
    const enough = Math.max(goal, tolerance * largestEntry(right, this.scaled.size));
    for (let round = 0; round < REFINEMENT_ROUNDS && error > enough; round++) {
      this.correct(target);
      const refined = matrix.measureResidual(right, head, target, residual);
      if (!(refined < error)) {
        this.takeBack(target);
        break;
      }
      const stalled = refined * REFINEMENT_PROGRESS > error;
      error = refined;
      if (stalled) break;
    }
    this.error = error;
    return Number.isFinite(error);
  }

  /** Adds the solution for the present residual, and keeps what there was before. */
  private correct(target: Float64Array): void {
    const { matrix, head, residual, correction, previous, scaled } = this;
    previous.set(target);
    previous.set(head);
    matrix.reduceResidual(residual, correction);
    matrix.solveHead(correction);
    matrix.expand(residual, correction, correction);
    for (let i = 0; i < head.length; i++) head[i] += correction[i];
    for (let p = head.length; p < scaled.size; p++) target[p] += correction[p];
  }

  private takeBack(target: Float64Array): void {
    const { head, previous, scaled } = this;
    for (let i = 0; i < head.length; i++) head[i] = previous[i];
    for (let p = head.length; p < scaled.size; p++) target[p] = previous[p];
  }
}
