/** Readings of all prosumers in blocks: whoever reads which, the bytes are the same. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { bidsOf, blocksOf } from '../../engine/certify/bids.js';
import {
  checkAll,
  checkBlocks,
  checkInput,
  newPartials,
} from '../../engine/certify/blockChecks.js';
import { certify, certifyAlone, certifyInStages } from '../../engine/certify/certify.js';
import { CHECK, CHECK_COUNT, CheckSums } from '../../engine/certify/checkSums.js';
import { EquilibriumCheck } from '../../engine/certify/equilibrium.js';
import {
  mergeWindows,
  readWindowBlocks,
  type WindowInput,
} from '../../engine/certify/windowBlocks.js';
import { WINDOW_COUNT } from '../../engine/certify/windowReading.js';
import { clear } from '../../engine/clearing/clear.js';
import type { Mode, Outcome } from '../../engine/clearing/result.js';
import { randomMarket } from '../fixtures/randomMarket.js';

function crowded(seed: number, deviceShare: number): Case {
  return randomMarket(seed, {
    buses: 4,
    communities: 3,
    prosumers: [4000, 13_000],
    kappaPowers: [-4, -2],
    impedance: 0.002,
    deviceShare,
    settings: { baseKva: 60_000, vMinPu: 0.9, vMaxPu: 1.1 },
  });
}

function kappaOf({ communities }: Case): Float64Array {
  const { priceSensitivity, prosumerStart } = communities;
  return priceSensitivity.map(
    (slope, m) => 1 / (slope * (prosumerStart[m + 1] - prosumerStart[m] - 1)),
  );
}

const noise = seededRandom(77);

/** Outputs between bounds that answer nothing; prices are anything. */
function anyOutcome(theCase: Case): Pick<Outcome, 'communities' | 'prosumers'> {
  const { pMinKw, pMaxKw } = theCase.prosumers;
  const outputKw = pMinKw.map((low, i) => low + noise.next() * (pMaxKw[i] - low));
  const column = theCase.communities.priceMin.map(() => noise.next());
  return {
    prosumers: { outputKw },
    communities: {
      price: column,
      importKw: column,
      reactiveKvar: column,
      marginalPrice: column,
      cost: column,
      kappa: column,
    },
  };
}

describe.each([
  ['without devices', 0],
  ['with devices', 0.2],
])('a reading in blocks of a market %s', (_, deviceShare) => {
  const theCase = crowded(8101, deviceShare);
  const kappa = kappaOf(theCase);
  const { count, first } = blocksOf(bidsOf(theCase));
  const cuts = [
    [0, count],
    [0, 1, count],
    [0, 2, 3, count - 1, count],
    Array.from({ length: count + 1 }, (_unused, k) => k),
  ];

  it('cuts communities of several blocks', () => {
    expect(count).toBeGreaterThan(4);
    expect(first[0]).toBe(0);
  });

  it.each(['dlmp', 'isolated'] as const)('checks the same whoever does (%s)', (mode: Mode) => {
    const outcome = anyOutcome(theCase) as Outcome;
    const input = checkInput(theCase, mode, kappa, outcome);
    const whole = checkAll(input);
    for (const bounds of cuts) {
      const partials = newPartials(count, (length) => new Float64Array(length));
      for (let k = bounds.length - 1; k > 0; k -= 1) {
        checkBlocks(input, bounds[k - 1], bounds[k], partials);
      }
      expect(partials).toEqual(whole);
    }
  });

  it.each(['cost', 'potential'] as const)('finds the same in windows (%s)', (kind) => {
    const from = kappa.map((_unused, m) => 0.1 + 0.03 * m);
    const to = from.map((price) => price + 0.04);
    const input: WindowInput = { bids: bidsOf(theCase), kind, kappa, from, to };
    const whole = certifyAlone.window(input);
    for (const bounds of cuts) {
      const sums = new Float64Array(WINDOW_COUNT * count);
      const shards = bounds.slice(1).map((end, k) => readWindowBlocks(input, bounds[k], end, sums));
      expect(mergeWindows(sums, shards)).toEqual(whole);
    }
  });

  it('finds of each prosumer what direct comparison finds', () => {
    const bids = bidsOf(theCase);
    const { outputKw } = anyOutcome(theCase).prosumers;
    const check = new EquilibriumCheck(bids);
    const blocks = blocksOf({ prosumerStart: Int32Array.of(0, 1) });
    for (let i = 0; i < outputKw.length; i += 97) {
      const price = noise.between(-0.1, 0.6);
      const slope = 10 ** noise.between(-5, 0);
      const output = i % 3 === 0 ? outputKw[i] + noise.between(-1, 1) : outputKw[i];
      const quick = new Float64Array(CHECK_COUNT);
      const direct = new Float64Array(CHECK_COUNT);
      const column = outputKw.slice();
      column[i] = output;
      check.check(i, i + 1, price, slope, column, quick, 0);
      check.checkUnits(i, price, slope, output, direct, 0);
      const [one, other] = [quick, direct].map((sums) => new CheckSums(blocks, sums));
      for (const kind of [CHECK.gain, CHECK.answerError] as const) {
        const [found, expected] = [one.largest(kind), other.largest(kind)];
        expect(Math.abs(found - expected)).toBeLessThan(1e-9 * Math.max(1, expected));
      }
      expect(one.totals(CHECK.cost)[0]).toBeCloseTo(
        check.checkUnits(i, price, slope, output, direct, 0),
        9,
      );
    }
  });
});

describe('a certificate in stages', () => {
  it.each(['welfare', 'dlmp', 'social', 'local', 'isolated'] as const)(
    'is the certificate to the last byte (%s)',
    async (mode) => {
      const theCase = crowded(8102, 0.1);
      const { outcome } = await clear(theCase, { mode });
      if (outcome === undefined) throw new Error(`no outcome in ${mode}`);
      const alone = certify(theCase, mode, outcome);
      const staged = await certifyInStages(theCase, mode, outcome, 1e-6, certifyAlone);
      expect(staged).toEqual(alone);
      expect(alone.equilibriumHolds && alone.physicsHolds && alone.optimalityHolds).toBe(true);
    },
  );
});

describe('one prosumer out of thousands', () => {
  it.each([0, 0.1])('is found wherever it is wrong (share with devices %f)', async (share) => {
    const theCase = crowded(8103, share);
    const { outcome } = await clear(theCase, { mode: 'dlmp' });
    if (outcome === undefined) throw new Error('no outcome');
    const rows = theCase.prosumers.demandKw.length;
    for (const row of [0, 1023, 1024, 4095, 4096, rows - 1]) {
      for (const wrong of [outcome.prosumers.outputKw[row] + 1e-5, Number.NaN]) {
        const outputKw = outcome.prosumers.outputKw.slice();
        outputKw[row] = wrong;
        const lie = { ...outcome, prosumers: { outputKw } };
        expect(certify(theCase, 'dlmp', lie).equilibriumHolds).toBe(false);
      }
    }
  });
});
