/**
 * What communities pay, and the row that their payments cover the bill of the grid (docs/model.md section 4):
 *
 *     Σ r_m + fixed ≥ G(P_0),  $/h
 *
 * where `fixed` comes from the communities whose import has no choice.
 */
import { type ModelBuilder, type Term, term } from './programModel.js';

export class Payments {
  private readonly terms: Term[] = [];
  private fixed = 0;

  /** @param payment the variable r_m */
  add(payment: number): void {
    this.terms.push(term(payment));
  }

  addFixed(payment: number): void {
    this.fixed += payment;
  }

  /** @param bill G(P_0) */
  addRow(builder: ModelBuilder, bill: readonly Term[]): void {
    const spent = bill.map(({ variable, coefficient }) => term(variable, -coefficient));
    const terms = [...this.terms, ...spent];
    builder.row('revenue', -this.fixed, Number.POSITIVE_INFINITY, terms);
  }
}
