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
import type { PivotRule } from '../sparse/ldl.js';
import {
  certifyCrossedBounds,
  completeDualCertificate,
  completePrimalCertificate,
} from './certificate.js';
import { ConeScaling } from './coneScaling.js';
import { Iterate } from './iterate.js';
import { KktSystem } from './kkt.js';
import { NewtonSteps } from './newton.js';
import type {
  ConicProblem,
  ConicSettings,
  ConicSolution,
  ConicSolver,
  ConicStatus,
} from './problem.js';
import { Residuals } from './residuals.js';
import { ScaledProblem } from './scaledProblem.js';
import { dualObjective, primalObjective, SolutionArrays } from './solution.js';
import { startIterate } from './start.js';
import { Quality } from './termination.js';
import {
  CAUTIOUS_PIVOT_RULE,
  DEFAULT_SETTINGS,
  DUAL_RAY_PIVOT_RULE,
  LEAST_STEP,
  PATIENCE,
  PIVOT_RULE,
  RAY_PIVOT_RULE,
  SHORT_STEP,
  STALLED_KAPPA,
  STEP_FRACTION,
} from './tolerances.js';
import { requireStructure, requireValues } from './validate.js';
import { LastSolution } from './warmStart.js';

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
  private readonly newton: NewtonSteps;
  private readonly residuals: Residuals;
  private readonly quality: Quality;
  private readonly iterate: Iterate;
  private readonly step: Iterate;
  private readonly best: Iterate;
  private readonly arrays: SolutionArrays;
  private readonly last: LastSolution;
  private iterations = 0;
  private bestExcess = Number.POSITIVE_INFINITY;
  private bestIteration = 0;

  constructor(private readonly problem: ConicProblem) {
    this.scaled = new ScaledProblem(problem);
    this.cones = new ConeScaling(problem.coneSizes);
    this.kkt = new KktSystem(this.scaled, this.cones);
    this.newton = new NewtonSteps(this.scaled, this.kkt, this.cones);
    this.residuals = new Residuals(this.scaled);
    this.quality = new Quality(this.scaled);
    this.iterate = new Iterate(this.scaled);
    this.step = new Iterate(this.scaled);
    this.best = new Iterate(this.scaled);
    this.arrays = new SolutionArrays(problem);
    this.last = new LastSolution(problem);
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
    this.kkt.loadRows();
    this.quality.load();
    this.residuals.load();
    startIterate(this.scaled, this.cones, this.iterate);
    const isWarm = chosen.start === 'warm' && this.last.isKnown;
    if (isWarm) this.last.mixInto(this.scaled, this.iterate);
    const status = this.iterateToEnd(chosen);
    if (isWarm && (status === 'inaccurate' || status === 'iteration-limit')) {
      return this.solveColdAfterAll(chosen);
    }
    return this.report(status);
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
    const { iterate, step, residuals, quality } = this;
    for (;;) {
      residuals.compute(iterate);
      quality.measure(iterate, residuals);
      this.rememberBest(settings);
      const verdict = this.verdict(settings);
      if (verdict !== undefined) return verdict;

      let length = this.findStep(this.pivotRule());
      if (!(length >= SHORT_STEP) || this.losesAccuracy()) {
        length = this.findStep(CAUTIOUS_PIVOT_RULE);
      }
      if (!(length >= LEAST_STEP)) return this.verdictWhenStuck(settings);
      iterate.move(step, length);
      this.iterations++;
    }
  }

  /** The embedding leans to a certificate while κ > τ: to the one whose value falls faster. */
  private pivotRule(): PivotRule {
    const { iterate, residuals } = this;
    if (iterate.kappa <= iterate.tau) return PIVOT_RULE;
    return residuals.linearValue < residuals.dualValue ? RAY_PIVOT_RULE : DUAL_RAY_PIVOT_RULE;
  }

  /** Whether the step's equations keep residuals larger than those it is to remove, while a solution is near. */
  private losesAccuracy(): boolean {
    const { iterate, newton, quality } = this;
    return iterate.kappa < iterate.tau && newton.error > quality.scaledResidual;
  }

  /** Writes the next step and returns how far to go; 0 where there is none. */
  private findStep(rule: PivotRule): number {
    const { iterate, step, residuals, quality, newton } = this;
    if (!newton.predict(iterate, residuals, rule, step)) return 0;
    const sigma = centring(newton.longestStep);
    const { scaledResidual } = quality;
    if (!newton.correct(iterate, residuals, scaledResidual, sigma, step)) return 0;
    return STEP_FRACTION * newton.longestStep;
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

  /** Certificates are tried only while the embedding leans to one. */
  private verdictByCertificate(settings: ConicSettings): ConicStatus | undefined {
    const { problem, scaled, iterate, arrays, residuals } = this;
    if (iterate.kappa <= iterate.tau) return undefined;
    const tolerance = settings.infeasibilityTolerance;
    if (residuals.dualValue < 0) {
      arrays.writeRowDuals(scaled, iterate, 1);
      if (completePrimalCertificate(problem, arrays, tolerance)) return 'primal-infeasible';
    }
    if (residuals.linearValue < 0) {
      arrays.writeRay(scaled, iterate);
      if (completeDualCertificate(problem, arrays, tolerance)) return 'dual-infeasible';
    }
    return undefined;
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
    if (status === 'optimal') this.last.keep(arrays, scaled, iterate);
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

/** Mehrotra's rule: the further the prediction can go, the less centring is needed. */
function centring(predictedLength: number): number {
  const left = 1 - predictedLength;
  return left * left * left;
}
