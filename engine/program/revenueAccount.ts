/**
 * What a solution of the relaxation costs and earns: its bill G(P_0), its revenues as the envelopes stand for
 * them, and the deficit, the derivative of the dual function at its μ (revenueRelaxation.ts).
 */
import { InternalError } from '../base/errors.js';
import { curveValueAt } from '../market/costCurve.js';
import { type RevenueCurves, revenueOnEnvelope } from '../market/revenueCurve.js';
import { jumpNear, SNAP_SHARE } from '../market/revenueJump.js';
import type { ImportModels } from './importModels.js';
import type { NetworkProgram } from './networkProgram.js';
import type { RelaxedPoint } from './relaxation.js';

export class RevenueAccount {
  readonly revenues: RevenueCurves;
  /** Of the solution seen last, by community: $/h, and 1 where the import is at a jump of the revenue. */
  readonly revenue: Float64Array;
  readonly isAtJump: Uint8Array;

  /** @param models with revenues */
  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
  ) {
    if (models.revenues === undefined) throw new InternalError('the models hold no revenues');
    this.revenues = models.revenues;
    this.revenue = new Float64Array(program.layout.communityCount);
    this.isAtJump = new Uint8Array(program.layout.communityCount);
  }

  /**
   * G − Σ R of a solution in the present box and at the present weights, $/h.
   *
   * @param snapShare share of a community's range that a solution leaves undecided
   */
  deficitOf(point: RelaxedPoint, snapShare = SNAP_SHARE): number {
    const { curves, weighted, envelopes } = this.models;
    let deficit = this.billOf(point);
    for (let m = 0; m < point.netImport.length; m += 1) {
      const netImport = point.netImport[m];
      const jump = jumpNear(curves, this.revenues, m, netImport, snapShare);
      this.isAtJump[m] = jump >= 0 ? 1 : 0;
      this.revenue[m] =
        jump >= 0
          ? this.revenues.most[jump]
          : revenueOnEnvelope(curves, this.revenues, weighted, envelopes, m, netImport);
      deficit -= this.revenue[m];
    }
    return deficit;
  }

  /** Σ F + G of imports on their curves, $/h. */
  costOf(point: RelaxedPoint): number {
    let cost = this.billOf(point);
    for (let m = 0; m < point.netImport.length; m += 1) {
      cost += curveValueAt(this.models.curves, m, point.netImport[m]);
    }
    return cost;
  }

  /** G(P_0), $/h. */
  billOf({ exchange }: RelaxedPoint): number {
    const { gridBuy, gridSell } = this.program.market;
    return exchange > 0 ? gridBuy * exchange : gridSell * exchange;
  }

  /** What amounts of money are compared with: the bill, at least 1 $/h. */
  scaleOf(point: RelaxedPoint): number {
    return Math.max(1, Math.abs(this.billOf(point)));
  }
}
