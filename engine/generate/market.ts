/**
 * A population in a situation, as the tables of a case. With demand factor f and sun s of the hour:
 *
 *     D = f d                      of everybody;   demand_kvar = D · (kvar per kW of its bus's load)
 *     solar       p in [0, s · capacity]
 *     battery     p in [−capacity, capacity]
 *     flexible, household (shed load)         p in [0, f · capacity]
 *     generator, reserve                      p in [0, capacity]
 *
 * Costs do not change with the hour. A community's spot load leaves the bus table: it is its
 * prosumers' demand now. Amounts are rounded to some four digits.
 */
import { sharedFloats, sharedIntegers } from '../base/columns.js';
import { UsageError } from '../base/errors.js';
import type {
  BranchTable,
  BusTable,
  CaseTables,
  CommunityTable,
  ProsumerTable,
} from '../case/case.js';
import { IdColumnBuilder } from '../case/idColumn.js';
import { noDevices } from './emptyMarket.js';
import { drawPopulation, type Population, ProsumerClass } from './population.js';
import type { PopulationRecipe, Situation } from './recipe.js';
import { decimalsFor, roundTo } from './rounding.js';

/** Significant digits of a prosumer of average size, and the fewest decimals. */
const AMOUNT_DIGITS = 4;
const AMOUNT_DECIMALS = 4;
const RATIO_DECIMALS = 8;
const COST_DIGITS = 2;
const COST_DECIMALS = 5;
/** A quadratic coefficient of this rise over average size must keep {@link COST_DIGITS} digits. */
const SMALLEST_RISE = 0.001;

const encoder = new TextEncoder();

/**
 * The feeder's network with a market on it: one community a bus.
 *
 * @throws UsageError when recipe or situation do not fit the feeder or each other
 */
export function generatePopulation(
  feeder: CaseTables,
  recipe: PopulationRecipe,
  situation: Situation,
): CaseTables {
  if (situation.demandFactor > recipe.coveredDemandFactor) {
    throw new UsageError(
      `a demand factor of ${situation.demandFactor} is beyond what communities can cover themselves, ${recipe.coveredDemandFactor}`,
    );
  }
  const population = drawPopulation(feeder, recipe);
  return {
    settings: {
      ...feeder.settings,
      gridBuy: situation.gridBuy,
      gridSell: situation.gridSell,
      description: `${recipe.prosumers} prosumers in ${population.bus.length} communities on ${feeder.settings.name}: ${situation.description}`,
    },
    buses: withoutLoadAt(feeder.buses, population.bus),
    branches: withBoost(feeder.branches, situation.regulatorBoost),
    communities: communityTable(feeder, population, recipe, situation),
    prosumers: prosumerTable(feeder, population, situation),
    devices: noDevices(),
  };
}

function withoutLoadAt(buses: BusTable, communityBus: Int32Array): BusTable {
  const loadKw = buses.loadKw.slice();
  const loadKvar = buses.loadKvar.slice();
  for (const row of communityBus) {
    loadKw[row] = 0;
    loadKvar[row] = 0;
  }
  return { ...buses, loadKw, loadKvar };
}

function withBoost(branches: BranchTable, boost: number): BranchTable {
  const ratio = branches.ratio.map((full) => roundTo(1 + boost * (full - 1), RATIO_DECIMALS));
  return { ...branches, ratio };
}

function communityTable(
  feeder: CaseTables,
  population: Population,
  recipe: PopulationRecipe,
  situation: Situation,
): CommunityTable {
  const { bus, start, kind, capacityKw } = population;
  const count = bus.length;
  const qMaxKvar = new Float64Array(count);
  for (let community = 0; community < count; community += 1) {
    let solarKw = 0;
    for (let prosumer = start[community]; prosumer < start[community + 1]; prosumer += 1) {
      if (kind[prosumer] === ProsumerClass.solar) solarKw += capacityKw[prosumer];
    }
    qMaxKvar[community] = roundTo(situation.inverterKvarPerKw * solarKw, AMOUNT_DECIMALS);
  }
  return {
    id: Array.from(bus, (row) => communityId(feeder, row)),
    bus,
    priceSensitivity: population.priceSensitivity.map((slope) => roundTo(slope, AMOUNT_DECIMALS)),
    qMinKvar: new Float64Array(count),
    qMaxKvar,
    priceMin: new Float64Array(count).fill(recipe.priceMin),
    priceMax: new Float64Array(count).fill(recipe.priceMax),
    zone: new Array<string>(count).fill(''),
    prosumerStart: start,
  };
}

function prosumerTable(
  feeder: CaseTables,
  population: Population,
  situation: Situation,
): ProsumerTable {
  const { bus, start } = population;
  const count = start[bus.length];
  const id = new IdColumnBuilder(count);
  const table = {
    demandKw: sharedFloats(count),
    demandKvar: sharedFloats(count),
    pMinKw: sharedFloats(count),
    pMaxKw: sharedFloats(count),
    costQuadratic: sharedFloats(count),
    costLinear: sharedFloats(count),
    deviceStart: sharedIntegers(0),
  };
  for (let community = 0; community < bus.length; community += 1) {
    const first = start[community];
    const end = start[community + 1];
    const prefix = encoder.encode(`${communityId(feeder, bus[community])}-`);
    for (let number = 1; number <= end - first; number += 1) id.addNumbered(prefix, number);
    fillProsumers(table, population, situation, community);
  }
  return { id: id.finish(), ...table };
}

function fillProsumers(
  table: Omit<ProsumerTable, 'id'>,
  population: Population,
  situation: Situation,
  community: number,
): void {
  const first = population.start[community];
  const end = population.start[community + 1];
  const kvarPerKw = population.kvarPerKw[community];
  const averageKw = population.sizeKw[community] / (end - first);
  const decimals = decimalsFor(averageKw, AMOUNT_DIGITS, AMOUNT_DECIMALS);
  const costDecimals = decimalsFor(SMALLEST_RISE / averageKw, COST_DIGITS, COST_DECIMALS);
  const { kind, capacityKw } = population;
  for (let prosumer = first; prosumer < end; prosumer += 1) {
    const demand = situation.demandFactor * population.demandKw[prosumer];
    table.demandKw[prosumer] = roundTo(demand, decimals);
    table.demandKvar[prosumer] = roundTo(demand * kvarPerKw, decimals);
    let available = capacityKw[prosumer];
    if (kind[prosumer] === ProsumerClass.solar) available *= situation.solarFactor;
    if (kind[prosumer] === ProsumerClass.flexible || kind[prosumer] === ProsumerClass.household) {
      available *= situation.demandFactor;
    }
    table.pMaxKw[prosumer] = roundTo(available, decimals);
    if (kind[prosumer] === ProsumerClass.battery) {
      table.pMinKw[prosumer] = -table.pMaxKw[prosumer];
    }
    table.costQuadratic[prosumer] = roundTo(population.costQuadratic[prosumer], costDecimals);
    table.costLinear[prosumer] = roundTo(population.costLinear[prosumer], COST_DECIMALS);
  }
}

function communityId(feeder: CaseTables, bus: number): string {
  return `m-${feeder.buses.id[bus]}`;
}
