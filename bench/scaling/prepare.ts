/**
 * Generates one market and writes it as Arrow files: `node prepare.js JSON` with a {@link PreparationTask}.
 * A process of its own, so that what the generator needs does not count as memory of the clearing.
 */
import type { CaseTables } from '../../engine/case/case.js';
import { generateMarket, readFeeder, resolveFeeder, writeCase } from '../../engine/index.js';
import { radialCase } from '../radialCase.js';
import type { Market, Preparation } from './point.js';

export interface PreparationTask {
  readonly market: Market;
  /** Where the case is written. */
  readonly folder: string;
}

const SEED = 123;

/** Networks of more buses consist of several feeders. */
const BUSES_PER_FEEDER = 1_000;

const task: PreparationTask = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(await prepare(task)));

async function prepare({ market, folder }: PreparationTask): Promise<Preparation> {
  const started = performance.now();
  const tables = await generate(market);
  const generated = performance.now();
  await writeCase(tables, folder, 'arrow');
  return {
    network: market.network,
    buses: tables.buses.id.length,
    communities: tables.communities.id.length,
    prosumers: tables.prosumers.id.length,
    generate_ms: generated - started,
    write_case_ms: performance.now() - generated,
  };
}

async function generate(market: Market): Promise<CaseTables> {
  if ('buses' in market) return radialCase(market.buses, BUSES_PER_FEEDER, SEED);
  const feeder = await readFeeder(resolveFeeder(market.network));
  return generateMarket(feeder, { prosumers: market.prosumers, seed: SEED });
}
