/**
 * The models of all communities' imports in a conic program: envelopes on the present box, centres, and
 * the zones in which each model is exact (importModel.ts).
 */
import { InternalError } from '../base/errors.js';
import {
  allocateCurves,
  allocateLike,
  type CostCurves,
  curveValueAt,
  minimiserAt,
} from '../market/costCurve.js';
import { loadEnvelope } from '../market/envelope.js';
import { type RevenueCurves, weighCurves } from '../market/revenueCurve.js';
import { jumpNear, SNAP_SHARE } from '../market/revenueJump.js';
import { copperPlatePrice } from './copperPlate.js';
import { type FlowBox, FREE_FLOWS, intersectFlows } from './flowBox.js';
import { type ExactZones, placeModel } from './importModel.js';
import { type NetworkProgram, setWeights } from './networkProgram.js';

/** What a node allows: imports (kW) of the communities it restricts; the others keep their whole range. */
export interface ImportBox {
  readonly community: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Limits of flows, if there are any. */
  readonly flows?: FlowBox;
  /** A solution nearby to begin with; where models are centred decides what the last digits of a solve are. */
  readonly start?: BoxStart;
}

export interface BoxStart {
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** μ of that solution. */
  readonly revenuePrice: number;
  /** Whether it is of a relaxation with the cuts of flows (flowRows.ts): so is the next then. */
  readonly cuts: boolean;
}

export const WHOLE_RANGE: ImportBox = { community: [], low: [], high: [] };

/** What both boxes allow. */
export function intersectBoxes(first: ImportBox, second: ImportBox): ImportBox {
  if (second.community.length === 0 && second.flows === undefined) return first;
  const community = [...first.community];
  const low = [...first.low];
  const high = [...first.high];
  second.community.forEach((m, k) => {
    const place = community.indexOf(m);
    const at = place < 0 ? community.length : place;
    community[at] = m;
    low[at] = Math.max(low[at] ?? Number.NEGATIVE_INFINITY, second.low[k] as number);
    high[at] = Math.min(high[at] ?? Number.POSITIVE_INFINITY, second.high[k] as number);
  });
  const flows = intersectFlows(first.flows ?? FREE_FLOWS, second.flows ?? FREE_FLOWS);
  return { ...first, community, low, high, ...(flows === FREE_FLOWS ? {} : { flows }) };
}

/** Whether a box allows anything. */
export function isEmptyBox({ low, high }: ImportBox): boolean {
  return low.some((least, k) => least > (high[k] as number));
}

/** An answer so near the edge of an exact zone (relative to its width) counts as inside. */
const ZONE_TOLERANCE = 1e-7;

export class ImportModels {
  /** Envelopes of `weighted` on the box entered last. */
  readonly envelopes: CostCurves;
  /** The part of each import that is fixed, pu: the left end of its envelope. */
  readonly importBase: Float64Array;
  private readonly zones: ExactZones;
  private readonly centre: Float64Array;
  private restricted: readonly number[] = [];
  private present: CostCurves;
  /** Room for costs less revenues, once they are weighed. */
  private weighed: CostCurves | undefined;

  /**
   * @param curves what imports cost, on their whole ranges
   * @param revenues what they bring in, where that counts
   */
  constructor(
    private readonly program: NetworkProgram,
    readonly curves: CostCurves,
    readonly revenues?: RevenueCurves,
  ) {
    this.present = curves;
    setWeights(program, 1, 0);
    const communities = program.layout.communityCount;
    this.envelopes = allocateCurves(curves.arcCount.map((arcs) => 2 * arcs + 1));
    this.zones = { low: new Float64Array(communities), high: new Float64Array(communities) };
    this.centre = new Float64Array(communities);
    this.importBase = new Float64Array(communities);
    for (let m = 0; m < communities; m += 1) {
      loadEnvelope(curves, m, ...rangeOfCurve(curves, m), this.envelopes);
    }
    this.centreAt(copperPlatePrice(program, this.envelopes));
  }

  /** What stands in the program's objective: the costs, less weighted revenues where they count. */
  get weighted(): CostCurves {
    return this.present;
  }

  /**
   * Makes the objective costWeight · (F + G) + revenueWeight · (G − R). Forgets the box.
   *
   * @param centre imports to centre the models at, kW; where they are unless given
   */
  weigh(costWeight: number, revenueWeight: number, centre?: Float64Array): void {
    const { program, revenues } = this;
    const { weights } = program;
    if (weights.cost === costWeight && weights.revenue === revenueWeight) return;
    if (revenues === undefined) throw new InternalError('there are no revenues to weigh');
    if (costWeight === 1 && revenueWeight === 0) {
      this.present = this.curves;
    } else {
      this.weighed ??= allocateLike(this.curves);
      weighCurves(this.curves, revenues, costWeight, revenueWeight, this.weighed);
      this.present = this.weighed;
    }
    setWeights(program, costWeight, revenueWeight);
    if (centre) this.centre.set(centre);
    for (let m = 0; m < this.centre.length; m += 1) this.openRange(m);
    this.restricted = [];
  }

  /** Centres every model at given imports, kW, as near as the box allows. */
  centreOn(netImport: Float64Array): void {
    for (let m = 0; m < this.centre.length; m += 1) {
      const [low, high] = this.rangeOf(m);
      this.centre[m] = Math.min(Math.max(netImport[m], low), high);
      this.place(m);
    }
  }

  /** Restricts the imports to a box; the models keep their centres where they can. */
  enterBox(box: ImportBox): void {
    for (const community of this.restricted) this.openRange(community);
    this.restricted = box.community;
    box.community.forEach((community, k) => {
      this.loadRange(community, box.low[k] as number, box.high[k] as number);
    });
  }

  /**
   * Centres the models whose answer left their exact zone; returns how many.
   *
   * @param damped moves centres half of the way: two communities whose rough models answer each other could
   *   otherwise go to and fro
   */
  recentre(x: Float64Array, damped: boolean): number {
    let moved = 0;
    for (let m = 0; m < this.centre.length; m += 1) {
      const netImport = this.importOf(x, m);
      const previous = this.centre[m];
      this.centre[m] = netImport;
      const slack = ZONE_TOLERANCE * (this.zones.high[m] - this.zones.low[m]);
      const start = this.envelopes.start[m];
      const end = start + this.envelopes.arcCount[m];
      const leftOpen = this.zones.low[m] > this.envelopes.knot[start];
      const rightOpen = this.zones.high[m] < this.envelopes.knot[end];
      const outside =
        (leftOpen && netImport < this.zones.low[m] - slack) ||
        (rightOpen && netImport > this.zones.high[m] + slack);
      if (!outside) continue;
      if (damped) this.centre[m] = 0.5 * (previous + netImport);
      this.place(m);
      moved += 1;
    }
    return moved;
  }

  /** The least and the greatest import of a community in the present box, kW. */
  rangeOf(community: number): readonly [number, number] {
    return rangeOfCurve(this.envelopes, community);
  }

  /** How far the weighted curve lies above its envelope, $/h. An import beside a jump is at the jump. */
  gapAt(community: number, netImport: number): number {
    const { curves, weighted, envelopes, revenues } = this;
    const jump =
      revenues === undefined ? -1 : jumpNear(curves, revenues, community, netImport, SNAP_SHARE);
    const at = jump < 0 ? netImport : curves.knot[jump];
    return curveValueAt(weighted, community, at) - curveValueAt(envelopes, community, at);
  }

  /** Import of every community in a solution, within its range, kW. */
  importsOf(x: Float64Array): Float64Array {
    return this.centre.map((_, m) => {
      const start = this.envelopes.start[m];
      const end = start + this.envelopes.arcCount[m];
      const netImport = this.importOf(x, m);
      return Math.min(Math.max(netImport, this.envelopes.knot[start]), this.envelopes.knot[end]);
    });
  }

  /** By community, kW. */
  private importOf(x: Float64Array, community: number): number {
    const { importPart, partCount } = this.program.layout;
    const first = importPart + community * partCount;
    let netImport = this.importBase[community];
    for (let column = first; column < first + partCount; column += 1) netImport += x[column];
    return netImport * this.program.network.baseKva;
  }

  /** Centres every model at the import that answers one price, $/kWh. */
  private centreAt(price: number): void {
    for (let m = 0; m < this.centre.length; m += 1) {
      this.centre[m] = minimiserAt(this.envelopes, m, price);
      this.place(m);
    }
  }

  private openRange(community: number): void {
    this.loadRange(community, ...rangeOfCurve(this.curves, community));
  }

  private loadRange(community: number, low: number, high: number): void {
    loadEnvelope(this.weighted, community, low, high, this.envelopes);
    this.centre[community] = Math.min(Math.max(this.centre[community], low), high);
    this.place(community);
  }

  private place(community: number): void {
    const base = placeModel(
      this.program,
      this.envelopes,
      community,
      this.centre[community],
      this.zones,
    );
    this.importBase[community] = base / this.program.network.baseKva;
  }
}

function rangeOfCurve(curves: CostCurves, community: number): readonly [number, number] {
  const start = curves.start[community];
  const end = start + curves.arcCount[community];
  return [curves.knot[start], curves.knot[end]];
}
