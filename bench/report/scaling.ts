/** The section of the scaling study: its bars, growth on logarithmic axes beside the floors, and stages. */
import { claimList, figure, foldedTable, paragraph, table } from '../../engine/page/panels.js';
import {
  answerPasses,
  askedOf,
  type Bar,
  bytesPerProsumer,
  measuredOf,
  sumPasses,
  threadGain,
} from '../scaling/bars.js';
import { panelsOf } from '../scaling/picture.js';
import type { PointRecord } from '../scaling/point.js';
import { GROWTH_HEADER, growthRows, nameOf } from '../scaling/print.js';
import { describePoint } from '../scaling/runStudy.js';
import { logLogPlot, stagePlot, stageShares } from './plots.js';
import type { ScalingFile } from './results.js';
import {
  decimal,
  numberColumn,
  PLACE,
  type Section,
  section,
  small,
  textColumn,
} from './section.js';

export function scalingSection(file: ScalingFile): Section {
  const { bars, failed, load_average, machine, records } = file;
  const panels = panelsOf(records).filter(({ points }) => points.length > 0);
  const shares = stageShares(records);
  const figures = panels.map(({ title, xTitle, yTitle }, k) => {
    const description = `${title}: ${yTitle} over ${xTitle}, both logarithmic.`;
    const plot = `scaling-${k + 1}`;
    return figure(PLACE, { plot, place: plot, description, caption: description });
  });
  const plots = {
    ...Object.fromEntries(panels.map((panel, k) => [`scaling-${k + 1}`, logLogPlot(panel)])),
    ...(shares.length > 0 && { shares: stagePlot(shares) }),
  };
  const met = bars.filter(({ verdict }) => verdict === 'met').length;
  const growth = growthRows(records);
  const load = `${listed(load_average.before)} before, ${listed(load_average.after)} after`;
  return section(
    'scaling',
    'How clearing scales',
    machine,
    [
      paragraph(`${met} of ${bars.length} bars are met.`),
      claimList(bars.map(barClaim)),
      ...failed.map(({ point, reason }) => paragraph(`Failed: ${describePoint(point)}: ${reason}`)),
      ...figures,
      ...(shares.length > 0 ? [stageFigure()] : []),
      table(
        'Exponents of growth',
        GROWTH_HEADER.map((title, place) =>
          (place === 0 ? textColumn : numberColumn)(title, growth, (row) => row[place] ?? ''),
        ),
      ),
      pointTable(records),
    ],
    { load, plots },
  );
}

/** What was asked and found, as an entry of a list of claims. */
export function barClaim(bar: Bar) {
  const { measured, name, verdict } = bar;
  const found = measured === null ? '' : `Measured ${measuredOf(bar)}, `;
  const evidence = `${found}asked ${askedOf(bar)}.`;
  return { claim: `${name}:`, verdict, fails: verdict !== 'met', evidence };
}

function stageFigure(): string {
  const description =
    'Stages by population: their median times over that of a whole clear, which need not add up to 100 %.';
  return figure(PLACE, { plot: 'shares', place: 'shares', description, caption: description });
}

function pointTable(records: readonly PointRecord[]): string {
  return foldedTable('All points as a table', [
    textColumn('network and mode', records, nameOf),
    numberColumn('prosumers', records, (row) => decimal(row.prosumers, 0)),
    numberColumn('threads', records, (row) => decimal(row.threads, 0)),
    textColumn('status', records, (row) => row.status),
    numberColumn('gap', records, (row) => small(row.gap)),
    numberColumn('median ms', records, (row) => decimal(row.clear.median_ms, 1)),
    numberColumn('times adding up', records, (row) => decimal(sumPasses(row), 1)),
    numberColumn('times answering', records, (row) => decimal(answerPasses(row), 1)),
    numberColumn('gain of threads', records, (row) => decimal(threadGain(row)?.clear, 2)),
    numberColumn('bytes a prosumer', records, (row) => decimal(bytesPerProsumer(row), 0)),
    numberColumn('load', records, (row) => decimal(row.load_average, 1)),
  ]);
}

function listed(loads: readonly number[]): string {
  return loads.map((load) => decimal(load, 1)).join(', ');
}
