/**
 * The relaxed clearing in a box of imports, by outer approximation (J. E. Kelley, The cutting-plane method
 * for solving convex programs, J. SIAM 8, 1960): solve the linear program, add the rows that its solution
 * violates, solve again. Every round proves a bound by its duals, and the best round's prices are kept as the
 * proof.
 */
import type { Highs } from 'highs';
import { InternalError } from '../base/errors.js';
import type { Box } from '../certify/box.js';
import { CutRows } from './cutRows.js';
import { DualBound } from './dualBound.js';
import { FlowRanges } from './flowRanges.js';
import { type ImportBox, limitCommunity } from './marketColumns.js';
import type { MarketProgram } from './marketProgram.js';
import { separate } from './separation.js';
import { SimplexModel } from './simplexModel.js';
import { addSpreadLines, addStartCuts } from './startCuts.js';

/** Multipliers of the rows, $/h per pu, by bus. */
export interface OuterPrices {
  readonly active: Float64Array;
  readonly reactive: Float64Array;
  /** Of the voltage equation of the branch that feeds the bus. */
  readonly voltageDrop: Float64Array;
  /** Of revenue adequacy. */
  readonly revenue: number;
}

/** A solution of one round, which the next round's rows may cut off. */
export interface RoundSolution {
  readonly x: Float64Array;
  readonly prices: OuterPrices;
  /** Proved by this round's duals, $/h. */
  readonly bound: number;
}

/** What came of a box. */
export type BoxOutcome =
  /** The best bound of all rounds with its prices, and the columns of the last one. */
  | ({ readonly status: 'solved' } & RoundSolution)
  /** The prices prove it: their bound without costs is positive. */
  | { readonly status: 'infeasible'; readonly prices: OuterPrices }
  | { readonly status: 'unresolved'; readonly reason: string };

/** Rounds in one box; 4 to 20 are usual. */
const ROUND_LIMIT = 200;

/** The violations left, summed, relative to max(1, |bound|): a hundredth of the usual gap. */
const ACCURACY = 1e-8;

/** A proof of infeasibility scaled to multipliers of size 1 must be positive by more than this. */
const INFEASIBILITY_MARGIN = 1e-9;

export class OuterRelaxation {
  rounds = 0;
  private readonly cuts: CutRows;
  private readonly model: SimplexModel;
  private readonly proof: DualBound;
  private readonly spread = new Set<string>();
  private present: ImportBox;
  private readonly flows: FlowRanges | undefined;

  constructor(
    highs: Highs,
    private readonly market: MarketProgram,
    readonly root: ImportBox,
    shouldStop: () => boolean,
  ) {
    this.present = root;
    this.cuts = new CutRows(market);
    addStartCuts(market, this.cuts, root);
    this.model = new SimplexModel(highs, market.program, shouldStop);
    this.proof = new DualBound(market.program);
    this.flows = market.rows.flows && new FlowRanges(market, market.rows.flows, this.model);
  }

  get iterations(): number {
    return this.model.iterations;
  }

  dispose(): void {
    this.model.dispose();
  }

  /** From now on allows only flows that a box leaves, with their secant cuts; for programs with such rows. */
  restrictFlows(box: Box): void {
    if (this.flows === undefined) throw new InternalError('the program has no rows for flows');
    this.flows.enter(box);
  }

  /**
   * @param isEnough told the solution of every round; true ends the rounds
   */
  async solve(
    box: ImportBox,
    isEnough: (solution: RoundSolution) => Promise<boolean>,
  ): Promise<BoxOutcome> {
    this.enter(box);
    let best: RoundSolution | undefined;
    for (let round = 0; round < ROUND_LIMIT; round += 1) {
      const before = this.model.iterations;
      const status = this.model.solve();
      this.rounds += 1;
      if (status === 'infeasible') return this.infeasible();
      if (status !== 'optimal') return { status: 'unresolved', reason: status };
      const { x, rowDual } = this.model;
      const bound = this.proof.lowerBound(rowDual) * this.market.costUnit;
      const solution = { x, prices: this.pricesOf(rowDual), bound };
      if (best === undefined || bound > best.bound) best = solution;
      if (await isEnough({ ...solution, bound: best.bound })) {
        return { status: 'solved', ...best, x };
      }
      // Rows that the solver's tolerance cannot tell from satisfied ones change nothing.
      const isStuck = round > 0 && this.model.iterations === before;
      if (isStuck || !this.addViolated(bound)) return { status: 'solved', ...best, x };
    }
    if (best === undefined) return { status: 'unresolved', reason: 'no round ended' };
    return { status: 'solved', ...best };
  }

  private enter(box: ImportBox): void {
    const { market, cuts, model } = this;
    const { program, columns, theCase, rows } = market;
    box.forEach((interval, m) => {
      const curve = market.curves[m];
      if (interval === this.present[m] || curve === undefined) return;
      limitCommunity(theCase, curve, m, interval, program, columns);
      for (const column of [columns.netImport[m], columns.cost[m], columns.revenue[m]]) {
        if (column >= 0) model.moveColumn(column);
      }
      const name = `${m} ${interval.low} ${interval.high}`;
      if (interval === this.root[m] || this.spread.has(name)) return;
      this.spread.add(name);
      addSpreadLines(market, cuts, m, interval);
    });
    this.present = box;
    model.addRows();
    cuts.enter(box);
    model.moveRows(rows.count);
  }

  /** Whether the solution violated any row; those without effect for long make room. */
  private addViolated(bound: number): boolean {
    const { market, cuts, model } = this;
    const drop = cuts.idleRows(model.slackRows());
    const items = market.curves.length + market.feeder.order.length;
    const least = (ACCURACY * Math.max(1, Math.abs(bound))) / items;
    const added = separate(market, cuts, this.present, model.x, model.rowDual, least);
    if (added === 0) return false;
    model.addRows();
    if (drop !== undefined) this.drop(drop);
    return true;
  }

  /** Deletes the rows that are marked; those added since stay. */
  private drop(marked: Uint8Array): void {
    const all = new Uint8Array(this.market.program.rowCount);
    all.set(marked);
    this.cuts.forget(all);
    this.model.deleteRows(all);
  }

  private infeasible(): BoxOutcome {
    const ray = this.model.dualRay();
    if (ray === undefined) return { status: 'unresolved', reason: 'infeasible without a proof' };
    const size = ray.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const sign of [1, -1]) {
      const scaled = ray.map((value) => (sign * value) / size);
      if (this.proof.infeasibility(scaled) > INFEASIBILITY_MARGIN) {
        return { status: 'infeasible', prices: this.pricesOf(scaled) };
      }
    }
    return { status: 'unresolved', reason: 'infeasible by a proof that does not hold' };
  }

  private pricesOf(rowDual: Float64Array): OuterPrices {
    const { rows, costUnit } = this.market;
    const dualOf = (row: number): number => (row < 0 ? 0 : costUnit * rowDual[row]);
    return {
      active: Float64Array.from(rows.activeBalance, dualOf),
      reactive: Float64Array.from(rows.reactiveBalance, dualOf),
      voltageDrop: Float64Array.from(rows.voltageDrop, (row) => -dualOf(row)),
      revenue: Math.max(dualOf(rows.revenue), 0),
    };
  }
}
