/**
 * A primal-dual interior-point method for conic programs with separable quadratic cost.
 *
 * The homogeneous self-dual embedding is followed along its central path by Mehrotra's predictor–corrector
 * steps with Nesterov–Todd scaling. Every iteration factorises one sparse KKT matrix and solves it for three
 * right-hand sides.
 *
 * S. Mehrotra, "On the implementation of a primal-dual interior point method", SIAM J. Optimization 2 (1992);
 * E. Andersen, C. Roos, T. Terlaky, "On implementing a primal-dual interior-point method for conic quadratic
 * optimization", Mathematical Programming 95 (2003); P. Goulart, Y. Chen, "Clarabel" (2024).
 */
import { certifyCrossedBounds } from './certificate.js';
import { CertificateSearch } from './certificateSearch.js';
import { ConeScaling } from './coneScaling.js';
import { Iterate } from './iterate.js';
import { KktSystem } from './kkt.js';
import { KktMatrix } from './kktMatrix.js';
import { NewtonSteps } from './newton.js';
import type {
  ConicProblem,
  ConicSettings,
  ConicSolution,
  ConicSolver,
  ConicStart,
  ConicStatus,
} from './problem.js';
import { Residuals } from './residuals.js';
import { ScaledProblem } from './scaledProblem.js';
import { dualObjective, primalObjective, SolutionArrays } from './solution.js';
import { startIterate } from './start.js';
import { StepSearch } from './stepSearch.js';
import { Quality } from './termination.js';
import { DEFAULT_SETTINGS, LEAST_STEP, PATIENCE, STALLED_KAPPA } from './tolerances.js';
import { requireStart, requireStructure, requireValues } from './validate.js';
import { allocateStart, keepStart, mixStart } from './warmStart.js';

/**
 * Makes a solver for problems of this structure: ordering and symbolic factorisation happen here.
 *
 * @throws InternalError when the problem's arrays do not fit together
 */
export function createConicSolver(problem: ConicProblem): ConicSolver {
  requireStructure(problem);
  return new InteriorPointSolver(problem);
}

class InteriorPointSolver implements ConicSolver {
  private readonly scaled: ScaledProblem;
  private readonly cones: ConeScaling;
  private readonly kkt: KktSystem;
  private readonly certificates: CertificateSearch;
  private readonly stepSearch: StepSearch;
  private readonly residuals: Residuals;
  private readonly quality: Quality;
  private readonly iterate: Iterate;
  private readonly step: Iterate;
  private readonly best: Iterate;
  private readonly arrays: SolutionArrays;
  /** The last solution, once there is one. */
  private readonly last: ConicStart;
  private hasLast = false;
  private iterations = 0;
  private bestExcess = Number.POSITIVE_INFINITY;
  private bestIteration = 0;

  constructor(private readonly problem: ConicProblem) {
    this.scaled = new ScaledProblem(problem);
    this.cones = new ConeScaling(problem.coneSizes);
    this.kkt = new KktSystem(this.scaled, new KktMatrix(this.scaled, this.cones));
    this.residuals = new Residuals(this.scaled);
    this.quality = new Quality(this.scaled);
    this.iterate = new Iterate(this.scaled);
    this.step = new Iterate(this.scaled);
    this.best = new Iterate(this.scaled);
    this.arrays = new SolutionArrays(problem);
    const { scaled, kkt, cones, arrays } = this;
    this.certificates = new CertificateSearch(problem, scaled, kkt, cones, arrays);
    this.stepSearch = new StepSearch(new NewtonSteps(scaled, kkt, cones), this.certificates);
    this.last = allocateStart(problem);
  }

  solve(settings: Partial<ConicSettings> = {}): ConicSolution {
    const chosen = { ...DEFAULT_SETTINGS, ...settings };
    requireValues(this.problem);
    this.iterations = 0;
    this.bestExcess = Number.POSITIVE_INFINITY;
    this.bestIteration = 0;
    const crossed = this.crossedBounds();
    if (crossed >= 0) return this.reportCrossedBounds(crossed);

    this.scaled.load();
    this.kkt.matrix.loadRows();
    this.quality.load();
    this.residuals.load();
    startIterate(this.scaled, this.cones, this.iterate);
    const start = this.startOf(chosen);
    if (start !== undefined) mixStart(start, this.scaled, this.iterate);
    const status = this.iterateToEnd(chosen);
    if (start !== undefined && (status === 'inaccurate' || status === 'iteration-limit')) {
      return this.solveColdAfterAll(chosen);
    }
    return this.report(status);
  }

  lastStart(): ConicStart | undefined {
    return this.hasLast ? structuredClone(this.last) : undefined;
  }

  private startOf({ start }: ConicSettings): ConicStart | undefined {
    if (start === 'cold') return undefined;
    if (start === 'warm') return this.hasLast ? this.last : undefined;
    requireStart(this.problem, start);
    return start;
  }

  /** A start near the last solution is a guess: where it leads nowhere, it must not cost the answer. */
  private solveColdAfterAll(settings: ConicSettings): ConicSolution {
    this.bestExcess = Number.POSITIVE_INFINITY;
    this.bestIteration = this.iterations;
    startIterate(this.scaled, this.cones, this.iterate);
    const iterationLimit = this.iterations + settings.iterationLimit;
    return this.report(this.iterateToEnd({ ...settings, iterationLimit }));
  }

  resume(settings: Partial<ConicSettings> = {}): ConicSolution {
    this.bestExcess = Number.POSITIVE_INFINITY;
    this.bestIteration = this.iterations;
    return this.report(this.iterateToEnd({ ...DEFAULT_SETTINGS, ...settings }));
  }

  /** The interior-point iteration. */
  private iterateToEnd(settings: ConicSettings): ConicStatus {
    const { iterate, step, residuals, quality, stepSearch } = this;
    const tolerance = settings.infeasibilityTolerance;
    for (;;) {
      residuals.compute(iterate);
      quality.measure(iterate, residuals);
      this.rememberBest(settings);
      const verdict = this.verdict(settings);
      if (verdict !== undefined) return verdict;

      const length = stepSearch.find(iterate, residuals, quality.scaledResidual, tolerance, step);
      if (stepSearch.certified !== undefined) return stepSearch.certified;
      if (!(length >= LEAST_STEP)) return this.verdictWhenStuck(settings);
      iterate.move(step, length);
      this.iterations++;
    }
  }

  private rememberBest(settings: ConicSettings): void {
    const excess = this.quality.excess(settings);
    if (excess >= this.bestExcess) return;
    this.bestExcess = excess;
    this.bestIteration = this.iterations;
    this.best.copyFrom(this.iterate);
  }

  /** How the solve ends at this iterate, or undefined to go on. */
  private verdict(settings: ConicSettings): ConicStatus | undefined {
    if (this.bestExcess <= 1) return 'optimal';
    const certified = this.verdictByCertificate(settings);
    if (certified !== undefined) return certified;
    if (this.iterations >= settings.iterationLimit) return 'iteration-limit';
    if (settings.shouldStop?.() === true) return 'stopped';
    return this.hasStalled() ? 'inaccurate' : undefined;
  }

  /**
   * Rounding keeps the residuals of a solution up. On the way to a certificate they rise as well, but
   * there κ grows; so it is a stall only while κ says that the iterates belong to a solution.
   */
  private hasStalled(): boolean {
    const { iterate, iterations, bestIteration } = this;
    return iterations - bestIteration >= PATIENCE && iterate.kappa < STALLED_KAPPA * iterate.tau;
  }

  /** When no further step can be taken. */
  private verdictWhenStuck(settings: ConicSettings): ConicStatus {
    return this.verdictByCertificate(settings) ?? 'inaccurate';
  }

  private verdictByCertificate({ infeasibilityTolerance }: ConicSettings): ConicStatus | undefined {
    return this.certificates.atIterate(this.iterate, this.residuals, infeasibilityTolerance);
  }

  private report(status: ConicStatus): ConicSolution {
    const { problem, scaled, arrays, iterate, residuals, quality } = this;
    if (status === 'primal-infeasible') {
      arrays.x.fill(0);
      return this.solution(status, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    }
    if (status === 'dual-infeasible') {
      arrays.clearDuals();
      return this.solution(status, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
    }
    if (this.bestExcess < Number.POSITIVE_INFINITY) iterate.copyFrom(this.best);
    residuals.compute(iterate);
    quality.measure(iterate, residuals);
    arrays.writePoint(problem, scaled, iterate);
    if (status === 'optimal') {
      keepStart(this.last, arrays, scaled, iterate);
      this.hasLast = true;
    }
    const primal = primalObjective(problem, arrays.x);
    const dual = dualObjective(problem, arrays);
    return this.solution(status, primal, dual);
  }

  private reportCrossedBounds(variable: number): ConicSolution {
    this.quality.reset();
    this.arrays.x.fill(0);
    certifyCrossedBounds(this.problem, this.arrays, variable);
    return this.solution('primal-infeasible', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  private solution(status: ConicStatus, primal: number, dual: number): ConicSolution {
    const { arrays, quality } = this;
    return {
      status,
      iterations: this.iterations,
      x: arrays.x,
      equalityDual: arrays.equalityDual,
      coneDual: arrays.coneDual,
      lowerDual: arrays.lowerDual,
      upperDual: arrays.upperDual,
      primalObjective: primal,
      dualObjective: dual,
      primalResidual: quality.primal,
      dualResidual: quality.dual,
      gap: quality.gap,
    };
  }

  /** The first variable whose lower bound exceeds its upper, or −1. */
  private crossedBounds(): number {
    const { lower, upper, variableCount } = this.problem;
    for (let j = 0; j < variableCount; j++) if (lower[j] > upper[j]) return j;
    return -1;
  }
}
