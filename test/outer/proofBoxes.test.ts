/** Where the relaxation invents losses: the bound in boxes of flows, with secant cuts, by linear programs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import { boxOf } from '../../engine/certify/box.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ProofLeaf } from '../../engine/clearing/result.js';
import { loadHighs } from '../../engine/outer/highs.js';
import { type BoundQuestion, independentBound } from '../../engine/outer/independentBound.js';
import { wholeBox } from '../../engine/outer/marketColumns.js';
import { createMarketProgram } from '../../engine/outer/marketProgram.js';
import { OuterRelaxation } from '../../engine/outer/relaxation.js';
import { withChanges } from '../case/smallMarket.js';
import { plainLeaf, randomFlows } from '../certify/randomLeaves.js';
import { isInBox, sampleOutcomes } from '../certify/sampledOutcomes.js';
import { overvoltageMarket } from '../program/overvoltage.js';

const GAP = 1e-6;

interface Claimed {
  readonly theCase: Case;
  readonly question: BoundQuestion;
  readonly claim: { readonly bound: number; readonly leaves: readonly ProofLeaf[] };
}

async function clearedMarket(seed: number): Promise<Claimed> {
  const theCase = overvoltageMarket(seed);
  const result = await clear(theCase, { mode: 'welfare', subsidised: true });
  if (result.outcome === undefined) throw new Error(`the market of seed ${seed} has no outcome`);
  const { objective, lowerBound, outcome } = result;
  return {
    theCase,
    question: { mode: 'welfare', revenueAdequacy: false, objective, gap: GAP },
    claim: { bound: lowerBound, leaves: outcome.proof },
  };
}

describe('a bound that no split of imports proves', () => {
  // Markets of which the native route proves the optimum with cuts; in the last with ranges alone.
  it.each([12, 31, 33, 69, 82, 109, 79])(
    'is confirmed in the boxes of its proof (seed %i)',
    async (seed) => {
      const { theCase, question, claim } = await clearedMarket(seed);
      const scale = Math.max(1, Math.abs(question.objective));
      const alone = await independentBound(theCase, question);
      expect(alone.status).toBe('open');
      expect(alone.bound).toBeLessThan(claim.bound - GAP * scale);
      const confirmed = await independentBound(theCase, { ...question, claim });
      expect(confirmed.status).toBe('proven');
      expect(confirmed.bound).toBeGreaterThanOrEqual(claim.bound - GAP * scale);
      expect(confirmed.bound).toBeLessThanOrEqual(question.objective + GAP * scale);
    },
  );

  describe('and is claimed wrongly', () => {
    let market: Claimed;
    let alone: number;

    beforeAll(async () => {
      market = await clearedMarket(31);
      alone = (await independentBound(market.theCase, market.question)).bound;
    });

    it('is not confirmed above the objective', async () => {
      const { theCase, question, claim } = market;
      const raised = { ...claim, bound: question.objective + 1e-4 };
      const { status, bound } = await independentBound(theCase, { ...question, claim: raised });
      expect({ status, bound }).toEqual({ status: 'open', bound: alone });
    });

    it('is not confirmed by boxes that leave something out', async () => {
      const { theCase, question, claim } = market;
      for (const [left] of claim.leaves.entries()) {
        const leaves = claim.leaves.filter((_, k) => k !== left);
        const some = { ...claim, leaves };
        const { status, bound } = await independentBound(theCase, { ...question, claim: some });
        expect({ status, bound }).toEqual({ status: 'open', bound: alone });
      }
    });

    it('is confirmed whatever prices the leaves report', async () => {
      const { theCase, question, claim } = market;
      const zeros = new Float64Array(theCase.buses.id.length);
      const leaves = claim.leaves.map((leaf) => ({
        ...leaf,
        activePrice: zeros,
        voltagePrice: zeros,
      }));
      const blind = { ...claim, leaves };
      expect((await independentBound(theCase, { ...question, claim: blind })).status).toBe(
        'proven',
      );
    });
  });
});

describe('the linear program of a box of flows', () => {
  it.each([2, 5, 7, 8, 12, 33, 69, 82])(
    'bounds every outcome of the box from below, and shows none to be empty (seed %i)',
    async (seed) => {
      const theCase = overvoltageMarket(seed);
      const random = seededRandom(seed);
      const outcomes = sampleOutcomes(theCase, random, 40);
      const market = createMarketProgram(
        theCase,
        { mode: 'welfare', keepsRevenue: false },
        'with flows',
      );
      const whole = wholeBox(market.curves);
      const program = new OuterRelaxation(await loadHighs(), market, whole, () => false);
      let compared = 0;
      for (const centre of outcomes.slice(0, 8)) {
        const buses = [...theCase.buses.id.keys()].filter(
          (bus) => bus !== theCase.settings.rootBus && random.next() < 0.5,
        );
        const flows = randomFlows(buses, centre, 0, random);
        const leaf = plainLeaf({ activePrice: new Float64Array(theCase.buses.id.length), flows });
        program.restrictFlows(boxOf(leaf));
        const found = await program.solve(whole, async () => false);
        expect(found.status).toBe('solved');
        for (const outcome of outcomes.filter((each) => isInBox(leaf, each))) {
          const cost = outcome.cost + outcome.gridCost;
          const bound = found.status === 'solved' ? found.bound : Number.NaN;
          expect(bound).toBeLessThanOrEqual(cost + 1e-9 * Math.max(1, Math.abs(cost)));
          compared += 1;
        }
      }
      program.dispose();
      expect(compared).toBeGreaterThanOrEqual(Math.min(8, outcomes.length));
      expect(compared).toBeGreaterThan(0);
    },
  );

  it('is refused where the program has no rows for flows', async () => {
    const theCase = createCase(withChanges({}));
    const market = createMarketProgram(theCase, { mode: 'dlmp', keepsRevenue: false });
    const whole = wholeBox(market.curves);
    const program = new OuterRelaxation(await loadHighs(), market, whole, () => false);
    expect(() => program.restrictFlows(new Map())).toThrow(/no rows for flows/);
    program.dispose();
  });
});
