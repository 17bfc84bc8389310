/**
 * Two buses, a plant behind a line whose reactance is larger than its resistance, and an upper voltage
 * limit that binds: the relaxation invents losses to sell more, and only limits of flows bring the bound
 * to the outcome.
 */
import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import { leafBounds } from '../../engine/certify/lowerBound.js';
import { phasorPowerFlow } from '../../engine/certify/powerFlow.js';
import type { ProofFlows, ProofLeaf } from '../../engine/clearing/result.js';
import { plainLeaf } from './randomLeaves.js';

const SELL = 0.1;
const V_MAX = 1.02;
const R_OHM = 1;
const X_OHM = 3;
const QUADRATIC = 1e-6;
const LINEAR = 0.01;

const theCase = plantCase({});
/** The same with one voltage alone: there both cuts say the same. */
const fixedVoltage = plantCase({ vMinPu: [Number.NaN, V_MAX] });

function plantCase(limits: { readonly vMinPu?: readonly number[] }): Case {
  return createCase({
    settings: {
      name: 'plant',
      baseKva: 500,
      baseKv: 4.16,
      root: 'grid',
      rootVoltagePu: 1,
      vMinPu: 0.9,
      vMaxPu: V_MAX,
      gridBuy: 0.3,
      gridSell: SELL,
    },
    buses: { bus: ['grid', 'plant'], ...limits },
    branches: { from: ['grid'], to: ['plant'], rOhm: [R_OHM], xOhm: [X_OHM] },
    communities: { community: ['c'], bus: ['plant'], priceSensitivity: [Number.NaN] },
    prosumers: {
      prosumer: ['p'],
      community: ['c'],
      demandKw: [0],
      pMinKw: [0],
      pMaxKw: [1000],
      costQuadratic: [QUADRATIC],
      costLinear: [LINEAR],
    },
  });
}

function costOf(output: number): number {
  return (0.5 * QUADRATIC * output + LINEAR) * output;
}

interface Sale {
  readonly objective: number;
  readonly arrivingKw: number;
  readonly arrivingKvar: number;
  readonly voltagePu: number;
}

function saleOf(output: number): Sale {
  const flow = phasorPowerFlow(theCase, Float64Array.of(0, -output), new Float64Array(2));
  return {
    objective: costOf(output) + SELL * flow.gridImportKw,
    arrivingKw: flow.pKw[0] - flow.branchLossesKw[0],
    arrivingKvar: flow.qKvar[0] - (3 * X_OHM * flow.currentA[0] ** 2) / 1000,
    voltagePu: flow.voltagePu[1],
  };
}

/** As much as the voltage limit lets through. */
function bestSale(): Sale {
  let low = 0;
  let high = 1000;
  for (let round = 0; round < 60; round += 1) {
    const middle = 0.5 * (low + high);
    if (saleOf(middle).voltagePu <= V_MAX) low = middle;
    else high = middle;
  }
  return saleOf(low);
}

/**
 * The multipliers of the exact problem at its optimum, from its stationarity in P', Q' and ℓ (Q' = 0, v =
 * v_max):
 *
 *     π_0 − π_1 + 2 r ν − 2 θ P' = 0,   −ρ + 2 x ν = 0,   π_0 r + |z|² ν + θ v = 0
 */
function exactLeaf(
  { arrivingKw }: Sale,
  flows: ProofFlows,
  atVoltage: 'highVoltageCutPrice' | 'lowVoltageCutPrice',
): ProofLeaf {
  const { baseKva, baseKv } = theCase.settings;
  const ohm = (baseKv * baseKv * 1000) / baseKva;
  const r = R_OHM / ohm;
  const x = X_OHM / ohm;
  const squaredImpedance = r * r + x * x;
  const arriving = arrivingKw / baseKva;
  const v = V_MAX ** 2;
  const root = SELL * baseKva;
  const plant = (LINEAR + QUADRATIC * -arrivingKw) * baseKva;
  const drop =
    -(root - plant + (2 * arriving * root * r) / v) /
    (2 * r + (2 * arriving * squaredImpedance) / v);
  const cut = -(root * r + squaredImpedance * drop) / v;
  return plainLeaf({
    activePrice: Float64Array.of(SELL, plant / baseKva),
    reactivePrice: Float64Array.of(0, (2 * x * drop) / baseKva),
    voltagePrice: Float64Array.of(0, drop),
    flows: { ...flows, [atVoltage]: Float64Array.of(cut) },
  });
}

function boundOf(ofCase: Case, leaf: ProofLeaf): number {
  const voltagePu = Float64Array.of(1, V_MAX);
  const buses = { voltagePu, marginalPrice: voltagePu };
  const proof = { proof: [leaf], revenueAdequacy: false, buses };
  return leafBounds(ofCase, 'welfare', Float64Array.of(0), proof)[0];
}

function boxAround(sale: Sale, width: number): ProofFlows {
  const one = (value: number): Float64Array => Float64Array.of(value);
  return {
    bus: Int32Array.of(1),
    minKw: one(sale.arrivingKw - width),
    maxKw: one(sale.arrivingKw + width),
    minKvar: one(sale.arrivingKvar - width),
    maxKvar: one(sale.arrivingKvar + width),
    minKwPrice: one(0),
    maxKwPrice: one(0),
    minKvarPrice: one(0),
    maxKvarPrice: one(0),
    lowVoltageCutPrice: one(0),
    highVoltageCutPrice: one(0),
  };
}

/**
 * Cost of a point of the relaxation that arrives with more than the limit lets through, and wastes the
 * rest.
 */
function relaxedObjective(arrivingKw: number): number {
  const { baseKva, baseKv } = theCase.settings;
  const ohm = (baseKv * baseKv * 1000) / baseKva;
  const r = R_OHM / ohm;
  const squaredImpedance = r * r + (X_OHM / ohm) ** 2;
  const arriving = arrivingKw / baseKva;
  // The current that brings the voltage down to its limit.
  const current = (1 - V_MAX ** 2 - 2 * r * arriving) / squaredImpedance;
  expect(current * V_MAX ** 2).toBeGreaterThan(arriving ** 2);
  return costOf(-arrivingKw) + SELL * (arrivingKw + r * current * baseKva);
}

describe('secant cuts', () => {
  const sale = bestSale();

  it('are needed: the relaxation sells far more than the line can', () => {
    expect(relaxedObjective(-900)).toBeLessThan(sale.objective - 20);
  });

  it.each(['highVoltageCutPrice', 'lowVoltageCutPrice'] as const)(
    'close the gap with the square of the width of the box (%s)',
    (cut) => {
      const gaps = [40, 4, 0.4].map((width) => {
        const leaf = exactLeaf(sale, boxAround(sale, width), cut);
        return (
          sale.objective - boundOf(cut === 'lowVoltageCutPrice' ? fixedVoltage : theCase, leaf)
        );
      });
      expect(gaps[0]).toBeLessThan(0.1);
      for (const [k, gap] of gaps.entries()) {
        expect(gap / ((gaps[0] as number) / 100 ** k)).toBeCloseTo(1, 2);
      }
    },
  );
});
