/**
 * What the study is held to: ratios of measurements of one run, none of them in seconds. A time counts only
 * where its clear was certified.
 */
import type { Mode } from '../../engine/index.js';
import { LARGE_POPULATION, LARGEST_POPULATION, SMALL_POPULATION } from './plan.js';
import type { PointRecord } from './point.js';

const LARGE_OVER_SMALL = 40;
const SUM_PASSES = { dlmp: 12, welfare: 20 } as const;
const TWO_WORKERS_OVER_ONE = 1.7;
const BYTES_PER_PROSUMER = 120;
const BID_BYTES_PER_PROSUMER = 50;

const MODES = ['dlmp', 'welfare'] as const satisfies readonly Mode[];

export interface Bar {
  readonly name: string;
  readonly sense: 'at most' | 'at least';
  readonly bar: number;
  /** null where a study left out what it needs, and where a clear was not certified. */
  readonly measured: number | null;
  readonly verdict: 'met' | 'missed' | 'not measured';
}

/** All bars, whether measured or not. */
export function judge(records: readonly PointRecord[]): Bar[] {
  return [
    ...MODES.map((mode) => growthBar(records, mode)),
    ...MODES.flatMap((mode) => passBars(records, mode)),
    ...MODES.map((mode) => workerBar(records, mode)),
    ...memoryBars(records),
    certifiedBar(records),
  ];
}

function growthBar(records: readonly PointRecord[], mode: Mode): Bar {
  const timeOf = (prosumers: number) =>
    ofCertified(
      records.find((record) => isPopulation(record, prosumers, mode)),
      ({ clear }) => clear.median_ms,
    );
  return bar(
    `${mode}: time with ${count(LARGE_POPULATION)} prosumers over ${count(SMALL_POPULATION)}`,
    'at most',
    LARGE_OVER_SMALL,
    quotient(timeOf(LARGE_POPULATION), timeOf(SMALL_POPULATION)),
  );
}

/** With one thread, and with as many as were measured. */
function passBars(records: readonly PointRecord[], mode: (typeof MODES)[number]): Bar[] {
  const name = `${mode}: ${count(LARGEST_POPULATION)} prosumers in passes over the bids`;
  const single = records.find((record) => isPopulation(record, LARGEST_POPULATION, mode));
  const most = workerRecords(records, LARGEST_POPULATION, mode)
    .filter(({ threads }) => threads > 1)
    .at(-1);
  const bars = [
    bar(`${name}, 1 thread`, 'at most', SUM_PASSES[mode], ofCertified(single, sumPasses)),
  ];
  if (most === undefined) return bars;
  const threaded = `${name}, ${most.threads} threads`;
  return [...bars, bar(threaded, 'at most', SUM_PASSES[mode], ofCertified(most, sumPasses))];
}

function workerBar(records: readonly PointRecord[], mode: Mode): Bar {
  const withTwo = workerRecords(records, LARGE_POPULATION, mode).find(
    ({ threads }) => threads === 2,
  );
  return bar(
    `${mode}: response stage of one thread over two, ${count(LARGE_POPULATION)} prosumers`,
    'at least',
    TWO_WORKERS_OVER_ONE,
    ofCertified(withTwo, (record) => threadGain(record)?.responseStage ?? Number.NaN),
  );
}

/** The worst of all modes and numbers of threads; with fewer prosumers it is the code that takes memory. */
function memoryBars(records: readonly PointRecord[]): Bar[] {
  const found = records.filter(({ prosumers }) => prosumers === LARGEST_POPULATION);
  const worst = (of: (record: PointRecord) => number) =>
    found.length === 0 ? undefined : Math.max(...found.map(of));
  const name = `bytes a prosumer, ${count(LARGEST_POPULATION)} prosumers`;
  return [
    bar(`${name}: whole clear`, 'at most', BYTES_PER_PROSUMER, worst(bytesPerProsumer)),
    bar(`${name}: bids`, 'at most', BID_BYTES_PER_PROSUMER, worst(bidBytesPerProsumer)),
  ];
}

function certifiedBar(records: readonly PointRecord[]): Bar {
  const optimal = records.filter(({ status }) => status === 'optimal').length;
  const share = records.length === 0 ? undefined : optimal / records.length;
  return bar('share of points that are optimal', 'at least', 1, share);
}

/** Times of a whole clear over the time of one pass that adds up the bids. */
export function sumPasses({ clear, sumPass }: PointRecord): number {
  return clear.median_ms / sumPass.median_ms;
}

/** Times of a whole clear over the time of answering one price each; null where there was none. */
export function answerPasses({ clear, answerPass }: PointRecord): number | null {
  return answerPass === null ? null : clear.median_ms / answerPass.median_ms;
}

/** Peak resident set of one clear above the empty process. */
export function bytesPerProsumer({ memory, prosumers }: PointRecord): number {
  return ((memory.peak_mb - memory.empty_mb) * 1024 ** 2) / prosumers;
}

export function bidBytesPerProsumer({ memory, prosumers }: PointRecord): number {
  return memory.bid_bytes / prosumers;
}

/** How many times faster several threads are than one. */
export interface ThreadGain {
  readonly clear: number;
  readonly responseStage: number;
  /** Of a pass that adds up the bids: what the machine has to give. */
  readonly sumPass: number;
}

/** null with one thread. */
export function threadGain(record: PointRecord): ThreadGain | null {
  const { clear, responseStage, sumPass, comparison } = record;
  if (comparison === null) return null;
  return {
    clear: comparison.clear.median_ms / clear.median_ms,
    responseStage: comparison.responseStage.median_ms / responseStage.median_ms,
    sumPass: sumPass.median_ms / comparison.threadedSumPass.median_ms,
  };
}

/**
 * What each prosumer adds to the peak of one clear from the first record to the second: unlike a mean it
 * holds nothing of what the code takes.
 */
export function bytesPerFurtherProsumer(small: PointRecord, large: PointRecord): number {
  const bytes = (large.memory.peak_mb - small.memory.peak_mb) * 1024 ** 2;
  return bytes / (large.prosumers - small.prosumers);
}

/**
 * The exponent k of time ~ size^k that fits best: the slope of log time over log size by least squares.
 * NaN with fewer than two sizes.
 */
export function growthExponent(points: readonly (readonly [size: number, time: number])[]): number {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)] as const);
  const meanSize = logs.reduce((sum, [size]) => sum + size, 0) / logs.length;
  const meanTime = logs.reduce((sum, [, time]) => sum + time, 0) / logs.length;
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanSize) * (y - meanTime), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanSize) ** 2, 0);
}

function isPopulation(record: PointRecord, prosumers: number, mode: Mode): boolean {
  return record.part === 'population' && record.prosumers === prosumers && record.mode === mode;
}

/** In ascending number of threads. */
function workerRecords(
  records: readonly PointRecord[],
  prosumers: number,
  mode: Mode,
): PointRecord[] {
  return records
    .filter((found) => found.part === 'workers' && found.prosumers === prosumers)
    .filter((found) => found.mode === mode)
    .sort((a, b) => a.threads - b.threads);
}

/** NaN, which meets no bar, where the clear was not certified; undefined where there was none. */
function ofCertified(
  record: PointRecord | undefined,
  figure: (record: PointRecord) => number,
): number | undefined {
  if (record === undefined) return undefined;
  return record.status === 'optimal' || record.status === 'feasible' ? figure(record) : Number.NaN;
}

function quotient(above: number | undefined, below: number | undefined): number | undefined {
  return above === undefined || below === undefined ? undefined : above / below;
}

/** @param measured NaN where what was measured does not count, undefined where nothing was */
export function bar(
  name: string,
  sense: Bar['sense'],
  limit: number,
  measured: number | undefined,
): Bar {
  if (measured === undefined) {
    return { name, sense, bar: limit, measured: null, verdict: 'not measured' };
  }
  const isMet = sense === 'at most' ? measured <= limit : measured >= limit;
  return {
    name,
    sense,
    bar: limit,
    measured: Number.isNaN(measured) ? null : measured,
    verdict: isMet ? 'met' : 'missed',
  };
}

/** What was asked, such as `at most 0.333`. */
export function askedOf({ bar: limit, sense }: Bar): string {
  return `${sense} ${Number(limit.toFixed(3))}`;
}

/** What was found, in as many digits as tell it from what was asked; empty where nothing was. */
export function measuredOf({ bar: limit, measured }: Bar): string {
  return measured?.toFixed(limit < 1 ? 3 : 2) ?? '';
}

function count(prosumers: number): string {
  return prosumers.toLocaleString('en');
}
