/** What must hold for buses, communities, prosumers and devices, one function a table. */
import type { BusTable, CaseTables } from './case.js';
import type { TableCheck } from './tableCheck.js';

const positive = (value: number): boolean => value > 0;
const notNegative = (value: number): boolean => value >= 0;

export function checkBuses(buses: BusTable, check: TableCheck): void {
  check.needsRows(buses.id.length);
  check.ids('bus', buses.id);
  check.finite('v_min_pu', buses.vMinPu);
  check.finite('v_max_pu', buses.vMaxPu);
  check.finite('load_kw', buses.loadKw);
  check.finite('load_kvar', buses.loadKvar);
  check.finite('shunt_kvar', buses.shuntKvar);
  check.finite('x', buses.x, Number.NaN);
  check.finite('y', buses.y, Number.NaN);
  check.every('v_min_pu', buses.vMinPu, positive, 'a voltage must be above 0');
  check.ordered('v_min_pu', buses.vMinPu, 'v_max_pu', buses.vMaxPu);
}

export function checkCommunities(tables: CaseTables, check: TableCheck): void {
  const { communities, prosumers, buses } = tables;
  check.needsRows(communities.id.length);
  check.ids('community', communities.id);
  check.references('bus', communities.bus, buses.id.length, 'buses');
  check.finite('price_sensitivity', communities.priceSensitivity, Number.NaN);
  check.every(
    'price_sensitivity',
    communities.priceSensitivity,
    positive,
    'must be above 0 (leave it empty for price-taking prosumers)',
  );
  check.finite('q_min_kvar', communities.qMinKvar);
  check.finite('q_max_kvar', communities.qMaxKvar);
  check.ordered('q_min_kvar', communities.qMinKvar, 'q_max_kvar', communities.qMaxKvar);
  check.finite('price_min', communities.priceMin, Number.NEGATIVE_INFINITY);
  check.finite('price_max', communities.priceMax, Number.POSITIVE_INFINITY);
  check.ordered('price_min', communities.priceMin, 'price_max', communities.priceMax);
  const inhabited = new Set(prosumers.community);
  communities.id.forEach((id, row) => {
    if (!inhabited.has(row)) check.report(row, 'community', id, 'a community without prosumers');
  });
}

export function checkProsumers(tables: CaseTables, check: TableCheck): void {
  const { prosumers, communities, devices } = tables;
  check.needsRows(prosumers.id.length);
  check.ids('prosumer', prosumers.id);
  check.references('community', prosumers.community, communities.id.length, 'communities');
  check.finite('demand_kw', prosumers.demandKw);
  check.finite('demand_kvar', prosumers.demandKvar);
  const owners = new Set(devices.prosumer);
  const own = (column: Float64Array): Float64Array =>
    owners.size === 0 ? column : column.map((value, row) => (owners.has(row) ? 0 : value));
  checkFlexibility(
    {
      pMinKw: own(prosumers.pMinKw),
      pMaxKw: own(prosumers.pMaxKw),
      costQuadratic: own(prosumers.costQuadratic),
      costLinear: own(prosumers.costLinear),
    },
    check,
  );
}

export function checkDevices(tables: CaseTables, check: TableCheck): void {
  check.ids('device', tables.devices.id);
  check.references('prosumer', tables.devices.prosumer, tables.prosumers.id.length, 'prosumers');
  checkFlexibility(tables.devices, check);
}

interface Flexibility {
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
}

function checkFlexibility(table: Flexibility, check: TableCheck): void {
  check.finite('p_min_kw', table.pMinKw);
  check.finite('p_max_kw', table.pMaxKw);
  check.ordered('p_min_kw', table.pMinKw, 'p_max_kw', table.pMaxKw);
  check.finite('cost_quadratic', table.costQuadratic);
  check.every('cost_quadratic', table.costQuadratic, notNegative, 'must not be negative');
  check.finite('cost_linear', table.costLinear);
}
