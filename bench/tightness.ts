/**
 * Where the relaxation of the power flow is not tight: does every market end with an outcome that the exact
 * power flow accepts, or a proof that there is none, and how near is its bound? `npm run build && node
 * dist/bench/tightness.js [--seconds 60] [--no-write]`, and a part of it, which is not written, with any of
 * `--feeder ieee123 --mode welfare --inverters throttle --sun 4,5`.
 *
 * The populations of `ieee123` and `case33bw` on a day, with 0 to 10 times their sun at the usual tariff, and
 * with 3, 7 and 10 times at prices of export through zero; inverters that may throttle, and such that must
 * run. The table is kept in `bench/results/tightness.md` beside the JSON.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from '../engine/case/case.js';
import { validateCase } from '../engine/case/validate.js';
import { buildBundledMarket } from '../engine/generate/bundledMarkets.js';
import { BUNDLED_MARKETS, SITUATIONS } from '../engine/generate/situations.js';
import {
  type ClearingResult,
  clear,
  InternalError,
  type Mode,
  readFeeder,
  resolveFeeder,
} from '../engine/index.js';
import { packageFolder } from '../engine/io/package.js';
import { describeMachine, printMachine, printTable, writeResults } from './harness.js';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    feeder: { type: 'string' },
    mode: { type: 'string' },
    inverters: { type: 'string' },
    sun: { type: 'string' },
    'no-write': { type: 'boolean', default: false },
  },
});

const FEEDERS = ['ieee123', 'case33bw'] as const;
const NETWORK_MODES: readonly Mode[] = ['welfare', 'dlmp'];
const SUN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const SUN_OF_PRICES = [3, 7, 10];
/** $/kWh. */
const USUAL_SELL = SITUATIONS.day.gridSell;
const SELL = [0.03, 0.01, 0, -0.01, -0.03, -0.06];

/** Inverters cost less than this, all others more (engine/generate/recipe.ts), $/kWh. */
const LARGEST_SOLAR_COST = 0.05;

interface Point {
  readonly feeder: string;
  readonly mode: Mode;
  /** Times the sun of the day. */
  readonly sun: number;
  /** Price of export, $/kWh. */
  readonly grid_sell: number;
  readonly inverters: 'throttle' | 'must run';
}

export interface Row extends Point {
  readonly status: string;
  /** $/h; null without an outcome. In `dlmp` objective and bound are those of the potential. */
  readonly objective: number | null;
  readonly bound: number | null;
  readonly cost: number | null;
  readonly gap: number | null;
  readonly nodes: number;
  readonly seconds: number;
}

const machine = describeMachine();
printMachine(machine);
const rows: Row[] = [];
const points = FEEDERS.flatMap(pointsOf);
const chosen = points.filter(isChosen);
for (const point of chosen) {
  rows.push(await solved(point));
  console.log(`${rows.length}: ${cellsOf(rows[rows.length - 1]).join('  ')}`);
}
console.log('');
printTable(headings(), rows.map(cellsOf));
const open = rows.filter(({ status }) => status === 'limit');
const weak = rows.filter(({ status }) => status === 'feasible');
const widest = weak.reduce((most, { gap }) => Math.max(most, gap ?? 0), 0);
console.log(
  `\nneither an outcome nor a proof that there is none: ${open.length} of ${rows.length}`,
);
console.log(`with a gap: ${weak.length}, the widest ${widest.toExponential(1)}`);
if (!options['no-write'] && chosen.length === points.length) {
  writeResults('tightness', { seconds: Number(options.seconds), machine, rows });
  writeMarkdown();
}

function pointsOf(feeder: string): Point[] {
  const tariffs = SUN.map((sun) => ({ sun, grid_sell: USUAL_SELL }));
  const prices = SUN_OF_PRICES.flatMap((sun) => SELL.map((grid_sell) => ({ sun, grid_sell })));
  return NETWORK_MODES.flatMap((mode) =>
    (['throttle', 'must run'] as const).flatMap((inverters) =>
      [...tariffs, ...prices].map((at) => ({ feeder, mode, inverters, ...at })),
    ),
  );
}

function isChosen({ feeder, mode, inverters, sun }: Point): boolean {
  const suns = options.sun?.split(',').map(Number) ?? [sun];
  return (
    (options.feeder ?? feeder) === feeder &&
    (options.mode ?? mode) === mode &&
    (options.inverters ?? inverters) === inverters &&
    suns.includes(sun)
  );
}

async function marketOf({ feeder, sun, grid_sell, inverters }: Point): Promise<Case> {
  const bundled = BUNDLED_MARKETS.find(({ name }) => name === feeder);
  if (bundled === undefined) throw new InternalError(`no market is called ${feeder}`);
  const { day } = SITUATIONS;
  const situation = { ...day, solarFactor: sun * day.solarFactor, gridSell: grid_sell };
  const tables = buildBundledMarket(await readFeeder(resolveFeeder(bundled.feeder), () => {}), {
    ...bundled,
    situation,
  });
  if (inverters === 'must run') {
    const { pMinKw, pMaxKw, costLinear } = tables.prosumers;
    costLinear.forEach((cost, i) => {
      if (cost < LARGEST_SOLAR_COST) pMinKw[i] = pMaxKw[i];
    });
  }
  return validateCase(tables);
}

async function solved(point: Point): Promise<Row> {
  const theCase = await marketOf(point);
  const start = performance.now();
  const result = await clear(theCase, {
    mode: point.mode,
    timeLimitSeconds: Number(options.seconds),
  });
  const seconds = (performance.now() - start) / 1000;
  return { ...point, status: result.status, ...figuresOf(result), nodes: result.nodes, seconds };
}

function figuresOf(result: ClearingResult): Pick<Row, 'objective' | 'bound' | 'cost' | 'gap'> {
  if (result.outcome === undefined) return { objective: null, bound: null, cost: null, gap: null };
  const { objective, lowerBound, cost, gap } = result;
  return { objective, bound: lowerBound, cost, gap };
}

function headings(): string[] {
  return [
    'feeder, mode, inverters',
    'sun',
    'export $/kWh',
    'status',
    'cost $/h',
    'objective $/h',
    'bound $/h',
    'gap',
    'nodes',
    's',
  ];
}

function cellsOf(row: Row): string[] {
  const money = (value: number | null): string => value?.toFixed(4) ?? '';
  return [
    `${row.feeder}, ${row.mode}, ${row.inverters}`,
    String(row.sun),
    row.grid_sell.toFixed(2),
    row.status,
    money(row.cost),
    money(row.objective),
    money(row.bound),
    row.gap?.toExponential(1) ?? '',
    String(row.nodes),
    row.seconds.toFixed(1),
  ];
}

function writeMarkdown(): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const text = [
    '# Where the relaxation is not tight',
    '',
    `At most ${options.seconds} s a point.`,
    `${machine.processor}, Node ${machine.node}, commit ${machine.commit}.`,
    '',
    line(headings()),
    line(headings().map(() => '---')),
    ...rows.map((row) => line(cellsOf(row))),
    '',
  ].join('\n');
  writeFileSync(join(packageFolder(), 'bench', 'results', 'tightness.md'), text);
}
