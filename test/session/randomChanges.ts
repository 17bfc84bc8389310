/** Random changes of a market, all of them valid. */
import type { RandomSource } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import type { BranchChanges, CommunityChanges, MarketChanges } from '../../engine/case/changes.js';

/** A few bids, loads and prices, and now and then limits and the market's own slope. */
export function randomChanges(random: RandomSource, theCase: Case): MarketChanges {
  return {
    prosumers: prosumerChanges(random, theCase),
    ...(theCase.devices.id.length === 0 ? {} : { devices: deviceChanges(random, theCase) }),
    ...(random.next() < 0.3 ? { buses: busChanges(random, theCase) } : {}),
    ...(random.next() < 0.2 ? { communities: communityChanges(random, theCase) } : {}),
    ...(random.next() < 0.3 ? { settings: tariffChanges(random, theCase) } : {}),
  };
}

/** As {@link randomChanges}, and everything else that may change but switches: what was open may be limited. */
export function wideChanges(random: RandomSource, theCase: Case): MarketChanges {
  const usual = randomChanges(random, theCase);
  const limits = {
    gridLimitKw: random.next() < 0.5 ? Number.POSITIVE_INFINITY : random.between(1, 80),
    rootVoltagePu: random.between(0.98, 1.03),
  };
  return {
    ...usual,
    ...(random.next() < 0.4 ? { branches: branchChanges(random, theCase) } : {}),
    ...(random.next() < 0.4 ? { communities: rangeChanges(random, theCase) } : {}),
    ...(random.next() < 0.3 ? { prosumers: boundChanges(random, theCase) } : {}),
    ...(random.next() < 0.3 ? { settings: { ...usual.settings, ...limits } } : {}),
  };
}

/** Some rows of a table, each once. */
function someRows(random: RandomSource, count: number, share: number): Int32Array {
  const rows = Array.from({ length: count }, (_, row) => row).filter(() => random.next() < share);
  return Int32Array.from(rows.length > 0 ? rows : [random.integer(0, count)]);
}

function prosumerChanges(random: RandomSource, { prosumers }: Case) {
  const prosumer = someRows(random, prosumers.id.length, random.between(0, 0.3));
  const owns = (row: number): boolean =>
    prosumers.deviceStart.length > 0 && prosumers.deviceStart[row] < prosumers.deviceStart[row + 1];
  const scaled = (column: Float64Array): Float64Array =>
    Float64Array.from(prosumer, (row) =>
      owns(row) ? Number.NaN : column[row] * random.between(0.7, 1.4),
    );
  const demandKw = Float64Array.from(
    prosumer,
    (row) => prosumers.demandKw[row] + random.between(-0.4, 0.4),
  );
  // Bounds that grow keep their order.
  const width = scaled(prosumers.pMaxKw.map((high, row) => high - prosumers.pMinKw[row]));
  const pMinKw = Float64Array.from(prosumer, (row) =>
    owns(row) ? Number.NaN : prosumers.pMinKw[row],
  );
  return {
    prosumer,
    demandKw,
    pMinKw,
    pMaxKw: pMinKw.map((low, k) => low + width[k]),
    costLinear: scaled(prosumers.costLinear),
    costQuadratic: scaled(prosumers.costQuadratic),
  };
}

function deviceChanges(random: RandomSource, { devices }: Case) {
  const device = someRows(random, devices.id.length, 0.2);
  return {
    device,
    costLinear: Float64Array.from(
      device,
      (row) => devices.costLinear[row] * random.between(0.7, 1.4),
    ),
    pMaxKw: Float64Array.from(device, (row) => devices.pMaxKw[row] + random.between(0, 0.3)),
  };
}

function busChanges(random: RandomSource, { buses }: Case) {
  const bus = someRows(random, buses.id.length, 0.3);
  const moved = (column: Float64Array, most: number): Float64Array =>
    Float64Array.from(bus, (row) => column[row] + random.between(-most, most));
  return {
    bus,
    loadKw: moved(buses.loadKw, 2),
    shuntKvar: moved(buses.shuntKvar, 2),
    vMaxPu: moved(buses.vMaxPu, 0.003),
  };
}

function communityChanges(random: RandomSource, { communities }: Case) {
  const community = someRows(random, communities.id.length, 0.3);
  const sensitivity = (row: number): number =>
    communities.priceSensitivity[row] * random.between(0.8, 1.25);
  return { community, priceSensitivity: Float64Array.from(community, sensitivity) };
}

function tariffChanges(random: RandomSource, { settings }: Case) {
  const gridSell = settings.gridSell * random.between(0.9, 1.1);
  return { gridSell, gridBuy: Math.max(gridSell, settings.gridBuy * random.between(0.9, 1.1)) };
}

function branchChanges(random: RandomSource, { branches }: Case): BranchChanges {
  const all = branches.from.length;
  const branch = all === 0 ? new Int32Array(0) : someRows(random, all, 0.3);
  const isLimited = (): boolean => random.next() < 0.5;
  return {
    branch,
    iMaxA: Float64Array.from(branch, () =>
      isLimited() ? random.between(5, 60) : Number.POSITIVE_INFINITY,
    ),
    ratio: Float64Array.from(branch, () => (random.next() < 0.6 ? 1 : random.between(0.98, 1.03))),
  };
}

/** Price caps and ranges of reactive power, some of them open or nothing. */
function rangeChanges(random: RandomSource, { communities }: Case): CommunityChanges {
  const community = someRows(random, communities.id.length, 0.3);
  const priceMin = Float64Array.from(community, () =>
    random.next() < 0.4 ? Number.NEGATIVE_INFINITY : random.between(-0.1, 0.15),
  );
  const priceMax = priceMin.map((low) =>
    random.next() < 0.4 ? Number.POSITIVE_INFINITY : Math.max(low, 0.1) + random.between(0, 0.3),
  );
  const qMaxKvar = Float64Array.from(community, () =>
    random.next() < 0.3 ? 0 : random.between(0, 8),
  );
  return { community, priceMin, priceMax, qMinKvar: qMaxKvar.map((most) => -most), qMaxKvar };
}

/** Bounds of prosumers without devices: some can move no longer, or can move for the first time. */
function boundChanges(random: RandomSource, { prosumers }: Case) {
  const { deviceStart } = prosumers;
  const owns = (row: number): boolean =>
    deviceStart.length > 0 && deviceStart[row] < deviceStart[row + 1];
  const prosumer = someRows(random, prosumers.id.length, 0.3);
  const pMinKw = Float64Array.from(prosumer, (row) =>
    owns(row) ? Number.NaN : random.between(-2, 0.5),
  );
  const pMaxKw = pMinKw.map((low) => low + (random.next() < 0.4 ? 0 : random.between(0.1, 4)));
  const demandKvar = Float64Array.from(prosumer, () => random.between(-1, 2));
  return { prosumer, pMinKw, pMaxKw, demandKvar };
}
