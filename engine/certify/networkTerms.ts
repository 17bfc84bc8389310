/**
 * The network's terms of the Lagrangian bound (lowerBound.ts). With prices π (active), ρ (reactive) and ν
 * (voltage equation) of the buses, branch i → j of impedance z = r + jx and squared ratio τ² contributes,
 * with w = τ² v_i,
 *
 *     a P + b Q + c ℓ,   a = π_i − π_j + 2 r ν_j,   b = ρ_i − ρ_j + 2 x ν_j,   c = r π_j + x ρ_j − |z|² ν_j
 *
 * and what limits of flows add (flowRows.ts), which under ℓ w ≥ P² + Q² is at least
 *
 *     −w (a² + b²) / (4 (c + σ)) − σ ℓ    for every c + σ > 0
 *
 * with ℓ at the end of its range (ranges.ts) that σ asks for: the greatest for σ > 0, the least for σ <
 * 0. The rest is linear in squared voltages and free reactive amounts, and separate in P_0. A price μ of
 * revenue adequacy, Σ λ_m X_m ≥ G(P_0), makes the tariffs (1 + μ) times as high.
 */
import type { Case } from '../case/case.js';
import type { ProofLeaf } from '../clearing/result.js';
import type { Feeder } from './feeder.js';
import { FlowRows } from './flowRows.js';
import { type Intervals, RangeFinder } from './ranges.js';
import type { Scope } from './scopes.js';

/** A limit of zero stands for no flow at all; this keeps the quotient w / L finite. */
const SMALLEST_LIMIT = 1e-100;

/** How often the tariff counts: once as a cost, μ times in the row of revenue adequacy. */
function tariffWeight({ leaf, withCosts }: Scope): number {
  return (withCosts ? 1 : 0) + leaf.revenuePrice;
}

/** Without a grid limit, only root prices between selling and buying price give a bound; $/kWh. */
export function boundedRootPrice(theCase: Case, scope: Scope): number {
  const { rootBus, gridBuy, gridSell, gridLimitKw } = theCase.settings;
  const price = (scope.outer?.leaf ?? scope.leaf).activePrice[rootBus];
  if (gridLimitKw < Number.POSITIVE_INFINITY) return price;
  const weight = tariffWeight(scope);
  return Math.min(Math.max(price, weight * gridSell), weight * gridBuy);
}

/**
 * c + σ: the coefficient itself where the current that the cone then asks for at the squared voltage w
 * lies in its range, else what asks for the nearer end of the range. Any value is valid; this is the best
 * at w.
 *
 * @param slope |(a, b)| √w / 2: steepness at which a squared current of 1 is asked for
 */
function coneSteepness(c: number, slope: number, least: number, most: number): number {
  if (most === Number.POSITIVE_INFINITY) return Math.max(c, 0);
  const flattest = slope / Math.sqrt(Math.max(most, SMALLEST_LIMIT));
  if (c <= flattest || !(least > 0)) return Math.max(c, flattest);
  return Math.min(c, slope / Math.sqrt(least));
}

/** All terms of scopes but those of the communities, $/h. */
export class NetworkTerms {
  private readonly rangeFinder: RangeFinder;
  private readonly rows: FlowRows;
  private readonly squaredVoltage: Float64Array;
  /** By bus: coefficient of its squared voltage. */
  private readonly coefficient: Float64Array;
  private total = 0;
  private totalSize = 0;

  /**
   * @param imports of each community between its price caps, kW
   * @param voltagePu voltages that help to choose σ
   */
  constructor(
    private readonly theCase: Case,
    private readonly feeder: Feeder,
    imports: Intervals,
    voltagePu: Float64Array,
  ) {
    this.rangeFinder = new RangeFinder(theCase, feeder, imports);
    this.rows = new FlowRows(feeder, theCase.settings.baseKva);
    this.squaredVoltage = voltagePu.map((voltage) => voltage * voltage);
    this.coefficient = new Float64Array(feeder.order.length);
  }

  /** Σ of the sizes of the terms summed last. */
  get size(): number {
    return this.totalSize;
  }

  networkTerm(scope: Scope, rootPrice: number): number {
    const { feeder, coefficient } = this;
    const root = feeder.order[0];
    coefficient.fill(0);
    this.total = 0;
    this.totalSize = 0;
    this.rangeFinder.load(scope.box);
    this.add(this.rows.load(scope, this.rangeFinder.written));
    let hole = 0;
    for (let place = scope.end - 1; place >= scope.first; place -= 1) {
      const left = scope.holes[hole];
      if (left !== undefined && place === left.end - 1) {
        const sender = feeder.parentBus[feeder.order[left.first]];
        coefficient[sender] += left.senderVoltagePrice;
        this.totalSize += Math.abs(left.senderVoltagePrice) * this.squaredVoltage[sender];
        place = left.first;
        hole += 1;
        continue;
      }
      const bus = feeder.order[place];
      this.addConsumption(scope.leaf, bus, rootPrice);
      if (bus === root) continue;
      if (feeder.isLink[bus] === 1) {
        coefficient[feeder.parentBus[bus]] += feeder.ratio[bus] * coefficient[bus];
        continue;
      }
      this.addBranch(scope, bus, rootPrice);
      this.addVoltage(bus, coefficient[bus]);
    }
    if (scope.outer === undefined) {
      this.addVoltage(root, coefficient[root]);
      this.add(this.gridTerm(scope, rootPrice));
    } else {
      const sender = feeder.parentBus[feeder.order[scope.first]];
      this.addVoltage(sender, coefficient[sender] - scope.outer.hole.senderVoltagePrice);
    }
    return this.total;
  }

  private add(term: number): void {
    this.total += term;
    this.totalSize += Math.abs(term);
  }

  /** Fixed loads, and reactive amounts where they cost least; shunts go to the coefficient. */
  private addConsumption(leaf: ProofLeaf, bus: number, rootPrice: number): void {
    const { feeder } = this;
    const reactive = this.reactivePrice(leaf, bus);
    const free = reactive > 0 ? feeder.freeMin[bus] : feeder.freeMax[bus];
    this.coefficient[bus] -= feeder.shunt[bus] * reactive;
    this.add(this.activePrice(leaf, bus, rootPrice) * feeder.loadP[bus]);
    this.add(reactive * (feeder.loadQ[bus] + free));
  }

  /** σ's share of the branch that feeds bus j; the rest goes to the coefficients of both ends. */
  private addBranch(scope: Scope, j: number, rootPrice: number): void {
    const { feeder, rows, coefficient } = this;
    const { current } = this.rangeFinder.narrow;
    const { leaf } = scope;
    const i = feeder.parentBus[j];
    const isHead = feeder.position[j] === scope.first;
    const sender = isHead ? (scope.outer?.leaf ?? leaf) : leaf;
    const r = feeder.r[j];
    const x = feeder.x[j];
    const drop = leaf.voltagePrice[j];
    const active = this.activePrice(leaf, j, rootPrice);
    const reactive = this.reactivePrice(leaf, j);
    const a = this.activePrice(sender, i, rootPrice) - active + 2 * r * drop + rows.active[j];
    const b = this.reactivePrice(sender, i) - reactive + 2 * x * drop + rows.reactive[j];
    const c = r * active + x * reactive - (r * r + x * x) * drop + rows.current[j];
    const norm = Math.hypot(a, b);
    const w = feeder.ratio[j] * this.squaredVoltage[i];
    const least = current.low[j];
    const most = current.high[j];
    const steepness = coneSteepness(c, 0.5 * norm * Math.sqrt(w), least, most);
    const cone = norm > 0 ? (norm * norm) / (4 * steepness) : 0;
    coefficient[j] += drop + rows.voltage[j];
    coefficient[i] -= feeder.ratio[j] * (drop + cone);
    if (steepness > c) this.add((c - steepness) * most);
    if (steepness < c) this.add((c - steepness) * least);
    // What meets in a coefficient may cancel there, but not its rounding.
    this.totalSize += (Math.abs(drop) + cone) * w + Math.abs(drop) * this.squaredVoltage[j];
  }

  private addVoltage(bus: number, coefficient: number): void {
    const { low, high } = this.rangeFinder.narrow.voltage;
    this.add(coefficient * (coefficient > 0 ? low[bus] : high[bus]));
  }

  /** min over |P_0| ≤ limit of G(P_0) − π_0 P_0, with the weight of the tariff; $/h. */
  private gridTerm(scope: Scope, rootPrice: number): number {
    const { gridBuy, gridSell, gridLimitKw } = this.theCase.settings;
    if (gridLimitKw === Number.POSITIVE_INFINITY) return 0;
    const weight = tariffWeight(scope);
    return gridLimitKw * Math.min(0, weight * gridBuy - rootPrice, rootPrice - weight * gridSell);
  }

  /** $/h per pu; equal across links. */
  private activePrice(leaf: ProofLeaf, bus: number, rootPrice: number): number {
    const { feeder, theCase } = this;
    const head = feeder.head[bus];
    return (
      theCase.settings.baseKva * (head === feeder.order[0] ? rootPrice : leaf.activePrice[head])
    );
  }

  /** $/h per pu; 0 at the root, which supplies any reactive amount. */
  private reactivePrice(leaf: ProofLeaf, bus: number): number {
    const { feeder, theCase } = this;
    const head = feeder.head[bus];
    return head === feeder.order[0] ? 0 : theCase.settings.baseKva * leaf.reactivePrice[head];
  }
}
