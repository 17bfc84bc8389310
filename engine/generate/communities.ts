/**
 * Where the communities are and how large: one a bus, scaled to the feeder's spot loads.
 *
 *     size_m = (1 − f) spot_m   at a bus with a spot load,   f Σ spot / k   at one of the k without
 *
 * with f the floor share (0 when there is no bus without), so that sizes add up to the spot loads of
 * the chosen buses.
 */
import { UsageError } from '../base/errors.js';
import type { CaseTables } from '../case/case.js';
import type { PopulationRecipe } from './recipe.js';

export interface CommunityPlan {
  /** Row of each community's bus. */
  readonly bus: Int32Array;
  /** Reference demand of the community, kW. */
  readonly sizeKw: Float64Array;
  /** Reactive demand over active demand: that of the bus's own load, or of the feeder's where it has none. */
  readonly kvarPerKw: Float64Array;
  /** Prosumers of community m are rows start[m] to start[m + 1] − 1. */
  readonly start: Int32Array;
}

/** @throws UsageError when the feeder has no such buses, no load, or fewer prosumers than communities */
export function planCommunities(feeder: CaseTables, recipe: PopulationRecipe): CommunityPlan {
  const bus = communityBuses(feeder, recipe.communityBuses);
  const { prosumers } = recipe;
  if (!Number.isSafeInteger(prosumers) || prosumers < bus.length) {
    throw new UsageError(
      `${prosumers} prosumers cannot fill ${bus.length} communities: give a whole number of at least one each`,
    );
  }
  const start = new Int32Array(bus.length + 1);
  const least = Math.floor(prosumers / bus.length);
  const leftOver = prosumers % bus.length;
  for (let community = 0; community < bus.length; community += 1) {
    start[community + 1] = start[community] + least + (community < leftOver ? 1 : 0);
  }
  return {
    bus,
    sizeKw: communitySizes(feeder, bus, recipe.floorShare),
    kvarPerKw: reactiveShares(feeder, bus),
    start,
  };
}

function communityBuses(feeder: CaseTables, chosen: readonly string[]): Int32Array {
  const rowOf = new Map(feeder.buses.id.map((bus, row) => [bus, row]));
  const rows = Int32Array.from(chosen, (bus) => {
    const row = rowOf.get(bus);
    if (row === undefined) throw new UsageError(`the feeder has no bus "${bus}" for a community`);
    return row;
  });
  if (new Set(rows).size < rows.length) {
    throw new UsageError('a bus was chosen for two communities: a generated market has one a bus');
  }
  return rows;
}

function communitySizes(feeder: CaseTables, bus: Int32Array, floorShare: number): Float64Array {
  const spot = Float64Array.from(bus, (row) => Math.max(0, feeder.buses.loadKw[row]));
  const total = spot.reduce((sum, kw) => sum + kw, 0);
  if (total === 0) throw new UsageError('the feeder has no load to scale communities to');
  const without = spot.reduce((count, kw) => count + (kw === 0 ? 1 : 0), 0);
  if (without === 0) return spot;
  return spot.map((kw) => (kw === 0 ? (floorShare * total) / without : (1 - floorShare) * kw));
}

function reactiveShares(feeder: CaseTables, bus: Int32Array): Float64Array {
  const { loadKw, loadKvar } = feeder.buses;
  const sum = (total: number, value: number) => total + value;
  const average = loadKvar.reduce(sum, 0) / loadKw.reduce(sum, 0);
  return Float64Array.from(bus, (row) => (loadKw[row] > 0 ? loadKvar[row] / loadKw[row] : average));
}
