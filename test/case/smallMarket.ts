/**
 * Three buses in a line and a spare tie line, two communities, four prosumers, two devices: every
 * table has rows, every optional column is used somewhere.
 */
import type { CaseColumns } from '../../engine/case/create.js';

export function smallMarket(): CaseColumns {
  return {
    settings: {
      name: 'small',
      baseKva: 1000,
      baseKv: 4.16,
      root: 'source',
      rootVoltagePu: 1.02,
      vMinPu: 0.95,
      vMaxPu: 1.05,
      gridBuy: 0.3,
      gridSell: 0.1,
      gridLimitKw: 500,
      intervalMinutes: 15,
      description: 'three buses, "quoted", with a comma',
      source: 'made up',
    },
    buses: {
      bus: ['source', 'middle', 'end'],
      vMinPu: [Number.NaN, 0.94, Number.NaN],
      loadKw: [0, 1.5, Number.NaN],
      shuntKvar: [0, 0, 10],
      x: [0, 1, Number.NaN],
      y: [0, 0, Number.NaN],
    },
    branches: {
      // Written towards the root on purpose.
      from: ['middle', 'middle', 'source'],
      to: ['source', 'end', 'end'],
      rOhm: [0.1, 0.2, 0.3],
      xOhm: [0.2, 0.4, 0.6],
      iMaxA: [Number.NaN, 200, Number.NaN],
      ratio: [1.01, Number.NaN, 1],
      status: ['closed', '', 'open'],
    },
    communities: {
      community: ['north', 'south'],
      bus: ['middle', 'end'],
      priceSensitivity: [20, Number.NaN],
      qMinKvar: [-3, Number.NaN],
      qMaxKvar: [3, Number.NaN],
      priceMin: [0.05, Number.NaN],
      priceMax: [0.4, Number.NaN],
      zone: ['A', ''],
    },
    prosumers: {
      prosumer: ['n1', 's1', 'n2', 's2'],
      community: ['north', 'south', 'north', 'south'],
      demandKw: [3, -1.25, 2, 0.1],
      demandKvar: [1, Number.NaN, 0.5, 0],
      pMinKw: [0, 0, -1, Number.NaN],
      pMaxKw: [5, 4, 1, Number.NaN],
      costQuadratic: [0.01, 0.02, 0.03, Number.NaN],
      costLinear: [0.1, 0.12, 0.08, Number.NaN],
    },
    devices: {
      device: ['s2-battery', 's2-roof'],
      prosumer: ['s2', 's2'],
      pMinKw: [-2, 0],
      pMaxKw: [2, 3.5],
      costQuadratic: [0.05, 0.01],
      costLinear: [0.15, 0],
    },
  };
}

/** The market with parts replaced: `withChanges({ buses: { loadKw: [1, 2, 3] } })`. */
export function withChanges(
  changes: {
    readonly [Table in keyof CaseColumns]?: Partial<NonNullable<CaseColumns[Table]>>;
  },
): CaseColumns {
  const market = smallMarket();
  const { devices = emptyDevices() } = market;
  return {
    settings: { ...market.settings, ...changes.settings },
    buses: { ...market.buses, ...changes.buses },
    branches: { ...market.branches, ...changes.branches },
    communities: { ...market.communities, ...changes.communities },
    prosumers: { ...market.prosumers, ...changes.prosumers },
    devices: { ...devices, ...changes.devices },
  };
}

function emptyDevices(): NonNullable<CaseColumns['devices']> {
  return { device: [], prosumer: [], pMinKw: [], pMaxKw: [], costQuadratic: [], costLinear: [] };
}
