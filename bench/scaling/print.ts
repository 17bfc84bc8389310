/** The study as tables of text. */
import { printTable } from '../harness.js';
import {
  answerPasses,
  askedOf,
  type Bar,
  bytesPerFurtherProsumer,
  bytesPerProsumer,
  growthExponent,
  measuredOf,
  sumPasses,
  threadGain,
} from './bars.js';
import { PARTS, type PointRecord } from './point.js';
import { describePoint, type FailedPoint } from './runStudy.js';

/** With fewer prosumers it is the code that takes the memory. */
const COUNTABLE = 100_000;

export function printRecords(records: readonly PointRecord[]): void {
  for (const part of PARTS) {
    const found = records.filter((record) => record.part === part);
    if (found.length === 0) continue;
    console.log(`${part}\n`);
    printTable(
      [
        ...['', 'prosumers', 'threads', 'status', 'gap', 'median ms', 'p25', 'p75', 'n'],
        ...['bid sums', 'answers', 'peak MB', 'B/prosumer'],
      ],
      found.map(pointCells),
    );
    console.log();
    printStages(found);
    console.log();
  }
}

function pointCells(record: PointRecord): string[] {
  const { clear, gap, memory } = record;
  return [
    nameOf(record),
    record.prosumers.toLocaleString('en'),
    String(record.threads),
    record.status,
    gap === null ? '' : gap.toExponential(1),
    ...[clear.median_ms, clear.p25_ms, clear.p75_ms].map((time) => time.toFixed(1)),
    String(clear.samples),
    sumPasses(record).toFixed(1),
    answerPasses(record)?.toFixed(1) ?? '',
    memory.peak_mb.toFixed(0),
    record.prosumers < COUNTABLE ? '' : bytesPerProsumer(record).toFixed(0),
  ];
}

/** Shares of the stages in a whole clear, and what surrounds it, ms. */
function printStages(records: readonly PointRecord[]): void {
  const names = [...new Set(records.flatMap(({ stages }) => stages.map(({ name }) => name)))];
  printTable(
    ['', 'prosumers', 'threads', ...names, '(stage)', 'generate', 'write', 'read', 'write result'],
    records.map((record) => [
      nameOf(record),
      record.prosumers.toLocaleString('en'),
      String(record.threads),
      ...names.map((name) => {
        const stage = record.stages.find((found) => found.name === name);
        return stage === undefined ? '' : percent(stage.median_ms / record.clear.median_ms);
      }),
      percent(record.responseStage.median_ms / record.clear.median_ms),
      ...[record.generate_ms, record.write_case_ms, record.read_case_ms].map(milliseconds),
      record.write_result_ms === null ? '' : milliseconds(record.write_result_ms),
    ]),
  );
}

export function printGrowth(records: readonly PointRecord[]): void {
  const rows = growthRows(records);
  if (rows.length === 0) return;
  printTable(GROWTH_HEADER, rows);
  console.log();
}

export const GROWTH_HEADER = ['growth', 'exponent of time', 'bytes of a further prosumer'];

/** Cells of a series each, where it has enough points. */
export function growthRows(records: readonly PointRecord[]): string[][] {
  const series = new Map<string, PointRecord[]>();
  for (const record of records) {
    const { part, network, mode } = record;
    if (part === 'workers') continue;
    const name = `${mode}, ${network}, over ${part === 'population' ? 'prosumers' : 'buses'}`;
    series.set(name, [...(series.get(name) ?? []), record]);
  }
  return [...series].filter(([, points]) => points.length > 2).map(growthCells);
}

/** Against one thread: whole clears, the response stage, and the floor of reading. */
export function printThreadGains(records: readonly PointRecord[]): void {
  const rows = records.flatMap((record) => {
    const gain = threadGain(record);
    if (gain === null) return [];
    return [
      [
        nameOf(record),
        record.prosumers.toLocaleString('en'),
        String(record.threads),
        ...[gain.clear, gain.responseStage, gain.sumPass].map((times) => times.toFixed(2)),
        record.load_average.toFixed(1),
      ],
    ];
  });
  if (rows.length === 0) return;
  printTable(
    ['gain of threads', 'prosumers', 'threads', 'clear', 'response stage', 'adding up', 'load'],
    rows,
  );
  console.log();
}

function growthCells([name, records]: readonly [string, readonly PointRecord[]]): string[] {
  const points = records.map(
    ({ part, prosumers, buses, clear }) =>
      [part === 'population' ? prosumers : buses, clear.median_ms] as const,
  );
  const [first] = records;
  const last = records.at(-1);
  const isLarge = first?.part === 'population' && last !== undefined && last.prosumers >= COUNTABLE;
  const bytes = isLarge ? bytesPerFurtherProsumer(first, last).toFixed(0) : '';
  return [name, growthExponent(points).toFixed(2), bytes];
}

export function printBars(bars: readonly Bar[]): void {
  printTable(
    ['what it is held to', 'measured', 'bar', ''],
    bars.map((bar) => [bar.name, measuredOf(bar), askedOf(bar), bar.verdict]),
  );
}

export function printFailures(failed: readonly FailedPoint[]): void {
  for (const { point, reason } of failed) console.log(`failed: ${describePoint(point)}: ${reason}`);
}

export function nameOf({ network, buses, mode }: PointRecord): string {
  return `${network}, ${buses.toLocaleString('en')} buses, ${mode}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function milliseconds(time: number): string {
  return time.toFixed(0);
}
