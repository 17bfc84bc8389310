/** How one community answers prices, what that costs, and the convex envelope of it. */
import { layered, type Plot, type UnitOrLayer } from './plot.js';
import { BLUE, ORANGE } from './theme.js';

/** Where the outcome stands. */
function equilibriumLayer(x: string, y: string, format: string): UnitOrLayer {
  return {
    data: { name: 'equilibrium' },
    transform: [{ filter: `datum.${x} != null && datum.${y} != null` }],
    mark: {
      type: 'point',
      shape: 'diamond',
      filled: true,
      opacity: 1,
      size: 150,
      color: ORANGE,
      stroke: 'currentColor',
      strokeWidth: 1,
    },
    encoding: {
      x: { field: x, type: 'quantitative' },
      y: { field: y, type: 'quantitative' },
      tooltip: [
        { field: 'price', type: 'quantitative', title: 'equilibrium price, $/kWh', format: '.5f' },
        { field: 'netImport', type: 'quantitative', title: 'net import, kW', format: ',.3f' },
        { field: 'cost', type: 'quantitative', title: 'cost, $/h', format },
      ],
    },
  };
}

const RESPONSE: Plot = {
  tables: ['response', 'equilibrium'],
  spec: layered(
    [
      {
        data: { name: 'response' },
        mark: { type: 'line', strokeWidth: 2, color: BLUE },
        encoding: {
          x: {
            field: 'price',
            type: 'quantitative',
            title: 'price, $/kWh',
            scale: { zero: false, nice: false },
          },
          y: { field: 'netImport', type: 'quantitative', title: 'net import, kW' },
          order: { field: 'price', type: 'quantitative' },
        },
      },
      equilibriumLayer('price', 'netImport', ',.4f'),
    ],
    240,
  ),
};

const IMPORT_AXIS = {
  field: 'netImport',
  type: 'quantitative',
  title: 'net import, kW',
  scale: { zero: false, nice: false },
} as const;

const COST_LINES = ['cost of the prosumers', 'its convex envelope'];

function costLine(field: string, place: number, strokeWidth: number): UnitOrLayer {
  const domain = COST_LINES;
  return {
    data: { name: 'cost' },
    transform: [{ calculate: `'${domain[place] ?? ''}'`, as: 'name' }],
    mark: { type: 'line', strokeWidth },
    encoding: {
      x: IMPORT_AXIS,
      y: { field, type: 'quantitative', title: '$/h', scale: { zero: false } },
      color: {
        field: 'name',
        type: 'nominal',
        title: null,
        scale: { domain, range: [BLUE, ORANGE] },
      },
      strokeDash: {
        field: 'name',
        type: 'nominal',
        title: null,
        scale: {
          domain,
          range: [
            [1, 0],
            [6, 4],
          ],
        },
      },
    },
  };
}

const COST: Plot = {
  tables: ['cost', 'equilibrium'],
  spec: layered(
    [
      costLine('cost', 0, 4.5),
      costLine('envelope', 1, 1.8),
      equilibriumLayer('netImport', 'cost', ',.4f'),
    ],
    240,
  ),
};

const EXCESS: Plot = {
  tables: ['cost'],
  spec: {
    width: 'container',
    height: 110,
    data: { name: 'cost' },
    mark: { type: 'area', line: { color: BLUE }, color: BLUE, fillOpacity: 0.25 },
    encoding: {
      x: IMPORT_AXIS,
      y: {
        field: 'excess',
        type: 'quantitative',
        title: 'above it, $/h',
        axis: { tickCount: 3, format: '.2~g' },
      },
    },
  },
};

export const CURVES: Readonly<Record<string, Plot>> = {
  response: RESPONSE,
  cost: COST,
  excess: EXCESS,
};
