/** Gains of prosumers, bound and incumbent of the search, and time by stage. */
import { layered, marked, named, type Plot, type UnitOrLayer } from './plot.js';
import { BLUE, ORANGE } from './theme.js';

const GAINS: Plot = {
  tables: ['gains'],
  spec: layered(
    [
      {
        data: { name: 'gains' },
        mark: { type: 'bar', binSpacing: 1 },
        encoding: {
          x: {
            field: 'from',
            bin: 'binned',
            type: 'quantitative',
            title: 'gain of a prosumer, $/h',
          },
          x2: { field: 'to' },
          y: { field: 'count', type: 'quantitative', title: 'prosumers', axis: { tickMinStep: 1 } },
          color: {
            field: 'side',
            type: 'nominal',
            title: null,
            scale: { domain: ['loses', 'gains, or is as well off'], range: [ORANGE, BLUE] },
          },
          tooltip: [
            { field: 'from', type: 'quantitative', title: 'from, $/h', format: '.4~g' },
            { field: 'to', type: 'quantitative', title: 'to, $/h', format: '.4~g' },
            { field: 'count', type: 'quantitative', title: 'prosumers', format: ',' },
          ],
        },
      },
      { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { x: { datum: 0 } } },
    ],
    240,
  ),
};

const MOMENT_TOOLTIP = [
  { field: 'nodes', type: 'quantitative', title: 'nodes' },
  { field: 'seconds', type: 'quantitative', title: 'seconds', format: '.3f' },
  { field: 'bound', type: 'quantitative', title: 'proven bound, $/h', format: ',.6f' },
  { field: 'incumbent', type: 'quantitative', title: 'best outcome, $/h', format: ',.6f' },
  { field: 'gap', type: 'quantitative', title: 'relative gap', format: '.2~e' },
] as const;

const SEARCH = {
  domain: ['best outcome', 'proven bound'],
  color: [BLUE, ORANGE],
  shape: ['circle', 'triangle-up'],
};

function searchLayers(
  over: 'nodes' | 'seconds',
  field: 'bound' | 'incumbent',
  place: number,
): UnitOrLayer[] {
  const transform = [{ filter: `datum.${field} != null` }, named(SEARCH, place)];
  const { color, shape } = marked(SEARCH);
  const at = {
    x: overAxis(over),
    y: { field, type: 'quantitative', title: '$/h', scale: { zero: false } },
  } as const;
  return [
    {
      transform,
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
      encoding: { ...at, color },
    },
    {
      transform,
      mark: { type: 'point', filled: true, opacity: 1, size: 60 },
      encoding: { ...at, color, shape, tooltip: [...MOMENT_TOOLTIP] },
    },
  ];
}

function searchPlot(over: 'nodes' | 'seconds'): Plot {
  const layers = [...searchLayers(over, 'incumbent', 0), ...searchLayers(over, 'bound', 1)];
  return { tables: ['moments'], spec: { ...layered(layers, 220), data: { name: 'moments' } } };
}

/** Gaps fall by orders of magnitude: their logarithm is what can be seen. */
function gapPlot(over: 'nodes' | 'seconds'): Plot {
  return {
    tables: ['moments'],
    spec: {
      width: 'container',
      height: 130,
      data: { name: 'moments' },
      transform: [{ filter: 'datum.gap > 0' }],
      mark: {
        type: 'line',
        interpolate: 'step-after',
        color: BLUE,
        strokeWidth: 2,
        point: { filled: true, size: 40 },
      },
      encoding: {
        x: overAxis(over),
        y: {
          field: 'gap',
          type: 'quantitative',
          title: 'relative gap',
          scale: { type: 'log' },
          axis: { format: '.0e', tickCount: 4 },
        },
        tooltip: [...MOMENT_TOOLTIP],
      },
    },
  };
}

function overAxis(over: 'nodes' | 'seconds') {
  const axis = over === 'nodes' ? { tickMinStep: 1, format: 'd' } : {};
  return { field: over, type: 'quantitative', title: over, axis } as const;
}

const STAGES: Plot = {
  tables: ['stages'],
  spec: {
    width: 'container',
    height: 150,
    data: { name: 'stages' },
    encoding: {
      y: { field: 'stage', type: 'nominal', sort: null, title: null, axis: { labelLimit: 120 } },
      x: {
        field: 'seconds',
        type: 'quantitative',
        title: 'seconds',
      },
      tooltip: [
        { field: 'stage', type: 'nominal' },
        { field: 'seconds', type: 'quantitative', format: ',.3f' },
      ],
    },
    layer: [
      { mark: { type: 'bar', color: BLUE } },
      // Nothing to see: room for the numbers behind the bars.
      {
        transform: [{ calculate: '1.12 * datum.seconds', as: 'behind' }],
        mark: { type: 'point', opacity: 0 },
        encoding: { x: { field: 'behind', type: 'quantitative' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4 },
        encoding: { text: { field: 'seconds', type: 'quantitative', format: ',.3f' } },
      },
    ],
  },
};

export const DISTRIBUTIONS: Readonly<Record<string, Plot>> = {
  gains: GAINS,
  'search-nodes': searchPlot('nodes'),
  'search-seconds': searchPlot('seconds'),
  'gap-nodes': gapPlot('nodes'),
  'gap-seconds': gapPlot('seconds'),
  stages: STAGES,
};
