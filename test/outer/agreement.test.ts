import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import { clear } from '../../engine/clearing/clear.js';
import { readCase, resolveCase } from '../../engine/index.js';
import { independentBound } from '../../engine/outer/independentBound.js';
import type { MarketChoice } from '../../engine/outer/marketProgram.js';
import { type OuterResult, solveOuter } from '../../engine/outer/solveOuter.js';
import { withChanges } from '../case/smallMarket.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

const CHOICES: readonly MarketChoice[] = [
  { mode: 'welfare', keepsRevenue: true },
  { mode: 'welfare', keepsRevenue: false },
  { mode: 'dlmp', keepsRevenue: false },
  { mode: 'social', keepsRevenue: false },
];

const nameOf = ({ mode, keepsRevenue }: MarketChoice): string =>
  mode === 'welfare' && !keepsRevenue ? 'subsidised welfare' : mode;

/** Seeds at which the native route proves an optimum, or that there is none, in all four. */
const SEEDS = Array.from({ length: 12 }, (_, k) => k + 5);

/** Relative gap that both routes prove: objectives and bounds cannot lie farther apart. */
const GAP = 1e-6;

async function clearNatively(theCase: Case, { mode, keepsRevenue }: MarketChoice) {
  return clear(theCase, { mode, subsidised: mode === 'welfare' && !keepsRevenue });
}

/** The second route told an objective to prove; Infinity tells it none. */
async function solve(
  theCase: Case,
  choice: MarketChoice,
  objective: number,
  gapTolerance = 1e-7,
): Promise<OuterResult> {
  return solveOuter(theCase, choice, {
    gapTolerance,
    nodeLimit: 200,
    shouldStop: () => false,
    evaluate: () => objective,
    improve: () => objective,
    pause: async () => {},
  });
}

async function expectAgreement(theCase: Case, choice: MarketChoice): Promise<void> {
  const native = await clearNatively(theCase, choice);
  if (native.outcome === undefined) {
    expect(native.status).toBe('infeasible');
    expect((await solve(theCase, choice, Number.POSITIVE_INFINITY)).status).toBe('infeasible');
    return;
  }
  const scale = Math.max(1, Math.abs(native.objective));
  const { bound, status } = await solve(theCase, choice, native.objective, GAP);
  if (native.status === 'optimal') expect(status).toBe('proven');
  expect(bound).toBeLessThanOrEqual(native.objective + GAP * scale);
  if (native.status === 'optimal') {
    expect(Math.abs(bound - native.lowerBound)).toBeLessThanOrEqual(GAP * scale);
  }
}

describe('the two routes agree', () => {
  describe.each(['five-bus', 'case33bw'])('on %s', (name) => {
    it.each(CHOICES)('in $mode, revenue kept: $keepsRevenue', async (choice) => {
      await expectAgreement(await readCase(resolveCase(name)), choice);
    });
  });

  it('on ieee123 in welfare', async () => {
    const theCase = await readCase(resolveCase('ieee123'), { onWarning: () => {} });
    await expectAgreement(theCase, { mode: 'welfare', keepsRevenue: true });
  });

  it.each(SEEDS)('on a random market (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    for (const choice of CHOICES) await expectAgreement(theCase, choice);
  });
});

describe('the independent bound', () => {
  it.each(CHOICES)('confirms the objective of $mode and none above it (%#)', async (choice) => {
    const theCase = randomMarket(14, variedShape(14));
    const native = await clearNatively(theCase, choice);
    if (native.outcome === undefined) throw new Error(nameOf(choice));
    const question = {
      mode: choice.mode,
      revenueAdequacy: choice.keepsRevenue,
      objective: native.objective,
      gap: GAP,
    };
    const confirmed = await independentBound(theCase, question);
    expect(confirmed.status).toBe('proven');
    const raised = { ...question, objective: native.objective * (1 + 1e-4) };
    const denied = await independentBound(theCase, raised);
    expect(denied.status).not.toBe('proven');
    expect(denied.bound).toBeLessThanOrEqual(native.objective * (1 + 1e-9));
  });

  it('is the bound of the relaxation where that is not tight', async () => {
    const theCase = await readCase(resolveCase('ieee123-noon-unity'), { onWarning: () => {} });
    const { status, bound, leaves } = await solve(
      theCase,
      { mode: 'dlmp', keepsRevenue: false },
      Number.POSITIVE_INFINITY,
    );
    expect(status).toBe('open');
    expect(leaves).toHaveLength(1);
    // The conic relaxation of the native route, solved to 1e-9.
    expect(bound).toBeCloseTo(5.02642935, 5);
  });

  it('is asked of the modes on the network alone', async () => {
    const theCase = createCase(withChanges({}));
    const question = { mode: 'local', revenueAdequacy: false, objective: 0, gap: GAP } as const;
    await expect(independentBound(theCase, question)).rejects.toThrow(/local has no bound/);
  });
});

describe('a market without an outcome', () => {
  it.each(CHOICES)('is shown to have none in $mode (%#)', async (choice) => {
    const theCase = createCase(withChanges({ settings: { gridLimitKw: 0.01, vMaxPu: 1.0201 } }));
    const { status, leaves } = await solve(theCase, choice, Number.POSITIVE_INFINITY);
    expect(status).toBe('infeasible');
    for (const { prices } of leaves) expect(prices).toBeDefined();
  });

  it('is told from one with an outcome by its limits alone', async () => {
    const theCase = createCase(withChanges({}));
    const native = await clear(theCase, { mode: 'social' });
    expect(native.status).toBe('optimal');
    const choice = { mode: 'social', keepsRevenue: false } as const;
    const { status } = await solve(theCase, choice, Number.POSITIVE_INFINITY);
    expect(status).toBe('open');
  });
});

describe('the search', () => {
  it('stops when it is asked to, with what it has proved', async () => {
    const theCase = await readCase(resolveCase('case33bw'));
    let rounds = 0;
    const result = await solveOuter(theCase, CHOICES[1] as MarketChoice, {
      gapTolerance: 1e-12,
      nodeLimit: 1000,
      shouldStop: () => rounds >= 3,
      evaluate: () => Number.POSITIVE_INFINITY,
      improve: () => Number.POSITIVE_INFINITY,
      pause: async () => {
        rounds += 1;
      },
    });
    expect(result.status).toBe('stopped');
    expect(result.rounds).toBeLessThanOrEqual(5);
  });

  it('gives the same for the same market', async () => {
    const theCase = randomMarket(14, variedShape(14));
    const choice = CHOICES[0] as MarketChoice;
    const first = await solve(theCase, choice, Number.POSITIVE_INFINITY);
    const second = await solve(theCase, choice, Number.POSITIVE_INFINITY);
    expect(second).toEqual(first);
  });
});
