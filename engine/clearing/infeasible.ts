/**
 * Says why a market has no outcome: which limits conflict, where, and by how much they would have to give
 * (docs/model.md section 6).
 */
import { type LeastViolation, leastViolation } from '../program/elasticProgram.js';
import type { MarketState } from './marketState.js';
import type { NetworkMarket } from './networkMarket.js';

/** At most so many places are named. */
const NAMED_PLACES = 8;

/** Violations below this (pu or pu²) are what the solver left undecided. */
const NOTICEABLE = 1e-7;

/**
 * Voltage limits that exclude each other whatever is traded: of a bus joined to the root without
 * impedance, where the voltage is given, or of buses joined to each other.
 */
export function fixedVoltageConflict(state: MarketState): string | undefined {
  return rootConflict(state) ?? joinedConflict(state);
}

function joinedConflict({ network, theCase }: MarketState): string | undefined {
  const { id } = theCase.buses;
  for (let j = 1; j < network.junctionCount; j += 1) {
    if (network.vMin[j] <= network.vMax[j] * (1 + ROUNDING)) continue;
    return (
      `buses ${id[network.vMinBus[j]]} and ${id[network.vMaxBus[j]]} are joined without impedance, ` +
      'and the lower voltage limit of the one lies above the upper limit of the other: ' +
      'change the limits or the ratio between them'
    );
  }
  return undefined;
}

function rootConflict({ network, theCase }: MarketState): string | undefined {
  const { buses, settings } = theCase;
  for (let bus = 0; bus < buses.id.length; bus += 1) {
    if (network.busJunction[bus] !== 0 || bus === settings.rootBus) continue;
    const voltage = Math.sqrt(network.busFactor[bus] * network.rootVoltage);
    const slack = ROUNDING * voltage;
    if (voltage < buses.vMinPu[bus] - slack || voltage > buses.vMaxPu[bus] + slack) {
      return (
        `bus ${buses.id[bus]} is joined to the root and stands at ${voltage.toFixed(6)} pu, ` +
        `outside its limits ${buses.vMinPu[bus]} to ${buses.vMaxPu[bus]} pu: ` +
        'change root_voltage_pu, the ratio between them, or the limits'
      );
    }
  }
  return undefined;
}

const ROUNDING = 1e-12;

/** The sentence for a market that the network cannot serve. */
export function explainInfeasible(state: MarketState, { program, curves }: NetworkMarket): string {
  const violation =
    leastViolation(program, curves, 'voltages') ?? leastViolation(program, curves, 'all');
  if (violation === undefined) {
    return 'no outcome keeps the limits; no least violation could be computed';
  }
  const places = [
    ...voltagePlaces(state, violation),
    ...currentPlaces(state, violation),
    ...gridPlaces(state, violation),
  ].sort((a, b) => b.size - a.size);
  if (places.length === 0) return 'no outcome keeps all limits; they conflict only just';
  const named = places.slice(0, NAMED_PLACES).map((place) => place.text);
  const more = places.length > NAMED_PLACES ? ` and ${places.length - NAMED_PLACES} more` : '';
  return `no outcome keeps all limits; least total violation ${totals(state, violation)}: ${named.join('; ')}${more}`;
}

interface Place {
  readonly size: number;
  readonly text: string;
}

function voltagePlaces({ network, theCase }: MarketState, violation: LeastViolation): Place[] {
  const places: Place[] = [];
  for (let j = 1; j < network.junctionCount; j += 1) {
    const below = violation.voltageBelow[j];
    const above = violation.voltageAbove[j];
    if (Math.max(below, above) < NOTICEABLE) continue;
    const bus = below > above ? network.vMinBus[j] : network.vMaxBus[j];
    const limits = below > above ? theCase.buses.vMinPu : theCase.buses.vMaxPu;
    const voltage = Math.sqrt(Math.max(network.busFactor[bus] * violation.squaredVoltage[j], 0));
    const side = below > above ? 'below' : 'above';
    places.push({
      size: Math.max(below, above),
      text: `bus ${theCase.buses.id[bus]} at ${voltage.toFixed(5)} pu, ${side} ${limits[bus]} pu`,
    });
  }
  return places;
}

function currentPlaces({ network, theCase }: MarketState, violation: LeastViolation): Place[] {
  const { branches, buses } = theCase;
  const baseCurrent = network.baseKva / (Math.sqrt(3) * network.baseKv);
  const places: Place[] = [];
  for (let e = 0; e < violation.currentAbove.length; e += 1) {
    if (violation.currentAbove[e] < NOTICEABLE) continue;
    const row = network.branchRow[e];
    const name = `${buses.id[branches.from[row]]}-${buses.id[branches.to[row]]}`;
    const current = Math.sqrt(violation.squaredCurrent[e]) * baseCurrent;
    places.push({
      size: violation.currentAbove[e],
      text: `branch ${name} at ${current.toFixed(2)} A, above ${branches.iMaxA[row]} A`,
    });
  }
  return places;
}

function gridPlaces({ network, theCase }: MarketState, violation: LeastViolation): Place[] {
  const size = Math.max(violation.importAbove, violation.exportAbove);
  if (size < NOTICEABLE) return [];
  const direction = violation.importAbove > violation.exportAbove ? 'import' : 'export';
  const limit = theCase.settings.gridLimitKw;
  const text = `grid ${direction} ${(size * network.baseKva).toFixed(3)} kW above its limit of ${limit} kW`;
  return [{ size, text }];
}

/** Sums by kind: squared voltage in pu, current in A, exchange in kW. */
function totals({ network }: MarketState, violation: LeastViolation): string {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const voltage = sum(violation.voltageBelow) + sum(violation.voltageAbove);
  const baseCurrent = network.baseKva / (Math.sqrt(3) * network.baseKv);
  let current = 0;
  for (let e = 0; e < violation.currentAbove.length; e += 1) {
    if (violation.currentAbove[e] < NOTICEABLE) continue;
    const limit = Math.sqrt(network.currentLimit[e]);
    current += (Math.sqrt(violation.squaredCurrent[e]) - limit) * baseCurrent;
  }
  const grid = (violation.importAbove + violation.exportAbove) * network.baseKva;
  const parts: string[] = [];
  if (voltage > NOTICEABLE) parts.push(`${voltage.toPrecision(4)} pu of squared voltage`);
  if (current > 0) parts.push(`${current.toPrecision(4)} A of current`);
  if (grid > NOTICEABLE * network.baseKva) parts.push(`${grid.toPrecision(4)} kW of exchange`);
  return parts.join(' and ');
}
