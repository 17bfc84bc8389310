/**
 * Narrower ranges of flows where the relaxation is not tight (docs/model.md section 5). Only outcomes cheaper
 * than a cutoff U matter, the objective of an outcome that is known. If P' ≥ b costs U or more, a leaf with
 * that limit closes the part of the box beyond b, and what is left has P' ≤ b. Secants over a narrower range
 * lie lower, so that less current can be invented, the bound rises, and the next range gets narrower still.
 */
import type { FlowKind } from './flowBox.js';
import { Sweep, type Tightened } from './flowSweep.js';
import type { ImportBox, ImportModels } from './importModels.js';
import type { NetworkPrices } from './lagrangian.js';
import type { NetworkProgram } from './networkProgram.js';
import type { MarketRelaxation } from './relaxation.js';

export type { ClosedBox, Tightened } from './flowSweep.js';

export class FlowTightening {
  /** Behind branch e are the junctions e + 1 … subtreeEnd[e] − 1. */
  private readonly subtreeEnd: Int32Array;

  /** @param relaxation with flow rows, of the same program and models */
  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
    private readonly relaxation: MarketRelaxation,
  ) {
    const { parent } = program.network;
    this.subtreeEnd = Int32Array.from(parent, (_, e) => e + 2);
    for (let e = parent.length - 1; e >= 0; e -= 1) {
      const sender = parent[e];
      if (sender === 0) continue;
      this.subtreeEnd[sender - 1] = Math.max(this.subtreeEnd[sender - 1], this.subtreeEnd[e]);
    }
  }

  /**
   * One sweep over all ranges, from the ends of the feeder to the root.
   *
   * @param prices multipliers of the box's relaxation
   * @param cutoff what closed parts must cost at least, $/h
   */
  sweep(box: ImportBox, prices: NetworkPrices, cutoff: number): Tightened {
    return this.sweepWhere(box, prices, cutoff, (sweep, e, kind) => sweep.isWorthwhile(e, kind));
  }

  /** The same over given branches, whatever their cuts hide: for the voltages that follow from the flows. */
  sweepBranches(
    box: ImportBox,
    prices: NetworkPrices,
    cutoff: number,
    branches: ReadonlySet<number>,
  ): Tightened {
    return this.sweepWhere(box, prices, cutoff, (_, e) => branches.has(e));
  }

  private sweepWhere(
    box: ImportBox,
    prices: NetworkPrices,
    cutoff: number,
    isChosen: (sweep: Sweep, branch: number, kind: FlowKind) => boolean,
  ): Tightened {
    const { program, models, relaxation, subtreeEnd } = this;
    const gap = cutoff - relaxation.boundIn(box, prices);
    if (!(gap > 0 && gap < Number.POSITIVE_INFINITY)) return { box, closed: [] };
    const sweep = new Sweep(program, models, relaxation, box, prices, cutoff, gap);
    for (let e = subtreeEnd.length - 1; e >= 0; e -= 1) {
      for (const kind of ['active', 'reactive'] as const) {
        if (!isChosen(sweep, e, kind)) continue;
        const end = subtreeEnd[e];
        sweep.narrow(e, end, kind, 'above');
        if (sweep.box !== undefined) sweep.narrow(e, end, kind, 'below');
        if (sweep.box === undefined) return sweep;
      }
    }
    return sweep;
  }
}
