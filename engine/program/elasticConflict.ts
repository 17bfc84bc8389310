/**
 * Which limits exclude each other: a set of limits under which the relaxed network has no outcome, while it
 * has one as soon as any limit of the set is taken away (an irreducible infeasible set).
 *
 * Deletion filter (J. W. Chinneck, E. W. Dravnieks, "Locating minimal infeasible constraint sets in linear
 * programs", ORSA Journal on Computing 3, 1991), which starts from the limits that carry a multiplier in a
 * certificate of infeasibility, and takes limits away in halves: a group without which there is still no
 * outcome goes as a whole; a single limit without which there is one stays.
 *
 * Price caps come by the hundred, but taking one away widens a range by a finite width. A certificate of
 * value −1 with multipliers μ stays one of value −1 + Σ μ_m width_m < 0 without these caps, so that most of
 * them go without a solve.
 */
import type { ConicProblem, ConicSolution, ConicSolver } from '../conic/problem.js';
import { createConicSolver } from '../conic/solver.js';
import type { ImportRanges, ProgramLimit } from './elasticLimits.js';
import { setOneExchange, setSimpleImports } from './elasticProgram.js';
import type { NetworkProgram } from './networkProgram.js';

export interface LimitConflict {
  /** Entries of the list of limits; empty where the network excludes every outcome without any limit. */
  readonly members: readonly number[];
  /** False where a solve left it open whether a member could go. */
  readonly isIrreducible: boolean;
}

/** Multipliers below this share of the largest one, by worth, are what the solver left undecided. */
const CARRIES_SHARE = 1e-5;

/** Of the certificate's value that caps may use up; the rest stands above the solver's rounding. */
const SPENDABLE_VALUE = 0.99;

/** Solves after which what is left counts as the conflict: some seconds on a feeder of thousands of buses. */
const SOLVE_LIMIT = 40;

/**
 * @param limits which may be taken away; whatever else the program holds stays
 * @returns undefined where the relaxed network has an outcome, or whether it has one is not decided
 */
export function findConflict(
  program: NetworkProgram,
  ranges: ImportRanges,
  limits: readonly ProgramLimit[],
  shouldStop: () => boolean,
): LimitConflict | undefined {
  return new DeletionFilter(program, ranges, limits, shouldStop).run();
}

/** Whether it is proven that no outcome of the relaxed network keeps all limits. */
export function isExcluded(program: NetworkProgram, ranges: ImportRanges): boolean {
  return new DeletionFilter(program, ranges, [], () => false).isExcluded();
}

class DeletionFilter {
  private readonly problem: ConicProblem;
  private readonly solver: ConicSolver;
  /** Bounds with every limit in place. */
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;
  private readonly kept: Uint8Array;
  private isIrreducible = true;
  private solves = 0;

  constructor(
    private readonly program: NetworkProgram,
    private readonly ranges: ImportRanges,
    private readonly limits: readonly ProgramLimit[],
    private readonly shouldStop: () => boolean,
  ) {
    const { layout, problem } = program;
    this.problem = {
      ...problem,
      quadratic: new Float64Array(layout.columnCount),
      linear: new Float64Array(layout.columnCount),
      lower: Float64Array.from(problem.lower),
      upper: Float64Array.from(problem.upper),
      equalityRight: Float64Array.from(problem.equalityRight),
    };
    setSimpleImports(program, this.problem, ranges);
    setOneExchange(program, this.problem);
    this.lower = Float64Array.from(this.problem.lower);
    this.upper = Float64Array.from(this.problem.upper);
    this.kept = new Uint8Array(limits.length).fill(1);
    this.solver = createConicSolver(this.problem);
  }

  isExcluded(): boolean {
    return this.solve().status === 'primal-infeasible';
  }

  run(): LimitConflict | undefined {
    const all = this.solve();
    if (all.status !== 'primal-infeasible') return undefined;
    const weights = this.keepCarriers(all);
    const members = (isCap: boolean): number[] =>
      this.limits.flatMap((limit, k) =>
        this.kept[k] === 1 && isCapLimit(limit) === isCap ? [k] : [],
      );
    const ascending = (a: number, b: number): number => weights[a] - weights[b];
    // A conflict of the network alone is the simpler explanation.
    const needsCaps = !this.canGo(members(true));
    this.reduce(members(false).sort(ascending));
    if (needsCaps) {
      this.spendCertificate(members(true));
      this.reduce(members(true).sort(ascending));
    }
    const descending = (a: number, b: number): number => weights[b] - weights[a];
    return {
      members: [...members(false).sort(descending), ...members(true).sort(descending)],
      isIrreducible: this.isIrreducible,
    };
  }

  /** Keeps the limits that carry a multiplier in a certificate; returns the multipliers by worth. */
  private keepCarriers(certificate: ConicSolution): Float64Array {
    const multipliers = this.multipliersIn(certificate);
    const weights = multipliers.map((multiplier, k) => multiplier / this.limits[k].worth);
    const threshold = CARRIES_SHARE * weights.reduce((most, weight) => Math.max(most, weight), 0);
    this.kept.forEach((_, k) => {
      this.kept[k] = weights[k] > threshold ? 1 : 0;
    });
    // What carries next to nothing may still be needed.
    if (this.solve().status !== 'primal-infeasible') this.kept.fill(1);
    return weights;
  }

  /** Takes away the caps that the certificate can do without, the ones it needs least first. */
  private spendCertificate(caps: readonly number[]): void {
    const certificate = this.solve();
    if (certificate.status !== 'primal-infeasible') return;
    const multipliers = this.multipliersIn(certificate);
    const spends = (k: number): number => multipliers[k] * this.limits[k].most;
    const spent: number[] = [];
    let value = 0;
    for (const k of [...caps].sort((a, b) => spends(a) - spends(b))) {
      value += spends(k);
      if (value > SPENDABLE_VALUE) break;
      spent.push(k);
    }
    this.canGo(spent);
  }

  /** Takes away what can go of a group; the others stay as they are. */
  private reduce(group: readonly number[]): void {
    if (group.length === 0 || this.canGo(group) || group.length === 1) return;
    const middle = group.length >> 1;
    this.reduce(group.slice(0, middle));
    this.reduce(group.slice(middle));
  }

  /** Takes a group away if there is still no outcome without it. */
  private canGo(group: readonly number[]): boolean {
    if (group.length === 0) return true;
    if (this.solves >= SOLVE_LIMIT || this.shouldStop()) {
      this.isIrreducible = false;
      return false;
    }
    for (const k of group) this.kept[k] = 0;
    const { status } = this.solve();
    if (status === 'primal-infeasible') return true;
    if (status !== 'optimal' && group.length === 1) this.isIrreducible = false;
    for (const k of group) this.kept[k] = 1;
    return false;
  }

  private solve(): ConicSolution {
    this.solves += 1;
    const { lower, upper } = this.problem;
    lower.set(this.lower);
    upper.set(this.upper);
    this.limits.forEach((limit, k) => {
      if (this.kept[k] === 0) this.takeAway(limit);
    });
    return this.solver.solve({ shouldStop: this.shouldStop });
  }

  private takeAway({ kind, index }: ProgramLimit): void {
    const { lower, upper } = this.problem;
    const { layout, network } = this.program;
    const { least, most, cappedLeast } = this.ranges;
    const part = layout.importPart + index * layout.partCount;
    switch (kind) {
      case 'voltage-min':
        lower[layout.squaredVoltage + index] = 0;
        return;
      case 'voltage-max':
        upper[layout.squaredVoltage + index] = Number.POSITIVE_INFINITY;
        return;
      case 'current':
        upper[layout.squaredCurrent + index] = Number.POSITIVE_INFINITY;
        return;
      case 'grid-import':
        upper[layout.gridImport] = Number.POSITIVE_INFINITY;
        return;
      case 'grid-export':
        lower[layout.gridImport] = Number.NEGATIVE_INFINITY;
        return;
      case 'import-min':
        lower[part] = (least[index] - cappedLeast[index]) / network.baseKva;
        return;
      case 'import-max':
        upper[part] = (most[index] - cappedLeast[index]) / network.baseKva;
    }
  }

  /** Multiplier of each limit in a certificate. */
  private multipliersIn({ lowerDual, upperDual }: ConicSolution): Float64Array {
    const { layout } = this.program;
    return Float64Array.from(this.limits, ({ kind, index }) => {
      const part = layout.importPart + index * layout.partCount;
      switch (kind) {
        case 'voltage-min':
          return lowerDual[layout.squaredVoltage + index];
        case 'voltage-max':
          return upperDual[layout.squaredVoltage + index];
        case 'current':
          return upperDual[layout.squaredCurrent + index];
        case 'grid-import':
          return upperDual[layout.gridImport];
        case 'grid-export':
          return lowerDual[layout.gridImport];
        case 'import-min':
          return lowerDual[part];
        case 'import-max':
          return upperDual[part];
      }
    });
  }
}

function isCapLimit({ kind }: ProgramLimit): boolean {
  return kind === 'import-min' || kind === 'import-max';
}
