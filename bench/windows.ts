/**
 * Response functions in windows of prices: `npm run bench:windows -- [--rounds 5] [--seconds 0.5]
 * [--no-write]`.
 *
 * First from which size of a community on windows are faster than sorting all its bids: `ieee123` with
 * communities of 500 to 8,000 prosumers, from the bids to the end of the search, in `dlmp`. Then one reading of
 * all bids of 1,230,000 prosumers, in this thread and in two workers.
 */
import { parseArgs } from 'node:util';
import type { Case } from '../engine/case/case.js';
import { validateCase } from '../engine/case/validate.js';
import {
  bidsOf,
  kappaFor,
  type MarketState,
  openMarketState,
} from '../engine/clearing/marketState.js';
import { clearNetwork } from '../engine/clearing/networkClearing.js';
import { type ResolvedOptions, resolveOptions } from '../engine/clearing/options.js';
import { IN_THIS_THREAD } from '../engine/clearing/responseStage.js';
import { LARGE_COMMUNITY, WindowSearch } from '../engine/clearing/windowSearch.js';
import { generateMarket, readFeeder, resolveFeeder } from '../engine/index.js';
import type { BidReader } from '../engine/market/windowedResponses.js';
import { openWorkerPool } from '../workers/pool.js';
import {
  describeMachine,
  type Measurement,
  measure,
  printMachine,
  printTable,
  writeResults,
} from './harness.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    'no-write': { type: 'boolean', default: false },
  },
});

const PROSUMERS_A_COMMUNITY = [500, 1_000, 2_000, 4_000, 8_000];
const READ_PROSUMERS = 1_230_000;
const THREADS = 2;
/** Half the width of the windows that are read, $/kWh, around a price of the usual market. */
const HALF_WIDTH = 1e-3;
const PRICE = 0.203;

const measuring = { rounds: Number(options.rounds), seconds: Number(options.seconds) };
const feeder = await readFeeder(resolveFeeder('ieee123'), () => {});
const machine = describeMachine();
printMachine(machine);
const crossover = await measureCrossover();
const reading = await measureReading();
if (!options['no-write']) writeResults('windows', { machine, crossover, reading });

async function measureCrossover() {
  const rows = [];
  for (const perCommunity of PROSUMERS_A_COMMUNITY) {
    const theCase = validateCase(generateMarket(feeder, { perCommunity }));
    const [whole, windows] = await measure(
      [
        { name: 'whole', run: () => clearWhole(theCase) },
        { name: 'windows', run: () => clearInWindows(theCase) },
      ],
      measuring,
    );
    const [whole_ms, windows_ms] = [medianOf(whole), medianOf(windows)];
    rows.push({ perCommunity, whole_ms, windows_ms, whole_over_windows: whole_ms / windows_ms });
  }
  console.log(`from bids to the end of the search; windows are used above ${LARGE_COMMUNITY}`);
  printTable(
    ['prosumers a community', 'whole, ms', 'in windows, ms', 'whole over windows'],
    rows.map((row) => [
      String(row.perCommunity),
      row.whole_ms.toFixed(1),
      row.windows_ms.toFixed(1),
      row.whole_over_windows.toFixed(2),
    ]),
  );
  return rows;
}

async function measureReading() {
  const theCase = validateCase(generateMarket(feeder, { prosumers: READ_PROSUMERS }));
  const pool = openWorkerPool({ threads: THREADS });
  try {
    const [one, more] = await measure(
      [
        { name: 'one thread', run: () => readAll(theCase, IN_THIS_THREAD.read) },
        { name: `${THREADS} workers`, run: () => readAll(theCase, pool.responseStage.read) },
      ],
      measuring,
    );
    const [one_ms, workers_ms] = [medianOf(one), medianOf(more)];
    console.log(
      `\none reading of ${READ_PROSUMERS} bids: ${one_ms.toFixed(1)} ms in one thread, ` +
        `${workers_ms.toFixed(1)} ms in ${THREADS} workers, ${(one_ms / workers_ms).toFixed(2)} times as fast`,
    );
    return { prosumers: READ_PROSUMERS, threads: THREADS, one_ms, workers_ms };
  } finally {
    await pool.close();
  }
}

async function clearWhole(theCase: Case): Promise<number> {
  const resolved = resolveOptions({ mode: 'dlmp' });
  return boundOf(await openMarketState(theCase, resolved), resolved);
}

async function clearInWindows(theCase: Case): Promise<number> {
  const resolved = resolveOptions({ mode: 'dlmp' });
  const search = new WindowSearch(theCase, resolved);
  const state = await search.open(
    async (sample) => (await clearNetwork(sample, resolved)).point?.price,
  );
  if (state === undefined) throw new Error('the sample has no prices');
  return boundOf(state, resolved);
}

async function boundOf(state: MarketState, resolved: ResolvedOptions): Promise<number> {
  return (await clearNetwork(state, resolved)).search.bound;
}

async function readAll(theCase: Case, read: BidReader): Promise<number> {
  const price = new Float64Array(theCase.communities.id.length).fill(PRICE);
  const windows = {
    low: price.map((value) => value - HALF_WIDTH),
    high: price.map((value) => value + HALF_WIDTH),
  };
  return (await read(bidsOf(theCase), kappaFor('dlmp', theCase), windows)).sums[0];
}

function medianOf(measured: Measurement | undefined): number {
  return measured?.median_ms ?? Number.NaN;
}
