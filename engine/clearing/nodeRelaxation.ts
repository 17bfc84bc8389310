/**
 * The relaxation of a node with everything it works on: the program, the models of the imports, and, where
 * prices must cover the grid's bill, the search for the price of revenue.
 */
import type { ImportBox, ImportModels } from '../program/importModels.js';
import type { NetworkProgram } from '../program/networkProgram.js';
import { MarketRelaxation } from '../program/relaxation.js';
import { type AdequateOutcome, RevenueRelaxation } from '../program/revenueRelaxation.js';
import type { NetworkMarket } from './networkMarket.js';

export class NodeRelaxation {
  readonly program: NetworkProgram;
  readonly models: ImportModels;
  readonly relaxation: MarketRelaxation;
  private readonly revenue: RevenueRelaxation | undefined;

  /** @param gapTolerance relative gap that the price of revenue need not close */
  constructor({ program, models }: NetworkMarket, gapTolerance: number, shouldStop: () => boolean) {
    this.program = program;
    this.models = models;
    this.relaxation = new MarketRelaxation(program, models, shouldStop);
    if (models.revenues !== undefined) {
      this.revenue = new RevenueRelaxation(program, models, this.relaxation, gapTolerance);
    }
  }

  /** See MarketProblem. */
  get subsidisedBound(): number | undefined {
    return this.revenue?.subsidisedBound;
  }

  /** The relaxation of a box, with the imports of other solutions near it; the models are left in the box. */
  solve(box: ImportBox): AdequateOutcome {
    const outcome = this.solveFrom(box);
    if (outcome.status === 'solved') {
      this.models.weigh(1, outcome.point.prices.revenue);
      this.relaxation.enter(box);
    }
    return outcome;
  }

  private solveFrom(box: ImportBox): AdequateOutcome {
    const { start } = box;
    if (start !== undefined) {
      // What the node before left behind must not matter.
      this.models.weigh(1, start.revenuePrice);
      this.models.enterBox(box);
      this.models.centreOn(start.netImport);
    }
    if (this.revenue !== undefined) return this.revenue.solve(box, start?.revenuePrice);
    const outcome = this.relaxation.solve(box);
    if (outcome.status !== 'solved') return outcome;
    const { point } = outcome;
    return {
      status: 'solved',
      point: { ...point, nearby: [], undecided: point.netImport, solves: 1 },
    };
  }
}
