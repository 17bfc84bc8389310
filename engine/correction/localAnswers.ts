/**
 * What every community imports at the price of its bus, near where it was:
 *
 *     X_m = a local minimum of F_m(X) − μ R_m(X) + p_m X
 *
 * reached from arc to arc. At a kink that rises, X stays at the knot over an interval of prices. Whether the
 * local minimum is the global one is for the bound to say (program/lagrangian.ts).
 */
import { arcAt, type CostCurves } from '../market/costCurve.js';
import { type RevenueCurves, revenueAt } from '../market/revenueCurve.js';

export class LocalAnswers {
  /** By community: the import (kW), how it falls as the price rises (kW per $/kWh), and R' ($/kWh). */
  readonly netImport: Float64Array;
  readonly compliance: Float64Array;
  readonly revenueSlope: Float64Array;
  private readonly arc: Int32Array;

  /** @param revenues undefined where μ = 0 throughout */
  constructor(
    private readonly curves: CostCurves,
    private readonly revenues: RevenueCurves | undefined,
  ) {
    const communities = curves.arcCount.length;
    this.netImport = new Float64Array(communities);
    this.compliance = new Float64Array(communities);
    this.revenueSlope = new Float64Array(communities);
    this.arc = new Int32Array(communities);
  }

  /** Begins at given imports, kW, each taken into its range. */
  beginAt(netImport: Float64Array): void {
    const { curves } = this;
    for (let m = 0; m < this.arc.length; m += 1) {
      this.arc[m] = arcAt(curves, m, netImport[m]);
      const start = curves.start[m];
      const low = curves.knot[start];
      const high = curves.knot[start + curves.arcCount[m]];
      this.netImport[m] = Math.min(Math.max(netImport[m], low), high);
      this.compliance[m] = 0;
      this.revenueSlope[m] = 0;
    }
  }

  /**
   * Moves one community to its answer.
   *
   * @param price of its bus, $/kWh, counted (1 + μ) times as all prices are
   */
  answer(community: number, price: number, revenuePrice: number): void {
    const { curves, revenues } = this;
    const start = curves.start[community];
    const last = start + curves.arcCount[community] - 1;
    let arc = this.arc[community];
    if (arc < 0) return;
    this.compliance[community] = 0;
    for (let direction = 0; ; ) {
      const width = curves.knot[arc + 1] - curves.knot[arc];
      const ofRevenue = revenues === undefined ? 0 : revenuePrice * revenues.slope[arc];
      const bendOfRevenue = revenues === undefined ? 0 : revenuePrice * revenues.curvature[arc];
      const steepness = curves.slope[arc] - ofRevenue + price;
      const bend = curves.curvature[arc] - bendOfRevenue;
      if (steepness >= 0) {
        // A step back to where the last one came from: the kink between rises.
        if (direction > 0 || arc === start) {
          this.netImport[community] = curves.knot[arc];
          break;
        }
        direction = -1;
        arc -= 1;
        continue;
      }
      if (steepness + bend * width <= 0) {
        if (direction < 0 || arc === last) {
          this.netImport[community] = curves.knot[arc + 1];
          break;
        }
        direction = 1;
        arc += 1;
        continue;
      }
      const step = -steepness / bend;
      this.netImport[community] = curves.knot[arc] + step;
      this.compliance[community] = 1 / bend;
      if (revenues !== undefined) {
        this.revenueSlope[community] = revenues.slope[arc] + revenues.curvature[arc] * step;
      }
      break;
    }
    this.arc[community] = arc;
  }

  /** Σ R_m, $/h. */
  revenue(): number {
    const { curves, revenues, arc, netImport } = this;
    let sum = 0;
    if (revenues === undefined) return sum;
    for (let m = 0; m < arc.length; m += 1) {
      sum += revenueAt(curves, revenues, m, arc[m], netImport[m]);
    }
    return sum;
  }
}
