/** Between the tables on disk and the columns of a case, name by name. */
import type { CaseTables } from '../case/case.js';
import type {
  BranchColumns,
  BusColumns,
  CommunityColumns,
  DeviceColumns,
  ProsumerColumns,
} from '../case/create.js';
import { LabelColumn } from '../case/labelColumn.js';
import { commonVoltageLimits } from './settingsFile.js';
import {
  type ComputedNumbers,
  type OutputColumn,
  type OutputTable,
  type Table,
  tableOf,
} from './table.js';

export function busColumns(table: Table): BusColumns {
  return {
    bus: table.texts('bus'),
    vMinPu: table.optionalNumbers('v_min_pu'),
    vMaxPu: table.optionalNumbers('v_max_pu'),
    loadKw: table.optionalNumbers('load_kw'),
    loadKvar: table.optionalNumbers('load_kvar'),
    shuntKvar: table.optionalNumbers('shunt_kvar'),
    x: table.optionalNumbers('x'),
    y: table.optionalNumbers('y'),
  };
}

export function branchColumns(table: Table): BranchColumns {
  return {
    from: table.texts('from'),
    to: table.texts('to'),
    rOhm: table.numbers('r_ohm'),
    xOhm: table.numbers('x_ohm'),
    iMaxA: table.optionalNumbers('i_max_a'),
    ratio: table.optionalNumbers('ratio'),
    status: table.optionalTexts('status'),
  };
}

export function communityColumns(table: Table): CommunityColumns {
  return {
    community: table.texts('community'),
    bus: table.texts('bus'),
    priceSensitivity: table.numbers('price_sensitivity'),
    qMinKvar: table.optionalNumbers('q_min_kvar'),
    qMaxKvar: table.optionalNumbers('q_max_kvar'),
    priceMin: table.optionalNumbers('price_min'),
    priceMax: table.optionalNumbers('price_max'),
    zone: table.optionalTexts('zone'),
  };
}

export function prosumerColumns(table: Table): ProsumerColumns {
  return {
    prosumer: table.ids('prosumer'),
    community: table.labels('community'),
    demandKw: table.numbers('demand_kw'),
    demandKvar: table.optionalNumbers('demand_kvar'),
    pMinKw: table.numbers('p_min_kw'),
    pMaxKw: table.numbers('p_max_kw'),
    costQuadratic: table.numbers('cost_quadratic'),
    costLinear: table.numbers('cost_linear'),
  };
}

export function deviceColumns(table: Table): DeviceColumns {
  return {
    device: table.ids('device'),
    prosumer: table.ids('prosumer'),
    pMinKw: table.numbers('p_min_kw'),
    pMaxKw: table.numbers('p_max_kw'),
    costQuadratic: table.numbers('cost_quadratic'),
    costLinear: table.numbers('cost_linear'),
  };
}

/** Optional columns that hold nothing but their default are left out; `devices` without rows too. */
export function caseFiles(tables: CaseTables): OutputTable[] {
  const files = [busFile(tables), branchFile(tables), communityFile(tables), prosumerFile(tables)];
  return tables.devices.id.length > 0 ? [...files, deviceFile(tables)] : files;
}

function busFile({ buses }: CaseTables): OutputTable {
  const limits = commonVoltageLimits(buses);
  return tableOf('buses', buses.id.length, {
    bus: buses.id,
    v_min_pu: unlessAll(limits.vMinPu, buses.vMinPu),
    v_max_pu: unlessAll(limits.vMaxPu, buses.vMaxPu),
    load_kw: unlessAll(0, buses.loadKw),
    load_kvar: unlessAll(0, buses.loadKvar),
    shunt_kvar: unlessAll(0, buses.shuntKvar),
    x: unlessAll(Number.NaN, buses.x),
    y: unlessAll(Number.NaN, buses.y),
  });
}

function branchFile({ buses, branches }: CaseTables): OutputTable {
  const hasOpen = branches.closed.includes(0);
  return tableOf('branches', branches.from.length, {
    from: idsOf(buses.id, branches.from),
    to: idsOf(buses.id, branches.to),
    r_ohm: branches.rOhm,
    x_ohm: branches.xOhm,
    i_max_a: unlessAll(Number.POSITIVE_INFINITY, branches.iMaxA),
    ratio: unlessAll(1, branches.ratio),
    status: hasOpen
      ? Array.from(branches.closed, (closed) => (closed === 1 ? 'closed' : 'open'))
      : undefined,
  });
}

function communityFile({ buses, communities }: CaseTables): OutputTable {
  return tableOf('communities', communities.id.length, {
    community: communities.id,
    bus: idsOf(buses.id, communities.bus),
    price_sensitivity: communities.priceSensitivity,
    q_min_kvar: unlessAll(0, communities.qMinKvar),
    q_max_kvar: unlessAll(0, communities.qMaxKvar),
    price_min: unlessAll(Number.NEGATIVE_INFINITY, communities.priceMin),
    price_max: unlessAll(Number.POSITIVE_INFINITY, communities.priceMax),
    zone: communities.zone.every((zone) => zone === '') ? undefined : communities.zone,
  });
}

/** Prosumers with devices have empty bounds and costs: their devices' hold. */
function prosumerFile({ communities, prosumers }: CaseTables): OutputTable {
  const start = prosumers.deviceStart;
  const own = (column: Float64Array): Float64Array | ComputedNumbers =>
    start.length === 0 ? column : withoutOwners(column, start);
  return tableOf('prosumers', prosumers.id.length, {
    prosumer: prosumers.id,
    community: LabelColumn.ofGroups(communities.id, communities.prosumerStart),
    demand_kw: prosumers.demandKw,
    p_min_kw: own(prosumers.pMinKw),
    p_max_kw: own(prosumers.pMaxKw),
    cost_quadratic: own(prosumers.costQuadratic),
    cost_linear: own(prosumers.costLinear),
    demand_kvar: unlessAll(0, prosumers.demandKvar),
  });
}

function withoutOwners(column: Float64Array, deviceStart: Int32Array): ComputedNumbers {
  return {
    fill: (first, end, into) => {
      for (let row = first; row < end; row += 1) {
        into[row - first] = deviceStart[row] < deviceStart[row + 1] ? Number.NaN : column[row];
      }
    },
  };
}

function deviceFile({ prosumers, devices }: CaseTables): OutputTable {
  return tableOf('devices', devices.id.length, {
    device: devices.id,
    prosumer: prosumers.id.ordered(devices.prosumer),
    p_min_kw: devices.pMinKw,
    p_max_kw: devices.pMaxKw,
    cost_quadratic: devices.costQuadratic,
    cost_linear: devices.costLinear,
  });
}

export function idsOf(ids: readonly string[], rows: Int32Array): string[] {
  return Array.from(rows, (row) => ids[row]);
}

function unlessAll(usual: number, column: Float64Array): OutputColumn | undefined {
  return column.every((value) => Object.is(value, usual)) ? undefined : column;
}
