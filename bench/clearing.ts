/**
 * Whole warm clears by mode and size, the stages of one, files in and out, and the cold start of the command:
 * `npm run bench -- [--case ieee123] [--larger 123000] [--rounds 5] [--seconds 0.5] [--name clearing]
 * [--no-write]`.
 * The case is read once; nothing else is kept between runs. The larger market has so many prosumers
 * on the bundled feeder ieee123 and is generated in memory; 0 leaves it out.
 *
 * The conic core has a benchmark of its own (`npm run bench:conic`), and so have the search
 * (`npm run bench:bnb`), growth (`npm run bench:scaling`) and other solvers (`npm run bench:peers`).
 */
import { parseArgs } from 'node:util';
import type { Case } from '../engine/case/case.js';
import { validateCase } from '../engine/case/validate.js';
import { certify } from '../engine/certify/certify.js';
import { clear } from '../engine/clearing/clear.js';
import { dispatchAtPrices } from '../engine/clearing/dispatch.js';
import { openMarketState } from '../engine/clearing/marketState.js';
import { clearNetwork, type NetworkClearing } from '../engine/clearing/networkClearing.js';
import { openNetworkMarket } from '../engine/clearing/networkMarket.js';
import { resolveOptions } from '../engine/clearing/options.js';
import { networkOutcome } from '../engine/clearing/outcome.js';
import { createConicSolver } from '../engine/conic/solver.js';
import {
  generateMarket,
  MODES,
  type Mode,
  readCase,
  readFeeder,
  resolveCase,
  resolveFeeder,
} from '../engine/index.js';
import { buildResponses } from '../engine/market/buildResponses.js';
import { buildRadialNetwork } from '../engine/network/build.js';
import { createPowerFlow } from '../engine/network/powerFlow.js';
import { WHOLE_RANGE } from '../engine/program/importModels.js';
import { MarketRelaxation } from '../engine/program/relaxation.js';
import { openWorkerPool } from '../workers/pool.js';
import { coldStarts } from './coldStart.js';
import { openFileStages } from './fileStages.js';
import {
  describeMachine,
  measure,
  printMachine,
  printTable,
  type Subject,
  writeResults,
} from './harness.js';
import { instanceHash } from './instanceHash.js';

const WORKER_THREADS = 2;

/** Of the larger market. */
const FEEDER = 'ieee123';
const SEED = 123;

/** The larger market is read by code that is warm by then. */
const LARGER_WARM_UP_RUNS = 2;

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: 'ieee123' },
    larger: { type: 'string', default: '123000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    name: { type: 'string', default: 'clearing' },
    'no-write': { type: 'boolean', default: false },
  },
});

const theCase = await readCase(resolveCase(options.case));
const larger = await largerMarket(Number(options.larger));
const machine = describeMachine();
const files = await openFileStages(theCase);
const pool = openWorkerPool({ threads: WORKER_THREADS });
const measured = await measure(
  [
    ...wholeClears(theCase),
    ...(await responseStages(theCase)),
    ...(await networkStages(theCase)),
    ...(await outcomeStages(theCase)),
    ...files.subjects,
    ...coldStarts(options.case),
    ...(larger === undefined ? [] : largerClears(larger)),
  ],
  { rounds: Number(options.rounds), seconds: Number(options.seconds) },
).finally(async () => {
  files.close();
  await pool.close();
});

console.log(`${theCase.settings.name}: ${theCase.prosumers.id.length} prosumers`);
printMachine(machine);
printTable(
  ['in milliseconds', 'median', 'p25', 'p75', 'samples'],
  measured.map(({ name, median_ms, p25_ms, p75_ms, samples }) => [
    name,
    median_ms.toFixed(3),
    p25_ms.toFixed(3),
    p75_ms.toFixed(3),
    String(samples),
  ]),
);
if (!options['no-write']) {
  writeResults(options.name, {
    case: theCase.settings.name,
    instance: instanceHash(theCase),
    ...(larger && { larger: { seed: SEED, instance: instanceHash(larger) } }),
    machine,
    measured,
  });
}

function wholeClears(cleared: Case): Subject[] {
  return [
    ...MODES.map((mode) => wholeClear(`clear, ${mode}`, cleared, mode)),
    wholeClear('clear, welfare, subsidised', cleared, 'welfare', true),
  ];
}

/** The same by size: of all modes, those with a network and strategic prosumers. */
function largerClears(cleared: Case): Subject[] {
  const count = cleared.prosumers.id.length.toLocaleString('en-US');
  return (['welfare', 'dlmp'] as const).map((mode) => ({
    ...wholeClear(`clear, ${mode}, ${count} prosumers`, cleared, mode),
    warmUpRuns: LARGER_WARM_UP_RUNS,
  }));
}

function wholeClear(name: string, cleared: Case, mode: Mode, subsidised = false): Subject {
  return { name, run: async () => objectiveOf(await clear(cleared, { mode, subsidised })) };
}

async function largerMarket(prosumers: number): Promise<Case | undefined> {
  if (prosumers === 0) return undefined;
  const feeder = await readFeeder(resolveFeeder(FEEDER));
  return validateCase(generateMarket(feeder, { prosumers, seed: SEED }));
}

function objectiveOf(result: Awaited<ReturnType<typeof clear>>): number {
  if (result.outcome === undefined) throw new Error(`not cleared: ${result.explanation}`);
  return result.objective;
}

async function responseStages(cleared: Case): Promise<Subject[]> {
  const { bids, responses } = await openMarketState(cleared, resolveOptions({}));
  const communities = responses.kappa.length;
  return [
    {
      name: 'response functions, 1 thread',
      run: () => {
        buildResponses(bids, responses, 0, communities);
        return responses.smallestImport[0];
      },
    },
    {
      name: `response functions, ${WORKER_THREADS} workers`,
      run: async () => {
        await pool.responseStage.build(bids, responses);
        return responses.smallestImport[0];
      },
    },
  ];
}

/** From the tables to the solved root relaxation of `welfare`. */
async function networkStages(cleared: Case): Promise<Subject[]> {
  const settings = resolveOptions({});
  const state = await openMarketState(cleared, settings);
  const { program, models } = openNetworkMarket(state);
  new MarketRelaxation(program, models, () => false).solve(WHOLE_RANGE);
  // The program now holds the values of the last pass: this solver repeats exactly that solve.
  const solver = createConicSolver(program.problem);
  return [
    { name: 'network build', run: () => buildRadialNetwork(cleared).junctionCount },
    { name: 'one conic solve', run: () => solver.solve().primalObjective },
    {
      name: 'search, welfare',
      run: async () => (await clearNetwork(state, settings)).search.bound,
    },
  ];
}

/** From the solved network to the certificate. */
async function outcomeStages(cleared: Case): Promise<Subject[]> {
  const settings = resolveOptions({});
  const state = await openMarketState(cleared, settings);
  const clearing = await clearNetwork(state, settings);
  const point = solvedPoint(clearing);
  const dispatch = await dispatchAtPrices(state, point.price, point.netImport);
  const outcome = networkOutcome(state, clearing, point, dispatch);
  if (outcome === undefined) throw new Error('the power flow of the outcome has no solution');
  const { network } = state;
  const active = new Float64Array(network.junctionCount);
  const reactive = new Float64Array(network.junctionCount);
  state.junction.forEach((junction, m) => {
    active[junction] += outcome.communities.importKw[m] / network.baseKva;
    reactive[junction] += outcome.communities.reactiveKvar[m] / network.baseKva;
  });
  const flow = createPowerFlow(network);
  return [
    {
      name: 'power flow',
      run: () => {
        flow.solve(active, reactive);
        return flow.rootActive;
      },
    },
    {
      name: 'dispatch',
      run: async () => (await dispatchAtPrices(state, point.price, point.netImport)).cost[0],
    },
    { name: 'certificate', run: () => certify(cleared, 'welfare', outcome).gap },
  ];
}

function solvedPoint({ point, reason }: NetworkClearing) {
  if (point === undefined) throw new Error(`no outcome: ${reason}`);
  return point;
}
