/**
 * Rows that come and go: tangents of the network's cones, which hold everywhere, and lines of the
 * communities' costs and payments, which hold on the interval of imports that they were made for.
 *
 * Tangent of y w ≥ P² at the ratio s = P / w, from (P − s w)² ≥ 0, w = τ² v_i:
 *
 *     y − 2 s P + s² τ² v_i ≥ 0
 *
 * Line of a community at the price π with weights θ and μ (supportingLine.ts), X in kW:
 *
 *     θ t − μ r + π X ≥ c
 *
 * Both are valid as they stand in floating point: s² and c are rounded to the safe side.
 */
import { InternalError } from '../base/errors.js';
import type { ImportInterval } from './marketColumns.js';
import type { MarketProgram } from './marketProgram.js';
import { type Contact, leastTerm, type Weights } from './supportingLine.js';

/** More than the last bit of s². */
const SAFE_SQUARE = 1 + 2 ** -50;

/**
 * What rounding can have done to c, relative to the terms it is made of: sums over some thousand arcs of
 * numbers that are right to their last bits.
 */
const LINE_MARGIN = 1e-12;

/** A line steeper than this, $/kWh, says nothing that rounding leaves of it. */
const STEEPEST = 1e9;

/** Rounds in a row without effect after which a row may go. */
const IDLE_ROUNDS = 8;

/** What a row was made for; tangents hold everywhere. */
interface CutRow {
  readonly community: number;
  readonly interval: ImportInterval;
  readonly side: number;
  idleRounds: number;
}

const EVERYWHERE: ImportInterval = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
};

export class CutRows {
  private cuts: CutRow[] = [];
  private readonly contact: Contact = { value: 0, netImport: 0 };

  constructor(private readonly market: MarketProgram) {}

  get count(): number {
    return this.cuts.length;
  }

  /** The tangent at the ratio `flow` over w, for the active or the reactive part of a current. */
  addTangent(bus: number, part: 'active' | 'reactive', ratio: number): void {
    const { program, columns, feeder } = this.market;
    const isActive = part === 'active';
    const current = isActive ? columns.activeCurrent : columns.reactiveCurrent;
    const flow = isActive ? columns.activeFlow : columns.reactiveFlow;
    const sender = columns.squaredVoltage[feeder.parentBus[bus]];
    program.addRow(0, Number.POSITIVE_INFINITY);
    program.addEntry(current[bus], 1);
    program.addEntry(flow[bus], -2 * ratio);
    program.addEntry(sender, ratio * ratio * SAFE_SQUARE * feeder.ratio[bus]);
    this.cuts.push({ community: -1, interval: EVERYWHERE, side: 0, idleRounds: 0 });
  }

  /**
   * How far the line of a price would cut off where a solution puts a community, $/h; negative: not at all.
   */
  lineViolation(
    community: number,
    weights: Weights,
    price: number,
    interval: ImportInterval,
    { cost, revenue, netImport }: CommunityPoint,
  ): number {
    const present = weights.cost * cost - weights.revenue * revenue + price * netImport;
    return this.sideOf(community, weights, price, interval) - present;
  }

  addLine(community: number, weights: Weights, price: number, interval: ImportInterval): void {
    const { program, columns, theCase } = this.market;
    // Written so that a price that is no number adds nothing.
    if (!(Math.abs(price) <= STEEPEST)) return;
    const side = this.sideOf(community, weights, price, interval);
    program.addRow(side, Number.POSITIVE_INFINITY);
    program.addEntry(columns.cost[community], weights.cost);
    if (weights.revenue > 0) program.addEntry(columns.revenue[community], -weights.revenue);
    program.addEntry(columns.netImport[community], price * theCase.settings.baseKva);
    this.cuts.push({ community, interval, side, idleRounds: 0 });
  }

  /** Switches lines off that do not hold on all of their community's interval, and the others on. */
  enter(intervals: readonly ImportInterval[]): void {
    const { program, rows } = this.market;
    this.cuts.forEach(({ community, interval, side }, k) => {
      const present = intervals[community] ?? EVERYWHERE;
      const holds = community < 0 || (interval.low <= present.low && interval.high >= present.high);
      program.rowLower[rows.count + k] = holds ? side : Number.NEGATIVE_INFINITY;
    });
  }

  /** Notes which rows had no effect, and marks those that had none for long; undefined if none had. */
  idleRows(slackRows: Uint8Array): Uint8Array | undefined {
    const { rows } = this.market;
    const drop = new Uint8Array(slackRows.length);
    let isAny = false;
    this.cuts.forEach((cut, k) => {
      cut.idleRounds = slackRows[rows.count + k] === 1 ? cut.idleRounds + 1 : 0;
      if (cut.idleRounds < IDLE_ROUNDS) return;
      drop[rows.count + k] = 1;
      isAny = true;
    });
    return isAny ? drop : undefined;
  }

  /** Forgets the rows that the program has lost. */
  forget(drop: Uint8Array): void {
    this.cuts = this.cuts.filter((_, k) => drop[this.market.rows.count + k] !== 1);
  }

  /** c, on the safe side. */
  private sideOf(
    community: number,
    weights: Weights,
    price: number,
    { low, high }: ImportInterval,
  ): number {
    const curve = this.market.curves[community];
    if (curve === undefined) throw new InternalError(`there is no community ${community}`);
    leastTerm(curve, weights, price, low, high, this.contact);
    const { value, netImport } = this.contact;
    return value - LINE_MARGIN * (Math.abs(value) + 2 * Math.abs(price * netImport));
  }
}

/** Where a solution puts a community: t and r in $/h, X in kW. */
export interface CommunityPoint {
  readonly cost: number;
  readonly revenue: number;
  readonly netImport: number;
}
