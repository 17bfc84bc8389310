/**
 * What can flow in a box, and at which voltages: interval arithmetic on the exact equations
 * (docs/model.md sections 3 and 5), each end of each interval by itself. With P', Q' what arrives at bus
 * j over its branch from i, w = τ² v_i, and k the branches that leave j,
 *
 *     P' = load + Σ X_m + Σ_k (P'_k + r_k ℓ_k)          ℓ = (P'² + Q'²) / v_j
 *     Q' = load + q − b v_j + Σ_k (Q'_k + x_k ℓ_k)      |z|² ℓ = w − v_j − 2 (r P' + x Q')
 *
 * towards the root, and v_j from the last of them outwards, in two rounds: currents depend on voltages.
 * These are the ranges for which cuts are written (flowRows.ts). A third round knows besides that no more
 * flows either way than ℓ can carry: at most √(ℓ v_j) arrives, and at most √(ℓ w) is sent. What is
 * minimised is minimised over that.
 *
 * An interval that the equations leave nothing of shrinks to the end of what it was that is nearest: then
 * nothing is possible in the box, and anything is valid.
 */
import type { Case } from '../case/case.js';
import { activeFlowTo, type Box, importOf, reactiveFlowTo } from './box.js';
import type { Feeder } from './feeder.js';

/** Ends of one interval by bus, pu or pu². */
export interface Intervals {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Of flows and currents of the branch that feeds each bus, and of the bus's voltage. */
export interface Ranges {
  readonly active: Intervals;
  readonly reactive: Intervals;
  /** Squared. */
  readonly current: Intervals;
  readonly voltage: Intervals;
}

const ROUNDS = 2;

/** Finds the ranges of one box at a time. */
export class RangeFinder {
  /** After two rounds. */
  readonly written: Ranges;
  /** After the third. */
  readonly narrow: Ranges;
  /** What each bus itself consumes, and after a sweep with all that it sends on, pu. */
  private readonly activeDrawn: Intervals;
  private readonly reactiveDrawn: Intervals;
  /** What is sent to each bus. */
  private readonly activeSent: Intervals;
  private readonly reactiveSent: Intervals;

  /** @param imports of each community between its price caps, kW */
  constructor(
    private readonly theCase: Case,
    private readonly feeder: Feeder,
    private readonly imports: Intervals,
  ) {
    const count = feeder.order.length;
    const intervals = (): Intervals => ({
      low: new Float64Array(count),
      high: new Float64Array(count),
    });
    const ranges = (): Ranges => ({
      active: intervals(),
      reactive: intervals(),
      current: intervals(),
      voltage: intervals(),
    });
    this.written = ranges();
    this.narrow = ranges();
    this.activeDrawn = intervals();
    this.reactiveDrawn = intervals();
    this.activeSent = intervals();
    this.reactiveSent = intervals();
  }

  load(box: Box): void {
    this.open(box);
    for (let round = 0; round < ROUNDS; round += 1) this.round(box, this.written, false);
    for (const quantity of ['active', 'reactive', 'current', 'voltage'] as const) {
      this.narrow[quantity].low.set(this.written[quantity].low);
      this.narrow[quantity].high.set(this.written[quantity].high);
    }
    this.round(box, this.narrow, true);
  }

  /** The limits of the case and of the box. */
  private open(box: Box): void {
    const { feeder } = this;
    const { baseKva } = this.theCase.settings;
    const { active, reactive, current, voltage } = this.written;
    active.low.fill(Number.NEGATIVE_INFINITY);
    active.high.fill(Number.POSITIVE_INFINITY);
    reactive.low.fill(Number.NEGATIVE_INFINITY);
    reactive.high.fill(Number.POSITIVE_INFINITY);
    current.low.fill(0);
    current.high.set(feeder.currentLimit);
    voltage.low.set(feeder.vMin);
    voltage.high.set(feeder.vMax);
    if (box.size === 0) return;
    for (let bus = 0; bus < feeder.order.length; bus += 1) {
      const activeSide = box.get(activeFlowTo(bus));
      const reactiveSide = box.get(reactiveFlowTo(bus));
      if (activeSide !== undefined) {
        active.low[bus] = activeSide.low / baseKva;
        active.high[bus] = activeSide.high / baseKva;
      }
      if (reactiveSide !== undefined) {
        reactive.low[bus] = reactiveSide.low / baseKva;
        reactive.high[bus] = reactiveSide.high / baseKva;
      }
    }
  }

  private round(box: Box, ranges: Ranges, isCarried: boolean): void {
    this.consume(box, ranges.voltage);
    this.sweepBackwards(ranges, isCarried);
    this.sweepForwards(ranges, isCarried);
  }

  /** What every bus consumes itself. */
  private consume(box: Box, voltage: Intervals): void {
    const { feeder, imports, activeDrawn, reactiveDrawn } = this;
    const { communities, settings } = this.theCase;
    activeDrawn.low.set(feeder.loadP);
    activeDrawn.high.set(feeder.loadP);
    for (let m = 0; m < communities.bus.length; m += 1) {
      const bus = communities.bus[m];
      const side = box.get(importOf(m));
      const low = side === undefined ? imports.low[m] : Math.max(imports.low[m], side.low);
      const high = side === undefined ? imports.high[m] : Math.min(imports.high[m], side.high);
      activeDrawn.low[bus] += low / settings.baseKva;
      activeDrawn.high[bus] += high / settings.baseKva;
    }
    for (let bus = 0; bus < feeder.order.length; bus += 1) {
      const atLow = feeder.shunt[bus] * voltage.low[bus];
      const atHigh = feeder.shunt[bus] * voltage.high[bus];
      reactiveDrawn.low[bus] = feeder.loadQ[bus] + feeder.freeMin[bus] - Math.max(atLow, atHigh);
      reactiveDrawn.high[bus] = feeder.loadQ[bus] + feeder.freeMax[bus] - Math.min(atLow, atHigh);
    }
  }

  /** Flows and currents, towards the root. */
  private sweepBackwards(ranges: Ranges, isCarried: boolean): void {
    const { feeder, activeDrawn, reactiveDrawn, activeSent, reactiveSent } = this;
    const { active, reactive, current, voltage } = ranges;
    for (let place = feeder.order.length - 1; place > 0; place -= 1) {
      const j = feeder.order[place];
      const i = feeder.parentBus[j];
      if (feeder.isLink[j] === 1) {
        shift(activeDrawn, i, activeDrawn.low[j], activeDrawn.high[j]);
        shift(reactiveDrawn, i, reactiveDrawn.low[j], reactiveDrawn.high[j]);
        continue;
      }
      const r = feeder.r[j];
      const x = feeder.x[j];
      const sending = feeder.ratio[j] * voltage.high[i];
      narrowTo(active, j, activeDrawn.low[j], activeDrawn.high[j]);
      narrowTo(reactive, j, reactiveDrawn.low[j], reactiveDrawn.high[j]);
      const least = leastSquare(active, j) + leastSquare(reactive, j);
      const most = mostSquare(active, j) + mostSquare(reactive, j);
      const drop = 2 * (r * active.low[j] + x * reactive.low[j]);
      const room = sending - voltage.low[j] - drop;
      const byVoltage = r > 0 || x > 0 ? room / (r * r + x * x) : Number.POSITIVE_INFINITY;
      const byPower = voltage.low[j] > 0 ? most / voltage.low[j] : Number.POSITIVE_INFINITY;
      narrowTo(current, j, least / voltage.high[j], Math.min(byPower, byVoltage));
      if (isCarried) {
        const arriving = Math.sqrt(current.high[j] * voltage.high[j]);
        narrowTo(active, j, -arriving, arriving);
        narrowTo(reactive, j, -arriving, arriving);
      }
      send(activeSent, active, r, current, j);
      send(reactiveSent, reactive, x, current, j);
      if (isCarried) {
        const sent = Math.sqrt(current.high[j] * sending);
        narrowTo(activeSent, j, -sent, sent);
        narrowTo(reactiveSent, j, -sent, sent);
      }
      shift(activeDrawn, i, activeSent.low[j], activeSent.high[j]);
      shift(reactiveDrawn, i, reactiveSent.low[j], reactiveSent.high[j]);
    }
  }

  /** Voltages, outwards. */
  private sweepForwards({ active, reactive, current, voltage }: Ranges, isCarried: boolean): void {
    const { feeder, activeSent, reactiveSent } = this;
    for (let place = 1; place < feeder.order.length; place += 1) {
      const j = feeder.order[place];
      const i = feeder.parentBus[j];
      const ratio = feeder.ratio[j];
      if (feeder.isLink[j] === 1) {
        voltage.low[j] = ratio * voltage.low[i];
        voltage.high[j] = ratio * voltage.high[i];
        continue;
      }
      const r = feeder.r[j];
      const x = feeder.x[j];
      const squaredImpedance = r * r + x * x;
      let least = 2 * (r * active.low[j] + x * reactive.low[j]) + squaredImpedance * current.low[j];
      let most =
        2 * (r * active.high[j] + x * reactive.high[j]) + squaredImpedance * current.high[j];
      if (isCarried) {
        // The same drop from what is sent: 2 (r P + x Q) − |z|² ℓ.
        const sentLeast = 2 * (r * activeSent.low[j] + x * reactiveSent.low[j]);
        const sentMost = 2 * (r * activeSent.high[j] + x * reactiveSent.high[j]);
        least = Math.max(least, sentLeast - squaredImpedance * current.high[j]);
        most = Math.min(most, sentMost - squaredImpedance * current.low[j]);
      }
      narrowTo(voltage, j, ratio * voltage.low[i] - most, ratio * voltage.high[i] - least);
    }
  }
}

/** Keeps of an interval what lies in [least, most]; the nearest end where that is nothing. */
function narrowTo({ low, high }: Intervals, at: number, least: number, most: number): void {
  const raised = Math.min(Math.max(low[at], least), high[at]);
  high[at] = Math.max(Math.min(high[at], most), low[at]);
  low[at] = raised;
}

function shift({ low, high }: Intervals, at: number, byLow: number, byHigh: number): void {
  low[at] += byLow;
  high[at] += byHigh;
}

/** What is sent for what arrives: the losses besides. */
function send(
  sent: Intervals,
  arriving: Intervals,
  z: number,
  current: Intervals,
  at: number,
): void {
  sent.low[at] = arriving.low[at] + z * current.low[at];
  sent.high[at] = arriving.high[at] + z * current.high[at];
}

function leastSquare({ low, high }: Intervals, at: number): number {
  return low[at] <= 0 && high[at] >= 0 ? 0 : Math.min(low[at] * low[at], high[at] * high[at]);
}

function mostSquare({ low, high }: Intervals, at: number): number {
  return Math.max(low[at] * low[at], high[at] * high[at]);
}
