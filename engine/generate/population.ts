/**
 * Draws a population: who owns what, how large, at what cost. Nothing here depends on the hour.
 *
 * Every community ends with some reserve units (emergency generators). Where their drawn capacities
 * Σ R are too small they are all scaled up to
 *
 *     Σ R = margin · F Σ d − Σ battery and generator capacities − F Σ capacities of sheddable loads  (1)
 *
 * F the recipe's covered demand factor, sums over the community. What a community can supply without
 * sun grows with the demand factor slower than its demand, so (1) gives Σ p_max ≥ Σ D for every
 * demand factor up to F; p_min is 0 or a battery's charging, so Σ D ≥ Σ p_min. Hence every community
 * can balance itself in every situation.
 *
 * One pass a community draws relative sizes, a second scales them to the community: no object a
 * prosumer, one column a figure.
 */
import { type RandomSource, seededRandom } from '../base/random.js';
import type { CaseTables } from '../case/case.js';
import { type CommunityPlan, planCommunities } from './communities.js';
import { type OutputRecipe, type PopulationRecipe, type Range, RESERVE_MARGIN } from './recipe.js';

/** Classes as small integers, for a column of bytes. */
export const ProsumerClass = {
  household: 0,
  solar: 1,
  battery: 2,
  flexible: 3,
  generator: 4,
  reserve: 5,
} as const;

export interface Population extends CommunityPlan {
  /** a_m, kW per $/kWh. */
  readonly priceSensitivity: Float64Array;
  /** One of {@link ProsumerClass} each. */
  readonly kind: Uint8Array;
  /** Reference demand d, kW. */
  readonly demandKw: Float64Array;
  /** Capacity of the flexible output at reference demand and full sun, kW. */
  readonly capacityKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
}

/** The same recipe and feeder give the same bits. */
export function drawPopulation(feeder: CaseTables, recipe: PopulationRecipe): Population {
  const plan = planCommunities(feeder, recipe);
  const random = seededRandom(recipe.seed);
  const population: Population = {
    ...plan,
    priceSensitivity: new Float64Array(plan.bus.length),
    kind: new Uint8Array(recipe.prosumers),
    demandKw: new Float64Array(recipe.prosumers),
    capacityKw: new Float64Array(recipe.prosumers),
    costQuadratic: new Float64Array(recipe.prosumers),
    costLinear: new Float64Array(recipe.prosumers),
  };
  for (let community = 0; community < plan.bus.length; community += 1) {
    const start = plan.start[community];
    const end = plan.start[community + 1];
    population.priceSensitivity[community] = recipe.priceSensitivity / draw(random, recipe.depth);
    drawClasses(population.kind, start, end, recipe, random);
    drawOutputs(population, start, end, recipe, random);
    scaleToSize(population, start, end, plan.sizeKw[community]);
    sizeReserves(population, start, end, recipe.coveredDemandFactor);
    costsFromRises(population, start, end);
  }
  return population;
}

function drawClasses(
  kind: Uint8Array,
  start: number,
  end: number,
  recipe: PopulationRecipe,
  random: RandomSource,
): void {
  const rich = random.next() < recipe.solarRichShare;
  const owners = draw(random, rich ? recipe.solarOwnersRich : recipe.solarOwnersPoor);
  const batteries = owners + (1 - owners) * recipe.batteryShare;
  const flexible = batteries + (1 - owners) * recipe.flexibleShare;
  const generators = flexible + (1 - owners) * recipe.generatorShare;
  const reserves = Math.max(1, Math.round(recipe.reserveShare * (end - start)));
  kind.fill(ProsumerClass.reserve, end - reserves, end);
  for (let prosumer = start; prosumer < end - reserves; prosumer += 1) {
    const chance = random.next();
    if (chance < owners) kind[prosumer] = ProsumerClass.solar;
    else if (chance < batteries) kind[prosumer] = ProsumerClass.battery;
    else if (chance < flexible) kind[prosumer] = ProsumerClass.flexible;
    else if (chance < generators) kind[prosumer] = ProsumerClass.generator;
    else kind[prosumer] = ProsumerClass.household;
  }
}

/** Demands and capacities still relative; costQuadratic holds the rise of marginal cost for now. */
function drawOutputs(
  population: Population,
  start: number,
  end: number,
  recipe: PopulationRecipe,
  random: RandomSource,
): void {
  const { kind, demandKw, capacityKw, costQuadratic, costLinear } = population;
  const [small, large] = recipe.spread;
  for (let prosumer = start; prosumer < end; prosumer += 1) {
    const output = outputRecipe(recipe, kind[prosumer]);
    const demand = small + (large - small) * random.next() ** 2;
    demandKw[prosumer] = demand;
    capacityKw[prosumer] = demand * draw(random, output.capacity);
    costLinear[prosumer] = draw(random, output.costLinear);
    costQuadratic[prosumer] = draw(random, output.rise);
  }
}

function scaleToSize(
  { demandKw, capacityKw }: Population,
  start: number,
  end: number,
  sizeKw: number,
): void {
  let sum = 0;
  for (let prosumer = start; prosumer < end; prosumer += 1) sum += demandKw[prosumer];
  const scale = sizeKw / sum;
  for (let prosumer = start; prosumer < end; prosumer += 1) {
    demandKw[prosumer] *= scale;
    capacityKw[prosumer] *= scale;
  }
}

/** Equation (1). */
function sizeReserves(
  { kind, demandKw, capacityKw }: Population,
  start: number,
  end: number,
  coveredDemandFactor: number,
): void {
  let needed = 0;
  let drawn = 0;
  for (let prosumer = start; prosumer < end; prosumer += 1) {
    needed += RESERVE_MARGIN * coveredDemandFactor * demandKw[prosumer];
    const what = kind[prosumer];
    if (what === ProsumerClass.reserve) drawn += capacityKw[prosumer];
    else if (what === ProsumerClass.battery || what === ProsumerClass.generator) {
      needed -= capacityKw[prosumer];
    } else if (what === ProsumerClass.flexible || what === ProsumerClass.household) {
      needed -= coveredDemandFactor * capacityKw[prosumer];
    }
  }
  if (needed <= drawn) return;
  for (let prosumer = start; prosumer < end; prosumer += 1) {
    if (kind[prosumer] === ProsumerClass.reserve) capacityKw[prosumer] *= needed / drawn;
  }
}

function costsFromRises(
  { capacityKw, costQuadratic }: Population,
  start: number,
  end: number,
): void {
  for (let prosumer = start; prosumer < end; prosumer += 1) {
    costQuadratic[prosumer] /= capacityKw[prosumer];
  }
}

function outputRecipe(recipe: PopulationRecipe, kind: number): OutputRecipe {
  switch (kind) {
    case ProsumerClass.solar:
      return recipe.solar;
    case ProsumerClass.battery:
      return recipe.battery;
    case ProsumerClass.flexible:
      return recipe.flexible;
    case ProsumerClass.generator:
      return recipe.generator;
    case ProsumerClass.reserve:
      return recipe.reserve;
    default:
      return recipe.household;
  }
}

function draw(random: RandomSource, [low, high]: Range): number {
  return random.between(low, high);
}
