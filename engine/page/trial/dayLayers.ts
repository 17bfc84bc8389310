/**
 * What plots over a day are made of. All have the same axis of time and a rule at the interval that is shown
 * elsewhere on the page (table `now`), and can be clicked to choose another. Lines differ in dashes as well as in
 * colour.
 */
import { layered, type Plot, type UnitOrLayer } from '../plots/plot.js';
import { BLUE, RED } from '../plots/theme.js';
import { timeMarks } from './timeOfDay.js';

/** What the axes of a day depend on. */
export interface DaySpan {
  readonly fromHour: number;
  readonly toHour: number;
}

export interface Line {
  readonly field: string;
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
}

export const SOLID = [1, 0];
export const DASHED = [6, 3];
export const DOTTED = [2, 3];

/** Marks on the axis of a page's width; a phone leaves some out. */
const MOST_MARKS = 9;

/** Of all plots but the strip, so that they stand in rows. */
const HEIGHT = 165;

export function timeAxis({ fromHour, toHour }: DaySpan) {
  const { hours, texts } = timeMarks(fromHour, toHour, MOST_MARKS);
  return {
    type: 'quantitative' as const,
    title: null,
    scale: { domain: [fromHour, toHour], nice: false, zero: false },
    axis: {
      values: hours,
      labelExpr: `${JSON.stringify(texts)}[indexof(${JSON.stringify(hours)}, datum.value)]`,
      labelFlush: true,
    },
  };
}

/** A rule where the rest of the page is. */
export const NOW: UnitOrLayer = {
  data: { name: 'now' },
  mark: { type: 'rule', strokeWidth: 2, opacity: 0.75 },
  encoding: { x: { field: 'hour', type: 'quantitative' } },
};

function tooltip(fields: readonly { field: string; name: string }[], format: string) {
  return [
    { field: 'time', type: 'nominal', title: 'time' },
    ...fields.map(({ field, name }) => ({
      field,
      type: 'quantitative' as const,
      title: name,
      format,
    })),
  ] as const;
}

/** Lines over the day, each constant through its interval. */
export function lineLayers(
  span: DaySpan,
  lines: readonly Line[],
  title: string,
  format: string,
  scale: object = { zero: true },
): UnitOrLayer[] {
  // Several lines may share a name, and then a look.
  const looks = lines.filter(({ name }, k) => lines.findIndex((line) => line.name === name) === k);
  const domain = looks.map(({ name }) => name);
  return lines.map(({ field, name }): UnitOrLayer => {
    return {
      data: { name: 'day' },
      transform: [{ calculate: `'${name}'`, as: 'name' }],
      mark: { type: 'line', interpolate: 'step', strokeWidth: 1.8 },
      encoding: {
        x: { field: 'hour', ...timeAxis(span) },
        y: { field, type: 'quantitative', title, scale, axis: { format, tickCount: 5 } },
        color: {
          field: 'name',
          type: 'nominal',
          title: null,
          scale: { domain, range: looks.map(({ color }) => color) },
          legend: lines.length > 1 ? {} : null,
        },
        strokeDash: {
          field: 'name',
          type: 'nominal',
          title: null,
          scale: { domain, range: looks.map(({ dash }) => [...dash]) },
          legend: lines.length > 1 ? { symbolType: 'stroke', symbolSize: 300 } : null,
        },
      },
    };
  });
}

/** Nothing to see: the values of the interval under the pointer, wherever it is above or below the lines. */
export function sensor(
  span: DaySpan,
  fields: readonly { field: string; name: string }[],
  format: string,
): UnitOrLayer {
  return {
    data: { name: 'day' },
    mark: { type: 'rule', strokeWidth: 5, opacity: 0 },
    encoding: {
      x: { field: 'hour', ...timeAxis(span) },
      tooltip: [...tooltip(fields, format)],
    },
  };
}

export function dayPlot(layers: readonly UnitOrLayer[]): Plot {
  return { tables: ['day', 'now'], isPicked: true, spec: layered(layers, HEIGHT) };
}

export function linePlot(span: DaySpan, lines: readonly Line[], title: string): Plot {
  return dayPlot([...lineLayers(span, lines, title, ',~r'), NOW, sensor(span, lines, ',.5~r')]);
}

export function band(
  span: DaySpan,
  low: string,
  high: string,
  title: string,
  scale: object,
): UnitOrLayer {
  return {
    data: { name: 'day' },
    mark: { type: 'area', interpolate: 'step', opacity: 0.28, color: BLUE },
    encoding: {
      x: { field: 'hour', ...timeAxis(span) },
      y: { field: low, type: 'quantitative', title, scale },
      y2: { field: high },
    },
  };
}

export function limitRule(value: number): UnitOrLayer {
  return {
    data: { values: [{}] },
    mark: { type: 'rule', color: RED, strokeDash: [...DASHED], strokeWidth: 1.5 },
    encoding: { y: { datum: value } },
  };
}

/** Points on a scale of powers of ten, where one long interval does not flatten the others. */
export function logPlot(
  span: DaySpan,
  field: string,
  name: string,
  format: string,
  limit?: number,
): Plot {
  return dayPlot([
    {
      data: { name: 'day' },
      transform: [{ filter: `datum.${field} > 0` }],
      mark: { type: 'point', filled: true, size: 14, opacity: 0.85, color: BLUE },
      encoding: {
        x: { field: 'hour', ...timeAxis(span) },
        y: {
          field,
          type: 'quantitative',
          title: name,
          scale: { type: 'log' },
          axis: { format, tickCount: 4, grid: false },
        },
      },
    },
    ...(limit === undefined ? [] : [limitRule(limit)]),
    NOW,
    sensor(span, [{ field, name }], format === ',~r' ? ',.4~r' : '.1e'),
  ]);
}
