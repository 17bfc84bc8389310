/** Plots of the report: panels of the scaling study as wide as the page, and shares of stages. */
import { layered, type Plot } from '../../engine/page/plots/plot.js';
import { type Panel, panelSpec } from '../scaling/picture.js';
import type { PointRecord } from '../scaling/point.js';

const PANEL_HEIGHT = 320;
const BAR_HEIGHT = 24;

/** Names of series are long: three are as many as stand side by side on a page, one on a phone. */
const LEGEND_COLUMNS = { expr: 'width < 700 ? 1 : 3' } as const;

/** Both axes logarithmic; the title stands in the page. */
export function logLogPlot(panel: Panel): Plot {
  const { data, layer } = panelSpec(panel);
  const config = { legend: { columns: LEGEND_COLUMNS } };
  return { tables: [], spec: { ...layered(layer, PANEL_HEIGHT), data, config } };
}

/** One stage of one clear. */
export interface StageShare {
  readonly population: string;
  readonly stage: string;
  /** Of the stage in the order of the work. */
  readonly place: number;
  /** Of the whole clear, both medians: they need not add up to 1. */
  readonly share: number;
}

/** Of the points along the population. */
export function stageShares(records: readonly PointRecord[]): StageShare[] {
  const points = records
    .filter(({ part }) => part === 'population')
    .sort((one, other) => one.mode.localeCompare(other.mode) || one.prosumers - other.prosumers);
  return points.flatMap(({ clear, mode, prosumers, stages }) =>
    stages.map(({ name, median_ms }, place) => ({
      population: `${mode}, ${prosumers.toLocaleString('en-US')}`,
      stage: name,
      place,
      share: median_ms / clear.median_ms,
    })),
  );
}

/** One bar a population, by mode. */
export function stagePlot(shares: readonly StageShare[]): Plot {
  const populations = [...new Set(shares.map(({ population }) => population))];
  return {
    tables: [],
    spec: {
      width: 'container',
      height: BAR_HEIGHT * populations.length,
      data: { values: [...shares] },
      mark: 'bar',
      encoding: {
        y: { field: 'population', type: 'nominal', sort: populations, title: null },
        x: {
          field: 'share',
          type: 'quantitative',
          title: 'share of a whole clear',
          axis: { format: '%' },
        },
        color: { field: 'stage', type: 'nominal', sort: null, title: null },
        order: { field: 'place', type: 'quantitative' },
        tooltip: [
          { field: 'population', type: 'nominal', title: 'mode, prosumers' },
          { field: 'stage', type: 'nominal' },
          { field: 'share', type: 'quantitative', format: '.1%' },
        ],
      },
    },
  };
}
