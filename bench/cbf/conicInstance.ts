/**
 * A CBF instance as the conic core takes it (engine/conic/problem.ts). Signs of variables and rows of one
 * variable become bounds, other rows in L+ and L- cones of size 1, rows in L= equalities, and
 *
 *     Q    (s_0, …)    as it is
 *     QR   (a, b, u)   2 a b ≥ ‖u‖²  as  (a + b, a − b, √2 u)
 *
 * What is maximised is minimised with the opposite sign.
 */
import type { ConicProblem } from '../../engine/conic/problem.js';
import { SparseBuilder } from '../../engine/sparse/columns.js';
import { type CbfDomain, type CbfFile, parseCbf } from './cbfFile.js';

export interface ConicInstance {
  /** Its variables are those of the file. */
  readonly problem: ConicProblem;
  /** Variables that must be whole. */
  readonly integers: Int32Array;
  /** The file's objective is sign · (the problem's objective) + constant. */
  readonly sign: 1 | -1;
  readonly constant: number;
}

/** @throws UsageError with what is wrong and where */
export function readConicInstance(text: string): ConicInstance {
  const file = parseCbf(text);
  const sign = file.maximise ? -1 : 1;
  const linear = new Float64Array(file.variableCount);
  for (const { index, value } of file.costs) linear[index] = sign * value;
  return {
    problem: { ...new InstanceBuilder(file).build(), linear },
    integers: Int32Array.from(file.integers),
    sign,
    constant: file.constant,
  };
}

/** Σ coefficient x + constant, by variable. */
interface AffineRow {
  readonly terms: Map<number, number>;
  constant: number;
}

class InstanceBuilder {
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;
  private readonly equalities = new SparseBuilder();
  private readonly equalityRight: number[] = [];
  private readonly cones = new SparseBuilder();
  private readonly coneRight: number[] = [];
  private readonly coneSizes: number[] = [];

  constructor(private readonly file: CbfFile) {
    this.lower = new Float64Array(file.variableCount).fill(Number.NEGATIVE_INFINITY);
    this.upper = new Float64Array(file.variableCount).fill(Number.POSITIVE_INFINITY);
  }

  build(): Omit<ConicProblem, 'linear'> {
    const { variableCount, variables, rows } = this.file;
    const ownRows = Array.from({ length: variableCount }, (_, j) => affine([[j, 1]]));
    this.addDomains(variables, ownRows);
    this.addDomains(rows, rowsOf(this.file));
    return {
      variableCount,
      quadratic: new Float64Array(variableCount),
      lower: this.lower,
      upper: this.upper,
      equalities: this.equalities.build(this.equalityRight.length, variableCount),
      equalityRight: Float64Array.from(this.equalityRight),
      cones: this.cones.build(this.coneRight.length, variableCount),
      coneRight: Float64Array.from(this.coneRight),
      coneSizes: Int32Array.from(this.coneSizes),
    };
  }

  private addDomains(domains: readonly CbfDomain[], rows: readonly AffineRow[]): void {
    let first = 0;
    for (const { cone, size } of domains) {
      const inCone = rows.slice(first, first + size);
      first += size;
      if (cone === 'Q') this.addCone(inCone);
      else if (cone === 'QR') this.addCone(unrotated(inCone));
      else if (cone === 'L=') for (const row of inCone) this.addEquality(row);
      else if (cone === 'L+') for (const row of inCone) this.addNonnegative(row);
      else if (cone === 'L-') for (const row of inCone) this.addNonnegative(scaled(row, -1));
    }
  }

  /** row = 0 */
  private addEquality(row: AffineRow): void {
    const only = onlyTerm(row);
    if (only !== undefined) {
      const value = -row.constant / only.coefficient;
      this.lower[only.variable] = Math.max(this.lower[only.variable], value);
      this.upper[only.variable] = Math.min(this.upper[only.variable], value);
      return;
    }
    const index = this.equalityRight.push(-row.constant) - 1;
    for (const [variable, coefficient] of row.terms) {
      this.equalities.set(index, variable, coefficient);
    }
  }

  /** row ≥ 0 */
  private addNonnegative(row: AffineRow): void {
    const only = onlyTerm(row);
    if (only === undefined) {
      this.addCone([row]);
      return;
    }
    const { variable, coefficient } = only;
    const value = -row.constant / coefficient;
    if (coefficient > 0) this.lower[variable] = Math.max(this.lower[variable], value);
    else this.upper[variable] = Math.min(this.upper[variable], value);
  }

  /** rows = h − G x in a second-order cone */
  private addCone(rows: readonly AffineRow[]): void {
    this.coneSizes.push(rows.length);
    for (const { terms, constant } of rows) {
      const index = this.coneRight.push(constant) - 1;
      for (const [variable, coefficient] of terms) this.cones.set(index, variable, -coefficient);
    }
  }
}

function rowsOf({ rowCount, coefficients, constants }: CbfFile): AffineRow[] {
  const rows = Array.from({ length: rowCount }, () => affine([]));
  for (const { row, column, value } of coefficients) {
    if (value !== 0) rows[row].terms.set(column, value);
  }
  for (const { index, value } of constants) rows[index].constant = value;
  return rows;
}

/** (a, b, u …) as (a + b, a − b, √2 u …) */
function unrotated([left, right, ...squares]: readonly AffineRow[]): AffineRow[] {
  return [
    plus(left, right),
    plus(left, scaled(right, -1)),
    ...squares.map((row) => scaled(row, Math.SQRT2)),
  ];
}

function affine(terms: readonly (readonly [number, number])[], constant = 0): AffineRow {
  return { terms: new Map(terms), constant };
}

function plus(first: AffineRow, second: AffineRow): AffineRow {
  const terms = new Map(first.terms);
  for (const [variable, coefficient] of second.terms) {
    terms.set(variable, (terms.get(variable) ?? 0) + coefficient);
  }
  return { terms, constant: first.constant + second.constant };
}

function scaled({ terms, constant }: AffineRow, factor: number): AffineRow {
  const scaledTerms = [...terms].map(([variable, value]) => [variable, factor * value] as const);
  return affine(scaledTerms, factor * constant);
}

function onlyTerm({
  terms,
}: AffineRow): { readonly variable: number; readonly coefficient: number } | undefined {
  if (terms.size !== 1) return undefined;
  const [[variable, coefficient]] = terms;
  return { variable, coefficient };
}
