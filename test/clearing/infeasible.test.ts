import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import type { LimitChange, LimitKind, LimitReference } from '../../engine/case/limits.js';
import { widenLimits } from '../../engine/case/widen.js';
import { clear } from '../../engine/clearing/clear.js';
import type { Infeasibility, ResultWithoutOutcome } from '../../engine/clearing/result.js';
import { type MarketShape, randomColumns } from '../fixtures/randomMarket.js';
import {
  endVoltage,
  importAtVoltage,
  TWO_BUS_KV,
  TWO_BUS_KVA,
  twoBus,
} from '../fixtures/twoBus.js';

/** A mode that asks for nothing but the limits. */
const LIMITS_ALONE = { mode: 'dlmp' } as const;

async function infeasible(theCase: Case): Promise<ResultWithoutOutcome & Found> {
  const result = await clear(theCase, LIMITS_ALONE);
  if (result.outcome !== undefined) throw new Error(`it has an outcome: ${result.status}`);
  const { infeasibility } = result;
  if (infeasibility === undefined) throw new Error(`unexplained: ${result.explanation}`);
  return { ...result, infeasibility };
}

interface Found {
  readonly infeasibility: Infeasibility;
}

const kinds = (limits: readonly LimitReference[]): LimitKind[] => limits.map(({ kind }) => kind);

describe('a line that one limit excludes', () => {
  const resistance = 0.05;
  const drawn = 0.4;
  const voltage = endVoltage(resistance, drawn);

  it('needs the voltage of the exact power flow, and says so in pu', async () => {
    const { infeasibility, explanation } = await infeasible(twoBus({ vMinPu: 0.99 }));
    expect(infeasibility.conflict).toEqual([{ kind: 'voltage-min', row: 1 }]);
    expect(infeasibility.isIrreducible).toBe(true);
    const [change] = infeasibility.violations;
    expect(infeasibility.violations).toHaveLength(1);
    expect(change).toMatchObject({ kind: 'voltage-min', row: 1, from: 0.99 });
    expect(change.to).toBeCloseTo(Math.sqrt(voltage), 7);
    expect(infeasibility.remedies[0].total).toBeCloseTo(0.99 ** 2 - voltage, 7);
    expect(explanation).toContain('no outcome keeps the lower voltage limit of bus end (0.99 pu)');
    expect(explanation).toContain(`from 0.99 to ${Number(Math.sqrt(voltage).toFixed(6))} pu`);
  });

  it('needs the exchange that load and losses draw, in kW', async () => {
    const losses = (resistance * drawn ** 2) / voltage;
    const theCase = twoBus({ settings: { gridLimitKw: 30 } });
    const { infeasibility } = await infeasible(theCase);
    expect(kinds(infeasibility.conflict)).toEqual(['grid-import']);
    expect(infeasibility.violations).toHaveLength(1);
    expect(infeasibility.violations[0].to).toBeCloseTo(TWO_BUS_KVA * (drawn + losses), 5);
    expect(infeasibility.remedies).toMatchObject([{ of: 'exchange', unit: 'kW' }]);
  });

  it('needs the current of the exact power flow, in A', async () => {
    const current = (drawn / Math.sqrt(voltage)) * (TWO_BUS_KVA / (Math.sqrt(3) * TWO_BUS_KV));
    const { infeasibility, explanation } = await infeasible(twoBus({ iMaxA: 50 }));
    expect(kinds(infeasibility.conflict)).toEqual(['current']);
    expect(infeasibility.violations[0].to).toBeCloseTo(current, 5);
    expect(infeasibility.remedies[0].total).toBeCloseTo(current - 50, 5);
    expect(explanation).toContain('current limit of branch root-end (50 A)');
  });

  it('collapses whatever its limits, where the load is beyond what it can carry', async () => {
    // r P may be no more than v_0 / 4.
    const { infeasibility, explanation } = await infeasible(
      twoBus({ demandKw: 520, vMinPu: 0.01 }),
    );
    expect(infeasibility.conflict).toEqual([]);
    expect(infeasibility.remedies).toEqual([]);
    expect(explanation).toContain('voltages collapse');
  });
});

describe('a voltage limit and a price cap', () => {
  // Between 0.98 and 1 pu the end may draw so much; the rest must be produced, at b + c p.
  const allowed = TWO_BUS_KVA * importAtVoltage(0.05, 0.98 ** 2);
  const shape = { demandKw: 60, pMaxKw: 60, vMinPu: 0.98, priceMax: 0.2 };
  const neededPrice = 0.1 + 0.02 * (60 - allowed);

  it('are named together, with the cap that would do and the kW it is about', async () => {
    const { infeasibility, explanation } = await infeasible(twoBus(shape));
    expect(kinds(infeasibility.conflict)).toEqual(['voltage-min', 'price-max']);
    expect(infeasibility.isIrreducible).toBe(true);
    const caps = infeasibility.remedies.find(({ of }) => of === 'price caps');
    expect(caps?.changes).toHaveLength(1);
    expect(caps?.changes[0].to).toBeCloseTo(neededPrice, 6);
    // At the cap 5 kW are produced.
    expect(caps?.total).toBeCloseTo(55 - allowed, 4);
    expect(caps?.unit).toBe('kW');
    expect(explanation).toContain('together with the upper price cap of community village');
    expect(explanation).toContain('or, by price caps alone');
  });

  it('do not conflict in `social`, which has no caps', async () => {
    expect((await clear(twoBus(shape), { mode: 'social' })).status).toBe('optimal');
  });

  it('leave the cap out where the limit cannot be kept at any price', async () => {
    const { infeasibility } = await infeasible(twoBus({ ...shape, pMaxKw: 10, priceMax: 0.15 }));
    expect(kinds(infeasibility.conflict)).toEqual(['voltage-min']);
    expect(infeasibility.remedies.map(({ of }) => of)).toEqual(['voltages']);
  });
});

describe('limits of joined buses', () => {
  const joined = (vMinPu: number[], vMaxPu: number[], ratio: number): Case =>
    createCase({
      settings: {
        name: 'joined',
        baseKva: 100,
        baseKv: 0.4,
        root: 'root',
        rootVoltagePu: 1,
        gridBuy: 0.3,
        gridSell: 0.1,
      },
      buses: { bus: ['root', 'near', 'far'], vMinPu, vMaxPu },
      branches: {
        from: ['root', 'near'],
        to: ['near', 'far'],
        rOhm: [ratio === 1 ? 0 : 0.01, 0],
        xOhm: [0, 0],
        ratio: [1, ratio],
      },
      communities: { community: ['m'], bus: ['far'] },
      prosumers: {
        prosumer: ['p'],
        community: ['m'],
        demandKw: [1],
        pMinKw: [0],
        pMaxKw: [1],
        costQuadratic: [0.1],
        costLinear: [0.1],
      },
    });

  it('are told apart from the root, whose voltage is given', async () => {
    const { infeasibility, explanation } = await infeasible(
      joined([0.9, 1.02, 0.9], [1.1, 1.1, 1.1], 1),
    );
    expect(infeasibility.conflict).toEqual([{ kind: 'voltage-min', row: 1 }]);
    expect(infeasibility.violations).toEqual([{ kind: 'voltage-min', row: 1, from: 1.02, to: 1 }]);
    expect(explanation).toContain('joined to the root');
    expect(explanation).toContain('lower voltage limit of bus near from 1.02 to 1 pu');
  });

  it('are told with the ratio between them', async () => {
    const { infeasibility, explanation } = await infeasible(
      joined([0.9, 0.9, 1.05], [1.1, 1, 1.1], 1.02),
    );
    expect(infeasibility.conflict).toEqual([
      { kind: 'voltage-min', row: 2 },
      { kind: 'voltage-max', row: 1 },
    ]);
    expect(infeasibility.violations[0].to).toBeCloseTo(1.02, 12);
    expect(explanation).toContain('joined without impedance');
  });
});

/** Markets that are often infeasible, in several ways. */
function strained(seed: number, linkShare: number): Case {
  const random = seededRandom(seed);
  const shape: MarketShape = {
    buses: random.integer(3, 9),
    communities: random.integer(2, 7),
    prosumers: [1, 8],
    cappedShare: 0.8,
    limitedShare: 0.3,
    limitA: random.between(2, 12),
    linkShare,
    ratioShare: 0.2,
    loadShare: 0.5,
    reactiveShare: 0.3,
    settings: {
      vMinPu: random.between(0.985, 0.999),
      vMaxPu: 1.1,
      gridLimitKw: random.next() < 0.6 ? random.between(1, 40) : undefined,
    },
  };
  return createCase(randomColumns(seed, shape));
}

const SEEDS = Array.from({ length: 40 }, (_, k) => 7000 + k);

/** In kW, A or pu². */
const SMALLEST_TOTAL = 1e-3;

/** With next to no limits left a proof may be out of the solver's reach. */
const NO_OUTCOME = ['infeasible', 'limit'];

/** All but these limits as good as taken away. */
function onlyWithLimits(theCase: Case, kept: readonly LimitReference[]): Case {
  const { branches, buses, communities } = theCase;
  const rows = (count: number): number[] => Array.from({ length: count }, (_, row) => row);
  const widest = (kind: LimitKind, row: number, to: number): LimitChange[] =>
    kept.some((limit) => limit.kind === kind && limit.row === row)
      ? []
      : [{ kind, row, from: Number.NaN, to }];
  const hasExchange = kept.some(({ kind }) => kind === 'grid-import' || kind === 'grid-export');
  return widenLimits(theCase, [
    ...rows(buses.id.length).flatMap((row) => widest('voltage-min', row, 1e-3)),
    ...rows(buses.id.length).flatMap((row) => widest('voltage-max', row, 10)),
    ...rows(branches.from.length).flatMap((row) =>
      widest('current', row, Number.POSITIVE_INFINITY),
    ),
    ...(hasExchange ? [] : widest('grid-import', -1, Number.POSITIVE_INFINITY)),
    ...rows(communities.id.length).flatMap((row) =>
      widest('price-max', row, Number.POSITIVE_INFINITY),
    ),
    ...rows(communities.id.length).flatMap((row) =>
      widest('price-min', row, Number.NEGATIVE_INFINITY),
    ),
  ]);
}

describe('random infeasible markets', () => {
  it('have outcomes with the violation reported, and none with a little less', async () => {
    let tried = 0;
    for (const seed of SEEDS) {
      const theCase = strained(seed, 0.2);
      const result = await clear(theCase, LIMITS_ALONE);
      const { remedies = [] } = result.outcome === undefined ? (result.infeasibility ?? {}) : {};
      for (const { changes, of, total } of remedies) {
        // One hundredth of it must be more than what counts as kept.
        if (total < SMALLEST_TOTAL) continue;
        tried += 1;
        const scaled = (share: number): Case =>
          widenLimits(
            theCase,
            changes.map((change) => ({
              ...change,
              to: change.from + share * (change.to - change.from),
            })),
          );
        const message = `seed ${seed}, ${of}`;
        expect((await clear(scaled(1.001), LIMITS_ALONE)).status, message).not.toBe('infeasible');
        expect((await clear(scaled(0.99), LIMITS_ALONE)).status, message).toBe('infeasible');
      }
    }
    expect(tried).toBeGreaterThan(15);
  });

  it('have no outcome within the conflict alone, and one without any member of it', async () => {
    let tried = 0;
    for (const seed of SEEDS) {
      // Of joined buses only the tightest limit is named: none are joined here.
      const theCase = strained(seed, 0);
      const result = await clear(theCase, LIMITS_ALONE);
      if (result.outcome !== undefined || result.infeasibility === undefined) continue;
      const { conflict, isIrreducible } = result.infeasibility;
      expect(isIrreducible, `seed ${seed}`).toBe(true);
      tried += 1;
      const message = `seed ${seed}`;
      const alone = await clear(onlyWithLimits(theCase, conflict), LIMITS_ALONE);
      expect(NO_OUTCOME, message).toContain(alone.status);
      for (const member of conflict) {
        const others = conflict.filter((limit) => limit !== member);
        const { status } = await clear(onlyWithLimits(theCase, others), LIMITS_ALONE);
        expect(status, `${message} without ${member.kind} ${member.row}`).not.toBe('infeasible');
      }
    }
    expect(tried).toBeGreaterThan(10);
  });
});
