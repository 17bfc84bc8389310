/** A result for the small market with made-up figures: what matters is that each one is itself. */
import type { Case } from '../../engine/case/case.js';
import type { Certificate } from '../../engine/certify/certificate.js';
import {
  NO_FLOWS,
  type ProofFlows,
  type ProofLeaf,
  type ProofPart,
  type ResultWithOutcome,
} from '../../engine/clearing/result.js';
import { CERTIFICATE } from '../fixtures/certificate.js';

/** Different numbers, none of them short. */
function figures(start: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => (start + index) / 7);
}

export function smallResult(theCase: Case): ResultWithOutcome {
  const buses = theCase.buses.id.length;
  const branches = theCase.branches.from.length;
  const communities = theCase.communities.id.length;
  const prosumers = theCase.prosumers.id.length;
  const ofBranches = (start: number): Float64Array =>
    figures(start, branches).map((value, row) => (theCase.branches.closed[row] === 1 ? value : 0));
  return {
    case: theCase,
    mode: 'welfare',
    status: 'optimal',
    explanation: '',
    timing: { read: 1.5, total: 12.25 },
    nodes: 3,
    objective: 10.1,
    cost: 10.2,
    lowerBound: 10.0999,
    gap: 1e-9,
    lossesKw: 0.3,
    vMinPu: 0.97,
    vMaxPu: 1.02,
    operatorSurplus: -1.5,
    certificate: WITHOUT_BOUND,
    outcome: {
      communities: {
        price: figures(1, communities),
        importKw: figures(3, communities),
        reactiveKvar: figures(5, communities),
        marginalPrice: figures(7, communities),
        cost: figures(9, communities),
        kappa: figures(11, communities),
      },
      prosumers: {
        outputKw: figures(20, prosumers),
      },
      buses: { voltagePu: figures(6, buses), marginalPrice: figures(50, buses) },
      branches: {
        pKw: ofBranches(60),
        qKvar: ofBranches(65),
        currentA: ofBranches(70),
        lossesKw: ofBranches(75),
        loading: Float64Array.of(Number.NaN, 0.5, Number.NaN),
      },
      gridImportKw: 4.5,
      largestConeSlack: 1e-10,
      revenueAdequacy: false,
      proof: [
        leaf('bound', buses, [], [], []),
        leaf('infeasible', buses, [1], [-Infinity], [2.5]),
        {
          ...leaf('bound', buses, [1, 0], [2.5, -1 / 3], [Infinity, 1 / 3]),
          revenuePrice: 1 / 7,
          flows: flows([2, 1]),
          parts: [part(buses, 2), part(buses, 1)],
        },
      ],
    },
  };
}

function leaf(
  kind: ProofLeaf['kind'],
  buses: number,
  community: number[],
  low: number[],
  high: number[],
): ProofLeaf {
  return {
    kind,
    community: Int32Array.from(community),
    importMinKw: Float64Array.from(low),
    importMaxKw: Float64Array.from(high),
    activePrice: figures(community.length, buses),
    reactivePrice: figures(100 + community.length, buses),
    voltagePrice: figures(200 + community.length, buses),
    revenuePrice: 0,
    flows: NO_FLOWS,
    parts: [],
  };
}

/**
 * Some sides open; multipliers that are 0, and one of the other sign: what it proves does not matter here.
 */
function flows(bus: number[]): ProofFlows {
  const count = bus.length;
  const open = figures(350, count).fill(Number.POSITIVE_INFINITY, 1);
  return {
    bus: Int32Array.from(bus),
    minKw: open.map((limit) => -limit),
    maxKw: figures(310, count),
    minKvar: figures(320, count),
    maxKvar: open,
    minKwPrice: figures(0, count),
    maxKwPrice: figures(330, count),
    minKvarPrice: figures(340, count),
    maxKvarPrice: figures(-1, count),
    lowVoltageCutPrice: figures(360, count),
    highVoltageCutPrice: figures(370, count),
  };
}

/** Two leaves, without prices outside the part. */
function part(buses: number, bus: number): ProofPart {
  const inside = (prices: Float64Array): Float64Array =>
    prices.map((price, k) => (k >= bus ? price : 0));
  const leaves = [leaf('bound', buses, [], [], []), leaf('infeasible', buses, [1], [3], [4])];
  return {
    bus,
    senderVoltagePrice: -bus / 3,
    leaves: leaves.map((inner, k) => ({
      ...inner,
      activePrice: inside(inner.activePrice),
      reactivePrice: inside(inner.reactivePrice),
      voltagePrice: inside(inner.voltagePrice),
      revenuePrice: k / 9,
      flows: k === 0 ? NO_FLOWS : flows([bus]),
    })),
  };
}

/** Its bound has no value, as where a proof does not cover everything. */
const WITHOUT_BOUND: Certificate = {
  ...CERTIFICATE,
  largestConeSlack_pu: 1e-10,
  lowerBound_usd_per_h: Number.NaN,
  optimalityHolds: false,
};
