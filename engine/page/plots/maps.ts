/** The feeder, drawn by coordinates and coloured by one quantity at a time. */
import { crowded, layered, type Plot, type UnitOrLayer } from './plot.js';
import { BLUE, CIVIDIS, ORANGE, RED, VIRIDIS } from './theme.js';

/** Only a first guess: the page sets it from the coordinates. */
const HEIGHT = 400;

const BUS_TOOLTIP = [
  { field: 'id', type: 'nominal', title: 'bus' },
  { field: 'communities', type: 'nominal', title: 'communities' },
  { field: 'voltage', type: 'quantitative', title: 'voltage, pu', format: '.5f' },
  { field: 'price', type: 'quantitative', title: 'price, $/kWh', format: '.5f' },
  { field: 'netImport', type: 'quantitative', title: 'net import, kW', format: ',.2f' },
] as const;

/** A line of a tooltip. */
interface Tooltip {
  readonly field: string;
  readonly type: 'nominal' | 'quantitative';
  readonly title: string;
  readonly format?: string;
}

const BRANCH_TOOLTIP = [
  { field: 'name', type: 'nominal', title: 'branch' },
  { field: 'flow', type: 'quantitative', title: 'flow away from the root, kW', format: ',.2f' },
  { field: 'current', type: 'quantitative', title: 'current, A', format: ',.2f' },
  { field: 'loading', type: 'quantitative', title: 'of its limit, %', format: ',.1f' },
  { field: 'losses', type: 'quantitative', title: 'losses, kW', format: ',.3f' },
] as const;

export const PLACE = {
  x: {
    field: 'x',
    type: 'quantitative',
    axis: null,
    scale: { zero: false, nice: false, padding: 12 },
  },
  y: {
    field: 'y',
    type: 'quantitative',
    axis: null,
    scale: { zero: false, nice: false, padding: 12 },
  },
} as const;

export const BRANCH_PLACE = { ...PLACE, x2: { field: 'x2' }, y2: { field: 'y2' } } as const;

/** Branches that carry nothing, by an expression that says which. */
export function openBranches(filter: string): UnitOrLayer {
  return {
    data: { name: 'branches' },
    transform: [{ filter }],
    mark: { type: 'rule', strokeDash: [3, 3], opacity: 0.6 },
    encoding: { ...BRANCH_PLACE, tooltip: [BRANCH_TOOLTIP[0]] },
  };
}

/** The others. */
export function plainBranches(
  filter: string,
  tooltip: readonly Tooltip[] = BRANCH_TOOLTIP,
): UnitOrLayer {
  return {
    data: { name: 'branches' },
    transform: [{ filter }],
    mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.55 },
    encoding: { ...BRANCH_PLACE, tooltip: [...tooltip] },
  };
}

/** A mark of its own, so that it does not depend on telling colours apart. */
export function brokenLimits(
  filter: string,
  tooltip: readonly Tooltip[] = BUS_TOOLTIP,
): UnitOrLayer {
  return {
    data: { name: 'buses' },
    transform: [{ filter }],
    mark: { type: 'point', shape: 'cross', size: 160, color: RED, strokeWidth: 2, filled: false },
    encoding: { ...PLACE, tooltip: [...tooltip] },
  };
}

const OPEN_SWITCHES = openBranches('datum.isOpen == 1');
const PLAIN_BRANCHES = plainBranches('datum.isOpen == 0');
const BROKEN_LIMITS = brokenLimits('datum.isOutside == 1');

export const SHAPE = {
  field: 'kind',
  type: 'nominal',
  title: 'bus',
  scale: {
    domain: ['root', 'community', 'no community'],
    range: ['diamond', 'circle', 'square'],
  },
} as const;

/** Smaller where there is little room, be it for the width or for the number of buses. */
function area(wide: number) {
  return { expr: `(width < 500 ? 0.5 : 1) * (${crowded(wide, 0.3 * wide)})` } as const;
}

export const SIZE = {
  condition: [
    { test: "datum.kind == 'root'", value: area(240) },
    { test: "datum.kind == 'community'", value: area(80) },
  ],
  value: area(45),
};

export const BUS_MARK = {
  type: 'point',
  filled: true,
  opacity: 1,
  stroke: 'currentColor',
  strokeWidth: 0.5,
} as const;

function busMap(
  field: string,
  title: string,
  scheme: typeof VIRIDIS | typeof CIVIDIS,
  format: string,
): Plot {
  const buses: UnitOrLayer = {
    data: { name: 'buses' },
    mark: BUS_MARK,
    encoding: {
      ...PLACE,
      shape: SHAPE,
      size: SIZE,
      color: {
        field,
        type: 'quantitative',
        title,
        scale: { scheme: { ...scheme, extent: [...scheme.extent] }, zero: false },
        legend: { format },
      },
      tooltip: [...BUS_TOOLTIP],
    },
  };
  return mapOf([PLAIN_BRANCHES, OPEN_SWITCHES, buses, BROKEN_LIMITS]);
}

/** The root, over what is drawn by branches alone. */
export function rootMark(tooltip: readonly Tooltip[] = BUS_TOOLTIP): UnitOrLayer {
  return {
    data: { name: 'buses' },
    transform: [{ filter: "datum.kind == 'root'" }],
    mark: {
      type: 'point',
      filled: true,
      opacity: 1,
      shape: 'diamond',
      size: 170,
      color: 'currentColor',
    },
    encoding: { ...PLACE, tooltip: [...tooltip] },
  };
}

function branchMap(field: string, title: string): Plot {
  const branches: UnitOrLayer = {
    data: { name: 'branches' },
    // A field of its own: two channels of one field share a legend, and this one has none.
    transform: [{ filter: 'datum.isOpen == 0' }, { calculate: `datum.${field}`, as: 'width' }],
    mark: { type: 'rule', strokeCap: 'round' },
    encoding: {
      ...BRANCH_PLACE,
      color: {
        field,
        type: 'quantitative',
        title,
        scale: { scheme: { ...VIRIDIS, extent: [...VIRIDIS.extent] } },
      },
      strokeWidth: {
        field: 'width',
        type: 'quantitative',
        legend: null,
        scale: { range: [2, 8] },
      },
      tooltip: [...BRANCH_TOOLTIP],
    },
  };
  return mapOf([branches, OPEN_SWITCHES, rootMark()]);
}

function importMap(): Plot {
  const buses: UnitOrLayer = {
    data: { name: 'buses' },
    transform: [{ filter: 'datum.netImport != null' }],
    mark: BUS_MARK,
    encoding: {
      ...PLACE,
      shape: {
        field: 'direction',
        type: 'nominal',
        title: 'communities that',
        scale: { domain: ['buys', 'sells'], range: ['triangle-down', 'triangle-up'] },
      },
      color: {
        field: 'direction',
        type: 'nominal',
        title: 'communities that',
        scale: { domain: ['buys', 'sells'], range: [BLUE, ORANGE] },
      },
      size: {
        field: 'magnitude',
        type: 'quantitative',
        title: 'net amount, kW',
        scale: { range: [20, 300] },
        legend: { symbolType: 'circle', symbolFillColor: 'transparent', tickCount: 3 },
      },
      tooltip: [...BUS_TOOLTIP],
    },
  };
  const sized: UnitOrLayer = {
    ...buses,
    transform: [
      { filter: 'datum.netImport != null' },
      { calculate: 'abs(datum.netImport)', as: 'magnitude' },
    ],
  };
  return mapOf([PLAIN_BRANCHES, OPEN_SWITCHES, rootMark(), sized]);
}

export function mapOf(layers: readonly UnitOrLayer[]): Plot {
  const spec = layered(layers, HEIGHT);
  return { spec, tables: ['buses', 'branches'], keepsProportion: true };
}

export const MAPS: Readonly<Record<string, Plot>> = {
  'map-voltage': busMap('voltage', 'voltage, pu', VIRIDIS, '.3f'),
  'map-price': busMap('priceShade', 'price, $/kWh', CIVIDIS, '.3~f'),
  'map-loading': branchMap('loading', 'current over its limit, %'),
  'map-current': branchMap('current', 'current, A'),
  'map-import': importMap(),
};
