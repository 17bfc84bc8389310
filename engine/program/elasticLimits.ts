/**
 * The limits of a network program that may be left or taken away, one by one: where each stands in the
 * program, how far it can be left, and what leaving it is worth in power.
 *
 *     voltage-min, voltage-max    of v_j, pu²      at the junction that branch `index` feeds
 *     current                     of ℓ_e, pu²      of branch `index`
 *     grid-import, grid-export    of P_0, pu       (index 0)
 *     import-min, import-max      of X_m, pu       of community `index`: what its price caps leave of it
 *
 * **Worth in power.** To first order in the loss-free equations a change ΔS of consumption at junction j
 * moves v_j by −2 Re(conj(Z_j) ΔS), Z_j the impedance from the root (with ratios: Z_j = z_e + t_e Z_i). So
 * a voltage limit left by 1 pu² could be kept by no less than 1 / (2 |Z_j|) pu of power, and a limit L on a
 * squared current by 1 / (2 √L) at nominal voltage. Exchange and imports are powers as they are.
 */
import type { CostCurves } from '../market/costCurve.js';
import type { RadialNetwork } from '../network/radial.js';
import type { Layout } from './layout.js';
import type { NetworkProgram } from './networkProgram.js';

export type ProgramLimitKind =
  | 'voltage-min'
  | 'voltage-max'
  | 'current'
  | 'grid-import'
  | 'grid-export'
  | 'import-min'
  | 'import-max';

export interface ProgramLimit {
  readonly kind: ProgramLimitKind;
  readonly index: number;
  /** By how much it can be left at most, pu or pu²: what physics or the prosumers' bounds allow. */
  readonly most: number;
  /** Power, pu, that would keep it where it is left by 1. */
  readonly worth: number;
}

/** Net imports of every community, kW: between its price caps, and between its prosumers' bounds. */
export interface ImportRanges {
  readonly cappedLeast: Float64Array;
  readonly cappedMost: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** The ranges of curves, for a market whose caps are not to be touched. */
export function rangesOf(curves: CostCurves): ImportRanges {
  const least = Float64Array.from(curves.arcCount, (_, m) => curves.knot[curves.start[m]]);
  const most = Float64Array.from(curves.arcCount, (arcs, m) => curves.knot[curves.start[m] + arcs]);
  return { cappedLeast: least, cappedMost: most, least, most };
}

/** An impedance below this (pu) moves no voltage that matters; it keeps the worth of a limit finite. */
const SMALLEST_IMPEDANCE = 1e-5;

/** Likewise for a current limit, pu. */
const SMALLEST_CURRENT = 1e-3;

/** Caps that narrow a range by less, kW, narrow it by rounding. */
const NARROWED = 1e-9;

/** Every limit of the program, in the order of {@link ProgramLimitKind}. */
export function listLimits(
  { network, market }: NetworkProgram,
  ranges: ImportRanges,
): ProgramLimit[] {
  const limits: ProgramLimit[] = [];
  const free = Number.POSITIVE_INFINITY;
  const impedance = pathImpedance(network);
  impedance.forEach((size, index) => {
    const worth = 1 / (2 * Math.max(size, SMALLEST_IMPEDANCE));
    const lowest = network.vMin[index + 1];
    if (lowest > 0) limits.push({ kind: 'voltage-min', index, most: lowest, worth });
    if (network.vMax[index + 1] < free) {
      limits.push({ kind: 'voltage-max', index, most: free, worth });
    }
  });
  network.currentLimit.forEach((limit, index) => {
    const worth = 1 / (2 * Math.max(Math.sqrt(limit), SMALLEST_CURRENT));
    if (limit < free) limits.push({ kind: 'current', index, most: free, worth });
  });
  if (market.gridLimit < free) {
    limits.push({ kind: 'grid-import', index: 0, most: free, worth: 1 });
    limits.push({ kind: 'grid-export', index: 0, most: free, worth: 1 });
  }
  for (let index = 0; index < ranges.least.length; index += 1) {
    const below = ranges.cappedLeast[index] - ranges.least[index];
    const above = ranges.most[index] - ranges.cappedMost[index];
    const limit = { index, worth: 1 };
    const { baseKva } = network;
    if (below > NARROWED) limits.push({ kind: 'import-min', most: below / baseKva, ...limit });
    if (above > NARROWED) limits.push({ kind: 'import-max', most: above / baseKva, ...limit });
  }
  return limits;
}

/** |Z_j| of the junction that each branch feeds, pu. */
function pathImpedance(network: RadialNetwork): Float64Array {
  const resistance = new Float64Array(network.junctionCount);
  const reactance = new Float64Array(network.junctionCount);
  return Float64Array.from(network.parent, (sender, e) => {
    resistance[e + 1] = network.r[e] + network.senderFactor[e] * resistance[sender];
    reactance[e + 1] = network.x[e] + network.senderFactor[e] * reactance[sender];
    return Math.hypot(resistance[e + 1], reactance[e + 1]);
  });
}

/** The column that a limit bounds; of an import, any part stands for the whole. */
export function columnOf(layout: Layout, { kind, index }: ProgramLimit): number {
  switch (kind) {
    case 'voltage-min':
    case 'voltage-max':
      return layout.squaredVoltage + index;
    case 'current':
      return layout.squaredCurrent + index;
    case 'grid-import':
      return layout.gridImport;
    case 'grid-export':
      return layout.gridExport;
    case 'import-min':
    case 'import-max':
      return layout.importPart + index * layout.partCount;
  }
}

/** Whether leaving the limit makes its column's quantity smaller. */
export function isLowerLimit({ kind }: ProgramLimit): boolean {
  return kind === 'voltage-min' || kind === 'import-min';
}
