import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { type PartOutcome, type PartProblem, searchParts } from '../../engine/bnb/parts.js';

/** Bounds of the two whole numbers of a part. */
interface Box {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

/** By part: multiplier of its own row, and the common price of the resource. */
interface Proof {
  readonly own: readonly number[];
  readonly price: number;
}

/** minimise cost · x over x ∈ {0 … 3}² with weight · x ≥ demand; a unit of x_0 also takes one of the resource. */
interface Part {
  readonly cost: readonly [number, number];
  readonly weight: readonly [number, number];
  readonly demand: number;
}

const MOST = 3;
const WHOLE: Box = { low: [0, 0], high: [MOST, MOST] };
const SETTINGS = { gapTolerance: 1e-9, solveLimit: 1000, shouldStop: () => false };

/**
 * Parts that share a resource of a fixed price: each is a covering problem in two whole numbers, relaxed to a
 * linear program, whose Lagrangian is taken by the multiplier of its row.
 */
class Covering implements PartProblem<Box, Proof, readonly number[]> {
  readonly partCount: number;
  relaxed = 0;

  constructor(
    readonly parts: readonly Part[],
    readonly price: number,
  ) {
    this.partCount = parts.length;
  }

  relax(boxes: readonly Box[]): PartOutcome<Box, Proof, readonly number[]> {
    this.relaxed += 1;
    const own: number[] = [];
    const splits: Box[][] = [];
    const rounded: number[] = [];
    let isEmpty = false;
    this.parts.forEach((part, k) => {
      const box = boxes[k] ?? WHOLE;
      const solved = this.relaxPart(part, box);
      own.push(solved.multiplier);
      isEmpty ||= solved.isEmpty;
      rounded.push(...solved.x.map((x) => Math.ceil(x - 1e-9)));
      const fractional = solved.x.findIndex((x) => Math.abs(x - Math.round(x)) > 1e-9);
      splits.push(fractional < 0 ? [] : splitAt(box, fractional, solved.x[fractional] as number));
    });
    const proof = { own, price: this.price };
    if (isEmpty) return { status: 'infeasible', proof };
    const objective = this.objective(rounded);
    return { status: 'solved', proof, candidate: { objective, point: rounded }, splits };
  }

  commonTerm(): number {
    return 0;
  }

  partTerm(k: number, box: Box, own: Proof, common: Proof): number {
    const part = this.parts[k] as Part;
    const multiplier = own.own[k] as number;
    let term = multiplier * part.demand;
    for (const i of [0, 1] as const) {
      const cost = part.cost[i] + (i === 0 ? common.price : 0) - multiplier * part.weight[i];
      term += cost * (cost > 0 ? box.low[i] : box.high[i]);
    }
    return term;
  }

  exclude(k: number, box: Box, proof: Proof): Proof | undefined {
    const part = this.parts[k] as Part;
    return mostOf(part, box) < part.demand ? proof : undefined;
  }

  objective(x: readonly number[]): number {
    return this.parts.reduce((sum, part, k) => {
      const [first = 0, second = 0] = x.slice(2 * k, 2 * k + 2);
      return sum + (part.cost[0] + this.price) * first + part.cost[1] * second;
    }, 0);
  }

  /** Fills up the cheaper variable by its weight first. */
  private relaxPart(part: Part, box: Box) {
    const cost = [part.cost[0] + this.price, part.cost[1]] as const;
    const x: [number, number] = [...box.low];
    let missing = part.demand - x[0] * part.weight[0] - x[1] * part.weight[1];
    let multiplier = 0;
    const order = cost[0] / part.weight[0] <= cost[1] / part.weight[1] ? [0, 1] : [1, 0];
    for (const i of order as (0 | 1)[]) {
      if (missing <= 0) break;
      const step = Math.min(missing / part.weight[i], box.high[i] - x[i]);
      x[i] += step;
      missing -= step * part.weight[i];
      multiplier = cost[i] / part.weight[i];
    }
    return { x, multiplier, isEmpty: missing > 1e-9 };
  }
}

function mostOf(part: Part, box: Box): number {
  return box.high[0] * part.weight[0] + box.high[1] * part.weight[1];
}

function splitAt(box: Box, i: number, at: number): Box[] {
  const below = Math.floor(at);
  const high = box.high.with(i, below) as [number, number];
  const low = box.low.with(i, below + 1) as [number, number];
  return [
    { low: box.low, high },
    { low, high: box.high },
  ];
}

function randomCovering(random: RandomSource, partCount: number): Covering {
  const parts = Array.from({ length: partCount }, (): Part => {
    const weight = [random.between(1, 3), random.between(1, 3)] as const;
    const most = MOST * (weight[0] + weight[1]);
    const cost = [random.between(0.5, 2), random.between(0.5, 2)] as const;
    return { weight, cost, demand: random.between(0.2, 0.9) * most };
  });
  return new Covering(parts, random.between(0, 1));
}

/** The least objective, part by part over all whole numbers. */
function bestOf(problem: Covering): number {
  return problem.parts.reduce((sum, part, k) => {
    let best = Number.POSITIVE_INFINITY;
    for (let a = 0; a <= MOST; a += 1) {
      for (let b = 0; b <= MOST; b += 1) {
        if (a * part.weight[0] + b * part.weight[1] < part.demand) continue;
        const x = problem.parts.flatMap((_, other) => (other === k ? [a, b] : [0, 0]));
        best = Math.min(best, problem.objective(x));
      }
    }
    return sum + best;
  }, 0);
}

function searchAll(problem: Covering, settings = SETTINGS) {
  const boxes = problem.parts.map(() => WHOLE);
  const first = problem.relax(boxes);
  if (first.status !== 'solved') throw new Error(`the whole box is ${first.status}`);
  return searchParts(problem, boxes, first, Number.POSITIVE_INFINITY, settings);
}

describe('a search by parts', () => {
  const seeds = Array.from({ length: 30 }, (_, k) => 6100 + k);

  it.each(seeds)('finds and proves the optimum of enumeration (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const problem = randomCovering(random, random.integer(2, 7));
    const { proof, candidate } = searchAll(problem);
    const best = bestOf(problem);
    expect(candidate?.objective).toBeCloseTo(best, 9);
    expect(proof.bound).toBeCloseTo(best, 9);
  });

  it.each(seeds)('proves by leaves that cover every part (seed %i)', (seed) => {
    const problem = randomCovering(seededRandom(seed), 4);
    const { proof } = searchAll(problem, { ...SETTINGS, solveLimit: 3 });
    expect(proof.bound).toBeLessThanOrEqual(bestOf(problem) + 1e-9);
    problem.parts.forEach((part, k) => {
      for (let a = 0; a <= MOST; a += 1) {
        for (let b = 0; b <= MOST; b += 1) {
          const holding = (proof.leaves[k] ?? []).filter(({ box }) => holds(box, [a, b]));
          expect(holding).toHaveLength(1);
          const isAllowed = a * part.weight[0] + b * part.weight[1] >= part.demand;
          if (isAllowed) expect(holding[0]?.kind).toBe('bounded');
        }
      }
    });
  });

  it('needs no more relaxations for many alike parts than for one', () => {
    const [part] = randomCovering(seededRandom(6106), 1).parts;
    if (part === undefined) throw new Error('no part');
    const solvesOf = (count: number): number => {
      const problem = new Covering(
        Array.from({ length: count }, () => part),
        0.3,
      );
      const { solves, proof, candidate } = searchAll(problem);
      expect(proof.bound).toBeCloseTo(candidate?.objective ?? Number.NaN, 9);
      return solves;
    };
    expect(solvesOf(2)).toBeGreaterThan(1);
    expect(solvesOf(12)).toBe(solvesOf(2));
  });

  it('stops at its limit with a bound that holds', () => {
    const problem = randomCovering(seededRandom(6107), 6);
    const { proof, solves } = searchAll(problem, { ...SETTINGS, solveLimit: 1 });
    expect(solves).toBeLessThanOrEqual(1);
    expect(proof.bound).toBeLessThanOrEqual(bestOf(problem) + 1e-9);
  });

  it('stops when it is told to', () => {
    const problem = randomCovering(seededRandom(6108), 6);
    const { solves } = searchAll(problem, { ...SETTINGS, shouldStop: () => true });
    expect(solves).toBe(0);
  });
});

function holds(box: Box, x: readonly [number, number]): boolean {
  return ([0, 1] as const).every((i) => box.low[i] <= x[i] && x[i] <= box.high[i]);
}
