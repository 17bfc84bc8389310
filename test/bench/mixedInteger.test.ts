import { describe, expect, it } from 'vitest';
import { type ConicInstance, readConicInstance } from '../../bench/cbf/conicInstance.js';
import { type MixedIntegerSettings, solveMixedInteger } from '../../bench/cbf/mixedInteger.js';
import { verifiedBound } from '../../bench/cbf/verifiedBound.js';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { createConicSolver } from '../../engine/conic/solver.js';

const UNLIMITED: MixedIntegerSettings = {
  gapTolerance: 1e-8,
  nodeLimit: Number.POSITIVE_INFINITY,
  shouldStop: () => false,
};

const DIMENSION = 3;
const LARGEST = 3;

/** The point A n with whole n from 0 to LARGEST that is nearest to b. */
interface Nearest {
  readonly matrix: readonly (readonly number[])[];
  readonly target: readonly number[];
}

function randomNearest(random: RandomSource): Nearest {
  const row = (): number[] => Array.from({ length: DIMENSION }, () => random.between(-2, 2));
  return { matrix: Array.from({ length: DIMENSION }, row), target: row().map((x) => 3 * x) };
}

/** min t with (t, A n − b) in a quadratic cone. */
function textOf({ matrix, target }: Nearest): string {
  const coefficients = matrix.flatMap((row, i) =>
    row.map((value, j) => `${i + 1} ${j + 1} ${value}`),
  );
  const limits = Array.from({ length: DIMENSION }, (_, j) => `${DIMENSION + 1 + j} ${j + 1} 1`);
  const constants = [
    ...target.map((value, i) => `${i + 1} ${-value}`),
    ...limits.map((_, j) => `${DIMENSION + 1 + j} ${-LARGEST}`),
  ];
  return [
    'VER\n3\nOBJSENSE\nMIN',
    `VAR\n${DIMENSION + 1} 2\nF 1\nL+ ${DIMENSION}`,
    `INT\n${DIMENSION}\n1\n2\n3`,
    `CON\n${2 * DIMENSION + 1} 2\nQ ${DIMENSION + 1}\nL- ${DIMENSION}`,
    'OBJACOORD\n1\n0 1',
    `ACOORD\n${coefficients.length + limits.length + 1}\n0 0 1`,
    ...coefficients,
    ...limits,
    `BCOORD\n${constants.length}`,
    ...constants,
  ].join('\n');
}

function leastDistance({ matrix, target }: Nearest): number {
  const choices = (LARGEST + 1) ** DIMENSION;
  let least = Number.POSITIVE_INFINITY;
  for (let choice = 0; choice < choices; choice += 1) {
    const n = Array.from(
      { length: DIMENSION },
      (_, j) => Math.floor(choice / (LARGEST + 1) ** j) % (LARGEST + 1),
    );
    const parts = matrix.map((row, i) => row.reduce((sum, a, j) => sum + a * n[j], -target[i]));
    least = Math.min(least, Math.hypot(...parts));
  }
  return least;
}

describe('branch and bound over conic relaxations', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'finds what enumeration finds (seed %i)',
    async (seed) => {
      const nearest = randomNearest(seededRandom(seed));
      const found = await solveMixedInteger(readConicInstance(textOf(nearest)), UNLIMITED);
      expect(found.status).toBe('optimal');
      expect(found.objective).toBeCloseTo(leastDistance(nearest), 6);
      expect(found.bound).toBeLessThan(leastDistance(nearest) + 1e-6);
    },
  );

  it('keeps a bound below the optimum when it is stopped', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const nearest = randomNearest(seededRandom(seed));
      const instance = readConicInstance(textOf(nearest));
      const { status, bound, nodes } = await solveMixedInteger(instance, {
        ...UNLIMITED,
        nodeLimit: 2,
      });
      if (status !== 'optimal') expect(status).toBe('limit');
      expect(nodes).toBeLessThanOrEqual(2);
      expect(bound).toBeLessThan(leastDistance(nearest) + 1e-6);
    }
  });

  it('proves that there is no whole number between two', async () => {
    const between = 'VAR\n1 1\nF 1\nINT\n1\n0\nCON\n2 2\nL+ 1\nL- 1';
    const coefficients = 'ACOORD\n2\n0 0 2\n1 0 2\nBCOORD\n2\n0 -0.5\n1 -1.5';
    const text = `VER\n3\nOBJSENSE\nMIN\n${between}\n${coefficients}`;
    expect((await solveMixedInteger(readConicInstance(text), UNLIMITED)).status).toBe('infeasible');
  });
});

/** A random program in which every variable has two bounds, so that every multiplier gives a bound. */
function boundedInstance(random: RandomSource): ConicInstance {
  const text = textOf(randomNearest(random));
  const instance = readConicInstance(text.replace(/INT\n\d+\n1\n2\n3\n/, ''));
  instance.problem.lower[0] = -100;
  instance.problem.upper[0] = 100;
  return instance;
}

describe('a verified bound', () => {
  it('is the optimum at the multipliers of the optimum, and below it at any others', () => {
    const random = seededRandom(20);
    for (let k = 0; k < 20; k += 1) {
      const { problem } = boundedInstance(random);
      const solution = createConicSolver(problem).solve();
      expect(solution.status).toBe('optimal');
      const optimum = solution.primalObjective;
      const best = verifiedBound(problem, solution);
      expect(best).toBeLessThanOrEqual(optimum + 1e-9);
      expect(best).toBeGreaterThan(optimum - 1e-5);
      const disturbed = (values: Float64Array): Float64Array =>
        values.map((value) => value + random.between(-0.5, 0.5));
      const other = verifiedBound(problem, {
        equalityDual: disturbed(solution.equalityDual),
        coneDual: disturbed(solution.coneDual),
      });
      expect(other).toBeGreaterThan(Number.NEGATIVE_INFINITY);
      expect(other).toBeLessThanOrEqual(optimum);
    }
  });

  it('is none where a multiplier leaves a variable without a bound', () => {
    const { problem } = readConicInstance(textOf(randomNearest(seededRandom(30))));
    const none = {
      equalityDual: new Float64Array(0),
      coneDual: new Float64Array(problem.coneRight.length),
    };
    expect(verifiedBound(problem, none)).toBe(Number.NEGATIVE_INFINITY);
  });
});
