import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { isGapClosed, type NodeOutcome, search } from '../../engine/bnb/search.js';
import { clear } from '../../engine/clearing/clear.js';
import type { Mode } from '../../engine/clearing/result.js';
import { splitFlow } from '../../engine/program/flowSplitting.js';
import { type ImportBox, WHOLE_RANGE } from '../../engine/program/importModels.js';
import type { NetworkPrices } from '../../engine/program/lagrangian.js';
import { FlowTightening } from '../../engine/program/tightening.js';
import { relaxTightened } from '../../engine/program/tighteningRounds.js';
import { networkOnly } from '../fixtures/networkOnly.js';
import {
  type FlowMarket,
  isInside,
  openFlowMarket,
  overvoltageMarket,
  sampleFlows,
} from './overvoltage.js';

/** Feeders of 3 to 12 buses whose plain relaxation leaves a gap of 5e-4 to 1.7, and not by its envelopes. */
const loose: readonly (readonly [number, Mode])[] = [
  [23, 'social'],
  [28, 'dlmp'],
  [33, 'welfare'],
  [69, 'welfare'],
  [73, 'dlmp'],
  [82, 'dlmp'],
  [121, 'dlmp'],
  [158, 'social'],
  [171, 'dlmp'],
  [185, 'dlmp'],
  [220, 'social'],
  [324, 'social'],
];

const GAP_TOLERANCE = 1e-6;

describe('tightening the ranges of flows', () => {
  it.each(loose)('cuts off nothing that costs less (seed %i, %s)', async (seed, mode) => {
    const random = seededRandom(seed);
    const theCase = overvoltageMarket(seed);
    const market = await openFlowMarket(theCase, mode);
    const { relaxation } = market;
    const best = await objectiveOf(theCase, mode);
    const first = relaxation.solve(WHOLE_RANGE);
    if (first.status !== 'solved') throw new Error(first.status);
    const tightening = new FlowTightening(market.program, market.models, relaxation);
    // A cutoff above the best leaves something to find on either side.
    const cutoff = best + 0.01 * Math.max(1, Math.abs(best));
    const { box, closed } = tightening.sweep(WHOLE_RANGE, first.point.prices, cutoff);
    for (const leaf of closed) {
      const again = relaxation.boundIn(leaf.box, leaf.proof);
      expect(Math.abs(again - leaf.bound)).toBeLessThan(1e-9 * Math.max(1, Math.abs(again)));
      expect(again).toBeGreaterThanOrEqual(cutoff - 1e-9 * Math.max(1, Math.abs(cutoff)));
    }
    const near = sampleFlows(market, random, 40, first.point.netImport);
    for (const sample of [...near, ...sampleFlows(market, random, 40)]) {
      const holders = closed.filter((leaf) => isInside(leaf.box, sample));
      for (const { bound } of holders) expect(sample.objective).toBeGreaterThan(bound - 1e-9);
      // Closed boxes and what is left cover everything.
      if (holders.length === 0) expect(box !== undefined && isInside(box, sample)).toBe(true);
    }
  });

  it.each(loose)('closes the gap of a small feeder (seed %i, %s)', async (seed, mode) => {
    const theCase = overvoltageMarket(seed);
    const market = await openFlowMarket(theCase, mode);
    const best = await objectiveOf(theCase, mode);
    const before = market.plain.solve(WHOLE_RANGE);
    if (before.status !== 'solved') throw new Error(before.status);
    expect(isGapClosed(best, before.point.bound, GAP_TOLERANCE)).toBe(false);
    const { bound } = await search(new FlowSearch(market, best), {
      gapTolerance: GAP_TOLERANCE,
      nodeLimit: 60,
      shouldStop: () => false,
    });
    expect(isGapClosed(best, bound, GAP_TOLERANCE)).toBe(true);
  });

  it('leaves a box alone where no outcome is known', async () => {
    const market = await openFlowMarket(overvoltageMarket(82), 'dlmp');
    const { program, models, relaxation } = market;
    const tightening = new FlowTightening(program, models, relaxation);
    const solve = (box: ImportBox) => relaxation.solve(box);
    const { box, closed, solves } = relaxTightened(
      solve,
      tightening,
      WHOLE_RANGE,
      Number.POSITIVE_INFINITY,
    );
    expect(box).toBe(WHOLE_RANGE);
    expect(closed).toEqual([]);
    expect(solves).toBe(1);
  });

  it('closes a box in which everything costs too much', async () => {
    const theCase = overvoltageMarket(82);
    const market = await openFlowMarket(theCase, 'dlmp');
    const { program, models, relaxation } = market;
    const tightening = new FlowTightening(program, models, relaxation);
    const solve = (box: ImportBox) => relaxation.solve(box);
    const first = relaxation.solve(WHOLE_RANGE);
    if (first.status !== 'solved') throw new Error(first.status);
    const { bound } = first.point;
    const best = await objectiveOf(theCase, 'dlmp');
    const cutoff = 0.5 * (bound + best);
    expect(cutoff).toBeGreaterThan(bound);
    const { outcome, closed } = relaxTightened(solve, tightening, WHOLE_RANGE, cutoff);
    const isDone =
      outcome.status === 'closed' ||
      outcome.status === 'infeasible' ||
      (outcome.status === 'solved' && outcome.point.bound >= cutoff);
    expect(isDone).toBe(true);
    for (const leaf of closed) expect(leaf.bound).toBeGreaterThanOrEqual(cutoff);
  });
});

describe('cuts alone', () => {
  it.each([
    [4, 'dlmp'],
    [15, 'welfare'],
    [17, 'social'],
    [42, 'welfare'],
    [44, 'social'],
  ] as const)('show that a market has no outcome (seed %i, %s)', async (seed, mode) => {
    const market = await openFlowMarket(overvoltageMarket(seed), mode);
    expect(market.plain.solve(WHOLE_RANGE).status).toBe('solved');
    const outcome = market.relaxation.solve(WHOLE_RANGE);
    if (outcome.status !== 'infeasible') throw new Error(outcome.status);
    expect(market.relaxation.excludes(WHOLE_RANGE, outcome.prices)).toBe(true);
    expect(sampleFlows(market, seededRandom(seed), 300)).toEqual([]);
  });
});

describe('splitting a range of flow', () => {
  it.each(loose)('halves one flow and keeps every outcome (seed %i, %s)', async (seed, mode) => {
    const random = seededRandom(seed);
    const market = await openFlowMarket(overvoltageMarket(seed), mode);
    const solved = market.relaxation.solve(WHOLE_RANGE);
    if (solved.status !== 'solved') throw new Error(solved.status);
    const split = splitFlow(market.program, WHOLE_RANGE, solved.point);
    if (split === undefined) return;
    expect(split.hidden).toBeGreaterThan(0);
    for (const child of split.children) {
      const inherited = market.relaxation.boundIn(child, solved.point.prices);
      expect(inherited).toBeGreaterThanOrEqual(
        solved.point.bound - 1e-7 * Math.max(1, Math.abs(solved.point.bound)),
      );
    }
    for (const sample of sampleFlows(market, random, 40)) {
      expect(split.children.some((child) => isInside(child, sample))).toBe(true);
    }
  });
});

/** The objective of the best outcome that clearing finds, $/h. */
async function objectiveOf(theCase: Parameters<typeof clear>[0], mode: Mode): Promise<number> {
  const result = await clear(theCase, networkOnly(mode));
  if (result.outcome === undefined) throw new Error(`no outcome: ${result.explanation}`);
  return result.objective;
}

/** A search over flows alone that knows the best objective from the start. */
class FlowSearch {
  readonly root = WHOLE_RANGE;
  private readonly tightening: FlowTightening;

  constructor(
    private readonly market: FlowMarket,
    private readonly best: number,
  ) {
    this.tightening = new FlowTightening(market.program, market.models, market.relaxation);
  }

  async relax(
    boxes: readonly ImportBox[],
  ): Promise<readonly NodeOutcome<ImportBox, NetworkPrices, undefined>[]> {
    return boxes.map((box) => this.relaxOne(box));
  }

  inherit(box: ImportBox, proof: NetworkPrices) {
    const { relaxation } = this.market;
    return { bound: relaxation.boundIn(box, proof), proof: relaxation.pricesIn(box, proof) };
  }

  private relaxOne(node: ImportBox): NodeOutcome<ImportBox, NetworkPrices, undefined> {
    const { program, relaxation } = this.market;
    const cutoff = this.best - 0.5 * GAP_TOLERANCE * Math.max(1, Math.abs(this.best));
    const solve = (box: ImportBox) => relaxation.solve(box);
    const tightened = relaxTightened(solve, this.tightening, node, cutoff);
    const { box, closed, outcome, solves } = tightened;
    const candidate = { objective: this.best, point: undefined };
    const common = { status: 'bounded', candidate, solves } as const;
    if (outcome.status === 'unresolved') return { status: 'unresolved' };
    if (outcome.status === 'solved') {
      const { bound, prices } = outcome.point;
      const children = splitFlow(program, box, outcome.point)?.children ?? [];
      return { ...common, box, bound, proof: prices, cutOff: closed, children };
    }
    if (outcome.status === 'infeasible') {
      const bound = Number.POSITIVE_INFINITY;
      return { ...common, box, bound, proof: outcome.prices, cutOff: closed, children: [] };
    }
    const last = closed.at(-1);
    if (last === undefined) throw new Error('closed by nothing');
    return { ...common, ...last, cutOff: closed.slice(0, -1), children: [] };
  }
}
