import { describe, expect, it } from 'vitest';
import type { ResultWithOutcome } from '../../engine/clearing/result.js';
import { renderSummary } from '../../engine/report/summary.js';
import { networkCase } from '../fixtures/cases.js';
import { CERTIFICATE } from '../fixtures/certificate.js';

/** A root and two buses with a community each. */
function resultOnTwoBuses(changes: Partial<ResultWithOutcome> = {}): ResultWithOutcome {
  const network = networkCase(
    [{ id: 'root' }, { id: 'near', vMinPu: 0.95, vMaxPu: 1.05 }, { id: 'far', vMinPu: 0.95 }],
    [
      { from: 0, to: 1, rOhm: 1 },
      { from: 1, to: 2, rOhm: 1, iMaxA: 40 },
    ],
    { name: 'teaching' },
  );
  const theCase = { ...network, communities: { ...network.communities, id: ['north', 'south'] } };
  const zeros = () => new Float64Array(2);
  return {
    case: theCase,
    mode: 'welfare',
    status: 'optimal',
    timing: { read: 3, search: 1500, total: 1503 },
    nodes: 3,
    objective: 12.5,
    cost: 12.5,
    lowerBound: 12.499999,
    gap: 8e-8,
    lossesKw: 1.5,
    vMinPu: 0.94,
    vMaxPu: 1,
    operatorSurplus: 1.25,
    explanation: '',
    certificate: CERTIFICATE,
    outcome: {
      communities: {
        price: Float64Array.of(0.21, 0.12),
        importKw: zeros(),
        reactiveKvar: zeros(),
        marginalPrice: zeros(),
        cost: Float64Array.of(4, 5),
        kappa: zeros(),
      },
      prosumers: {
        outputKw: zeros(),
      },
      buses: { voltagePu: Float64Array.of(1, 0.97, 0.96), marginalPrice: new Float64Array(3) },
      branches: {
        pKw: zeros(),
        qKvar: zeros(),
        currentA: Float64Array.of(50, 30),
        lossesKw: zeros(),
        loading: Float64Array.of(Number.NaN, 0.75),
      },
      gridImportKw: 1234.5,
      revenueAdequacy: false,
      largestConeSlack: 2e-8,
      proof: [],
    },
    ...changes,
  };
}

function withVoltages(result: ResultWithOutcome, ...voltages: number[]): ResultWithOutcome {
  const buses = { ...result.outcome.buses, voltagePu: Float64Array.from(voltages) };
  return {
    ...result,
    vMinPu: Math.min(...voltages),
    vMaxPu: Math.max(...voltages),
    outcome: { ...result.outcome, buses },
  };
}

describe('renderSummary', () => {
  it('says what came out, each number with its unit, in aligned columns', () => {
    expect(renderSummary(withVoltages(resultOnTwoBuses(), 1, 0.97, 0.96))).toBe(
      [
        'teaching, welfare (lowest total cost over all prices that may be posted)',
        '',
        '  status       optimal: equilibrium, power flow and gap are certified',
        '  cost         12.5000 $/h (prosumers 9.0000 $/h, grid 3.5000 $/h)',
        '  gap          8.0e-8 (lower bound 12.5000 $/h)',
        '  prices       0.12000 $/kWh (south) to 0.21000 $/kWh (north)',
        '  grid         1,234.50 kW bought from the grid',
        '  losses       1.50 kW',
        '  voltages     0.96000 pu (bus far) to 1.00000 pu (bus root)',
        '  loading      up to 75.0 % (branch near-far)',
        '  limits       all kept',
        '  operator     surplus of 1.2500 $/h',
        '  certificate  equilibrium holds: largest gain by another bid 2.0e-13 $/h, answers off by 0 kW',
        '               power flow holds: voltages off by 3.0e-9 pu, mismatch 1.0e-13 pu',
        '               relaxation: largest slack 2.0e-8 pu',
        '               optimality holds: recomputed cost 12.5000 $/h, gap 8.0e-8',
        '  size         2 communities, 0 prosumers, 3 buses, 3 nodes',
        '  time         1.50 s (read 3.0 ms, search 1.50 s)',
        '',
      ].join('\n'),
    );
  });

  it("says plainly that the operator's money does not suffice", () => {
    expect(renderSummary(resultOnTwoBuses({ operatorSurplus: -39.1 }))).toContain(
      "DEFICIT of 39.1000 $/h: what the communities pay does not cover the grid's bill",
    );
  });

  it('says what covering the bill costs at most, where prices must', () => {
    const { outcome } = resultOnTwoBuses();
    const covered = resultOnTwoBuses({
      operatorSurplus: 0,
      outcome: { ...outcome, revenueAdequacy: true },
      subsidisedBound: 12.25,
    });
    expect(renderSummary(covered)).toContain(
      "prices cover the grid's bill, at a cost of at most 0.2500 $/h: " +
        'subsidised, the market costs at least 12.2500 $/h',
    );
    // A bound above the cost by rounding is no gain.
    const free = renderSummary({ ...covered, subsidisedBound: 12.5000001 });
    expect(free).toContain('at a cost of at most 0.0000 $/h');
    expect(renderSummary(resultOnTwoBuses({ operatorSurplus: 3 }))).not.toContain('prices cover');
  });

  it('calls a shortfall within the tolerance a surplus, where prices must cover the bill', () => {
    const { outcome, certificate } = resultOnTwoBuses();
    const changes = { operatorSurplus: -1e-9, outcome: { ...outcome, revenueAdequacy: true } };
    const kept = resultOnTwoBuses({
      ...changes,
      certificate: { ...certificate, revenueHolds: true },
    });
    expect(renderSummary(kept)).toContain('surplus of 0.0000 $/h');
    const broken = { ...certificate, revenueHolds: false };
    expect(renderSummary({ ...kept, operatorSurplus: -1, certificate: broken })).toContain(
      'DEFICIT',
    );
  });

  it('says when the bill is for loads that no community pays', () => {
    const result = resultOnTwoBuses({ operatorSurplus: -1 });
    expect(renderSummary(result)).not.toContain('outside any community');
    result.case.buses.loadKw[2] = 7;
    expect(renderSummary(result)).toContain('7.00 kW of load outside any community');
  });

  it('lists the limits that a baseline breaks, the worst first', () => {
    const result = withVoltages(resultOnTwoBuses({ mode: 'local' }), 1.2, 1.06, 0.9);
    result.outcome.branches.loading[1] = 1.5;
    result.outcome.branches.currentA[1] = 60;
    const text = renderSummary(result);
    expect(text).toContain('3 limits broken, which this baseline does not look at:');
    const places = ['branch near-far: 60.00 A, above 40 A', 'bus far: 0.90000 pu, below 0.95 pu'];
    const [current, low] = places.map((place) => text.indexOf(place));
    const high = text.indexOf('bus near: 1.06000 pu, above 1.05 pu');
    expect(current).toBeGreaterThan(0);
    expect(low).toBeGreaterThan(current);
    expect(high).toBeGreaterThan(low);
    // The root's voltage is given.
    expect(text).not.toContain('bus root: 1.2');
  });

  it('counts violations beyond the first eight', () => {
    const count = 12;
    const network = networkCase(
      Array.from({ length: count }, () => ({})),
      [],
    );
    const result = resultOnTwoBuses({ mode: 'isolated' });
    const text = renderSummary({
      ...withVoltages(result, ...new Array<number>(count).fill(0.5)),
      case: { ...network, communities: { ...network.communities, id: ['north', 'south'] } },
    });
    expect(text).toContain('11 limits broken');
    expect(text).toContain('and 3 more');
  });

  it('says that the network cannot carry a dispatch whose power flow does not converge', () => {
    const result = withVoltages(resultOnTwoBuses({ mode: 'local' }), Number.NaN, Number.NaN);
    expect(renderSummary(result)).toContain('the power flow does not converge');
  });

  it('gives the tariff where nobody posts a price', () => {
    const result = resultOnTwoBuses({ mode: 'isolated' });
    result.outcome.communities.price.fill(Number.NaN);
    expect(renderSummary(result)).toContain(
      'the retail tariff: buying 0.20000 $/kWh, selling 0.10000 $/kWh',
    );
  });

  it('explains an infeasible case and shows no figure of an answer', () => {
    const { case: theCase, timing } = resultOnTwoBuses();
    const text = renderSummary({
      case: theCase,
      mode: 'dlmp',
      status: 'infeasible',
      timing,
      nodes: 1,
      outcome: undefined,
      explanation: 'the lower voltage limit at bus far\nconflicts with its load',
    });
    expect(text).toContain('infeasible: proven');
    expect(text).toContain('the lower voltage limit at bus far');
    expect(text).not.toMatch(/cost|prices|voltages {2}/);
  });

  it('marks what the certificate does not confirm', () => {
    const certificate = { ...CERTIFICATE, physicsHolds: false };
    const text = renderSummary(resultOnTwoBuses({ status: 'limit', certificate }));
    expect(text).toContain('power flow FAILS');
    expect(text).toContain('limit: stopped without a certified answer');
  });
});
