/**
 * The two routes side by side on the bundled cases: `node dist/bench/solvers.js [--case ieee123] [--runs 3]
 * [--name solvers] [--no-write]`. Objectives and bounds must agree to the gap; times are medians of interleaved
 * runs of a whole warm clear, and of the bound alone as `verify --bound` proves it.
 */
import { parseArgs } from 'node:util';
import type { Case } from '../engine/case/case.js';
import {
  type ClearingResult,
  clear,
  independentBound,
  listBundledCases,
  readCase,
  resolveCase,
} from '../engine/index.js';
import { describeMachine, printMachine, printTable, quantile, writeResults } from './harness.js';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string' },
    runs: { type: 'string', default: '3' },
    name: { type: 'string', default: 'solvers' },
    'no-write': { type: 'boolean', default: false },
  },
});

const GAP = 1e-6;

const CHOICES = [
  { mode: 'welfare', subsidised: false },
  { mode: 'welfare', subsidised: true },
  { mode: 'dlmp', subsidised: false },
  { mode: 'social', subsidised: false },
] as const;

type Choice = (typeof CHOICES)[number];

/** Figures of one case in one mode; differences are relative to max(1, |objective|). */
export interface Comparison {
  readonly case: string;
  readonly mode: string;
  readonly native: string;
  readonly highs: string;
  readonly objectiveDifference: number;
  readonly boundDifference: number;
  readonly nativeNodes: number;
  readonly highsNodes: number;
  /** Of the bound alone: linear programs solved. */
  readonly rounds: number;
  readonly native_ms: number;
  readonly highs_ms: number;
  readonly bound_ms: number;
}

const machine = describeMachine();
const names = options.case === undefined ? listBundledCases() : [options.case];
const comparisons: Comparison[] = [];
for (const name of names) {
  const theCase = await readCase(resolveCase(name), { onWarning: () => {} });
  for (const choice of CHOICES) comparisons.push(await compare(theCase, choice));
}
printMachine(machine);
printTable(
  ['case and mode', 'native', 'highs', 'Δ objective', 'Δ bound', 'nodes', 'nodes', 'rounds'].concat(
    ['native ms', 'highs ms', 'bound ms'],
  ),
  comparisons.map((row) => [
    `${row.case}, ${row.mode}`,
    row.native,
    row.highs,
    row.objectiveDifference.toExponential(1),
    row.boundDifference.toExponential(1),
    String(row.nativeNodes),
    String(row.highsNodes),
    String(row.rounds),
    row.native_ms.toFixed(0),
    row.highs_ms.toFixed(0),
    row.bound_ms.toFixed(0),
  ]),
);
if (!options['no-write']) writeResults(options.name, { machine, comparisons });

async function compare(theCase: Case, choice: Choice): Promise<Comparison> {
  const times = { native: [] as number[], highs: [] as number[], bound: [] as number[] };
  let native = await clear(theCase, choice);
  let highs = await clear(theCase, { ...choice, solver: 'highs' });
  let rounds = 0;
  for (let run = 0; run < Number(options.runs); run += 1) {
    native = await timed(times.native, () => clear(theCase, choice));
    highs = await timed(times.highs, () => clear(theCase, { ...choice, solver: 'highs' }));
    rounds = await timed(times.bound, () => boundAlone(theCase, choice, native));
  }
  return {
    case: theCase.settings.name,
    mode: choice.subsidised ? `${choice.mode}, subsidised` : choice.mode,
    native: native.status,
    highs: highs.status,
    ...differences(native, highs),
    nativeNodes: native.nodes,
    highsNodes: highs.nodes,
    rounds,
    native_ms: median(times.native),
    highs_ms: median(times.highs),
    bound_ms: median(times.bound),
  };
}

async function timed<T>(times: number[], run: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await run();
  times.push(performance.now() - started);
  return result;
}

/** Rounds of `verify --bound`; 0 without an outcome. */
async function boundAlone(
  theCase: Case,
  { mode, subsidised }: Choice,
  native: ClearingResult,
): Promise<number> {
  if (native.outcome === undefined) return 0;
  const { objective } = native;
  const revenueAdequacy = mode === 'welfare' && !subsidised;
  return (await independentBound(theCase, { mode, revenueAdequacy, objective, gap: GAP })).rounds;
}

function differences(
  native: ClearingResult,
  highs: ClearingResult,
): Pick<Comparison, 'objectiveDifference' | 'boundDifference'> {
  if (native.outcome === undefined || highs.outcome === undefined) {
    return { objectiveDifference: Number.NaN, boundDifference: Number.NaN };
  }
  const scale = Math.max(1, Math.abs(native.objective));
  return {
    objectiveDifference: (highs.objective - native.objective) / scale,
    boundDifference: (highs.lowerBound - native.lowerBound) / scale,
  };
}

function median(times: readonly number[]): number {
  return quantile(Float64Array.from(times).sort(), 0.5);
}
