/**
 * What a leaf of a proof says about flows, as rows and limits of the linear program (docs/model.md section
 * 5). With P' = P − r ℓ and Q' = Q − x ℓ, what arrives over the branch that feeds bus j, and the ranges
 * that the leaf's box implies for P', Q', ℓ and v_j,
 *
 *     a ≤ P' ≤ b,   c ≤ Q' ≤ d,   ℓ_lo ≤ ℓ ≤ ℓ_hi,   v_lo ≤ v_j ≤ v_hi
 *
 * exact outcomes, which have ℓ v_j = P'² + Q'², keep the secant cut
 *
 *     ℓ v_lo + ℓ_lo v_j − (a + b) P' − (c + d) Q'  ≤  ℓ_lo v_lo − a b − c d
 *
 * and the same with v_hi and ℓ_hi. The ranges are those of the certificate, found from the case and the box
 * (certify/ranges.ts).
 */
import type { Box } from '../certify/box.js';
import { type Intervals, RangeFinder } from '../certify/ranges.js';
import type { FlowRows } from './flowRows.js';
import type { MarketProgram } from './marketProgram.js';
import type { SimplexModel } from './simplexModel.js';

/**
 * What rounding can have done to the sides of a row, relative to the sizes of what they are made of: some ten
 * operations, each right to 2⁻⁵³. Sides are moved outwards by it.
 */
const SIDE_MARGIN = 1e-14;

export class FlowRanges {
  private readonly finder: RangeFinder;
  /** Of a secant cut: P, Q, both parts of ℓ, and v_j. */
  private readonly values = new Float64Array(5);

  constructor(
    private readonly market: MarketProgram,
    private readonly rows: FlowRows,
    private readonly model: SimplexModel,
  ) {
    const { theCase, feeder, curves } = market;
    const imports = {
      low: Float64Array.from(curves, ({ knot }) => knot[0]),
      high: Float64Array.from(curves, ({ knot, arcCount }) => knot[arcCount]),
    };
    this.finder = new RangeFinder(theCase, feeder, imports);
  }

  /** Replaces the rows and the limits of voltages by those of a box. */
  enter(box: Box): void {
    const { finder, market, rows, model } = this;
    const { feeder, program, columns } = market;
    finder.load(box);
    const { active, reactive, current, voltage } = finder.narrow;
    for (const bus of feeder.order.subarray(1)) {
      const squaredVoltage = columns.squaredVoltage[bus];
      program.lower[squaredVoltage] = voltage.low[bus];
      program.upper[squaredVoltage] = voltage.high[bus];
      model.moveColumn(squaredVoltage);
      if (feeder.isLink[bus] === 1) continue;
      this.limit(rows.active[bus], active, bus);
      this.limit(rows.reactive[bus], reactive, bus);
      this.limit(rows.current[bus], current, bus);
      this.cut(rows.lowSecant[bus], bus, voltage.low[bus], current.low[bus]);
      this.cut(rows.highSecant[bus], bus, voltage.high[bus], current.high[bus]);
    }
  }

  private limit(row: number, { low, high }: Intervals, bus: number): void {
    const { program } = this.market;
    program.rowLower[row] = low[bus] - SIDE_MARGIN * Math.abs(low[bus]);
    program.rowUpper[row] = high[bus] + SIDE_MARGIN * Math.abs(high[bus]);
    this.model.moveRowSides(row);
  }

  /** The cut at one corner of the ranges of v_j and ℓ; open where a range is. */
  private cut(row: number, bus: number, squaredVoltage: number, squaredCurrent: number): void {
    const { values, market, finder } = this;
    const { feeder, program } = market;
    const { active, reactive } = finder.narrow;
    const a = active.low[bus];
    const b = active.high[bus];
    const c = reactive.low[bus];
    const d = reactive.high[bus];
    values[0] = -(a + b);
    values[1] = -(c + d);
    values[2] = squaredVoltage + feeder.r[bus] * (a + b) + feeder.x[bus] * (c + d);
    values[3] = values[2];
    values[4] = squaredCurrent;
    const corner = squaredCurrent * squaredVoltage;
    const size = corner + Math.abs(a * b) + Math.abs(c * d);
    const side = corner - a * b - c * d + SIDE_MARGIN * size;
    const isOpen = !Number.isFinite(side);
    if (isOpen) values.fill(0);
    program.rowUpper[row] = isOpen ? Number.POSITIVE_INFINITY : side;
    program.setEntries(row, values);
    this.model.moveRow(row);
  }
}
