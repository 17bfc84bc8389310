/**
 * The KKT matrix of one iteration, in the order x, y, z of a point:
 *
 *     [ diag(quadratic + Σ dual/slack)   Aᵀ    GᵀQ ]
 *     [ A                                0     0   ]
 *     [ QᵀG                              0    −Λ²  ]
 *
 * Its unknowns of the cones are turned, Qᵀz, so that the squared scaling W² = Q Λ² Qᵀ stands on the diagonal
 * and each row is as accurate as in a linear program, however far the eigenvalues are apart.
 *
 * Pattern, elimination order and the place of every value are found once; later only values are refreshed.
 * The factorisation shifts the pivots (see `PivotRule`), and iterative refinement against the matrix itself,
 * which is stored unshifted, removes the effect of the shift.
 */
import { Factorisation } from '../sparse/ldl.js';
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
  PIVOT_RULE,
  REFINEMENT_PROGRESS,
  REFINEMENT_ROUNDS,
  REFINEMENT_TOLERANCE,
} from './tolerances.js';

export class KktSystem {
  readonly size: number;
  private readonly pattern: UpperPattern;
  private readonly value: Float64Array;
  private readonly rank: Int32Array;
  /** Where each listed place stands in `value`; for their order see `listPlaces`. */
  private readonly position: Int32Array;
  /** Entries of M that belong to A. */
  private readonly equalityEntry: Int32Array;
  private readonly coneColumns: ConeColumns;
  private readonly factorisation: Factorisation;
  private readonly diagonal: Float64Array;
  private readonly right: Float64Array;
  private readonly solution: Float64Array;
  private readonly candidate: Float64Array;
  private readonly residual: Float64Array;

  constructor(
    private readonly scaled: ScaledProblem,
    private readonly cones: ConeScaling,
  ) {
    this.coneColumns = new ConeColumns(scaled, cones);
    this.equalityEntry = entriesOfEqualities(scaled);
    const places = listPlaces(scaled, this.coneColumns, this.cones);
    const order = fillReducingOrder(places);
    const { pattern, position } = compressPlaces(places, order);
    this.size = places.size;
    this.pattern = pattern;
    this.position = position;
    this.value = new Float64Array(pattern.row.length);
    this.rank = inversePermutation(order);
    const sign = Float64Array.from(order, (node) => (node < scaled.variableCount ? 1 : -1));
    this.factorisation = new Factorisation(pattern, sign);
    this.diagonal = new Float64Array(scaled.variableCount);
    this.right = new Float64Array(this.size);
    this.solution = new Float64Array(this.size);
    this.candidate = new Float64Array(this.size);
    this.residual = new Float64Array(this.size);
  }

  /** Reads the entries of M, which stay the same during a solve. */
  loadRows(): void {
    const { value, position, equalityEntry, scaled } = this;
    const source = scaled.rows.value;
    const first = scaled.variableCount + scaled.rowCount;
    for (let t = 0; t < equalityEntry.length; t++) {
      value[position[first + t]] = source[equalityEntry[t]];
    }
    this.coneColumns.load();
  }

  /**
   * Writes what changes with the scaling of cones and bounds, and factorises.
   *
   * @returns false when the matrix is beyond factorising
   */
  factorise(): boolean {
    const { value, position, diagonal, scaled, equalityEntry } = this;
    const { variableCount, equalityCount, rowCount } = scaled;
    diagonal.set(scaled.quadratic);
    scaled.bounds.addToDiagonal(diagonal);
    for (let j = 0; j < variableCount; j++) value[position[j]] = diagonal[j];
    const { spread } = this.cones;
    const firstCone = variableCount + equalityCount;
    for (let i = 0; i < spread.length; i++) {
      value[position[firstCone + i]] = -spread[i] * spread[i];
    }
    const firstTurned = variableCount + rowCount + equalityEntry.length;
    this.coneColumns.writeTurned(value, position, firstTurned);
    return (
      this.factorisation.factorise(value, PIVOT_RULE) ||
      this.factorisation.factorise(value, CAUTIOUS_PIVOT_RULE)
    );
  }

  /** Solves for one right-hand side, in the order of a point with turned cones, to about eight digits. */
  solveRoughly(right: Float64Array, target: Float64Array): void {
    const { size, rank, solution } = this;
    for (let i = 0; i < size; i++) solution[rank[i]] = right[i];
    this.factorisation.solve(solution);
    for (let i = 0; i < size; i++) target[i] = solution[rank[i]];
  }

  /**
   * Solves like `solveRoughly`, and refines the solution.
   *
   * @returns false when it is not finite
   */
  solve(right: Float64Array, target: Float64Array): boolean {
    const { size, rank, solution } = this;
    const permuted = this.right;
    let rightSize = 0;
    for (let i = 0; i < size; i++) {
      permuted[rank[i]] = right[i];
      rightSize = Math.max(rightSize, Math.abs(right[i]));
    }
    solution.set(permuted);
    this.factorisation.solve(solution);
    const error = this.refine(REFINEMENT_TOLERANCE * rightSize);
    for (let i = 0; i < size; i++) target[i] = solution[rank[i]];
    return Number.isFinite(error);
  }

  /** Improves `solution` until its residual is below the goal or no longer falls; returns the residual. */
  private refine(goal: number): number {
    const { size, solution, candidate, residual } = this;
    let error = this.measureResidual(solution);
    for (let round = 0; round < REFINEMENT_ROUNDS && error > goal; round++) {
      this.factorisation.solve(residual);
      for (let i = 0; i < size; i++) candidate[i] = solution[i] + residual[i];
      const refined = this.measureResidual(candidate);
      if (!(refined < error)) return error;
      solution.set(candidate);
      const stalled = refined * REFINEMENT_PROGRESS > error;
      error = refined;
      if (stalled) return error;
    }
    return error;
  }

  /** residual = right − matrix · vector; returns its largest entry. */
  private measureResidual(vector: Float64Array): number {
    const { size, right, residual } = this;
    multiplySymmetric(this.pattern, this.value, vector, residual);
    let largest = 0;
    for (let i = 0; i < size; i++) {
      const difference = right[i] - residual[i];
      residual[i] = difference;
      const magnitude = Math.abs(difference);
      if (!(magnitude <= largest)) largest = magnitude;
    }
    return largest;
  }
}

/** Places of the KKT matrix: the diagonal, then A, then QᵀG vector by vector. */
function listPlaces(
  scaled: ScaledProblem,
  columns: ConeColumns,
  cones: ConeScaling,
): SymmetricPlaces {
  const { variableCount, equalityCount, rowCount, rows } = scaled;
  const size = variableCount + rowCount;
  const row: number[] = [];
  const column: number[] = [];
  for (let i = 0; i < size; i++) {
    row.push(i);
    column.push(i);
  }
  for (let j = 0; j < variableCount; j++) {
    for (let entry = rows.start[j]; entry < rows.start[j + 1]; entry++) {
      if (rows.row[entry] >= equalityCount) continue;
      row.push(j);
      column.push(variableCount + rows.row[entry]);
    }
  }
  for (let t = 0; t < columns.count; t++) {
    const k = columns.cone[t];
    for (let i = cones.start[k]; i < cones.start[k + 1]; i++) {
      row.push(columns.column[t]);
      column.push(variableCount + equalityCount + i);
    }
  }
  return { size, row: Int32Array.from(row), column: Int32Array.from(column) };
}

/** Entries of M that belong to A, in the order in which `listPlaces` lists them. */
function entriesOfEqualities({ rows, equalityCount }: ScaledProblem): Int32Array {
  const entries = Int32Array.from(rows.row, (_, entry) => entry);
  return entries.filter((entry) => rows.row[entry] < equalityCount);
}
