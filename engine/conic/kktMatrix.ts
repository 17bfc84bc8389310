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
 * Singleton columns leave in closed form (see `SingletonColumns`); the rest, the *head* of a vector, is
 * factorised. Pattern, elimination order and the place of every value are found once; later only values are
 * refreshed. The factorisation shifts the pivots (see `PivotRule`); what is stored is unshifted.
 */
import { Factorisation, type PivotRule } from '../sparse/ldl.js';
import { multiplySymmetric, type UpperPattern } from '../sparse/symmetric.js';
import { largestEntry } from '../sparse/vectors.js';
import { ConeColumns } from './coneColumns.js';
import type { ConeScaling } from './coneScaling.js';
import { kktPattern } from './kktPattern.js';
import type { ScaledProblem } from './scaledProblem.js';
import { CAUTIOUS_PIVOT_RULE } from './tolerances.js';

export class KktMatrix {
  /** Diagonal of the columns, by place; written before every factorisation. */
  readonly diagonal: Float64Array;
  private readonly pattern: UpperPattern;
  private readonly value: Float64Array;
  /** Where each place of the head stands in the elimination order. */
  private readonly rank: Int32Array;
  private readonly rowRank: Int32Array;
  private readonly position: Int32Array;
  private readonly equalityEntry: Int32Array;
  private readonly coneColumns: ConeColumns;
  private readonly factorisation: Factorisation;
  /** What the singletons add to the pivots of their rows, in elimination order. */
  private readonly extra: Float64Array;

  constructor(
    private readonly scaled: ScaledProblem,
    private readonly cones: ConeScaling,
  ) {
    const { capacity, firstRow, firstCone, firstSingleton } = scaled;
    this.coneColumns = new ConeColumns(scaled, cones);
    const { pattern, factor, position, rank, sign, equalityEntry } = kktPattern(
      scaled,
      this.coneColumns,
    );
    this.equalityEntry = equalityEntry;
    this.pattern = pattern;
    this.position = position;
    this.value = new Float64Array(pattern.row.length);
    this.rank = rank;
    this.rowRank = rank.slice(firstRow, firstCone);
    this.factorisation = new Factorisation(pattern, factor, sign);
    this.extra = new Float64Array(firstSingleton);
    this.diagonal = new Float64Array(capacity);
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
   * Writes what changes with the scaling of cones and bounds, and factorises; by `CAUTIOUS_PIVOT_RULE` where
   * `rule` lets the factors overflow.
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

  /** Writes the head of a right-hand side, without its singletons, in elimination order. */
  reduce(right: Float64Array, head: Float64Array): void {
    this.readHead(right, head);
    this.scaled.singletons.reduce(right, this.rank.length, this.rowRank, head);
  }

  /** Solves for a reduced head in place. */
  solveHead(head: Float64Array): void {
    this.factorisation.solve(head);
  }

  solveHeads(first: Float64Array, second: Float64Array): void {
    this.factorisation.solvePair(first, second);
  }

  /** Writes the singletons of the solution that has this head. */
  expand(right: Float64Array, head: Float64Array, solution: Float64Array): void {
    this.scaled.singletons.expand(right, this.rank.length, this.rowRank, head, solution);
  }

  /** From the order of a point to that of elimination, and back. */
  readHead(vector: Float64Array, head: Float64Array): void {
    const { rank } = this;
    for (let p = 0; p < rank.length; p++) head[rank[p]] = vector[p];
  }

  writeHead(head: Float64Array, vector: Float64Array): void {
    const { rank } = this;
    for (let p = 0; p < rank.length; p++) vector[p] = head[rank[p]];
  }

  /** The same as `reduce` for a residual, whose head is in elimination order already. */
  reduceResidual(residual: Float64Array, head: Float64Array): void {
    for (let i = 0; i < this.rank.length; i++) head[i] = residual[i];
    this.scaled.singletons.reduce(residual, this.rank.length, this.rowRank, head);
  }

  /**
   * residual = right − matrix · solution, with its head in elimination order.
   *
   * @param head of the solution, whose singletons stand in `solution`
   * @returns its largest entry
   */
  measureResidual(
    right: Float64Array,
    head: Float64Array,
    solution: Float64Array,
    residual: Float64Array,
  ): number {
    const { rank, rowRank, diagonal, scaled } = this;
    multiplySymmetric(this.pattern, this.value, head, residual);
    for (let p = 0; p < rank.length; p++) {
      const i = rank[p];
      residual[i] = right[p] - residual[i];
    }
    const ofSingletons = scaled.singletons.measureResidual(
      diagonal,
      right,
      solution,
      rank.length,
      rowRank,
      head,
      residual,
    );
    return Math.max(ofSingletons, largestEntry(residual, rank.length));
  }
}
