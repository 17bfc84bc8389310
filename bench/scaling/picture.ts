/**
 * The study as one picture, drawn by Vega-Lite without a browser: panels of time and memory over population,
 * time over buses and time over threads. All axes are logarithmic: a line of slope k is growth like size^k.
 */
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Measurement } from '../harness.js';
import type { PointRecord } from './point.js';

/** One mark: its series, where it stands, and the quartiles around it. */
export interface PlottedPoint {
  readonly series: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export interface Panel {
  readonly title: string;
  readonly xTitle: string;
  /** Where a few numbers are all there are. */
  readonly xTicks?: readonly number[];
  readonly yTitle: string;
  readonly points: readonly PlottedPoint[];
}

const PANEL_WIDTH = 340;
const PANEL_HEIGHT = 260;

/** The picture as SVG; a panel without points is left out. */
export async function drawStudy(title: string, records: readonly PointRecord[]): Promise<string> {
  const panels = panelsOf(records).filter(({ points }) => points.length > 0);
  const spec: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, anchor: 'start', offset: 16 },
    background: 'white',
    columns: 2,
    spacing: 30,
    concat: panels.map(panelSpec),
    resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } },
    config: { legend: { labelLimit: 0, symbolLimit: 0 } },
  };
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  const drawing = await view.toSVG();
  view.finalize();
  return `${drawing}\n`;
}

/** One panel in Vega-Lite, with its data. */
export function panelSpec({ title, xTitle, xTicks, yTitle, points }: Panel) {
  const scale = { type: 'log', nice: false, padding: 12 } as const;
  // Prefixes of the SI along x, 1.2M for 1,200,000; a milli before milliseconds would confuse.
  const xAxis = {
    format: '~s',
    ...(xTicks === undefined ? { tickCount: 5 } : { values: [...xTicks] }),
  };
  const yAxis = { format: ',~r', tickCount: 5 };
  const x = { field: 'x', type: 'quantitative', scale, axis: xAxis, title: xTitle } as const;
  const y = { type: 'quantitative', scale, axis: yAxis, title: yTitle } as const;
  const color = { field: 'series', type: 'nominal', sort: null, title: null } as const;
  const medians = {
    mark: { type: 'line', point: true },
    encoding: { x, color, y: { field: 'y', ...y } },
  } as const;
  const quartiles = {
    mark: 'rule',
    encoding: { x, color, y: { field: 'low', ...y }, y2: { field: 'high' } },
  } as const;
  return {
    title,
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    data: { values: [...points] },
    layer: [medians, quartiles],
  };
}

/** What each panel shows. */
export function panelsOf(records: readonly PointRecord[]): Panel[] {
  const along = (part: PointRecord['part']) => records.filter((record) => record.part === part);
  return [
    {
      title: 'A whole clear, and what it cannot be faster than',
      xTitle: 'prosumers',
      yTitle: 'milliseconds',
      points: [
        ...along('population').map((record) =>
          measured(record.mode, record.prosumers, record.clear),
        ),
        ...along('population').flatMap(floorsOfPopulation),
      ],
    },
    {
      title: 'Memory above an empty process',
      xTitle: 'prosumers',
      yTitle: 'MB',
      points: along('population').flatMap(memoryOfPopulation),
    },
    {
      title: 'A whole clear on larger networks',
      xTitle: 'buses',
      yTitle: 'milliseconds',
      points: along('network').map((record) =>
        measured(`${record.network}, ${record.mode}`, record.buses, record.clear),
      ),
    },
    {
      title: 'Threads',
      xTitle: 'threads',
      xTicks: [...new Set(along('workers').map(({ threads }) => threads))],
      yTitle: 'milliseconds',
      points: along('workers').flatMap(timesOfWorkers),
    },
  ];
}

/** They do not depend on the mode: those of one are enough. */
function floorsOfPopulation({ prosumers, mode, sumPass, answerPass }: PointRecord): PlottedPoint[] {
  if (mode !== 'dlmp') return [];
  const floors = answerPass === null ? [sumPass] : [answerPass, sumPass];
  return floors.map((floor) => measured(floor.name, prosumers, floor));
}

function memoryOfPopulation({ prosumers, mode, memory }: PointRecord): PlottedPoint[] {
  const peak = exact(`peak, ${mode}`, prosumers, memory.peak_mb - memory.empty_mb);
  if (mode !== 'dlmp') return [peak];
  return [peak, exact('columns of the bids', prosumers, memory.bid_bytes / 1024 ** 2)];
}

function timesOfWorkers({ prosumers, mode, threads, clear, responseStage }: PointRecord) {
  const population = `${mode}, ${prosumers.toLocaleString('en')}`;
  return [
    measured(`whole, ${population}`, threads, clear),
    measured(`response stage, ${population}`, threads, responseStage),
  ];
}

function measured(series: string, x: number, { median_ms, p25_ms, p75_ms }: Measurement) {
  return { series, x, y: median_ms, low: p25_ms, high: p75_ms };
}

function exact(series: string, x: number, y: number): PlottedPoint {
  return { series, x, y, low: y, high: y };
}
