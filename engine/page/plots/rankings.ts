/** Prices and imports by community, in one order. */
import { layered, marked, named, type Plot, type UnitOrLayer } from './plot.js';
import { BLUE, ORANGE } from './theme.js';

const COMMUNITY_TOOLTIP = [
  { field: 'id', type: 'nominal', title: 'community' },
  { field: 'bus', type: 'nominal', title: 'bus' },
  { field: 'price', type: 'quantitative', title: 'price, $/kWh', format: '.5f' },
  { field: 'marginalPrice', type: 'quantitative', title: 'marginal price, $/kWh', format: '.5f' },
  { field: 'netImport', type: 'quantitative', title: 'net import, kW', format: ',.3f' },
] as const;

const RANKS = { type: 'quantitative', axis: { labels: false, ticks: false, grid: false } } as const;

const PRICES = {
  domain: ['price of the community', 'marginal price of its bus'],
  color: [BLUE, ORANGE],
  shape: ['circle', 'diamond'],
};

function priceLayer(field: string, place: number, size: number): UnitOrLayer {
  return {
    transform: [{ filter: `datum.${field} != null` }, named(PRICES, place)],
    mark: { type: 'point', size, filled: true, opacity: 1 },
    encoding: {
      x: { ...RANKS, field: 'rank', title: null, scale: { zero: false, nice: false, padding: 8 } },
      y: { field, type: 'quantitative', title: '$/kWh', scale: { zero: false } },
      ...marked(PRICES),
      tooltip: [...COMMUNITY_TOOLTIP],
    },
  };
}

/** Nothing to see: it gives the axis the ends that the bars of imports give theirs. */
const WHOLE_RANKING: UnitOrLayer = {
  mark: { type: 'rule', opacity: 0 },
  encoding: {
    x: { ...RANKS, field: 'left' },
    x2: { field: 'right' },
    y: { field: 'price', type: 'quantitative' },
  },
};

export const PRICE_RANKING: Plot = {
  tables: ['communities'],
  spec: {
    ...layered(
      [WHOLE_RANKING, priceLayer('marginalPrice', 1, 45), priceLayer('price', 0, 35)],
      220,
    ),
    data: { name: 'communities' },
  },
};

export const IMPORT_RANKING: Plot = {
  tables: ['communities'],
  spec: {
    width: 'container',
    height: 200,
    data: { name: 'communities' },
    mark: { type: 'bar', binSpacing: 0 },
    encoding: {
      x: {
        ...RANKS,
        field: 'left',
        bin: 'binned',
        title: 'communities',
        scale: { zero: false, nice: false, padding: 8 },
      },
      x2: { field: 'right' },
      y: { field: 'netImport', type: 'quantitative', title: 'net import, kW' },
      color: {
        field: 'direction',
        type: 'nominal',
        title: null,
        scale: { domain: ['buys', 'sells'], range: [BLUE, ORANGE] },
      },
      tooltip: [...COMMUNITY_TOOLTIP],
    },
  },
};
