import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { isGapClosed, type SearchProblem, search } from '../../engine/bnb/search.js';

/** An interval for each coordinate. */
interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/**
 * Maximise values · x with weights · x ≤ capacity and x_k ∈ {0, 1}, as a minimisation. A node relaxes x to
 * its box; its proof is the multiplier of the capacity.
 */
class Knapsack implements SearchProblem<Box, number, readonly number[]> {
  readonly root: Box;
  relaxed = 0;
  /** Boxes (by number, from 1) to leave unresolved. */
  unresolved: (box: Box) => boolean = () => false;

  constructor(
    readonly values: readonly number[],
    readonly weights: readonly number[],
    readonly capacity: number,
    /** At least so many items must be taken. */
    readonly leastItems = 0,
  ) {
    this.root = { low: values.map(() => 0), high: values.map(() => 1) };
  }

  async relax(boxes: readonly Box[]) {
    return boxes.map((box) => this.relaxOne(box));
  }

  private relaxOne(box: Box) {
    this.relaxed += 1;
    if (this.unresolved(box)) return { status: 'unresolved' } as const;
    const taken = box.low.reduce((sum, low, k) => sum + low * (this.weights[k] as number), 0);
    const most = box.high.reduce((sum, high) => sum + high, 0);
    if (taken > this.capacity || most < this.leastItems) {
      return { status: 'infeasible', proof: 0 } as const;
    }
    // The fractional optimum fills in order of value by weight.
    const order = this.values
      .map((_, k) => k)
      .filter((k) => (box.low[k] as number) < (box.high[k] as number))
      .sort((a, b) => this.density(b) - this.density(a));
    const point = [...box.low];
    let room = this.capacity - taken;
    let fractional = -1;
    for (const k of order) {
      const share = Math.min(room / (this.weights[k] as number), 1);
      point[k] = share;
      room -= share * (this.weights[k] as number);
      if (share < 1) {
        fractional = k;
        break;
      }
    }
    const proof = fractional < 0 ? 0 : this.density(fractional);
    const rounded = point.map((x) => Math.floor(x));
    const isAllowed = rounded.reduce((sum, x) => sum + x, 0) >= this.leastItems;
    const candidate = isAllowed ? { objective: -this.value(rounded), point: rounded } : undefined;
    const free = order.find((k) => (point[k] as number) % 1 !== 0) ?? order[0];
    const children =
      free === undefined
        ? []
        : [
            { low: box.low, high: box.high.with(free, 0) },
            { low: box.low.with(free, 1), high: box.high },
          ];
    return {
      status: 'bounded',
      box,
      cutOff: [],
      solves: 1,
      bound: this.boundIn(box, proof),
      proof,
      candidate,
      children,
    } as const;
  }

  inherit(box: Box, multiplier: number) {
    return { bound: this.boundIn(box, multiplier), proof: multiplier };
  }

  /** Lagrangian: −multiplier · capacity + Σ least of (multiplier · weight − value) x. */
  boundIn(box: Box, multiplier: number): number {
    return this.values.reduce((bound, value, k) => {
      const slope = multiplier * (this.weights[k] as number) - value;
      return bound + slope * ((slope > 0 ? box.low[k] : box.high[k]) as number);
    }, -multiplier * this.capacity);
  }

  value(point: readonly number[]): number {
    return point.reduce((sum, x, k) => sum + x * (this.values[k] as number), 0);
  }

  /** The best value by trying all subsets; −Infinity when none is allowed. */
  best(): number {
    let best = Number.NEGATIVE_INFINITY;
    for (let subset = 0; subset < 2 ** this.values.length; subset += 1) {
      const point = this.values.map((_, k) => (subset >> k) & 1);
      const weight = point.reduce((sum, x, k) => sum + x * (this.weights[k] as number), 0);
      const items = point.reduce((sum, x) => sum + x, 0);
      if (weight <= this.capacity && items >= this.leastItems) {
        best = Math.max(best, this.value(point));
      }
    }
    return best;
  }

  private density(k: number): number {
    return (this.values[k] as number) / (this.weights[k] as number);
  }
}

function randomKnapsack(seed: number, leastItems = 0): Knapsack {
  const random = seededRandom(seed);
  const items = random.integer(3, 13);
  const values = Array.from({ length: items }, () => random.between(1, 10));
  const weights = values.map((value) => value * random.between(0.7, 1.3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return new Knapsack(values, weights, random.between(0.2, 0.8) * total, leastItems);
}

const SETTINGS = { gapTolerance: 1e-9, nodeLimit: Infinity, shouldStop: () => false };
const seeds = Array.from({ length: 20 }, (_, k) => 6000 + k);

/** Whether a 0–1 point lies in a box. */
function holds(box: Box, point: readonly number[]): boolean {
  return point.every((x, k) => x >= (box.low[k] as number) && x <= (box.high[k] as number));
}

function subsets(items: number): number[][] {
  return Array.from({ length: 2 ** items }, (_, subset) =>
    Array.from({ length: items }, (_, k) => (subset >> k) & 1),
  );
}

describe('branch and bound', () => {
  it.each(seeds)('proves the best of all subsets (seed %i)', async (seed) => {
    const knapsack = randomKnapsack(seed);
    const result = await search(knapsack, SETTINGS);
    const best = -knapsack.best();
    expect(result.status).toBe('proven');
    expect(result.incumbent?.objective).toBeCloseTo(best, 9);
    expect(result.bound).toBeLessThanOrEqual(best + 1e-9);
    expect(isGapClosed(result.incumbent?.objective, result.bound, 1e-9)).toBe(true);
    expect(-knapsack.value(result.incumbent?.point ?? [])).toBeCloseTo(best, 9);
  });

  it.each(seeds)('leaves cover every point, each with a bound below it (seed %i)', async (seed) => {
    const knapsack = randomKnapsack(seed);
    for (const nodeLimit of [1, 3, 10, Infinity]) {
      const result = await search(knapsack, { ...SETTINGS, nodeLimit });
      expect(result.bound).toBe(Math.min(...result.leaves.map((leaf) => leaf.bound)));
      for (const point of subsets(knapsack.values.length)) {
        const leaves = result.leaves.filter((leaf) => holds(leaf.box, point));
        expect(leaves.length).toBeGreaterThan(0);
        const weight = point.reduce((sum, x, k) => sum + x * (knapsack.weights[k] as number), 0);
        if (weight > knapsack.capacity) continue;
        for (const leaf of leaves) {
          expect(leaf.bound).toBeLessThanOrEqual(-knapsack.value(point) + 1e-9);
        }
      }
    }
  });

  it.each(seeds)('carries a proof of its bound in every leaf (seed %i)', async (seed) => {
    const knapsack = randomKnapsack(seed);
    const result = await search(knapsack, SETTINGS);
    for (const { box, bound, proof } of result.leaves) {
      if (bound === Number.POSITIVE_INFINITY || proof === undefined) continue;
      expect(knapsack.boundIn(box, proof)).toBeCloseTo(bound, 9);
    }
  });

  it.each(seeds)('says stopped at a node limit, with what it knows (seed %i)', async (seed) => {
    const knapsack = randomKnapsack(seed);
    const whole = await search(knapsack, SETTINGS);
    if (whole.nodes < 4) return;
    const result = await search(knapsack, { ...SETTINGS, nodeLimit: 2 });
    expect(result.status).toBe('stopped');
    expect(result.nodes).toBe(2);
    expect(result.bound).toBeLessThanOrEqual(-knapsack.best() + 1e-9);
    expect(result.incumbent?.objective).toBeGreaterThanOrEqual(-knapsack.best() - 1e-9);
  });

  it('stops when asked, and never before the first question', async () => {
    const knapsack = randomKnapsack(6001);
    let questions = 0;
    const result = await search(knapsack, { ...SETTINGS, shouldStop: () => ++questions > 1 });
    expect(result.status).toBe('stopped');
    expect(result.nodes).toBe(1);
    const atOnce = await search(knapsack, { ...SETTINGS, shouldStop: () => true });
    expect(atOnce.status).toBe('stopped');
    expect(atOnce.incumbent).toBeUndefined();
    expect(atOnce.bound).toBe(Number.NEGATIVE_INFINITY);
    expect(atOnce.leaves).toHaveLength(1);
  });

  it.each(seeds)(
    'keeps the inherited bound of a node without an answer (seed %i)',
    async (seed) => {
      const knapsack = randomKnapsack(seed);
      knapsack.unresolved = (box) => box.low[0] === 1 && box.low[1] === 1;
      const result = await search(knapsack, SETTINGS);
      const best = -knapsack.best();
      expect(result.bound).toBeLessThanOrEqual(best + 1e-9);
      expect(result.bound).toBeGreaterThan(Number.NEGATIVE_INFINITY);
      const objective = result.incumbent?.objective ?? Number.POSITIVE_INFINITY;
      expect(objective).toBeGreaterThanOrEqual(best - 1e-9);
      if (objective > best + 1e-6) expect(result.status).toBe('exhausted');
    },
  );

  it('knows nothing when the root has no answer', async () => {
    const knapsack = randomKnapsack(6002);
    knapsack.unresolved = () => true;
    const result = await search(knapsack, SETTINGS);
    expect(result.status).toBe('exhausted');
    expect(result.bound).toBe(Number.NEGATIVE_INFINITY);
    expect(result.leaves[0]?.proof).toBeUndefined();
  });

  it('calls infeasible only what every leaf excludes', async () => {
    const impossible = new Knapsack([1, 2, 3], [5, 5, 5], 9, 2);
    expect(impossible.best()).toBe(Number.NEGATIVE_INFINITY);
    const result = await search(impossible, SETTINGS);
    expect(result.status).toBe('infeasible');
    expect(result.bound).toBe(Number.POSITIVE_INFINITY);
    const possible = new Knapsack([1, 2, 3], [5, 4, 5], 9, 2);
    expect((await search(possible, SETTINGS)).status).toBe('proven');
    impossible.unresolved = (box) => box.high[0] === 0;
    expect((await search(impossible, SETTINGS)).status).toBe('exhausted');
  });

  it('relaxes nodes in the same order on every run and reports a bound that never falls', async () => {
    const runs = await Promise.all(
      [0, 1].map(async () => {
        const bounds: number[] = [];
        const pause = async ({ bound }: { readonly bound: number }): Promise<void> => {
          bounds.push(bound);
        };
        await search(randomKnapsack(6003), { ...SETTINGS, pause });
        return bounds;
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    const bounds = runs[0] as number[];
    for (let k = 1; k < bounds.length; k += 1) {
      expect(bounds[k]).toBeGreaterThanOrEqual(bounds[k - 1] as number);
    }
  });
});
