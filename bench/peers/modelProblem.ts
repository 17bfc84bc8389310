/**
 * A program as it is exported (engine/export/programModel.ts) as the conic core and the peers inside Node
 * take it: quadratic costs stay costs, ranges of rows become half-lines, and
 *
 *     left · right ≥ Σ squares²   becomes   (left + right, left − right, 2 squares) in a second-order cone
 *
 * The constant of the objective is left out.
 */

import type { ConicProblem } from '../../engine/conic/problem.js';
import type { ModelCone, ProgramModel, Term } from '../../engine/export/programModel.js';
import { SparseBuilder } from '../../engine/sparse/columns.js';

export function conicProblemOf({ variables, rows, cones }: ProgramModel): ConicProblem {
  const equalities = new SparseBuilder();
  const equalityRight: number[] = [];
  const slacks = new ConeRows();
  for (const { lower, upper, terms } of rows) {
    if (lower === upper) {
      const row = equalityRight.push(lower) - 1;
      for (const { variable, coefficient } of terms) equalities.set(row, variable, coefficient);
      continue;
    }
    if (Number.isFinite(lower)) slacks.add([{ terms, factor: 1, constant: -lower }]);
    if (Number.isFinite(upper)) slacks.add([{ terms, factor: -1, constant: upper }]);
  }
  for (const cone of cones) slacks.add(rotated(cone));
  return {
    variableCount: variables.length,
    quadratic: Float64Array.from(variables, ({ quadratic }) => quadratic),
    linear: Float64Array.from(variables, ({ linear }) => linear),
    lower: Float64Array.from(variables, ({ lower }) => lower),
    upper: Float64Array.from(variables, ({ upper }) => upper),
    equalities: equalities.build(equalityRight.length, variables.length),
    equalityRight: Float64Array.from(equalityRight),
    ...slacks.build(variables.length),
  };
}

/** factor · Σ coefficient x + constant */
interface Slack {
  readonly terms: readonly Term[];
  readonly factor: number;
  readonly constant: number;
}

/** Rows h − G x in cones. */
class ConeRows {
  private readonly matrix = new SparseBuilder();
  private readonly right: number[] = [];
  private readonly sizes: number[] = [];

  add(cone: readonly Slack[]): void {
    this.sizes.push(cone.length);
    for (const { terms, factor, constant } of cone) {
      const row = this.right.push(constant) - 1;
      for (const { variable, coefficient } of terms) {
        this.matrix.set(row, variable, -factor * coefficient);
      }
    }
  }

  build(variables: number): Pick<ConicProblem, 'cones' | 'coneRight' | 'coneSizes'> {
    return {
      cones: this.matrix.build(this.right.length, variables),
      coneRight: Float64Array.from(this.right),
      coneSizes: Int32Array.from(this.sizes),
    };
  }
}

function rotated({ left, right, squares }: ModelCone): Slack[] {
  const isNumber = typeof right === 'number';
  const constant = isNumber ? right : 0;
  const negated = isNumber ? [] : [{ ...right, coefficient: -right.coefficient }];
  return [
    { terms: isNumber ? [left] : [left, right], factor: 1, constant },
    { terms: [left, ...negated], factor: 1, constant: -constant },
    ...squares.map((square) => ({ terms: [square], factor: 2, constant: 0 })),
  ];
}
