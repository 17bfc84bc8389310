import { beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import type { Certificate } from '../../engine/certify/certificate.js';
import { certify } from '../../engine/certify/certify.js';
import { clear } from '../../engine/clearing/clear.js';
import type {
  Mode,
  Outcome,
  ProofLeaf,
  ProsumerFigures,
  ResultWithOutcome,
} from '../../engine/clearing/result.js';
import { costOfOutput, kappaOf, leastOn } from '../fixtures/directMarket.js';
import { asReported, communityOfProsumers, type ReportedOutcome } from '../fixtures/prosumers.js';
import { type MarketShape, randomMarket, variedShape } from '../fixtures/randomMarket.js';

/** Several communities with caps and reactive ranges, a limit that binds, and a tree of several nodes. */
const SHAPE: MarketShape = {
  buses: 6,
  communities: 6,
  prosumers: [2, 4],
  deviceShare: 0.3,
  kappaPowers: [-1, 0.5],
  cappedShare: 0.5,
  reactiveShare: 1,
  limitedShare: 0.6,
  limitA: 1,
};
const SEED = 12;

type Tampering = (outcome: ReportedOutcome) => Outcome;

function change(column: Float64Array, row: number, by: number): Float64Array {
  return column.map((value, k) => (k === row ? value + by : value));
}

const prosumers = (
  { outputKw, ...changes }: Partial<ProsumerFigures & { readonly outputKw: Float64Array }>,
  outcome: ReportedOutcome,
): ReportedOutcome => ({
  ...outcome,
  prosumers: {
    outputKw: outputKw ?? outcome.prosumers.outputKw,
    reported: { ...outcome.prosumers.reported, ...changes },
  },
});

const communities = (
  changes: Partial<Outcome['communities']>,
  outcome: ReportedOutcome,
): ReportedOutcome => ({
  ...outcome,
  communities: { ...outcome.communities, ...changes },
});

const leaf = (outcome: Outcome, place: number, changes: Partial<ProofLeaf>): Outcome => ({
  ...outcome,
  proof: outcome.proof.with(place, { ...(outcome.proof[place] as ProofLeaf), ...changes }),
});

async function solved(theCase: Case, mode: Mode): Promise<ResultWithOutcome> {
  const result = await clear(theCase, { mode });
  if (result.outcome === undefined || result.status !== 'optimal') {
    throw new Error(`the test needs an optimum, not ${result.status}: ${result.explanation}`);
  }
  return result;
}

describe('a certificate', () => {
  let theCase: Case;
  let result: ResultWithOutcome;

  beforeAll(async () => {
    theCase = randomMarket(SEED, SHAPE);
    result = await solved(theCase, 'welfare');
  });

  function certificateAfter(tamper: Tampering): Certificate {
    return certify(theCase, 'welfare', tamper(asReported(theCase, result.outcome)));
  }

  function expectFlags(certificate: Certificate, equilibrium: boolean, physics: boolean): void {
    expect(certificate.equilibriumHolds).toBe(equilibrium);
    expect(certificate.physicsHolds).toBe(physics);
  }

  it('passes a right outcome, whose search took several nodes', () => {
    expect(result.outcome.proof.length).toBeGreaterThan(1);
    const certificate = certificateAfter((outcome) => outcome);
    expectFlags(certificate, true, true);
    expect(certificate.optimalityHolds).toBe(true);
    expect(certificate).toEqual(result.certificate);
  });

  it('sees one output that is not the answer to its price', () => {
    const certificate = certificateAfter((outcome) => {
      const { outputKw } = outcome.prosumers;
      const { purchaseKw } = outcome.prosumers.reported;
      return prosumers(
        { outputKw: change(outputKw, 3, 1e-5), purchaseKw: change(purchaseKw, 3, -1e-5) },
        outcome,
      );
    });
    expect(certificate.equilibriumHolds).toBe(false);
    expect(certificate.largestAnswerError_kw).toBeCloseTo(1e-5, 8);
  });

  it('sees a purchase that is not demand less output, and an import that is not the sum', () => {
    const wrongPurchase = certificateAfter((outcome) =>
      prosumers({ purchaseKw: change(outcome.prosumers.reported.purchaseKw, 0, 1e-6) }, outcome),
    );
    expect(wrongPurchase.equilibriumHolds).toBe(false);
    const wrongImport = certificateAfter((outcome) =>
      communities({ importKw: change(outcome.communities.importKw, 2, 1e-3) }, outcome),
    );
    expect(wrongImport.equilibriumHolds).toBe(false);
    expect(wrongImport.physicsHolds).toBe(false);
    expect(wrongImport.largestBalanceError_kw).toBeCloseTo(1e-3, 9);
  });

  it('sees a price that is not the one its prosumers answered', () => {
    theCase.communities.id.forEach((_, m) => {
      const first = theCase.communities.prosumerStart[m];
      const end = theCase.communities.prosumerStart[m + 1];
      const certificate = certificateAfter((outcome) => {
        const { price, importKw } = outcome.communities;
        const moved = price[m] > 0.2 ? -0.01 : 0.01;
        const prosumerPrice = outcome.prosumers.reported.price.map((p, i) =>
          i >= first && i < end ? p + moved : p,
        );
        return prosumers(
          {
            price: prosumerPrice,
            payment: prosumerPrice.map((p, i) => p * outcome.prosumers.reported.purchaseKw[i]),
          },
          communities({ price: change(price, m, moved), importKw }, outcome),
        );
      });
      // On a flat stretch of Φ_m another price is as right; its answers are then the same.
      if (certificate.largestAnswerError_kw > 1e-6)
        expect(certificate.equilibriumHolds).toBe(false);
    });
  });

  it('sees that a community and one of its prosumers name different prices', () => {
    const certificate = certificateAfter((outcome) =>
      communities({ price: change(outcome.communities.price, 1, 1e-6) }, outcome),
    );
    expect(certificate.equilibriumHolds).toBe(false);
  });

  it('sees one wrong payment, even where another makes up for it', () => {
    const wrong = certificateAfter((outcome) =>
      prosumers({ payment: change(outcome.prosumers.reported.payment, 2, 1e-4) }, outcome),
    );
    expect(wrong.equilibriumHolds).toBe(false);
    expect(wrong.paymentImbalance_usd_per_h).toBeCloseTo(1e-4, 9);
    const shifted = certificateAfter((outcome) => {
      const payment = change(change(outcome.prosumers.reported.payment, 2, 1e-4), 5, -1e-4);
      return prosumers({ payment }, outcome);
    });
    expect(shifted.equilibriumHolds).toBe(false);
  });

  it('sees a price outside its caps', () => {
    const capped = theCase.communities.priceMax.findIndex((price) => price < Infinity);
    const { priceMin, priceMax } = theCase.communities;
    const certificate = certificateAfter((outcome) => {
      const price = outcome.communities.price;
      return communities({ price: change(price, capped, 1) }, outcome);
    });
    const reported = result.outcome.communities.price[capped];
    expect(reported).toBeGreaterThanOrEqual(priceMin[capped]);
    expect(certificate.largestPriceCapViolation_usd_per_kwh).toBeCloseTo(
      reported + 1 - priceMax[capped],
      12,
    );
    expect(certificate.equilibriumHolds).toBe(false);
  });

  it('sees a voltage that is not what the power flow gives', () => {
    const certificate = certificateAfter((outcome) => ({
      ...outcome,
      buses: { ...outcome.buses, voltagePu: change(outcome.buses.voltagePu, 3, 2e-6) },
    }));
    expectFlags(certificate, true, false);
    expect(certificate.largestVoltageDifference_pu).toBeCloseTo(2e-6, 9);
  });

  it.each(['pKw', 'qKvar', 'currentA', 'lossesKw'] as const)(
    'sees a wrong %s of a branch',
    (column) => {
      const base = theCase.settings.baseKva;
      const certificate = certificateAfter((outcome) => ({
        ...outcome,
        branches: {
          ...outcome.branches,
          [column]: change(outcome.branches[column], 0, 1e-4 * base),
        },
      }));
      expectFlags(certificate, true, false);
      expect(certificate.largestFlowDifference_kva).toBeGreaterThan(1e-6 * base);
    },
  );

  it('sees a cost that is not that of the output, and a bid that is not its own', () => {
    const wrongCost = certificateAfter((outcome) =>
      prosumers({ cost: change(outcome.prosumers.reported.cost, 1, 1e-6) }, outcome),
    );
    expect(wrongCost.equilibriumHolds).toBe(false);
    const wrongTotal = certificateAfter((outcome) =>
      communities({ cost: change(outcome.communities.cost, 0, 1e-6) }, outcome),
    );
    expect(wrongTotal.equilibriumHolds).toBe(false);
    expect(wrongTotal.largestCostError_usd_per_h).toBeCloseTo(1e-6, 9);
    const bidder = asReported(theCase, result.outcome).prosumers.reported.bidKw.findIndex(
      (bid) => !Number.isNaN(bid),
    );
    const wrongBid = certificateAfter((outcome) =>
      prosumers({ bidKw: change(outcome.prosumers.reported.bidKw, bidder, 1e-6) }, outcome),
    );
    expect(wrongBid.equilibriumHolds).toBe(false);
    expect(wrongBid.largestBidError_kw).toBeCloseTo(1e-6, 9);
  });

  it('says in dlmp how far prices are from the marginal prices of their buses', async () => {
    const { outcome } = await solved(theCase, 'dlmp');
    const right = certify(theCase, 'dlmp', outcome);
    expect(right.largestMarginalPriceDifference_usd_per_kwh).toBeLessThan(1e-9);
    const { marginalPrice } = outcome.communities;
    const moved = communities(
      { marginalPrice: marginalPrice.map((price) => price + 0.01) },
      asReported(theCase, outcome),
    );
    expect(
      certify(theCase, 'dlmp', moved).largestMarginalPriceDifference_usd_per_kwh,
    ).toBeGreaterThan(0.005);
  });

  it('sees a wrong exchange with the grid', () => {
    const certificate = certificateAfter((outcome) => ({
      ...outcome,
      gridImportKw: outcome.gridImportKw - 0.01,
    }));
    expectFlags(certificate, true, false);
    expect(certificate.optimalityHolds).toBe(false);
  });

  it('sees reactive power outside a community’s range', () => {
    const certificate = certificateAfter((outcome) => {
      const { qMaxKvar, prosumerStart } = theCase.communities;
      const demand = theCase.prosumers.demandKvar
        .slice(prosumerStart[0], prosumerStart[1])
        .reduce((sum, kvar) => sum + kvar, 0);
      const reactive = outcome.communities.reactiveKvar;
      const excess = demand + qMaxKvar[0] - reactive[0] + 0.01;
      return communities({ reactiveKvar: change(reactive, 0, excess) }, outcome);
    });
    expect(certificate.physicsHolds).toBe(false);
    expect(certificate.largestReactiveViolation_kvar).toBeCloseTo(0.01, 9);
  });

  it('never takes a bound above the cost from better-looking proof prices', () => {
    for (const size of [1e-4, 1e-3, 1e-2, 0.1, 1]) {
      for (const sign of [-1, 1]) {
        const certificate = certificateAfter((outcome) => {
          const raised = outcome.proof.map((part) => ({
            ...part,
            activePrice: part.activePrice.map((price) => price + sign * size),
          }));
          return { ...outcome, proof: raised };
        });
        const { lowerBound_usd_per_h: bound, recomputedCost_usd_per_h: cost } = certificate;
        expect(bound).toBeLessThanOrEqual(cost + 1e-9 * Math.abs(cost));
        expectFlags(certificate, true, true);
        if (size >= 1e-2) expect(certificate.optimalityHolds).toBe(false);
      }
    }
  });

  it('has no bound when a leaf is missing, narrowed, or has no number for a price', () => {
    result.outcome.proof.forEach((part, place) => {
      const tamperings: Tampering[] = [
        (outcome) => ({ ...outcome, proof: outcome.proof.toSpliced(place, 1) }),
        (outcome) => leaf(outcome, place, { activePrice: part.activePrice.map(() => Number.NaN) }),
        (outcome) =>
          leaf(outcome, place, {
            importMinKw: part.importMinKw.map((low) => low + 1e-6),
            importMaxKw: part.importMaxKw.map((high) => high - 1e-6),
          }),
      ];
      for (const tamper of tamperings) {
        const certificate = certificateAfter(tamper);
        expect(certificate.lowerBound_usd_per_h).toBe(Number.NEGATIVE_INFINITY);
        expect(certificate.optimalityHolds).toBe(false);
      }
    });
  });

  it('does not believe that a leaf is infeasible because it says so', () => {
    result.outcome.proof.forEach((part, place) => {
      if (part.kind === 'infeasible') return;
      const certificate = certificateAfter((outcome) =>
        leaf(outcome, place, { kind: 'infeasible' }),
      );
      const right = result.certificate;
      // The leaf that holds the outcome cannot be empty; others may be, but then the bound is as good.
      expect(certificate.lowerBound_usd_per_h).toBeLessThanOrEqual(
        right.recomputedCost_usd_per_h + 1e-9,
      );
    });
    const all = certificateAfter((outcome) => ({
      ...outcome,
      proof: outcome.proof.map((part) => ({ ...part, kind: 'infeasible' as const })),
    }));
    expect(all.lowerBound_usd_per_h).toBe(Number.NEGATIVE_INFINITY);
  });

  it('has nothing to say for NaN', () => {
    const spoiled: Tampering[] = [
      (outcome) =>
        prosumers({ outputKw: change(outcome.prosumers.outputKw, 1, Number.NaN) }, outcome),
      (outcome) =>
        prosumers({ payment: change(outcome.prosumers.reported.payment, 1, Number.NaN) }, outcome),
      (outcome) =>
        communities({ price: change(outcome.communities.price, 1, Number.NaN) }, outcome),
    ];
    for (const tamper of spoiled) expect(certificateAfter(tamper).equilibriumHolds).toBe(false);
    const physics: Tampering[] = [
      (outcome) =>
        communities({ importKw: change(outcome.communities.importKw, 1, Number.NaN) }, outcome),
      (outcome) =>
        communities({ reactiveKvar: change(outcome.communities.reactiveKvar, 1, NaN) }, outcome),
      (outcome) => ({ ...outcome, gridImportKw: Number.NaN }),
      (outcome) => ({
        ...outcome,
        buses: { ...outcome.buses, voltagePu: change(outcome.buses.voltagePu, 1, Number.NaN) },
      }),
    ];
    for (const tamper of physics) expect(certificateAfter(tamper).physicsHolds).toBe(false);
  });
});

describe('a certificate of each mode', () => {
  it.each(['welfare', 'social'] as const)(
    'of %s finds as large a gain as a search over outputs (20 markets)',
    async (mode) => {
      for (let seed = 8200; seed < 8220; seed += 1) {
        const theCase = randomMarket(seed, { ...variedShape(seed), limitedShare: 0 });
        const { outcome: cleared } = await clear(theCase, { mode });
        if (cleared === undefined) continue;
        const outcome = asReported(theCase, cleared);
        const { demandKw, pMinKw, pMaxKw } = theCase.prosumers;
        const community = communityOfProsumers(theCase);
        const i = seed % demandKw.length;
        const output = 0.3 * pMinKw[i] + 0.7 * pMaxKw[i];
        const purchase = demandKw[i] - output;
        const kappa = kappaOf(theCase, community[i], mode);
        const price = outcome.prosumers.reported.price[i];
        const spending = (p: number): number => {
          const x = demandKw[i] - p;
          return costOfOutput(theCase, i, p) + (price + kappa * (x - purchase)) * x;
        };
        const gain = spending(output) - leastOn(pMinKw[i], pMaxKw[i], spending);
        const { outputKw } = outcome.prosumers;
        const { purchaseKw } = outcome.prosumers.reported;
        const moved = prosumers(
          { outputKw: outputKw.with(i, output), purchaseKw: purchaseKw.with(i, purchase) },
          outcome,
        );
        const certificate = certify(theCase, mode, moved);
        expect(Math.abs(certificate.largestGain_usd_per_h - gain)).toBeLessThan(1e-9);
      }
    },
  );

  it.each(['welfare', 'dlmp', 'social', 'local', 'isolated'] as const)(
    'of %s turns every small lie about outputs into a flag (30 markets)',
    async (mode) => {
      let lies = 0;
      for (let seed = 8000; seed < 8030; seed += 1) {
        const theCase = randomMarket(seed, { ...variedShape(seed), linearShare: 0 });
        const { outcome: cleared, status } = await clear(theCase, { mode });
        if (cleared === undefined || status !== 'optimal') continue;
        expect(certify(theCase, mode, cleared).equilibriumHolds).toBe(true);
        const outcome = asReported(theCase, cleared);
        expect(certify(theCase, mode, outcome).equilibriumHolds).toBe(true);
        const i = seed % theCase.prosumers.id.length;
        const { pMinKw, pMaxKw } = theCase.prosumers;
        const community = communityOfProsumers(theCase);
        if (pMaxKw[i] - pMinKw[i] < 0.1) continue;
        const { outputKw } = outcome.prosumers;
        const { purchaseKw, price } = outcome.prosumers.reported;
        const by = outputKw[i] + 0.01 > pMaxKw[i] ? -0.01 : 0.01;
        const m = community[i];
        const lie = prosumers(
          {
            outputKw: change(outputKw, i, by),
            purchaseKw: change(purchaseKw, i, -by),
            payment: change(outcome.prosumers.reported.payment, i, -by * price[i]),
          },
          communities({ importKw: change(outcome.communities.importKw, m, -by) }, outcome),
        );
        expect(certify(theCase, mode, lie).equilibriumHolds).toBe(false);
        lies += 1;
      }
      expect(lies).toBeGreaterThan(mode === 'local' ? 0 : 5);
    },
  );

  it('of local wants every community to import nothing', async () => {
    const theCase = randomMarket(8100, variedShape(8100));
    const { outcome } = await solved(theCase, 'dlmp');
    expect(outcome.communities.importKw.some((netImport) => Math.abs(netImport) > 0.01)).toBe(true);
    const certificate = certify(theCase, 'local', outcome);
    expect(certificate.equilibriumHolds).toBe(true);
    expect(certificate.optimalityHolds).toBe(false);
    expect(certificate.lowerBound_usd_per_h).toBe(Number.NEGATIVE_INFINITY);
  });

  it('of isolated knows the tariff', async () => {
    const theCase = randomMarket(8100, variedShape(8100));
    const { outcome: cleared } = await solved(theCase, 'isolated');
    const outcome = asReported(theCase, cleared);
    const cheaper = outcome.prosumers.reported.price.map((price) => 0.9 * price);
    const lie = prosumers(
      {
        price: cheaper,
        payment: cheaper.map((price, i) => price * outcome.prosumers.reported.purchaseKw[i]),
      },
      outcome,
    );
    expect(certify(theCase, 'isolated', lie).equilibriumHolds).toBe(false);
  });
});
