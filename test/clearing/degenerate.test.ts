import { describe, expect, it } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import type { Case } from '../../engine/case/case.js';
import { type CaseColumns, createCase } from '../../engine/case/create.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearOptions } from '../../engine/clearing/options.js';
import type { Mode, ResultWithOutcome } from '../../engine/clearing/result.js';
import { importAtPrice, kappaOf } from '../fixtures/directMarket.js';
import { networkOnly } from '../fixtures/networkOnly.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

const NETWORK_MODES = ['welfare', 'dlmp', 'social'] as const;

/** Two buses, one community of two at the end of a line: one produces cheaply, one dearly. */
function line(changes: {
  readonly settings?: Partial<CaseColumns['settings']>;
  readonly buses?: Partial<CaseColumns['buses']>;
  readonly branches?: Partial<CaseColumns['branches']>;
  readonly communities?: Partial<CaseColumns['communities']>;
  readonly prosumers?: Partial<CaseColumns['prosumers']>;
}): Case {
  return createCase({
    settings: {
      name: 'line',
      baseKva: 100,
      baseKv: 0.4,
      root: 'root',
      rootVoltagePu: 1,
      vMinPu: 0.9,
      vMaxPu: 1.1,
      gridBuy: 0.3,
      gridSell: 0.1,
      ...changes.settings,
    },
    buses: { bus: ['root', 'end'], ...changes.buses },
    branches: { from: ['root'], to: ['end'], rOhm: [0.05], xOhm: [0.02], ...changes.branches },
    communities: {
      community: ['village'],
      bus: ['end'],
      priceSensitivity: [50],
      ...changes.communities,
    },
    prosumers: {
      prosumer: ['mill', 'farm'],
      community: ['village', 'village'],
      demandKw: [6, 8],
      pMinKw: [0, 0],
      pMaxKw: [4, 4],
      costQuadratic: [0.01, 0.02],
      costLinear: [0.05, 0.5],
      ...changes.prosumers,
    },
  });
}

async function outcomeOf(theCase: Case, options: ClearOptions): Promise<ResultWithOutcome> {
  const result = await clear(theCase, options);
  if (result.outcome === undefined) throw new Error(`${result.status}: ${result.explanation}`);
  return result;
}

describe('a market in which nobody can move', () => {
  it.each(NETWORK_MODES)('has one outcome, at the marginal price of its bus (%s)', async (mode) => {
    const theCase = line({ prosumers: { pMinKw: [3, 1], pMaxKw: [3, 1] } });
    const { status, outcome, cost } = await outcomeOf(theCase, networkOnly(mode));
    expect(status).toBe('optimal');
    expect([...outcome.prosumers.outputKw]).toEqual([3, 1]);
    expect(outcome.communities.importKw[0]).toBeCloseTo(10, 12);
    expect(outcome.communities.price[0]).toBe(outcome.communities.marginalPrice[0]);
    expect(outcome.communities.price[0]).toBeGreaterThan(0.3);
    const own = 0.005 * 9 + 0.15 + 0.01 + 0.5;
    expect(cost).toBeCloseTo(own + 0.3 * outcome.gridImportKw, 9);
  });

  it.each([0, 1, 2, 3])('is optimal in every mode, also among others (seed %i)', async (seed) => {
    const shape = { ...variedShape(9100 + seed), fixedShare: 0.97, deviceShare: 0.3 };
    const theCase = randomMarket(9100 + seed, { ...shape, limitedShare: 0, impedance: 0.1 });
    for (const mode of [...NETWORK_MODES, 'isolated'] as const) {
      const result = await clear(theCase, networkOnly(mode));
      if (result.outcome === undefined) expect(result.status).toBe('infeasible');
      else expect(result.status).toBe('optimal');
    }
  });
});

describe('one bus alone', () => {
  const alone = (prosumers: Partial<CaseColumns['prosumers']>, settings = {}): Case =>
    line({
      settings,
      buses: { bus: ['root'] },
      branches: { from: [], to: [], rOhm: [], xOhm: [] },
      communities: { bus: ['root'], priceSensitivity: [Number.NaN] },
      prosumers,
    });

  it.each(['dlmp', 'social', 'welfare'] as const)('pays what the grid asks (%s)', async (mode) => {
    // Both would produce (0.3 − b)/c: 25 kW of at most 4, and nothing.
    const result = await outcomeOf(alone({}), networkOnly(mode));
    expect(result.status).toBe('optimal');
    expect(result.outcome.communities.price[0]).toBeCloseTo(0.3, 6);
    expect(result.outcome.prosumers.outputKw[0]).toBeCloseTo(4, 9);
    expect(result.outcome.prosumers.outputKw[1]).toBeCloseTo(0, 9);
    expect(result.outcome.gridImportKw).toBeCloseTo(10, 9);
    expect(result.cost).toBeCloseTo(0.08 + 0.2 + 3, 9);
  });

  it('settles between the tariffs where it balances itself', async () => {
    // μ with (μ − 0.05)/0.1 + (μ − 0.15)/0.1 = 2 is 0.2: outputs 1.5 and 0.5.
    const theCase = alone({
      demandKw: [1, 1],
      costQuadratic: [0.1, 0.1],
      costLinear: [0.05, 0.15],
    });
    const { outcome, status } = await outcomeOf(theCase, { mode: 'dlmp' });
    expect(status).toBe('optimal');
    expect(outcome.communities.price[0]).toBeCloseTo(0.2, 6);
    expect(outcome.prosumers.outputKw[0]).toBeCloseTo(1.5, 5);
    expect(outcome.gridImportKw).toBeCloseTo(0, 5);
  });

  it('trades at one price where buying and selling cost the same', async () => {
    const theCase = alone({ demandKw: [-3, -5] }, { gridSell: 0.3 });
    const { outcome, status } = await outcomeOf(theCase, { mode: 'dlmp' });
    expect(status).toBe('optimal');
    expect(outcome.communities.price[0]).toBeCloseTo(0.3, 6);
    expect(outcome.gridImportKw).toBeCloseTo(-12, 6);
  });
});

describe('a community at the root', () => {
  it.each(NETWORK_MODES)('sees the tariff and moves no voltage (%s)', async (mode) => {
    const theCase = line({
      communities: { bus: ['root'], qMinKvar: [2], qMaxKvar: [5] },
    });
    const { outcome, status } = await outcomeOf(theCase, networkOnly(mode));
    expect(status).toBe('optimal');
    expect([...outcome.buses.voltagePu]).toEqual([1, 1]);
    expect(outcome.communities.marginalPrice[0]).toBeCloseTo(0.3, 6);
    expect(outcome.communities.reactiveKvar[0]).toBeGreaterThanOrEqual(2);
    expect(outcome.communities.reactiveKvar[0]).toBeLessThanOrEqual(5);
  });
});

describe('a reactive range of no width', () => {
  it.each(NETWORK_MODES)('fixes the reactive consumption (%s)', async (mode) => {
    const theCase = line({
      communities: { qMinKvar: [1.5], qMaxKvar: [1.5] },
      prosumers: { demandKvar: [0.5, 0.25] },
    });
    const { outcome, status } = await outcomeOf(theCase, networkOnly(mode));
    expect(status).toBe('optimal');
    expect(outcome.communities.reactiveKvar[0]).toBeCloseTo(2.25, 12);
  });
});

describe('limits that nobody can keep', () => {
  it.each(NETWORK_MODES)('are called infeasible, and the place is named (%s)', async (mode) => {
    const cases: readonly (readonly [Case, string])[] = [
      [line({ buses: { vMinPu: [Number.NaN, 0.999] } }), 'end'],
      [line({ settings: { gridLimitKw: 3 } }), 'grid'],
      [line({ branches: { iMaxA: [5] } }), 'end'],
    ];
    for (const [theCase, place] of cases) {
      const result = await clear(theCase, networkOnly(mode));
      expect(result.status).toBe('infeasible');
      expect(result.outcome).toBeUndefined();
      expect(result.explanation).toContain(place);
    }
  });

  it('are infeasible in every mode that knows them, or in none', async () => {
    for (const seed of [437, 990, 1339]) {
      const theCase = randomMarket(seed, variedShape(seed));
      const statuses = await Promise.all(
        (['welfare', 'dlmp'] as const).map(
          async (mode) => (await clear(theCase, networkOnly(mode))).status,
        ),
      );
      expect(statuses, `seed ${seed}`).toEqual(['infeasible', 'infeasible']);
    }
  });

  it('leave `local` without an answer where a community cannot balance itself', async () => {
    const result = await clear(line({}), { mode: 'local' });
    expect(result.status).toBe('infeasible');
    expect(result.explanation).toContain('village (short of 6.000 kW)');
    const surplus = await clear(line({ prosumers: { demandKw: [-1, -1] } }), { mode: 'local' });
    expect(surplus.explanation).toContain('village (left with 2.000 kW)');
    // Here they could, but not at a price below the cap.
    const capped = line({
      prosumers: { demandKw: [2, 2], costLinear: [0.4, 0.5] },
      communities: { priceMax: [0.1] },
    });
    expect((await clear(capped, { mode: 'local' })).status).toBe('infeasible');
  });
});

describe('costs without a quadratic part', () => {
  const linear = line({
    communities: { priceSensitivity: [Number.NaN] },
    prosumers: { costQuadratic: [0, 0], costLinear: [0.2, 0.2] },
  });

  it('leave outputs open in `social`, and any optimal ones are right', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const theCase = randomMarket(9200 + seed, {
        buses: 4,
        communities: 4,
        prosumers: [1, 6],
        deviceShare: 0.3,
        linearShare: 0.6,
        linearEverywhere: true,
      });
      const result = await outcomeOf(theCase, { mode: 'social' });
      expect(result.status).toBe('optimal');
      expect(result.certificate.equilibriumHolds).toBe(true);
    }
    expect((await outcomeOf(linear, { mode: 'social' })).status).toBe('optimal');
  });

  it('meet a price of their own within the outputs they leave open', async () => {
    // At 0.3 = b nobody minds; only losses decide, so all is produced at home.
    const theCase = line({
      communities: { priceSensitivity: [Number.NaN] },
      prosumers: { costQuadratic: [0, 0], costLinear: [0.3, 0.3], pMaxKw: [20, 20] },
    });
    const { outcome, status } = await outcomeOf(theCase, { mode: 'social' });
    expect(status).toBe('optimal');
    expect(Math.abs(outcome.gridImportKw)).toBeLessThan(0.01);
    expect(outcome.communities.importKw[0]).toBeCloseTo(0, 1);
  });

  it.each(['welfare', 'dlmp', 'local'] as const)('are refused by %s', async (mode) => {
    await expect(clear(linear, { mode })).rejects.toBeInstanceOf(CaseError);
  });
});

describe('price caps', () => {
  it.each([11, 12, 13, 14, 15, 16])('clip the marginal price in `dlmp` (seed %i)', async (seed) => {
    const shape = { ...variedShape(9300 + seed), cappedShare: 0.7 };
    const theCase = randomMarket(9300 + seed, shape);
    const result = await clear(theCase, { mode: 'dlmp' });
    if (result.outcome === undefined) return;
    const { price, marginalPrice } = result.outcome.communities;
    const { priceMin, priceMax } = theCase.communities;
    price.forEach((value, m) => {
      const clipped = Math.min(Math.max(marginalPrice[m], priceMin[m]), priceMax[m]);
      expect(Math.abs(value - clipped)).toBeLessThan(2e-5);
    });
  });

  it('bind exactly', async () => {
    const theCase = line({ communities: { priceMax: [0.12] } });
    for (const mode of ['welfare', 'dlmp'] as const) {
      const { outcome, status } = await outcomeOf(theCase, networkOnly(mode));
      expect(status).toBe('optimal');
      expect(outcome.communities.price[0]).toBeLessThanOrEqual(0.12);
      const imported = importAtPrice(theCase, 0, kappaOf(theCase, 0, mode), 0.12);
      expect(outcome.communities.importKw[0]).toBeGreaterThanOrEqual(imported - 1e-9);
    }
    expect((await outcomeOf(theCase, { mode: 'dlmp' })).outcome.communities.price[0]).toBe(0.12);
    expect(
      (await outcomeOf(theCase, { mode: 'social' })).outcome.communities.price[0],
    ).toBeGreaterThan(0.3);
  });
});

describe('a flat stretch of the response', () => {
  it('takes the price nearest to the marginal price of the bus', async () => {
    // The mill's 4 kW are used up at any price above 0.07, the farm starts at 0.34: Φ is flat between.
    const flat = (settings: Partial<CaseColumns['settings']>): Case =>
      line({
        settings,
        communities: { priceSensitivity: [Number.NaN] },
        prosumers: { costLinear: [0.03, 0.34] },
      });
    const inside = await outcomeOf(flat({}), networkOnly('welfare'));
    const { price, marginalPrice } = inside.outcome.communities;
    expect(marginalPrice[0]).toBeGreaterThan(0.3);
    expect(marginalPrice[0]).toBeLessThan(0.34);
    expect(price[0]).toBe(marginalPrice[0]);
    // For strategic prosumers the stretch ends elsewhere, and the end nearest to the bus's price is taken.
    const strategic = line({
      communities: { priceSensitivity: [5] },
      prosumers: { costLinear: [0.03, 0.34] },
    });
    const { outcome } = await outcomeOf(strategic, networkOnly('welfare'));
    const at = (value: number): number => importAtPrice(strategic, 0, 0.2, value);
    const { importKw, price: reported, marginalPrice: marginal } = outcome.communities;
    expect(at(reported[0])).toBeCloseTo(importKw[0], 9);
    const nearer = reported[0] + Math.sign(marginal[0] - reported[0]) * 1e-4;
    if (Math.abs(marginal[0] - reported[0]) > 2e-4) {
      expect(Math.abs(at(nearer) - importKw[0])).toBeGreaterThan(1e-6);
    }
  });
});

describe('a limit on the exchange with the grid', () => {
  it.each(NETWORK_MODES)(
    'binds, and home production is paid more than the tariff (%s)',
    async (mode) => {
      const theCase = line({ settings: { gridLimitKw: 8 } });
      const { outcome, status } = await outcomeOf(theCase, networkOnly(mode));
      expect(status).toBe('optimal');
      expect(outcome.gridImportKw).toBeCloseTo(8, 4);
      expect(outcome.gridImportKw).toBeLessThanOrEqual(8 * (1 + 1e-6));
      expect(outcome.communities.marginalPrice[0]).toBeGreaterThan(0.4);
    },
  );

  it.each(NETWORK_MODES)('may forbid any exchange (%s)', async (mode) => {
    const theCase = line({ settings: { gridLimitKw: 0 }, prosumers: { pMaxKw: [9, 9] } });
    const { outcome, status } = await outcomeOf(theCase, networkOnly(mode));
    expect(status).toBe('optimal');
    expect(Math.abs(outcome.gridImportKw)).toBeLessThan(1e-3);
  });
});

describe('a clearing that is stopped', () => {
  const hard = (): Case =>
    randomMarket(9430, {
      buses: 8,
      communities: 10,
      prosumers: [2, 3],
      kappaPowers: [-0.5, 1],
      limitedShare: 0.6,
      limitA: 1.5,
    });

  it('never calls optimal what it has not proven', async () => {
    const whole = await outcomeOf(hard(), { subsidised: true, nodeLimit: 5000 });
    expect(whole.status).toBe('optimal');
    expect(whole.nodes).toBeGreaterThan(3);
    for (const nodeLimit of [1, 2, 3]) {
      const result = await clear(hard(), { subsidised: true, nodeLimit });
      expect(result.nodes).toBeLessThanOrEqual(nodeLimit);
      expect(['feasible', 'limit']).toContain(result.status);
      expect(result.explanation).toContain('stopped by a limit');
      if (result.outcome === undefined) continue;
      const slack = 1e-6 * Math.max(1, Math.abs(whole.objective));
      expect(result.lowerBound).toBeLessThanOrEqual(whole.objective + slack);
      expect(result.gap).toBeGreaterThan(1e-6);
      if (result.status === 'feasible') {
        expect(result.objective).toBeGreaterThanOrEqual(whole.lowerBound - slack);
      }
    }
  });

  it.each<[string, () => ClearOptions]>([
    ['at once by its caller', () => ({ signal: AbortSignal.abort() })],
    ['by a clock that has run out', () => ({ timeLimitSeconds: 1e-9 })],
  ])('%s says so', async (_, options) => {
    for (const mode of NETWORK_MODES) {
      const result = await clear(hard(), { ...networkOnly(mode), ...options() });
      expect(result.status).toBe('limit');
      expect(result.outcome).toBeUndefined();
      expect(result.explanation).not.toBe('');
    }
  });

  it('between nodes by its caller keeps what it had', async () => {
    const controller = new AbortController();
    const result = await clear(hard(), {
      subsidised: true,
      signal: controller.signal,
      onProgress: ({ detail }) => {
        if (detail.startsWith('node 2')) controller.abort();
      },
    });
    expect(['feasible', 'limit']).toContain(result.status);
    expect(result.nodes).toBe(2);
  });
});

describe('modes', () => {
  it.each(Array.from({ length: 15 }, (_, k) => 9500 + k))(
    'are ordered by what they cost (seed %i)',
    async (seed) => {
      const theCase = randomMarket(seed, { ...variedShape(seed), linearShare: 0 });
      const cost = async (mode: Mode): Promise<number> => {
        const result = await clear(theCase, networkOnly(mode));
        return result.status === 'optimal' ? result.cost : Number.NaN;
      };
      const [social, welfare, dlmp] = await Promise.all([
        cost('social'),
        cost('welfare'),
        cost('dlmp'),
      ]);
      const slack = 2e-6 * Math.max(1, Math.abs(welfare as number));
      if (!Number.isNaN(social) && !Number.isNaN(welfare)) {
        expect(social).toBeLessThanOrEqual((welfare as number) + slack);
      }
      if (!Number.isNaN(dlmp) && !Number.isNaN(welfare)) {
        expect(welfare).toBeLessThanOrEqual((dlmp as number) + slack);
      }
    },
  );
});
