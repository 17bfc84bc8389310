/** The tables of a case from plain columns: ids become row numbers, defaults are filled in. */
import type { ProblemList } from '../base/errors.js';
import type {
  BranchTable,
  BusTable,
  CaseSettings,
  CaseTables,
  CommunityTable,
  DeviceTable,
  ProsumerTable,
  UngroupedTables,
} from './case.js';
import { ColumnReader, rowsById } from './columnReader.js';
import type {
  BranchColumns,
  BusColumns,
  CaseColumns,
  CommunityColumns,
  DeviceColumns,
  ProsumerColumns,
  SettingsInput,
} from './create.js';
import { defaultVoltageLimits, type VoltageLimits } from './defaultLimits.js';
import { deviceStartOf, startOfRuns } from './grouping.js';
import { IdColumn } from './idColumn.js';
import { IdIndex } from './idIndex.js';
import { LabelColumn, type Runs } from './labelColumn.js';
import { fileOf, type Provenance } from './provenance.js';

const DEFAULT_INTERVAL_MINUTES = 60;

const NO_DEVICES: DeviceColumns = {
  device: [],
  prosumer: [],
  pMinKw: [],
  pMaxKw: [],
  costQuadratic: [],
  costLinear: [],
};

type RowOf = ReadonlyMap<string, number>;

/** Dangling references become −1 and are reported; nothing else is checked. */
export function assembleTables(
  columns: CaseColumns,
  provenance: Provenance,
  problems: ProblemList,
): UngroupedTables {
  const { buses, branches, communities, prosumers, devices = NO_DEVICES } = columns;
  const busRow = rowsById(buses.bus);
  const prosumerIds = IdColumn.from(prosumers.prosumer);
  const deviceIds = IdColumn.from(devices.device);
  const reader = (table: keyof CaseTables, count: number): ColumnReader =>
    new ColumnReader(problems, provenance, table, count);

  const ofProsumers = reader('prosumers', prosumerIds.length);
  const membership = ofProsumers.labelReferences(
    'community',
    LabelColumn.from(prosumers.community),
    rowsById(communities.community),
    'communities',
  );
  const ofDevices = reader('devices', deviceIds.length);
  const deviceTable = readDevices(devices, deviceIds, prosumerIds, ofDevices);
  return {
    settings: readSettings(columns.settings, busRow, provenance, problems),
    buses: readBuses(
      buses,
      defaultVoltageLimits(columns, provenance, problems),
      reader('buses', buses.bus.length),
    ),
    branches: readBranches(branches, busRow, reader('branches', branches.from.length)),
    communities: readCommunities(
      communities,
      busRow,
      membership,
      reader('communities', communities.community.length),
    ),
    prosumers: {
      ...readProsumers(prosumers, prosumerIds, ofProsumers),
      deviceStart: deviceStartOf(deviceTable.prosumer, prosumerIds.length),
    },
    devices: deviceTable,
    membership,
  };
}

function readSettings(
  settings: SettingsInput,
  busRow: RowOf,
  provenance: Provenance,
  problems: ProblemList,
): CaseSettings {
  const rootBus = busRow.get(settings.root);
  if (rootBus === undefined) {
    problems.add({
      file: fileOf(provenance, 'settings'),
      column: 'root',
      value: settings.root,
      message: `not an id of ${fileOf(provenance, 'buses')}`,
    });
  }
  return {
    name: settings.name,
    baseKva: settings.baseKva,
    baseKv: settings.baseKv,
    rootBus: rootBus ?? -1,
    rootVoltagePu: settings.rootVoltagePu,
    gridBuy: settings.gridBuy,
    gridSell: settings.gridSell,
    gridLimitKw: settings.gridLimitKw ?? Number.POSITIVE_INFINITY,
    intervalMinutes: settings.intervalMinutes ?? DEFAULT_INTERVAL_MINUTES,
    description: settings.description ?? '',
    source: settings.source ?? '',
  };
}

function readBuses(buses: BusColumns, limits: VoltageLimits, reader: ColumnReader): BusTable {
  return {
    id: buses.bus,
    vMinPu: reader.numbers('v_min_pu', buses.vMinPu, limits.vMinPu),
    vMaxPu: reader.numbers('v_max_pu', buses.vMaxPu, limits.vMaxPu),
    loadKw: reader.numbers('load_kw', buses.loadKw, 0),
    loadKvar: reader.numbers('load_kvar', buses.loadKvar, 0),
    shuntKvar: reader.numbers('shunt_kvar', buses.shuntKvar, 0),
    x: reader.numbers('x', buses.x),
    y: reader.numbers('y', buses.y),
  };
}

function readBranches(branches: BranchColumns, busRow: RowOf, reader: ColumnReader): BranchTable {
  return {
    from: reader.references('from', branches.from, busRow, 'buses'),
    to: reader.references('to', branches.to, busRow, 'buses'),
    rOhm: reader.numbers('r_ohm', branches.rOhm),
    xOhm: reader.numbers('x_ohm', branches.xOhm),
    iMaxA: reader.numbers('i_max_a', branches.iMaxA, Number.POSITIVE_INFINITY),
    ratio: reader.numbers('ratio', branches.ratio, 1),
    closed: reader.closed('status', branches.status),
  };
}

function readCommunities(
  communities: CommunityColumns,
  busRow: RowOf,
  membership: Runs,
  reader: ColumnReader,
): CommunityTable {
  return {
    id: communities.community,
    bus: reader.references('bus', communities.bus, busRow, 'buses'),
    priceSensitivity: reader.numbers('price_sensitivity', communities.priceSensitivity),
    qMinKvar: reader.numbers('q_min_kvar', communities.qMinKvar, 0),
    qMaxKvar: reader.numbers('q_max_kvar', communities.qMaxKvar, 0),
    priceMin: reader.numbers('price_min', communities.priceMin, Number.NEGATIVE_INFINITY),
    priceMax: reader.numbers('price_max', communities.priceMax, Number.POSITIVE_INFINITY),
    zone: reader.texts('zone', communities.zone),
    prosumerStart: startOfRuns(membership, communities.community.length),
  };
}

function readProsumers(
  prosumers: ProsumerColumns,
  id: IdColumn,
  reader: ColumnReader,
): Omit<ProsumerTable, 'deviceStart'> {
  return {
    id,
    demandKw: reader.sharedNumbers('demand_kw', prosumers.demandKw),
    demandKvar: reader.sharedNumbers('demand_kvar', prosumers.demandKvar, 0),
    pMinKw: reader.sharedNumbers('p_min_kw', prosumers.pMinKw),
    pMaxKw: reader.sharedNumbers('p_max_kw', prosumers.pMaxKw),
    costQuadratic: reader.sharedNumbers('cost_quadratic', prosumers.costQuadratic),
    costLinear: reader.sharedNumbers('cost_linear', prosumers.costLinear),
  };
}

function readDevices(
  devices: DeviceColumns,
  id: IdColumn,
  prosumerIds: IdColumn,
  reader: ColumnReader,
): DeviceTable {
  const owners = IdColumn.from(devices.prosumer);
  return {
    id,
    // Without devices nobody asks for a prosumer by its id.
    prosumer:
      owners.length === 0
        ? new Int32Array(0)
        : reader.idReferences('prosumer', owners, IdIndex.of(prosumerIds), 'prosumers'),
    pMinKw: reader.sharedNumbers('p_min_kw', devices.pMinKw),
    pMaxKw: reader.sharedNumbers('p_max_kw', devices.pMaxKw),
    costQuadratic: reader.sharedNumbers('cost_quadratic', devices.costQuadratic),
    costLinear: reader.sharedNumbers('cost_linear', devices.costLinear),
  };
}
