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
import type { ImportBox, ImportModels } from './importModels.js';
import {
  impliedCurrentLimits,
  lagrangianBound,
  lagrangianTerm,
  type NetworkPrices,
  type Separation,
  senderCoefficientOf,
} from './lagrangian.js';
import { type NetworkProgram, setImportBase } from './networkProgram.js';
import { readFreeReactive, readPrices, readSquaredCurrent } from './solutionReader.js';

/** A solution of the relaxation. */
export interface RelaxedPoint {
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** Free reactive consumption by junction, pu. */
  readonly freeReactive: Float64Array;
  readonly prices: NetworkPrices;
  /** By branch, pu². */
  readonly squaredCurrent: Float64Array;
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

export class MarketRelaxation {
  private readonly solver: ConicSolver;
  private readonly currentLimit: Float64Array;
  private isFirst = true;

  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
    private readonly shouldStop: () => boolean,
  ) {
    this.solver = createConicSolver(program.problem);
    this.currentLimit = impliedCurrentLimits(program, smallestImports(program, models.curves));
  }

  solve(box: ImportBox): RelaxationOutcome {
    this.models.enterBox(box);
    // Later boxes differ little from the one before: their models are centred well already.
    let rough = this.isFirst;
    this.isFirst = false;
    let solution = this.solvePass(rough);
    let settled = false;
    for (let pass = 1; pass < PASS_LIMIT && isUsable(solution); pass += 1) {
      const moved = this.models.recentre(solution.x, pass > UNDAMPED_PASSES);
      settled = moved === 0 && !rough;
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
      const prices = readPrices(this.program, solution);
      if (this.bound(prices, false) > INFEASIBILITY_MARGIN) return { status: 'infeasible', prices };
    }
    return { status: 'unresolved', reason: solution.status };
  }

  /** The bound that given multipliers prove in a box. */
  boundIn(box: ImportBox, prices: NetworkPrices): number {
    this.models.enterBox(box);
    return this.bound(prices, true);
  }

  /** The term of a part, or of the rest, that given multipliers prove in a box (lagrangian.ts). */
  termIn(box: ImportBox, prices: NetworkPrices, separation: Separation, part: number): number {
    this.models.enterBox(box);
    const { envelopes } = this.models;
    const { program, currentLimit } = this;
    return lagrangianTerm(program, prices, envelopes, currentLimit, true, separation, part);
  }

  /** The separation with the coefficients that given prices have at its heads. */
  separationAt(prices: NetworkPrices, separation: Separation): Separation {
    const senderCoefficient = Float64Array.from(separation.headBranch, (e) =>
      senderCoefficientOf(this.program, prices, this.currentLimit, e),
    );
    return { ...separation, senderCoefficient };
  }

  /** Whether given multipliers prove that a box holds nothing. */
  excludes(box: ImportBox, prices: NetworkPrices): boolean {
    this.models.enterBox(box);
    return this.bound(prices, false) > INFEASIBILITY_MARGIN;
  }

  private bound(prices: NetworkPrices, withCosts: boolean): number {
    const { envelopes } = this.models;
    return lagrangianBound(this.program, prices, envelopes, this.currentLimit, withCosts);
  }

  private solvePass(rough: boolean): ConicSolution {
    setImportBase(this.program, this.models.importBase);
    const { shouldStop } = this;
    return this.solver.solve(rough ? { ...ROUGH, shouldStop } : { shouldStop });
  }

  private readPoint(solution: ConicSolution, settled: boolean): RelaxedPoint {
    const prices = readPrices(this.program, solution);
    return {
      netImport: this.models.importsOf(solution.x),
      freeReactive: readFreeReactive(this.program, solution),
      prices,
      squaredCurrent: readSquaredCurrent(this.program, solution),
      bound: this.bound(prices, true),
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
