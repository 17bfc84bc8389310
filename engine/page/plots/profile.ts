/** Voltage against distance from the root, before and after the market, with limits. */
import { crowded, layered, marked, named, type Plot, type UnitOrLayer } from './plot.js';
import { BLUE, ORANGE, RED } from './theme.js';

/** A short level line; the shape `stroke` of Vega has no area, and so no place in a legend of filled marks. */
const DASH = 'M-1,-0.14H1V0.14H-1Z';

const STATES = {
  domain: ['after the market', 'before it', 'limits'],
  color: [BLUE, ORANGE, RED],
  shape: ['circle', 'triangle-up', DASH],
};

const DISTANCE = {
  field: 'distance',
  type: 'quantitative',
  title: 'distance from the root',
} as const;

function voltageAxis(field: string) {
  const axis = { format: '.3f' };
  return {
    field,
    type: 'quantitative',
    title: 'voltage, pu',
    scale: { zero: false, padding: 10 },
    axis,
  } as const;
}

const PROFILE_TOOLTIP = [
  { field: 'id', type: 'nominal', title: 'bus' },
  { field: 'voltage', type: 'quantitative', title: 'after, pu', format: '.5f' },
  { field: 'before', type: 'quantitative', title: 'before, pu', format: '.5f' },
  { field: 'low', type: 'quantitative', title: 'at least, pu' },
  { field: 'high', type: 'quantitative', title: 'at most, pu' },
] as const;

function profileLimit(field: 'low' | 'high'): UnitOrLayer {
  return {
    data: { name: 'buses' },
    transform: [{ filter: `datum.${field} != null` }, named(STATES, 2)],
    mark: { type: 'point', size: { expr: crowded(70, 30) }, filled: true, opacity: 1 },
    encoding: { x: DISTANCE, y: voltageAxis(field), ...marked(STATES) },
  };
}

export const PROFILE: Plot = {
  tables: ['buses', 'branches'],
  spec: layered(
    [
      profileLimit('low'),
      profileLimit('high'),
      {
        data: { name: 'branches' },
        transform: [{ filter: 'datum.isOpen == 0' }],
        mark: { type: 'rule', opacity: { expr: crowded(0.35, 0.05) } },
        encoding: {
          x: DISTANCE,
          x2: { field: 'distance2' },
          y: voltageAxis('voltage'),
          y2: { field: 'voltage2' },
        },
      },
      {
        data: { name: 'buses' },
        transform: [{ filter: 'datum.before != null' }, named(STATES, 1)],
        mark: { type: 'point', size: { expr: crowded(45, 14) }, filled: true, opacity: 0.9 },
        encoding: {
          x: DISTANCE,
          y: voltageAxis('before'),
          ...marked(STATES),
          tooltip: [...PROFILE_TOOLTIP],
        },
      },
      {
        data: { name: 'buses' },
        transform: [named(STATES, 0)],
        mark: { type: 'point', size: { expr: crowded(40, 12) }, filled: true, opacity: 1 },
        encoding: {
          x: DISTANCE,
          y: voltageAxis('voltage'),
          ...marked(STATES),
          tooltip: [...PROFILE_TOOLTIP],
        },
      },
    ],
    320,
  ),
};
