/**
 * The relaxation that a branch-and-bound node solves: the network program with every community's cost
 * replaced by its convex envelope on the imports that the node's box allows.
 *
 * The conic program holds a model of each envelope that is exact near a centre (importModel.ts); it
 * is solved, models whose answer left their exact zone are centred anew, and so on until none has.
 */
import type { ConicSettings, ConicSolution, ConicSolver } from '../conic/problem.js';
import { createConicSolver } from '../conic/solver.js';
import type { CostCurves } from '../market/costCurve.js';
import { FREE_FLOWS } from './flowBox.js';
import { type FlowTerms, flowTerms, movedFlowPrices, zeroFlowPrices } from './flowPrices.js';
import { type FlowRanges, flowRanges } from './flowRanges.js';
import { FlowRows } from './flowRows.js';
import type { ImportBox, ImportModels } from './importModels.js';
import {
  impliedCurrentLimits,
  lagrangianBound,
  lagrangianTerm,
  type NetworkPrices,
  type Separation,
  senderCoefficientOf,
  type VoltageRanges,
} from './lagrangian.js';
import { type NetworkProgram, setImportBase } from './networkProgram.js';
import {
  readArriving,
  readExchange,
  readFreeReactive,
  readPrices,
  readSquaredCurrent,
} from './solutionReader.js';

/** A solution of the relaxation. */
export interface RelaxedPoint {
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** Free reactive consumption by junction, pu. */
  readonly freeReactive: Float64Array;
  readonly prices: NetworkPrices;
  /** P_0, pu. */
  readonly exchange: number;
  /** By branch, pu². */
  readonly squaredCurrent: Float64Array;
  /** P' and Q' at the receiving end, by branch, pu. */
  readonly arrivingActive: Float64Array;
  readonly arrivingReactive: Float64Array;
  /** Verified by lagrangian.ts, $/h. */
  readonly bound: number;
  /** Largest |z| (ℓ w − P² − Q²) of a branch, pu. */
  readonly largestConeSlack: number;
  /** Whether every import lies where its model is exact; where not, the bound is valid but weak. */
  readonly settled: boolean;
}

export type RelaxationOutcome =
  | { readonly status: 'solved'; readonly point: RelaxedPoint }
  /** The multipliers prove it: the bound without costs is positive. */
  | { readonly status: 'infeasible'; readonly prices: NetworkPrices }
  /** Neither a point nor a proof: the conic solver made no progress, or was stopped. */
  | { readonly status: 'unresolved'; readonly reason: string };

/** Passes over the models; two or three are usual. */
const PASS_LIMIT = 24;

/** Later passes move centres half of the way only. */
const UNDAMPED_PASSES = 5;

/**
 * A pass may stop early as long as models move: it only finds where they should be exact, and one that moves
 * none goes on from where it stopped. (Of 1e-2 to 1e-5, 1e-5 takes the fewest iterations.)
 */
const ROUGH: Partial<ConicSettings> = { feasibilityTolerance: 1e-5, gapTolerance: 1e-5 };

/** A proof of infeasibility has the value 1 by its scale: it must be positive beyond rounding. */
const INFEASIBILITY_MARGIN = 1e-9;

/** How far a solve goes: `rough` stops at the ROUGH tolerances, at a point whose models have settled. */
export type Accuracy = 'rough' | 'full';

export class MarketRelaxation {
  private readonly solver: ConicSolver;
  private readonly currentLimit: Float64Array;
  /** Where the program has them, with the ranges of the box entered last. */
  private readonly flowRows: FlowRows | undefined;
  private ranges: FlowRanges | undefined;

  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
    private readonly shouldStop: () => boolean,
  ) {
    this.solver = createConicSolver(program.problem);
    const smallest = smallestImports(program, models.curves);
    this.currentLimit = impliedCurrentLimits(program, smallest);
    if (program.layout.flowBranch.length > 0) this.flowRows = new FlowRows(program);
  }

  /**
   * Solves with the weights that the models have.
   *
   * @param accuracy `rough` is enough to see where the solution lies; `refine` goes on from there
   */
  solve(box: ImportBox, accuracy: Accuracy = 'full'): RelaxationOutcome {
    this.enter(box);
    if (this.flowRows && this.ranges) this.flowRows.load(this.ranges);
    // Where the box knows of a solution nearby, models are centred well already.
    const rough = box.start === undefined || accuracy === 'rough';
    return this.settle(this.solvePass(rough), rough, accuracy);
  }

  /** Takes a rough solve to full accuracy; nothing may have changed since. */
  refine(): RelaxationOutcome {
    return this.settle(this.solver.resume({ shouldStop: this.shouldStop }), false, 'full');
  }

  /** Solves again until no model moves. */
  private settle(first: ConicSolution, roughFirst: boolean, accuracy: Accuracy): RelaxationOutcome {
    let solution = first;
    let rough = roughFirst;
    let settled = false;
    for (let pass = 1; pass < PASS_LIMIT && isUsable(solution); pass += 1) {
      const moved = this.models.recentre(solution.x, pass > UNDAMPED_PASSES);
      settled = moved === 0 && (!rough || accuracy === 'rough');
      if (settled) break;
      if (moved === 0) {
        solution = this.solver.resume({ shouldStop: this.shouldStop });
        rough = false;
      } else {
        rough = pass <= UNDAMPED_PASSES;
        solution = this.solvePass(rough);
      }
    }
    if (isUsable(solution)) return { status: 'solved', point: this.readPoint(solution, settled) };
    if (solution.status === 'primal-infeasible') {
      // A certificate of the network alone: it counts neither costs nor revenues.
      const prices = { ...this.readPrices(solution), revenue: 0 };
      if (this.bound(prices, false) > INFEASIBILITY_MARGIN) return { status: 'infeasible', prices };
    }
    return { status: 'unresolved', reason: solution.status };
  }

  /** The bound that given multipliers prove in a box. */
  boundIn(box: ImportBox, prices: NetworkPrices): number {
    this.models.weigh(1, prices.revenue);
    this.enter(box);
    return this.bound(prices, true);
  }

  /** The bound that multipliers prove in the box entered last, with the weights that the models have. */
  boundHere(prices: NetworkPrices): number {
    return this.bound(prices, true);
  }

  /** Multipliers of a box that holds this one, moved so that they bound no less here (flowPrices.ts). */
  pricesIn(box: ImportBox, prices: NetworkPrices): NetworkPrices {
    if (prices.flows === undefined) return prices;
    this.enter(box);
    return this.moved(prices);
  }

  /** Ranges of flows, currents and voltages of every outcome in a box. */
  rangesIn(box: ImportBox): FlowRanges {
    this.models.enterBox(box);
    const { envelopes } = this.models;
    const smallest = smallestImports(this.program, envelopes);
    const greatest = greatestImports(this.program, envelopes);
    return flowRanges(this.program, smallest, greatest, box.flows ?? FREE_FLOWS);
  }

  /** Makes a box the present one. */
  enter(box: ImportBox): void {
    if (this.flowRows) this.ranges = this.rangesIn(box);
    else this.models.enterBox(box);
  }

  /** To the ranges of the box entered last. */
  private moved(prices: NetworkPrices): NetworkPrices {
    if (prices.flows === undefined || this.ranges === undefined) return prices;
    return { ...prices, flows: movedFlowPrices(prices.flows, this.ranges) };
  }

  /** What the flows add in the box entered last. */
  private flowTermsOf(prices: NetworkPrices): FlowTerms | undefined {
    if (this.ranges === undefined) return undefined;
    const flows = this.moved(prices).flows ?? zeroFlowPrices(this.ranges);
    return flowTerms(this.program, flows);
  }

  /** Ranges of the squared voltages of every outcome in a box. */
  voltagesIn(box: ImportBox): VoltageRanges {
    const { minVoltage, maxVoltage } = this.rangesIn(box);
    return { low: minVoltage, high: maxVoltage };
  }

  /** The term of a part, or of the rest, that given multipliers prove in a box (lagrangian.ts). */
  termIn(box: ImportBox, prices: NetworkPrices, separation: Separation, part: number): number {
    this.models.weigh(1, prices.revenue);
    this.enter(box);
    const { envelopes } = this.models;
    const { program, currentLimit } = this;
    const flows = this.flowTermsOf(prices);
    return lagrangianTerm(program, prices, envelopes, currentLimit, true, separation, part, flows);
  }

  /** The separation with the coefficients that given prices have at its heads. */
  separationAt(prices: NetworkPrices, separation: Separation): Separation {
    const flows = this.flowTermsOf(prices);
    const senderCoefficient = Float64Array.from(separation.headBranch, (e) =>
      senderCoefficientOf(this.program, prices, this.currentLimit, e, flows),
    );
    return { ...separation, senderCoefficient };
  }

  /** Whether given multipliers prove that a box holds nothing. */
  excludes(box: ImportBox, prices: NetworkPrices): boolean {
    if (prices.revenue > 0) this.models.weigh(0, prices.revenue);
    this.enter(box);
    return this.bound(prices, false) > INFEASIBILITY_MARGIN;
  }

  private bound(prices: NetworkPrices, withCosts: boolean): number {
    const { envelopes } = this.models;
    const flows = this.flowTermsOf(prices);
    return lagrangianBound(this.program, prices, envelopes, this.currentLimit, withCosts, flows);
  }

  private solvePass(rough: boolean): ConicSolution {
    setImportBase(this.program, this.models.importBase);
    this.flowRows?.writeRightSide();
    const { shouldStop } = this;
    return this.solver.solve(rough ? { ...ROUGH, shouldStop } : { shouldStop });
  }

  private readPrices(solution: ConicSolution): NetworkPrices {
    const prices = readPrices(this.program, solution);
    if (this.flowRows === undefined || this.ranges === undefined) return prices;
    return this.moved({ ...prices, flows: this.flowRows.readPrices(solution) });
  }

  private readPoint(solution: ConicSolution, settled: boolean): RelaxedPoint {
    const prices = this.readPrices(solution);
    return {
      netImport: this.models.importsOf(solution.x),
      freeReactive: readFreeReactive(this.program, solution),
      prices,
      exchange: readExchange(this.program, solution),
      squaredCurrent: readSquaredCurrent(this.program, solution),
      arrivingActive: readArriving(this.program, solution, 'active'),
      arrivingReactive: readArriving(this.program, solution, 'reactive'),
      bound: this.bound(prices, this.program.weights.cost > 0),
      largestConeSlack: largestConeSlack(this.program, solution.x),
      settled,
    };
  }
}

/**
 * A point that missed the solver's tolerances is still a point, as long as it is one: what it proves is
 * verified apart, and its outcome is evaluated by the exact power flow.
 */
export function isUsable({ status, primalResidual }: ConicSolution): boolean {
  if (status === 'optimal') return true;
  const unfinished = status === 'inaccurate' || status === 'iteration-limit';
  return unfinished && primalResidual <= USABLE_RESIDUAL;
}

/** Balances this far off, relative to the loads, are what the exact power flow can mend. */
const USABLE_RESIDUAL = 1e-4;

/** The left end of every community's curve, pu. */
export function smallestImports(program: NetworkProgram, curves: CostCurves): Float64Array {
  return Float64Array.from(
    curves.arcCount,
    (_, m) => curves.knot[curves.start[m]] / program.network.baseKva,
  );
}

/** The right end of every community's curve, pu. */
function greatestImports(program: NetworkProgram, curves: CostCurves): Float64Array {
  return Float64Array.from(
    curves.arcCount,
    (arcs, m) => curves.knot[curves.start[m] + arcs] / program.network.baseKva,
  );
}

function largestConeSlack({ layout, network }: NetworkProgram, x: Float64Array): number {
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
