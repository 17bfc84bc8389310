/**
 * What every community imports at the price of its bus, near where it was:
 *
 *     X_m = a local minimum of F_m(X) − μ R_m(X) + p_m X   in its range
 *
 * reached from arc to arc. At a kink that rises, X stays at the knot over an interval of prices. A knot at which
 * R_m jumps, because the price is open there, is not passed: it holds X until X is moved.
 *
 * Where two imports X_a, X_b of a community are equally good and its answer leaps between them, it may be
 * *mixed*: a share θ of b and the rest of a, as on the bitangent of its envelope. That is one unknown more,
 * and one condition: that both are equally good, φ_a = φ_b with φ = F − μ R + p X.
 */
import { arcAt, type CostCurves } from '../market/costCurve.js';
import type { RevenueCurves } from '../market/revenueCurve.js';

/** Imports (kW) that each community may have. */
export interface ImportLimits {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export class LocalAnswers {
  /** By community: the import, kW, and what it brings in, $/h. */
  readonly netImport: Float64Array;
  readonly revenue: Float64Array;
  /** How the import falls with the price, kW per $/kWh; times R', and times R'². */
  readonly compliance: Float64Array;
  readonly complianceOfRevenue: Float64Array;
  readonly bendOfRevenue: Float64Array;
  /** Communities that are mixed; by community, θ, X_b − X_a, R_b − R_a and φ_b − φ_a. */
  readonly mixed: number[] = [];
  readonly share: Float64Array;
  readonly importLeap: Float64Array;
  readonly revenueLeap: Float64Array;
  readonly valueLeap: Float64Array;

  /** The arc of each import, or the knot that it is held at, as −1 − knot. */
  private readonly place: Int32Array;
  private readonly otherPlace: Int32Array;
  private readonly isMixed: Uint8Array;
  private readonly found: ArcAnswer = {
    place: 0,
    netImport: 0,
    compliance: 0,
    value: 0,
    revenue: 0,
    revenueSlope: 0,
  };

  /** @param revenues undefined where μ = 0 throughout */
  constructor(
    private readonly curves: CostCurves,
    private readonly revenues: RevenueCurves | undefined,
    private readonly limits: ImportLimits,
  ) {
    const floats = (): Float64Array => new Float64Array(curves.arcCount.length);
    this.netImport = floats();
    this.revenue = floats();
    this.compliance = floats();
    this.complianceOfRevenue = floats();
    this.bendOfRevenue = floats();
    this.share = floats();
    this.importLeap = floats();
    this.revenueLeap = floats();
    this.valueLeap = floats();
    this.place = new Int32Array(curves.arcCount.length);
    this.otherPlace = new Int32Array(curves.arcCount.length);
    this.isMixed = new Uint8Array(curves.arcCount.length);
  }

  /** Nobody is mixed. */
  begin(): void {
    this.mixed.length = 0;
    this.isMixed.fill(0);
  }

  /**
   * Moves one community to an import, whole.
   *
   * @param knot that holds it there; −1 where none does
   */
  moveTo(community: number, netImport: number, knot: number): void {
    const { low, high } = this.limits;
    const at = Math.min(Math.max(netImport, low[community]), high[community]);
    this.settle(community);
    this.place[community] = this.placeOf(community, at, knot);
    this.netImport[community] = at;
  }

  /**
   * Mixes what a community has with another import, so that it imports what it did. Of three imports the two
   * around that are kept.
   */
  mixWith(community: number, netImport: number, knot: number): void {
    const place = this.placeOf(community, netImport, knot);
    if (this.isMixed[community] === 0) {
      this.mixed.push(community);
      this.isMixed[community] = 1;
      this.otherPlace[community] = place;
      this.share[community] = 0;
      return;
    }
    const [first, other] = this.endsOf(community);
    const at = this.netImport[community];
    const takesFirst = at - first > 0 === netImport - at > 0 || at === first;
    const kept = takesFirst ? first : other;
    if (!takesFirst) this.place[community] = this.otherPlace[community];
    this.otherPlace[community] = place;
    this.share[community] = (at - kept) / (netImport - kept);
  }

  private placeOf(community: number, netImport: number, knot: number): number {
    if (knot >= 0) return -1 - knot;
    const arc = arcAt(this.curves, community, netImport);
    return arc >= 0 ? arc : -1 - this.curves.start[community];
  }

  /** Where everybody is, to come back to. */
  saved(): SavedPlaces {
    const { place, otherPlace, share, mixed } = this;
    return {
      place: place.slice(),
      otherPlace: otherPlace.slice(),
      share: share.slice(),
      mixed: [...mixed],
    };
  }

  restore({ place, otherPlace, share, mixed }: SavedPlaces): void {
    this.place.set(place);
    this.otherPlace.set(otherPlace);
    this.share.set(share);
    this.mixed.length = 0;
    this.mixed.push(...mixed);
    this.isMixed.fill(0);
    for (const m of mixed) this.isMixed[m] = 1;
  }

  /** Ends a mixture: a community keeps its first import, or moves to the other. */
  unmix(community: number, keeps: 'first' | 'other'): void {
    if (keeps === 'other') this.place[community] = this.otherPlace[community];
    this.settle(community);
  }

  private settle(community: number): void {
    if (this.isMixed[community] === 0) return;
    this.isMixed[community] = 0;
    this.mixed.splice(this.mixed.indexOf(community), 1);
  }

  /**
   * Moves one community to its answer.
   *
   * @param price of its bus, $/kWh, counted (1 + μ) times as all prices are
   */
  answer(community: number, price: number, revenuePrice: number): void {
    const { found } = this;
    this.answerNear(community, this.place[community], price, revenuePrice);
    this.place[community] = found.place;
    this.netImport[community] = found.netImport;
    this.revenue[community] = found.revenue;
    this.addCompliance(community, 1, 0);
    if (this.isMixed[community] === 0) return;

    const share = this.share[community];
    const { netImport, revenue, value } = found;
    this.addCompliance(community, 1 - share, 0);
    this.answerNear(community, this.otherPlace[community], price, revenuePrice);
    this.otherPlace[community] = found.place;
    this.addCompliance(community, share, 1);
    this.importLeap[community] = found.netImport - netImport;
    this.revenueLeap[community] = found.revenue - revenue;
    this.valueLeap[community] = found.value - value;
    this.netImport[community] += share * this.importLeap[community];
    this.revenue[community] += share * this.revenueLeap[community];
  }

  /** @param kept 1 adds to what is there, 0 begins */
  private addCompliance(community: number, weight: number, kept: number): void {
    const { compliance, revenueSlope } = this.found;
    const weighted = weight * compliance;
    this.compliance[community] = kept * this.compliance[community] + weighted;
    this.complianceOfRevenue[community] =
      kept * this.complianceOfRevenue[community] + weighted * revenueSlope;
    this.bendOfRevenue[community] =
      kept * this.bendOfRevenue[community] + weighted * revenueSlope * revenueSlope;
  }

  /** The local minimum reached from an arc, or what a knot holds, into `found`. */
  private answerNear(community: number, from: number, price: number, revenuePrice: number): void {
    if (from < 0) this.answerAtKnot(-1 - from, price, revenuePrice);
    else this.answerFromArc(community, from, price, revenuePrice);
  }

  private answerAtKnot(knot: number, price: number, revenuePrice: number): void {
    const { curves, revenues, found } = this;
    const at = curves.knot[knot];
    found.place = -1 - knot;
    found.netImport = at;
    found.compliance = 0;
    found.revenueSlope = 0;
    found.revenue = revenues === undefined ? 0 : revenues.most[knot];
    found.value = curves.least[knot] - revenuePrice * found.revenue + price * at;
  }

  private isHeldAt(knot: number, revenuePrice: number): boolean {
    return revenuePrice > 0 && this.revenues?.isJump[knot] === 1;
  }

  private answerFromArc(
    community: number,
    from: number,
    price: number,
    revenuePrice: number,
  ): void {
    const { curves, revenues, found } = this;
    const low = this.limits.low[community];
    const high = this.limits.high[community];
    const start = curves.start[community];
    const last = start + curves.arcCount[community] - 1;
    let arc = from;
    let direction = 0;
    let at = 0;
    found.compliance = 0;
    for (;;) {
      const knot = curves.knot[arc];
      const left = Math.max(knot, low);
      const right = Math.min(curves.knot[arc + 1], high);
      const ofRevenue = revenues === undefined ? 0 : revenuePrice * revenues.slope[arc];
      const bendOfRevenue = revenues === undefined ? 0 : revenuePrice * revenues.curvature[arc];
      const bend = curves.curvature[arc] - bendOfRevenue;
      const steepness = curves.slope[arc] - ofRevenue + price + bend * (left - knot);
      if (steepness >= 0) {
        at = left;
        // A step back to where the last one came from: the kink between rises.
        if (direction > 0 || arc === start || left > knot) break;
        if (this.isHeldAt(arc, revenuePrice)) {
          this.answerAtKnot(arc, price, revenuePrice);
          return;
        }
        direction = -1;
        arc -= 1;
        continue;
      }
      if (steepness + bend * (right - left) <= 0) {
        at = right;
        if (direction < 0 || arc === last || right < curves.knot[arc + 1]) break;
        if (this.isHeldAt(arc + 1, revenuePrice)) {
          this.answerAtKnot(arc + 1, price, revenuePrice);
          return;
        }
        direction = 1;
        arc += 1;
        continue;
      }
      at = left - steepness / bend;
      found.compliance = 1 / bend;
      break;
    }
    found.place = arc;
    found.netImport = at;
    const step = at - curves.knot[arc];
    const cost =
      curves.value[arc] + (curves.slope[arc] + 0.5 * curves.curvature[arc] * step) * step;
    found.revenue = 0;
    found.revenueSlope = 0;
    if (revenues !== undefined) {
      const bend = revenues.curvature[arc];
      found.revenue = revenues.value[arc] + (revenues.slope[arc] + 0.5 * bend * step) * step;
      found.revenueSlope = revenues.slope[arc] + bend * step;
    }
    found.value = cost - revenuePrice * found.revenue + price * at;
  }

  /** φ_m of what a community has, $/h, at the prices answered last. */
  valueOf(community: number, price: number, revenuePrice: number): number {
    this.answerNear(community, this.place[community], price, revenuePrice);
    return this.found.value;
  }

  /** Whether both imports of a mixed community have become the same. */
  areOne(community: number): boolean {
    return this.place[community] === this.otherPlace[community] || this.importLeap[community] === 0;
  }

  /** Both imports of a mixed community, kW. */
  endsOf(community: number): readonly [number, number] {
    const leap = this.importLeap[community];
    const first = this.netImport[community] - this.share[community] * leap;
    return [first, first + leap];
  }

  /** Σ R_m, $/h. */
  totalRevenue(): number {
    return this.revenue.reduce((sum, revenue) => sum + revenue, 0);
  }
}

/** Places and mixtures of all communities. */
export interface SavedPlaces {
  readonly place: Int32Array;
  readonly otherPlace: Int32Array;
  readonly share: Float64Array;
  readonly mixed: readonly number[];
}

/** An answer on one arc, or at a knot. */
interface ArcAnswer {
  place: number;
  netImport: number;
  compliance: number;
  value: number;
  revenue: number;
  revenueSlope: number;
}
