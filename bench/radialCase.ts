/**
 * Markets on random radial networks of any size that are alike in everything but their size: feeders hang on
 * one substation; in a feeder every bus hangs on one of the last quarter of the buses before it, and
 * conductors are as strong as what lies behind them asks for: with every bus at its mean demand the voltage
 * falls by the same amount from the root to the deepest bus.
 */
import { type RandomSource, seededRandom } from '../engine/base/random.js';
import type { Case } from '../engine/case/case.js';
import { createCase } from '../engine/case/create.js';

const BASE_KVA = 1000;
const BASE_KV = 12.66;
const Z_BASE = (1000 * BASE_KV ** 2) / BASE_KVA;

/** Fall of the squared voltage to the deepest bus, pu². */
const TOTAL_DROP = 0.08;

/** One community a bus, kW. */
const PROSUMERS = 5;
const MEAN_DEMAND_KW = 2 * PROSUMERS;
const KAPPA = 0.01;

/**
 * The market of this seed.
 *
 * @param buses in all, the root among them
 * @param perFeeder about so many hang on the root together
 */
export function radialCase(buses: number, perFeeder: number, seed: number): Case {
  const random = seededRandom(seed);
  const bus = Array.from({ length: buses }, (_, k) => `b${k}`);
  return createCase({
    settings: {
      name: `radial network of ${buses} buses`,
      baseKva: BASE_KVA,
      baseKv: BASE_KV,
      root: 'b0',
      rootVoltagePu: 1,
      vMinPu: 0.95,
      vMaxPu: 1.05,
      gridBuy: 0.3,
      gridSell: 0.12,
    },
    buses: { bus },
    branches: branchColumns(random, bus, perFeeder),
    ...population(random, bus),
  });
}

function branchColumns(random: RandomSource, bus: readonly string[], perFeeder: number) {
  const buses = bus.length;
  const parent = new Int32Array(buses);
  const depth = new Int32Array(buses);
  const feeders = Math.max(1, Math.round((buses - 1) / perFeeder));
  const length = Math.ceil((buses - 1) / feeders);
  for (let k = 1; k < buses; k += 1) {
    const within = (k - 1) % length;
    const first = k - within;
    parent[k] = within === 0 ? 0 : first + random.integer(Math.floor(0.75 * within), within);
    depth[k] = depth[parent[k]] + 1;
  }
  const behind = new Float64Array(buses);
  for (let k = buses - 1; k > 0; k -= 1) {
    behind[k] += MEAN_DEMAND_KW / BASE_KVA;
    behind[parent[k]] += behind[k];
  }
  const drop = TOTAL_DROP / depth.reduce((deepest, k) => Math.max(deepest, k), 0);
  const branch = bus.slice(1);
  return {
    from: branch.map((_, k) => `b${parent[k + 1]}`),
    to: branch,
    // A squared voltage falls by 2 r P.
    rOhm: branch.map((_, k) => ((drop * Z_BASE) / (2 * behind[k + 1])) * random.between(0.5, 1.5)),
    xOhm: branch.map((_, k) => ((drop * Z_BASE) / (2 * behind[k + 1])) * random.between(0.3, 1)),
  };
}

function population(random: RandomSource, bus: readonly string[]) {
  const community = bus.slice(1).map((at) => `c-${at}`);
  const owner = community.flatMap((id) => Array.from({ length: PROSUMERS }, () => id));
  return {
    communities: {
      community,
      bus: bus.slice(1),
      priceSensitivity: community.map(() => 1 / (KAPPA * (PROSUMERS - 1))),
    },
    prosumers: {
      prosumer: owner.map((id, k) => `${id}-${k % PROSUMERS}`),
      community: owner,
      demandKw: owner.map(() => random.between(0, 4)),
      demandKvar: owner.map(() => random.between(0, 1)),
      pMinKw: owner.map(() => 0),
      pMaxKw: owner.map(() => random.between(0, 3)),
      costQuadratic: owner.map(() => random.between(0.01, 0.1)),
      costLinear: owner.map(() => random.between(0.05, 0.3)),
    },
  };
}
