/** Each field of a leaf that must be as it is: forged, the leaf proves nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { certify } from '../../engine/certify/certify.js';
import { leafBounds } from '../../engine/certify/lowerBound.js';
import { clear } from '../../engine/clearing/clear.js';
import {
  NO_FLOWS,
  type Outcome,
  type ProofFlows,
  type ProofLeaf,
  type ProofPart,
} from '../../engine/clearing/result.js';
import { decideStatus } from '../../engine/clearing/status.js';
import { kappaOf } from '../fixtures/directMarket.js';
import { randomMarket } from '../fixtures/randomMarket.js';
import { plainLeaf, treeOf } from './randomLeaves.js';
import { postablePrices } from './sampledOutcomes.js';

/** The tree 0 – 1 – 2, 2 – 3, 2 = 4, 4 – 5, 4 – 6 and 6 = 7, where = is a link. */
const SEED = 30;
/** A market whose marginal prices leave the operator a surplus. */
const SURPLUS_SEED = 31;
const HEAD = 6;
const BEHIND_HEAD = 7;
const ELSEWHERE = 3;
const LINK = 4;

const one = (value: number): Float64Array => Float64Array.of(value);

function flowsTo(bus: number, minKw: number, maxKw: number): ProofFlows {
  return {
    bus: Int32Array.of(bus),
    minKw: one(minKw),
    maxKw: one(maxKw),
    minKvar: one(-50),
    maxKvar: one(50),
    minKwPrice: one(0.001),
    maxKwPrice: one(0.002),
    minKvarPrice: one(0),
    maxKvarPrice: one(0.001),
    lowVoltageCutPrice: one(0.01),
    highVoltageCutPrice: one(0.02),
  };
}

describe('a leaf', () => {
  let theCase: Case;
  let outcome: Outcome;
  let leaf: ProofLeaf;
  let part: ProofPart;

  beforeAll(async () => {
    theCase = randomMarket(SEED, {
      buses: 8,
      communities: 8,
      prosumers: [2, 3],
      linkShare: 0.25,
      impedance: 0.5,
      settings: { gridBuy: 0.3, gridSell: 0.1 },
    });
    const tree = treeOf(theCase);
    expect([...tree.order].filter((bus) => tree.isLink(bus))).toEqual([LINK, BEHIND_HEAD]);
    expect([...tree.behind(HEAD)].sort()).toEqual([HEAD, BEHIND_HEAD]);
    const result = await clear(theCase, { mode: 'welfare' });
    if (result.outcome === undefined) throw new Error('the test needs an outcome');
    outcome = result.outcome;
    const { activePrice, reactivePrice, voltagePrice } = outcome.proof[0] as ProofLeaf;
    const first = plainLeaf({ activePrice, reactivePrice, voltagePrice });
    leaf = { ...first, flows: flowsTo(ELSEWHERE, -50, 50), revenuePrice: 0.25 };
    const inner = (minKw: number, maxKw: number): ProofLeaf => ({
      ...first,
      revenuePrice: 0.25,
      flows: flowsTo(HEAD, minKw, maxKw),
    });
    const sides = [inner(Number.NEGATIVE_INFINITY, 2), inner(2, Number.POSITIVE_INFINITY)].map(
      (side) => ({ ...side, flows: { ...side.flows, ...OPEN_REACTIVE } }),
    );
    part = { bus: HEAD, senderVoltagePrice: 0.5, leaves: sides };
  });

  function boundOf(changed: ProofLeaf, revenueAdequacy = true): number {
    const kappa = Float64Array.from(theCase.communities.id, (_, m) =>
      kappaOf(theCase, m, 'welfare'),
    );
    const proof = { proof: [changed], revenueAdequacy, buses: outcome.buses };
    return leafBounds(theCase, 'welfare', kappa, proof)[0];
  }

  const withPart = (changes: Partial<ProofPart>): ProofLeaf => ({
    ...leaf,
    parts: [{ ...part, ...changes }],
  });

  /** With its part's second leaf changed. */
  const withInner = (changes: Partial<ProofLeaf>): ProofLeaf => {
    const [first, second] = part.leaves as [ProofLeaf, ProofLeaf];
    return withPart({ leaves: [first, { ...second, ...changes }] });
  };

  it('proves something as it is, with and without its part', () => {
    expect(boundOf(leaf)).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    expect(boundOf({ ...leaf, parts: [part] })).toBeGreaterThan(Number.NEGATIVE_INFINITY);
  });

  it.each([-1e-9, Number.NaN, Number.POSITIVE_INFINITY])('has no revenue price of %d', (price) => {
    expect(boundOf({ ...leaf, revenuePrice: price })).toBe(Number.NEGATIVE_INFINITY);
  });

  it('has no revenue price at all where the operator may lose money', () => {
    expect(boundOf(leaf, false)).toBe(Number.NEGATIVE_INFINITY);
    expect(boundOf({ ...leaf, revenuePrice: 0 }, false)).toBeGreaterThan(Number.NEGATIVE_INFINITY);
  });

  it.each([
    'minKwPrice',
    'maxKwPrice',
    'minKvarPrice',
    'maxKvarPrice',
    'lowVoltageCutPrice',
    'highVoltageCutPrice',
  ] as const)('has no negative or endless %s', (field) => {
    for (const price of [-1e-12, Number.NaN, Number.POSITIVE_INFINITY]) {
      const flows = { ...leaf.flows, [field]: one(price) };
      expect(boundOf({ ...leaf, flows })).toBe(Number.NEGATIVE_INFINITY);
      const inPart = { ...(part.leaves[1] as ProofLeaf).flows, [field]: one(price) };
      expect(boundOf(withInner({ flows: inPart }))).toBe(Number.NEGATIVE_INFINITY);
    }
  });

  it('has no flow to the root, to no bus, to a bus twice, or with a price over a link', () => {
    for (const bus of [0, -1, 8]) {
      expect(boundOf({ ...leaf, flows: flowsTo(bus, -50, 50) })).toBe(Number.NEGATIVE_INFINITY);
    }
    const both = (values: Float64Array): Float64Array => Float64Array.of(values[0], values[0]);
    const { bus: _, ...columns } = leaf.flows;
    const twice = Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, both(column)]),
    ) as unknown as Omit<ProofFlows, 'bus'>;
    const flows = { ...twice, bus: Int32Array.of(ELSEWHERE, ELSEWHERE) };
    expect(boundOf({ ...leaf, flows })).toBe(Number.NEGATIVE_INFINITY);
    const overLink = flowsTo(LINK, -50, 50);
    expect(boundOf({ ...leaf, flows: overLink })).toBe(Number.NEGATIVE_INFINITY);
    expect(boundOf({ ...leaf, flows: withoutPrices(overLink) })).toBeGreaterThan(
      Number.NEGATIVE_INFINITY,
    );
  });

  it.each(['activePrice', 'reactivePrice', 'voltagePrice'] as const)(
    'has no %s without a value',
    (field) => {
      for (const price of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const prices = leaf[field].with(ELSEWHERE, price);
        expect(boundOf({ ...leaf, [field]: prices })).toBe(Number.NEGATIVE_INFINITY);
        const inPart = leaf[field].with(HEAD, price);
        expect(boundOf(withInner({ [field]: inPart }))).toBe(Number.NEGATIVE_INFINITY);
      }
    },
  );

  it('cannot have a part at the root, behind a link, nowhere, or with a price without a value', () => {
    for (const bus of [0, LINK, -1, 8]) {
      expect(boundOf(withPart({ bus }))).toBe(Number.NEGATIVE_INFINITY);
    }
    for (const price of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(boundOf(withPart({ senderVoltagePrice: price }))).toBe(Number.NEGATIVE_INFINITY);
    }
  });

  it('cannot have a part twice, or one inside another', () => {
    const whole = { ...part, bus: 2, leaves: [{ ...leaf, flows: NO_FLOWS }] };
    const nested = { ...leaf, flows: NO_FLOWS, parts: [part, whole] };
    expect(boundOf({ ...nested, parts: [whole] })).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    expect(boundOf(nested)).toBe(Number.NEGATIVE_INFINITY);
    expect(boundOf({ ...nested, parts: [whole, part] })).toBe(Number.NEGATIVE_INFINITY);
    expect(boundOf({ ...leaf, parts: [part, part] })).toBe(Number.NEGATIVE_INFINITY);
  });

  it('wants the leaves of a part to cover its box', () => {
    const [first, second] = part.leaves as [ProofLeaf, ProofLeaf];
    for (const leaves of [[], [first], [second]]) {
      expect(boundOf(withPart({ leaves }))).toBe(Number.NEGATIVE_INFINITY);
    }
    const later = { ...second.flows, minKw: one(2.001) };
    expect(boundOf(withInner({ flows: later }))).toBe(Number.NEGATIVE_INFINITY);
    // Where the leaf itself ends earlier, one side is enough.
    const ending = { ...leaf, flows: flowsTo(HEAD, -50, 1.5) };
    expect(boundOf({ ...ending, parts: [{ ...part, leaves: [first] }] })).toBeGreaterThan(
      Number.NEGATIVE_INFINITY,
    );
  });

  it('gives its box to the leaves of its parts, and leaves prices inside them to those', () => {
    const [first] = part.leaves as [ProofLeaf, ProofLeaf];
    const flows = flowsTo(HEAD, -50, 1.5);
    const inner = (limits: Partial<ProofFlows>): ProofPart => ({
      ...part,
      leaves: [{ ...first, flows: { ...flows, ...limits } }],
    });
    const bound = boundOf({ ...leaf, flows, parts: [inner({})] });
    expect(boundOf({ ...leaf, flows, parts: [inner({ ...OPEN, ...OPEN_REACTIVE })] })).toBe(bound);
    const unpriced = { ...leaf, flows: withoutPrices(flows) };
    expect(boundOf({ ...unpriced, parts: [inner({})] })).toBe(bound);
    expect(boundOf({ ...leaf, flows: NO_FLOWS, parts: [inner({})] })).toBe(-Infinity);
  });

  it('lets the leaves of a part restrict what lies outside it, as long as they cover the box', () => {
    const [first, second] = part.leaves as [ProofLeaf, ProofLeaf];
    const below = { ...first, flows: flowsTo(ELSEWHERE, -50, 2) };
    const above = { ...second, flows: flowsTo(ELSEWHERE, 2, 50) };
    expect(boundOf(withPart({ leaves: [above] }))).toBe(Number.NEGATIVE_INFINITY);
    expect(boundOf(withPart({ leaves: [below] }))).toBe(Number.NEGATIVE_INFINITY);
    const both = boundOf(withPart({ leaves: [below, above] }));
    // Multipliers out there count for nothing.
    const unpriced = [below, above].map((inner) => ({
      ...inner,
      flows: withoutPrices(inner.flows),
    }));
    expect(both).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    expect(boundOf(withPart({ leaves: unpriced }))).toBe(both);
  });

  it('wants the leaves of a part to price revenue alike, and to have no parts', () => {
    expect(boundOf(withInner({ revenuePrice: 0.2500001 }))).toBe(Number.NEGATIVE_INFINITY);
    expect(boundOf(withInner({ parts: [part] }))).toBe(Number.NEGATIVE_INFINITY);
  });

  it('does not believe that a leaf of a part is infeasible because it says so', () => {
    expect(boundOf(withInner({ kind: 'infeasible' }))).toBe(Number.NEGATIVE_INFINITY);
  });

  it('does believe it where its prices show it: then the other leaves of the part decide', () => {
    const [first, second] = part.leaves as [ProofLeaf, ProofLeaf];
    // More than any line here carries.
    const most = 1e6;
    const below = { ...flowsTo(HEAD, Number.NEGATIVE_INFINITY, most), ...OPEN_REACTIVE };
    const above = { ...flowsTo(HEAD, most, Number.POSITIVE_INFINITY), ...OPEN_REACTIVE };
    const zeros = leaf.activePrice.map(() => 0);
    const empty: ProofLeaf = {
      ...second,
      kind: 'infeasible',
      revenuePrice: 0,
      activePrice: zeros,
      reactivePrice: zeros,
      voltagePrice: zeros,
      flows: { ...withoutPrices(above), minKwPrice: one(1) },
    };
    const possible = { ...first, flows: withoutPrices(below) };
    const both = boundOf(withPart({ leaves: [possible, empty] }));
    const inBox = {
      ...leaf,
      flows: withoutPrices(below),
      parts: [{ ...part, leaves: [possible] }],
    };
    const without = { ...leaf, flows: withoutPrices(leaf.flows) };
    const bothWithout = boundOf({ ...without, parts: [{ ...part, leaves: [possible, empty] }] });
    expect(both).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    expect(bothWithout).toBeCloseTo(boundOf(inBox), 9);
    expect(
      boundOf(withPart({ leaves: [empty, { ...empty, flows: { ...empty.flows, ...OPEN } }] })),
    ).toBe(Number.NEGATIVE_INFINITY);
    const impossible = { ...without, flows: { ...empty.flows, minKwPrice: one(0) } };
    expect(boundOf({ ...impossible, parts: [{ ...part, leaves: [empty] }] })).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe('an outcome of a market that keeps revenue adequacy', () => {
  let theCase: Case;
  let outcome: Outcome;

  beforeAll(async () => {
    theCase = randomMarket(SURPLUS_SEED, {
      buses: 4,
      communities: 4,
      prosumers: [5, 8],
      settings: { gridBuy: 0.3, gridSell: 0.1 },
    });
    const result = await clear(theCase, { mode: 'dlmp' });
    if (result.outcome === undefined) throw new Error('the test needs an outcome');
    // Marginal prices earn what losses cost: dlmp does not lose money.
    outcome = { ...result.outcome, revenueAdequacy: true };
  });

  it('holds where the operator collects what the grid costs', () => {
    const certificate = certify(theCase, 'dlmp', outcome);
    expect(certificate.operatorSurplus_usd_per_h).toBeGreaterThan(0);
    expect(certificate.revenueShortfall_usd_per_h).toBe(0);
    expect(certificate.revenueHolds).toBe(true);
    const free = certify(theCase, 'dlmp', { ...outcome, revenueAdequacy: false });
    expect(free.revenueShortfall_usd_per_h).toBeNaN();
    expect(free.revenueHolds).toBe(true);
  });

  it('does not where it collects less, and is then neither optimal nor feasible', () => {
    const price = outcome.communities.price.map(
      (value, m) => value - 0.05 * Math.sign(outcome.communities.importKw[m]),
    );
    const certificate = certify(theCase, 'dlmp', {
      ...outcome,
      communities: { ...outcome.communities, price },
    });
    expect(certificate.operatorSurplus_usd_per_h).toBeLessThan(0);
    expect(certificate.revenueShortfall_usd_per_h).toBe(-certificate.operatorSurplus_usd_per_h);
    expect(certificate.revenueHolds).toBe(false);
    const others = { ...certificate, equilibriumHolds: true };
    expect(decideStatus(others, 'dlmp', '').status).toBe('limit');
  });

  it('does not where a price is posted that nobody may answer', () => {
    for (const m of theCase.communities.id.keys()) {
      const [floor, ceiling] = postablePrices(theCase, m);
      for (const [posted, violation] of [
        [floor, 0],
        [ceiling, 0],
        [ceiling + 0.25, 0.25],
        [floor - 0.25, 0.25],
      ] as const) {
        const price = outcome.communities.price.with(m, posted);
        const changed = { ...outcome, communities: { ...outcome.communities, price } };
        const certificate = certify(theCase, 'dlmp', changed);
        expect(certificate.largestAllowedPriceViolation_usd_per_kwh).toBeCloseTo(violation, 12);
      }
    }
  });
});

const OPEN = { minKw: one(Number.NEGATIVE_INFINITY), maxKw: one(Number.POSITIVE_INFINITY) };
const OPEN_REACTIVE = { minKvar: OPEN.minKw, maxKvar: OPEN.maxKw };

function withoutPrices(flows: ProofFlows): ProofFlows {
  const zero = one(0);
  return {
    ...flows,
    minKwPrice: zero,
    maxKwPrice: zero,
    minKvarPrice: zero,
    maxKvarPrice: zero,
    lowVoltageCutPrice: zero,
    highVoltageCutPrice: zero,
  };
}
