/**
 * Branch and bound: how many nodes a proof to 1e-6 takes. `npm run bench:bnb -- [--seeds 2]
 * [--node-limit 1000] [--no-write]`.
 *
 * Two families: `ieee123` with 100, 20, 5, 3 and 2 prosumers a community in deep and shallow markets (κ large)
 * at three hours of the day, and stars of 2 to 12 laterals whose limits all bind, at the root and behind a
 * trunk. Each with the operator's bill covered and subsidised.
 */
import { parseArgs } from 'node:util';
import type { Case } from '../engine/case/case.js';
import { validateCase } from '../engine/case/validate.js';
import { openMarketState } from '../engine/clearing/marketState.js';
import { openNetworkMarket } from '../engine/clearing/networkMarket.js';
import { resolveOptions } from '../engine/clearing/options.js';
import { envelopeGaps } from '../engine/clearing/splitting.js';
import { clear, generateMarket, readFeeder, resolveFeeder } from '../engine/index.js';
import { WHOLE_RANGE } from '../engine/program/importModels.js';
import { MarketRelaxation } from '../engine/program/relaxation.js';
import { type StarShape, starMarket } from '../test/fixtures/starMarket.js';
import { describeMachine, printMachine, printTable, writeResults } from './harness.js';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2' },
    'node-limit': { type: 'string', default: '1000' },
    'no-write': { type: 'boolean', default: false },
  },
});

const SITUATIONS = ['day', 'evening', 'noon'] as const;
const PROSUMERS = [100, 20, 5, 3, 2];
/** kW per $/kWh: from deep to shallow. */
const PRICE_SENSITIVITIES = [1, 0.1, 0.01];
const LATERALS = [2, 3, 4, 6, 8, 10, 12];
const HUBS = ['root', 'behind a trunk'] as const;

/** A gap below this is rounding, $/h. */
const LEAST_GAP = 1e-9;

export interface Row {
  readonly family: string;
  readonly market: string;
  readonly status: string;
  readonly nodes: number;
  readonly gap: number;
  /** Between the root relaxation and the outcome, relative to max(1, |cost|); subsidised, as are those below. */
  readonly root_gap: number;
  /** Communities whose cost lies above their envelope at the root's solution. */
  readonly off_envelope: number;
  readonly total_ms: number;
}

const rows: Row[] = [];
const machine = describeMachine();
printMachine(machine);
const seeds = Array.from({ length: Number(options.seeds) }, (_, k) => k + 1);
for (const subsidised of [true, false]) {
  await feederFamily(subsidised);
  await starFamily(subsidised);
}
printTable(
  ['market', 'status', 'nodes', 'gap', 'root gap', 'off', 'ms'],
  rows.map((row) => [
    `${row.family}, ${row.market}`,
    row.status,
    String(row.nodes),
    row.gap.toExponential(1),
    row.root_gap.toExponential(1),
    String(row.off_envelope),
    row.total_ms.toFixed(0),
  ]),
);
const largest = rows.reduce((most, row) => (row.nodes > most.nodes ? row : most));
const unproven = rows.filter((row) => row.status !== 'optimal' && row.status !== 'infeasible');
console.log(`\nmost nodes: ${largest.nodes} (${largest.family}, ${largest.market})`);
console.log(`not proven: ${unproven.length} of ${rows.length}`);
if (!options['no-write']) writeResults('bnb', { machine, rows });

async function feederFamily(subsidised: boolean): Promise<void> {
  const feeder = await readFeeder(resolveFeeder('ieee123'), () => {});
  for (const situation of SITUATIONS) {
    for (const perCommunity of PROSUMERS) {
      for (const priceSensitivity of PRICE_SENSITIVITIES) {
        for (const seed of seeds) {
          const market = { perCommunity, priceSensitivity, situation, seed };
          const theCase = validateCase(generateMarket(feeder, market));
          const name = `${situation}, ${perCommunity} a community, depth ${priceSensitivity}, seed ${seed}`;
          await addRow('ieee123', name, theCase, subsidised);
        }
      }
    }
  }
}

async function starFamily(subsidised: boolean): Promise<void> {
  for (const hub of HUBS) {
    for (const communities of [2, 4]) {
      for (const laterals of LATERALS) {
        for (const seed of seeds) {
          const shape: StarShape = { laterals, communities, hub };
          const name = `${laterals} laterals of ${communities}, hub ${hub}, seed ${seed}`;
          await addRow('star', name, starMarket(seed, shape), subsidised);
        }
      }
    }
  }
}

async function addRow(
  family: string,
  name: string,
  theCase: Case,
  subsidised: boolean,
): Promise<void> {
  const started = performance.now();
  const result = await clear(theCase, { nodeLimit: Number(options['node-limit']), subsidised });
  const elapsed = performance.now() - started;
  const hasOutcome = result.outcome !== undefined;
  const root = await rootRelaxation(theCase);
  const cost = hasOutcome ? result.cost : Number.NaN;
  rows.push({
    family,
    market: `${name}${subsidised ? ', subsidised' : ''}`,
    status: result.status,
    nodes: result.nodes,
    gap: hasOutcome ? result.gap : Number.NaN,
    root_gap: (cost - root.bound) / Math.max(1, Math.abs(cost)),
    off_envelope: root.offEnvelope,
    total_ms: elapsed,
  });
  process.stderr.write(`${rows.length} ${name}: ${result.status}, ${result.nodes} nodes\n`);
}

async function rootRelaxation(theCase: Case) {
  const state = await openMarketState(theCase, resolveOptions({ subsidised: true }));
  const { program, models } = openNetworkMarket(state);
  const outcome = new MarketRelaxation(program, models, () => false).solve(WHOLE_RANGE);
  if (outcome.status !== 'solved') return { bound: Number.NaN, offEnvelope: 0 };
  const gaps = envelopeGaps(models, outcome.point.netImport);
  return { bound: outcome.point.bound, offEnvelope: gaps.filter((gap) => gap > LEAST_GAP).length };
}
