/**
 * The KKT matrix of one iteration, by the places of a point:
 *
 *     [ diag(quadratic + Σ dual/slack)   Aᵀ    GᵀQ ]
 *     [ A                                0     0   ]
 *     [ QᵀG                              0    −Λ²  ]
 *
 * Its unknowns of the cones are turned, Qᵀz, so that the squared scaling W² = Q Λ² Qᵀ stands on the diagonal
 * and each row is as accurate as in a linear program, however far the eigenvalues are apart.
 *
 * Singleton columns leave in closed form (see `SingletonColumns`); the rest is factorised. Pattern, elimination
 * order and the place of every value are found once; later only values are refreshed. The factorisation shifts
 * the pivots (see `PivotRule`), and iterative refinement against the matrix itself, singletons included, removes
 * the effect of the shift.
 */
import { Factorisation, type PivotRule } from '../sparse/ldl.js';
import { fillReducingOrder } from '../sparse/ordering.js';
import {
  compressPlaces,
  inversePermutation,
  multiplySymmetric,
  type SymmetricPlaces,
  type UpperPattern,
} from '../sparse/symmetric.js';
import { ConeColumns } from './coneColumns.js';
import type { ConeScaling } from './coneScaling.js';
import type { ScaledProblem } from './scaledProblem.js';
import {
  CAUTIOUS_PIVOT_RULE,
  REFINEMENT_PROGRESS,
  REFINEMENT_ROUNDS,
  REFINEMENT_TOLERANCE,
} from './tolerances.js';

export class KktSystem {
  /** Largest residual of the solution that `solve` returned last. */
  error = 0;
  /** Diagonal of the columns, by place; written before every factorisation. */
  readonly diagonal: Float64Array;
  private readonly pattern: UpperPattern;
  private readonly value: Float64Array;
  /** Where each factorised place stands in the elimination order. */
  private readonly rank: Int32Array;
  private readonly rowRank: Int32Array;
  /** Where each listed place stands in `value`; for their order see `listPlaces`. */
  private readonly position: Int32Array;
  /** Entries of M that belong to A. */
  private readonly equalityEntry: Int32Array;
  private readonly coneColumns: ConeColumns;
  private readonly factorisation: Factorisation;
  /** What the singletons add to the pivots of their rows, in elimination order. */
  private readonly extra: Float64Array;
  /** Two solutions of what is factorised, in elimination order. */
  private readonly head: Float64Array;
  private readonly otherHead: Float64Array;
  /** The same with the singletons behind. */
  private readonly residual: Float64Array;
  private readonly correction: Float64Array;
  private readonly previous: Float64Array;

  constructor(
    private readonly scaled: ScaledProblem,
    private readonly cones: ConeScaling,
  ) {
    const { capacity, firstRow, firstCone, firstSingleton } = scaled;
    this.coneColumns = new ConeColumns(scaled, cones);
    this.equalityEntry = entriesOfEqualities(scaled);
    const places = listPlaces(scaled, this.coneColumns, this.cones);
    const order = fillReducingOrder(places);
    const { pattern, position } = compressPlaces(places, order);
    this.pattern = pattern;
    this.position = position;
    this.value = new Float64Array(pattern.row.length);
    this.rank = inversePermutation(order);
    this.rowRank = this.rank.slice(firstRow, firstCone);
    const sign = Float64Array.from(order, (place) => (place < firstRow ? 1 : -1));
    this.factorisation = new Factorisation(pattern, sign);
    this.extra = new Float64Array(firstSingleton);
    this.diagonal = new Float64Array(capacity);
    this.head = new Float64Array(firstSingleton);
    this.otherHead = new Float64Array(firstSingleton);
    this.residual = new Float64Array(capacity);
    this.correction = new Float64Array(capacity);
    this.previous = new Float64Array(capacity);
  }

  /** Reads the entries of M, which stay the same during a solve. */
  loadRows(): void {
    const { value, position, equalityEntry, scaled } = this;
    const source = scaled.rows.value;
    const first = scaled.firstSingleton;
    for (let t = 0; t < equalityEntry.length; t++) {
      value[position[first + t]] = source[equalityEntry[t]];
    }
    this.coneColumns.load();
    this.extra.fill(0);
  }

  /**
   * Writes what changes with the scaling of cones and bounds, and factorises; by `CAUTIOUS_PIVOT_RULE` where `rule`
   * lets the factors overflow.
   *
   * @returns false when the matrix is beyond factorising
   */
  factorise(rule: PivotRule): boolean {
    const { value, position, diagonal, scaled, equalityEntry } = this;
    const { structuralCount, firstCone, firstSingleton } = scaled;
    for (let j = 0; j < structuralCount; j++) value[position[j]] = diagonal[j];
    const { spread } = this.cones;
    for (let i = 0; i < spread.length; i++) {
      value[position[firstCone + i]] = -spread[i] * spread[i];
    }
    this.coneColumns.writeTurned(value, position, firstSingleton + equalityEntry.length);
    return this.factoriseBy(rule) || this.factoriseBy(CAUTIOUS_PIVOT_RULE);
  }

  private factoriseBy(rule: PivotRule): boolean {
    const { extra, rowRank, diagonal, scaled } = this;
    scaled.singletons.eliminate(diagonal, scaled.firstSingleton, rule, rowRank, extra);
    return this.factorisation.factorise(this.value, rule, extra);
  }

  /**
   * Solves for two right-hand sides at once, by place with turned cones, each to about eight digits; the first is
   * refined until its residual is below this tolerance relative to the right-hand side, or as small as it gets.
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
    const { head, otherHead } = this;
    this.reduce(right, head);
    this.reduce(roughRight, otherHead);
    this.factorisation.solvePair(head, otherHead);
    this.expand(right, head, target);
    this.expand(roughRight, otherHead, roughTarget);
    this.writeHead(otherHead, roughTarget);
    const isSound = this.refine(right, target, tolerance, 0);
    this.writeHead(head, target);
    return isSound;
  }

  /**
   * Solves for one right-hand side, by place with turned cones, and refines the solution until its residual is
   * at most `goal`, or as small as it gets.
   *
   * @returns false when it is not finite
   */
  solve(right: Float64Array, target: Float64Array, goal: number): boolean {
    const { head } = this;
    this.reduce(right, head);
    this.factorisation.solve(head);
    this.expand(right, head, target);
    const isSound = this.refine(right, target, REFINEMENT_TOLERANCE, goal);
    this.writeHead(head, target);
    return isSound;
  }

  /** The right-hand side of what is factorised, in elimination order. */
  private reduce(right: Float64Array, head: Float64Array): void {
    const { rank, rowRank } = this;
    for (let p = 0; p < rank.length; p++) head[rank[p]] = right[p];
    this.scaled.singletons.reduce(right, rank.length, rowRank, head);
  }

  private expand(right: Float64Array, head: Float64Array, target: Float64Array): void {
    this.scaled.singletons.expand(right, this.rank.length, this.rowRank, head, target);
  }

  private writeHead(head: Float64Array, target: Float64Array): void {
    const { rank } = this;
    for (let p = 0; p < rank.length; p++) target[p] = head[rank[p]];
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
    let error = this.measureResidual(right, target);
    this.error = error;
    if (error <= goal) return true;
    const enough = Math.max(goal, tolerance * largestEntry(right, this.scaled.size));
    for (let round = 0; round < REFINEMENT_ROUNDS && error > enough; round++) {
      this.correct(target);
      const refined = this.measureResidual(right, target);
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
    const { head, residual, correction, previous, rowRank, scaled } = this;
    const { size, singletons } = scaled;
    previous.set(target);
    previous.set(head);
    correction.set(residual);
    singletons.reduce(residual, head.length, rowRank, correction);
    this.factorisation.solve(correction);
    this.expand(residual, correction, correction);
    for (let i = 0; i < head.length; i++) head[i] += correction[i];
    for (let p = head.length; p < size; p++) target[p] += correction[p];
  }

  private takeBack(target: Float64Array): void {
    const { head, previous, scaled } = this;
    for (let i = 0; i < head.length; i++) head[i] = previous[i];
    for (let p = head.length; p < scaled.size; p++) target[p] = previous[p];
  }

  /** residual = right − matrix · solution, laid out like the solution; returns its largest entry. */
  private measureResidual(right: Float64Array, target: Float64Array): number {
    const { head, residual, rank, rowRank, diagonal, scaled } = this;
    multiplySymmetric(this.pattern, this.value, head, residual);
    for (let p = 0; p < rank.length; p++) {
      const i = rank[p];
      residual[i] = right[p] - residual[i];
    }
    const ofSingletons = scaled.singletons.measureResidual(
      diagonal,
      right,
      target,
      rank.length,
      rowRank,
      head,
      residual,
    );
    const ofHead = largestEntry(residual, rank.length);
    return Math.max(ofSingletons, ofHead);
  }
}

/** Largest magnitude; NaN where an entry is. */
function largestEntry(vector: Float64Array, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const magnitude = Math.abs(vector[i]);
    if (!(magnitude <= largest)) largest = magnitude;
  }
  return largest;
}

/** Places of what is factorised: the diagonal, then A, then QᵀG vector by vector. */
function listPlaces(
  scaled: ScaledProblem,
  columns: ConeColumns,
  cones: ConeScaling,
): SymmetricPlaces {
  const { structuralCount, equalityCount, firstRow, firstCone, firstSingleton, rows } = scaled;
  const row: number[] = [];
  const column: number[] = [];
  for (let i = 0; i < firstSingleton; i++) {
    row.push(i);
    column.push(i);
  }
  for (let j = 0; j < structuralCount; j++) {
    for (let entry = rows.start[j]; entry < rows.start[j + 1]; entry++) {
      if (rows.row[entry] >= equalityCount) continue;
      row.push(j);
      column.push(firstRow + rows.row[entry]);
    }
  }
  for (let t = 0; t < columns.count; t++) {
    const k = columns.cone[t];
    for (let i = cones.start[k]; i < cones.start[k + 1]; i++) {
      row.push(columns.column[t]);
      column.push(firstCone + i);
    }
  }
  return { size: firstSingleton, row: Int32Array.from(row), column: Int32Array.from(column) };
}

/** Entries of M that belong to A, in the order in which `listPlaces` lists them. */
function entriesOfEqualities({ rows, equalityCount }: ScaledProblem): Int32Array {
  const entries = Int32Array.from(rows.row, (_, entry) => entry);
  return entries.filter((entry) => rows.row[entry] < equalityCount);
}
