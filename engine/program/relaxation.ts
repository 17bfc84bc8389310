/**
 * The relaxation that a branch-and-bound node solves: the network program with every community's cost
 * replaced by its convex envelope on the imports that the node's box allows.
 *
 * The conic program holds a model of each envelope that is exact near a centre (importModel.ts); it
 * is solved, models whose answer left their exact zone are centred anew, and so on until none has.
 */

import type { ConicSolution, ConicSolver } from '../conic/problem.js';
import { createConicSolver } from '../conic/solver.js';
import { allocateCurves, type CostCurves } from '../market/costCurve.js';
import { loadEnvelope } from '../market/envelope.js';
import { type ExactZones, placeModel } from './importModel.js';
import { impliedCurrentLimits, lagrangianBound, type NetworkPrices } from './lagrangian.js';
import { PARTS } from './layout.js';
import { type NetworkProgram, setImportBase } from './networkProgram.js';

/** Imports (kW) that a node allows, for the communities it restricts; the others keep their whole range. */
export interface ImportBox {
  readonly community: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export const WHOLE_RANGE: ImportBox = { community: [], low: [], high: [] };

/** A solution of the relaxation. */
export interface RelaxedPoint {
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** Free reactive consumption by junction, pu. */
  readonly freeReactive: Float64Array;
  readonly prices: NetworkPrices;
  /** Verified by lagrangian.ts, $/h. */
  readonly bound: number;
  /** Largest |z| (ℓ w − P² − Q²) of a branch, pu. */
  readonly largestConeSlack: number;
}

export type RelaxationOutcome =
  | { readonly status: 'solved'; readonly point: RelaxedPoint }
  /** The multipliers prove it: the bound without costs is positive. */
  | { readonly status: 'infeasible'; readonly prices: NetworkPrices }
  /** Neither a point nor a proof: the conic solver made no progress, or was stopped. */
  | { readonly status: 'unresolved'; readonly reason: string };

/** Passes over the models; three are usual. Further ones would only polish the last digits. */
const PASS_LIMIT = 12;

/** An answer so near the edge of an exact zone (relative to its width) counts as inside. */
const ZONE_TOLERANCE = 1e-7;

/** A proof of infeasibility must be positive beyond rounding, relative to the size of its terms. */
const INFEASIBILITY_MARGIN = 1e-9;

export class MarketRelaxation {
  /** Envelopes on the box solved last. */
  readonly envelopes: CostCurves;
  /** Conic iterations and solves so far. */
  iterations = 0;
  solves = 0;

  private readonly solver: ConicSolver;
  private readonly zones: ExactZones;
  private readonly centre: Float64Array;
  private readonly importBase: Float64Array;
  private readonly currentLimit: Float64Array;
  private restricted: readonly number[] = [];

  /**
   * @param curves what imports cost, on their whole ranges
   * @param centre first guess of the imports, kW
   */
  constructor(
    private readonly program: NetworkProgram,
    readonly curves: CostCurves,
    centre: Float64Array,
    private readonly shouldStop: () => boolean,
  ) {
    const communities = program.layout.communityCount;
    this.solver = createConicSolver(program.problem);
    this.envelopes = allocateCurves(curves.arcCount.map((arcs) => 2 * arcs + 1));
    this.zones = { low: new Float64Array(communities), high: new Float64Array(communities) };
    this.centre = Float64Array.from(centre);
    this.importBase = new Float64Array(communities);
    const smallest = Float64Array.from(curves.arcCount, (_, m) => curves.knot[curves.start[m]]);
    this.currentLimit = impliedCurrentLimits(
      program,
      smallest.map((netImport) => netImport / program.network.baseKva),
    );
    for (let m = 0; m < communities; m += 1) this.openRange(m);
  }

  solve(box: ImportBox): RelaxationOutcome {
    this.enterBox(box);
    let solution = this.solvePass();
    for (let pass = 1; pass < PASS_LIMIT && isUsable(solution); pass += 1) {
      if (this.recentre(solution) === 0) break;
      solution = this.solvePass();
    }
    if (isUsable(solution)) return { status: 'solved', point: this.readPoint(solution) };
    if (solution.status === 'primal-infeasible') {
      const prices = this.readPrices(solution);
      const proof = lagrangianBound(this.program, prices, this.envelopes, this.currentLimit, false);
      if (proof > INFEASIBILITY_MARGIN) return { status: 'infeasible', prices };
    }
    return { status: 'unresolved', reason: solution.status };
  }

  /** The bound that given multipliers prove in a box. */
  boundIn(box: ImportBox, prices: NetworkPrices): number {
    this.enterBox(box);
    return lagrangianBound(this.program, prices, this.envelopes, this.currentLimit, true);
  }

  private enterBox(box: ImportBox): void {
    for (const community of this.restricted) this.openRange(community);
    this.restricted = box.community;
    box.community.forEach((community, k) => {
      this.loadRange(community, box.low[k] as number, box.high[k] as number);
    });
  }

  private openRange(community: number): void {
    const start = this.curves.start[community];
    const end = start + this.curves.arcCount[community];
    this.loadRange(community, this.curves.knot[start], this.curves.knot[end]);
  }

  private loadRange(community: number, low: number, high: number): void {
    loadEnvelope(this.curves, community, low, high, this.envelopes);
    this.centre[community] = Math.min(Math.max(this.centre[community], low), high);
    this.placeModel(community);
  }

  private placeModel(community: number): void {
    const base = placeModel(
      this.program,
      this.envelopes,
      community,
      this.centre[community],
      this.zones,
    );
    this.importBase[community] = base / this.program.network.baseKva;
  }

  private solvePass(): ConicSolution {
    setImportBase(this.program, this.importBase);
    const solution = this.solver.solve({ shouldStop: this.shouldStop });
    this.iterations += solution.iterations;
    this.solves += 1;
    return solution;
  }

  /** Centres the models whose answer left their exact zone; returns how many. */
  private recentre(solution: ConicSolution): number {
    let moved = 0;
    for (let m = 0; m < this.centre.length; m += 1) {
      const netImport = this.readImport(solution, m);
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
      this.placeModel(m);
      moved += 1;
    }
    return moved;
  }

  private readImport(solution: ConicSolution, community: number): number {
    const first = this.program.layout.importPart + community * PARTS;
    let netImport = this.importBase[community];
    for (let column = first; column < first + PARTS; column += 1) netImport += solution.x[column];
    return netImport * this.program.network.baseKva;
  }

  private readPoint(solution: ConicSolution): RelaxedPoint {
    const { layout } = this.program;
    const prices = this.readPrices(solution);
    const netImport = this.centre.map((_, m) => {
      const start = this.envelopes.start[m];
      const end = start + this.envelopes.arcCount[m];
      const value = this.readImport(solution, m);
      return Math.min(Math.max(value, this.envelopes.knot[start]), this.envelopes.knot[end]);
    });
    return {
      netImport,
      freeReactive: solution.x.slice(layout.reactive, layout.reactive + layout.junctionCount),
      prices,
      bound: lagrangianBound(this.program, prices, this.envelopes, this.currentLimit, true),
      largestConeSlack: this.largestConeSlack(solution),
    };
  }

  private readPrices(solution: ConicSolution): NetworkPrices {
    const { layout, network } = this.program;
    const { equalityDual, x } = solution;
    const reactive = new Float64Array(layout.junctionCount);
    const squaredVoltage = new Float64Array(layout.junctionCount);
    squaredVoltage[0] = network.rootVoltage;
    for (let e = 0; e < layout.branchCount; e += 1) {
      reactive[e + 1] = equalityDual[layout.reactiveBalance + e];
      const voltage = x[layout.squaredVoltage + e];
      squaredVoltage[e + 1] = Math.min(Math.max(voltage, network.vMin[e + 1]), network.vMax[e + 1]);
    }
    return {
      active: equalityDual.slice(layout.activeBalance, layout.activeBalance + layout.junctionCount),
      reactive,
      voltageDrop: equalityDual.slice(layout.voltageDrop, layout.voltageDrop + layout.branchCount),
      squaredVoltage,
    };
  }

  private largestConeSlack(solution: ConicSolution): number {
    const { layout, network } = this.program;
    const { x } = solution;
    let largest = 0;
    for (let e = 0; e < layout.branchCount; e += 1) {
      const sender = network.parent[e];
      const voltage = sender === 0 ? network.rootVoltage : x[layout.squaredVoltage + sender - 1];
      const flow = x[layout.flowP + e] ** 2 + x[layout.flowQ + e] ** 2;
      const slack = x[layout.squaredCurrent + e] * network.senderFactor[e] * voltage - flow;
      const impedance = Math.hypot(network.r[e], network.x[e]);
      largest = Math.max(largest, impedance * Math.abs(slack));
    }
    return largest;
  }
}

/** A point that missed the solver's tolerances is still a point: what it proves is verified apart. */
function isUsable(solution: ConicSolution): boolean {
  return solution.status === 'optimal' || solution.status === 'inaccurate';
}
