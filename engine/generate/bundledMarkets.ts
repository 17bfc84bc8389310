/** The bundled markets made again from their recipes: what `datasets/NAME` must hold. */
import type { CaseTables } from '../case/case.js';
import { generatePopulation } from './market.js';
import type { BundledMarket } from './situations.js';

/** @param feeder tables of `datasets/feeders/${market.feeder}` */
export function buildBundledMarket(feeder: CaseTables, market: BundledMarket): CaseTables {
  const tables = generatePopulation(feeder, market.recipe, market.situation);
  const { settings, buses } = tables;
  const named = { ...tables, settings: { ...settings, name: market.name } };
  if (market.limits === undefined) return named;
  const [low, high] = market.limits;
  return {
    ...named,
    buses: {
      ...buses,
      vMinPu: new Float64Array(buses.id.length).fill(low),
      vMaxPu: new Float64Array(buses.id.length).fill(high),
    },
  };
}
