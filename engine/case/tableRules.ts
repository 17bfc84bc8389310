/** What must hold for buses, communities, prosumers and devices, one function a table. */
import type { BusTable, CaseTables, CommunityTable, ProsumerTable } from './case.js';
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
  const { communities, buses } = tables;
  check.needsRows(communities.id.length);
  check.ids('community', communities.id);
  check.references('bus', communities.bus, buses.id.length, 'buses');
  checkCommunityNumbers(communities, check);
  const start = communities.prosumerStart;
  communities.id.forEach((id, row) => {
    if (start[row] === start[row + 1]) {
      check.report(row, 'community', id, 'a community without prosumers');
    }
  });
}

export function checkCommunityNumbers(communities: CommunityTable, check: TableCheck): void {
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
}

/** Whether `prosumerStart` divides the prosumers among the communities: tables made by hand. */
export function checkGroups({ communities, prosumers }: CaseTables, check: TableCheck): void {
  const start = communities.prosumerStart;
  const holds =
    start.length === communities.id.length + 1 &&
    start[0] === 0 &&
    start[communities.id.length] === prosumers.id.length &&
    start.every((row, community) => community === 0 || start[community - 1] <= row);
  if (!holds) check.reportTable('prosumerStart does not divide the rows among the communities');
}

export function checkProsumers(tables: CaseTables, check: TableCheck): void {
  const { prosumers, devices } = tables;
  check.needsRows(prosumers.id.length);
  check.idColumn('prosumer', prosumers.id);
  checkDemand(prosumers, check);
  checkFlexibility(prosumers, check, ownersOf(devices.prosumer, prosumers.id.length));
}

export function checkDemand(
  { demandKw, demandKvar }: Pick<ProsumerTable, 'demandKw' | 'demandKvar'>,
  check: TableCheck,
): void {
  check.finite('demand_kw', demandKw);
  check.finite('demand_kvar', demandKvar);
}

/** 1 where a prosumer has devices, whose bounds and costs then hold; without entries where none has. */
function ownersOf(prosumerOfDevice: Int32Array, prosumers: number): Uint8Array {
  const owners = new Uint8Array(prosumerOfDevice.length === 0 ? 0 : prosumers);
  for (const prosumer of prosumerOfDevice) owners[prosumer] = 1;
  return owners;
}

export function checkDevices(tables: CaseTables, check: TableCheck): void {
  check.idColumn('device', tables.devices.id);
  check.references('prosumer', tables.devices.prosumer, tables.prosumers.id.length, 'prosumers');
  checkFlexibility(tables.devices, check);
}

interface Flexibility {
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
}

export function checkFlexibility(
  table: Flexibility,
  check: TableCheck,
  passedOver?: Uint8Array,
): void {
  const { pMinKw, pMaxKw, costQuadratic, costLinear } = table;
  check.finite('p_min_kw', pMinKw, undefined, passedOver);
  check.finite('p_max_kw', pMaxKw, undefined, passedOver);
  check.ordered('p_min_kw', pMinKw, 'p_max_kw', pMaxKw, passedOver);
  check.finite('cost_quadratic', costQuadratic, undefined, passedOver);
  const message = 'must not be negative';
  check.every('cost_quadratic', costQuadratic, notNegative, message, passedOver);
  check.finite('cost_linear', costLinear, undefined, passedOver);
}
