/**
 * The network at one moment of a day, drawn by coordinates and coloured by one quantity at a time. Scales are those
 * of the whole day, so that moments can be compared. A branch without a flow is open.
 */
import {
  BRANCH_PLACE,
  BUS_MARK,
  brokenLimits,
  mapOf,
  openBranches,
  PLACE,
  plainBranches,
  rootMark,
  SHAPE,
  SIZE,
} from '../plots/maps.js';
import type { Plot, UnitOrLayer } from '../plots/plot.js';
import { type CIVIDIS, VIRIDIS } from '../plots/theme.js';
import { domainOf, type Range } from './range.js';

export const BUS_TOOLTIP = [
  { field: 'id', type: 'nominal', title: 'bus' },
  { field: 'communities', type: 'nominal', title: 'communities' },
  { field: 'voltage', type: 'quantitative', title: 'voltage, pu', format: '.5f' },
  { field: 'price', type: 'quantitative', title: 'price, $/kWh', format: '.5f' },
  { field: 'stored', type: 'quantitative', title: 'stored, kWh', format: ',.2f' },
] as const;

const BRANCH_TOOLTIP = [
  { field: 'name', type: 'nominal', title: 'branch' },
  { field: 'flow', type: 'quantitative', title: 'flow away from the root, kW', format: ',.2f' },
] as const;

/** Half a step of voltages (momentTables.ts), so that rounding breaks no limit. */
const OUTSIDE =
  'datum.voltage != null && ((datum.low != null && datum.low - datum.voltage > 5e-6) || (datum.high != null && datum.voltage - datum.high > 5e-6))';

const OPEN = openBranches('datum.flow == null');
const CLOSED = plainBranches('datum.flow != null', BRANCH_TOOLTIP);
const BROKEN = brokenLimits(OUTSIDE, BUS_TOOLTIP);

/** Without a value of the quantity that is shown. */
function paleBuses(field: string): UnitOrLayer {
  return {
    data: { name: 'buses' },
    transform: [{ filter: `datum.${field} == null` }],
    mark: { ...BUS_MARK, filled: false, opacity: 0.45, strokeWidth: 1, stroke: 'currentColor' },
    encoding: { ...PLACE, shape: SHAPE, size: SIZE, tooltip: [...BUS_TOOLTIP] },
  };
}

export function busMap(
  field: string,
  title: string,
  scheme: typeof VIRIDIS | typeof CIVIDIS,
  format: string,
  range: Range,
): Plot {
  const buses: UnitOrLayer = {
    data: { name: 'buses' },
    transform: [{ filter: `datum.${field} != null` }],
    mark: BUS_MARK,
    encoding: {
      ...PLACE,
      shape: SHAPE,
      size: SIZE,
      color: {
        field,
        type: 'quantitative',
        title,
        scale: {
          scheme: { ...scheme, extent: [...scheme.extent] },
          domain: domainOf(range),
          clamp: true,
        },
        legend: { format, tickCount: 3 },
      },
      tooltip: [...BUS_TOOLTIP],
    },
  };
  return mapOf([CLOSED, OPEN, paleBuses(field), buses, BROKEN]);
}

export function flowMap(most: number): Plot {
  const branches: UnitOrLayer = {
    data: { name: 'branches' },
    transform: [
      { filter: 'datum.flow != null' },
      { calculate: 'abs(datum.flow)', as: 'size' },
      // Two channels of one field share a legend, and this one has none.
      { calculate: 'datum.size', as: 'width' },
      { calculate: "datum.flow < 0 ? 'towards the root' : 'away from the root'", as: 'direction' },
    ],
    mark: { type: 'rule', strokeCap: 'butt' },
    encoding: {
      ...BRANCH_PLACE,
      color: {
        field: 'size',
        type: 'quantitative',
        title: 'flow either way, kW',
        scale: {
          scheme: { ...VIRIDIS, extent: [...VIRIDIS.extent] },
          type: 'sqrt',
          domain: domainOf([0, most]),
        },
        legend: { tickCount: 3, format: ',~r' },
      },
      strokeWidth: {
        field: 'width',
        type: 'quantitative',
        legend: null,
        scale: { type: 'sqrt', domain: domainOf([0, most]), range: [1, 9] },
      },
      strokeDash: {
        field: 'direction',
        type: 'nominal',
        title: 'flow',
        scale: {
          domain: ['away from the root', 'towards the root'],
          range: [
            [1, 0],
            [5, 2],
          ],
        },
        legend: { symbolType: 'stroke', symbolSize: 300, symbolStrokeWidth: 3 },
      },
      tooltip: [...BRANCH_TOOLTIP],
    },
  };
  return mapOf([branches, OPEN, rootMark(BUS_TOOLTIP)]);
}
