/**
 * The columns of a case that passes over its prosumers read: arrays alone, so that a thread can be handed them,
 * and cut into blocks. Sums are formed within a block and then over blocks in their order, so that no digit
 * depends on who works on what.
 */
import type { Case } from '../case/case.js';

/** By unit: bounds in kW, costs ½ c p² + b p with c in $/kWh per kW and b in $/kWh. */
export interface Units {
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
}

export interface Bids {
  /** Prosumers of community m are rows prosumerStart[m] … prosumerStart[m + 1] − 1. */
  readonly prosumerStart: Int32Array;
  readonly prosumers: Units & {
    readonly demandKw: Float64Array;
    readonly demandKvar: Float64Array;
    /** As in the case; empty where there are no devices at all. */
    readonly deviceStart: Int32Array;
  };
  readonly devices: Units;
}

export function bidsOf({ communities, prosumers, devices }: Case): Bids {
  const { demandKw, demandKvar, deviceStart } = prosumers;
  return {
    prosumerStart: communities.prosumerStart,
    prosumers: { ...unitsOf(prosumers), demandKw, demandKvar, deviceStart },
    devices: unitsOf(devices),
  };
}

function unitsOf({ pMinKw, pMaxKw, costQuadratic, costLinear }: Units): Units {
  return { pMinKw, pMaxKw, costQuadratic, costLinear };
}

/** Rows of a block. */
const BLOCK_ROWS = 4096;

/** By block: its community, and the rows from `first` to before `end`. */
export interface Blocks {
  readonly count: number;
  readonly community: Int32Array;
  readonly first: Int32Array;
  readonly end: Int32Array;
  /** Blocks of community m are start[m] … start[m + 1] − 1. */
  readonly start: Int32Array;
}

/** A community's rows are cut at every BLOCK_ROWS from its first one. */
export function blocksOf({ prosumerStart }: Pick<Bids, 'prosumerStart'>): Blocks {
  const community: number[] = [];
  const first: number[] = [];
  const end: number[] = [];
  const start = [0];
  for (let m = 0; m + 1 < prosumerStart.length; m += 1) {
    for (let row = prosumerStart[m]; row < prosumerStart[m + 1]; row += BLOCK_ROWS) {
      community.push(m);
      first.push(row);
      end.push(Math.min(row + BLOCK_ROWS, prosumerStart[m + 1]));
    }
    start.push(first.length);
  }
  return {
    count: first.length,
    community: Int32Array.from(community),
    first: Int32Array.from(first),
    end: Int32Array.from(end),
    start: Int32Array.from(start),
  };
}

/**
 * Rows of a loop at most: after a few loops V8 has seen what follows them, and compiles function and loop as one.
 * A single loop over a block is compiled while it runs, and thrown away at its end, time and again.
 */
export const RUN_ROWS = 1024;

/**
 * Where a run of plain prosumers that begins at `first` ends: of prosumers with one output and c + κ > 0. It is
 * `first` itself where that one is not plain.
 */
export function runEnd({ prosumers }: Bids, kappa: number, first: number, end: number): number {
  const { deviceStart, costQuadratic } = prosumers;
  const last = Math.min(first + RUN_ROWS, end);
  if (deviceStart.length === 0 && kappa > 0) return last;
  let row = first;
  // Costs of prosumers with devices are NaN.
  while (row < last && costQuadratic[row] + kappa > 0) row += 1;
  return row;
}
