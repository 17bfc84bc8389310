/**
 * A feeder is a case without a market: settings, buses and branches, and tables of communities,
 * prosumers and devices that have no rows.
 */
import type { BranchTable, BusTable, CaseSettings, CaseTables, DeviceTable } from '../case/case.js';
import { IdColumn } from '../case/idColumn.js';

/** The tables of a case that is only a network. */
export function feederTables(
  settings: CaseSettings,
  buses: BusTable,
  branches: BranchTable,
): CaseTables {
  return {
    settings,
    buses,
    branches,
    communities: {
      id: [],
      bus: new Int32Array(0),
      priceSensitivity: new Float64Array(0),
      qMinKvar: new Float64Array(0),
      qMaxKvar: new Float64Array(0),
      priceMin: new Float64Array(0),
      priceMax: new Float64Array(0),
      zone: [],
      prosumerStart: new Int32Array(1),
    },
    prosumers: {
      id: IdColumn.from([]),
      demandKw: new Float64Array(0),
      demandKvar: new Float64Array(0),
      pMinKw: new Float64Array(0),
      pMaxKw: new Float64Array(0),
      costQuadratic: new Float64Array(0),
      costLinear: new Float64Array(0),
      deviceStart: new Int32Array(0),
    },
    devices: noDevices(),
  };
}

export function noDevices(): DeviceTable {
  return {
    id: IdColumn.from([]),
    prosumer: new Int32Array(0),
    pMinKw: new Float64Array(0),
    pMaxKw: new Float64Array(0),
    costQuadratic: new Float64Array(0),
    costLinear: new Float64Array(0),
  };
}
