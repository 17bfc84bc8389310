/**
 * From limits that a network program leaves to limits of the case. A junction is left by every bus of it
 * whose own limit is beyond the junction's voltage; an import outside its price caps becomes the price that
 * it answers.
 */
import type { Case } from '../case/case.js';
import type { LimitChange } from '../case/limits.js';
import {
  LIMIT_TOLERANCE,
  SMALLEST_EXCHANGE_KW,
  VOLTAGE_TOLERANCE_PU,
} from '../certify/tolerances.js';
import { type PriceInterval, priceIntervalAt } from '../market/responseFunction.js';
import { createPowerFlow } from '../network/powerFlow.js';
import type { ImportRanges, ProgramLimit } from '../program/elasticLimits.js';
import type { Violation } from '../program/elasticProgram.js';
import type { MarketState } from './marketState.js';
import { busVoltages } from './networkResult.js';
import type { Outcome } from './result.js';

/**
 * A violation (pu or pu²) below this is what the conic solver left undecided; a voltage that leaves its
 * limit by so little does so by a twentieth of what the certificate tolerates.
 */
const NOTICEABLE = 1e-7;

/** No limit on a voltage is widened to less, pu: a case needs a positive one. */
const SMALLEST_VOLTAGE = 1e-3;

/** Imports between the price caps, and between the prosumers' bounds. */
export function importRanges({ importMin, importMax, responses }: MarketState): ImportRanges {
  return {
    cappedLeast: importMin,
    cappedMost: importMax,
    least: responses.smallestImport,
    most: responses.largestImport,
  };
}

/**
 * What of the case has to be widened for a violation, the largest (by worth in power) first.
 *
 * @param margin by which every changed limit is widened more, relative to its size
 */
export function limitChanges(
  state: MarketState,
  limits: readonly ProgramLimit[],
  violation: Violation,
  margin: number,
): LimitChange[] {
  return limits
    .map((limit, k) => ({ limit, left: violation.left[k] }))
    .filter(({ left }) => left >= NOTICEABLE)
    .sort((a, b) => b.left * b.limit.worth - a.left * a.limit.worth)
    .flatMap(({ limit, left }) => changesOf(state, limit, left, margin));
}

function changesOf(
  state: MarketState,
  { kind, index }: ProgramLimit,
  left: number,
  margin: number,
): LimitChange[] {
  const { network, theCase } = state;
  const { branches, settings } = theCase;
  switch (kind) {
    case 'voltage-min':
      return voltageChanges(state, kind, index + 1, network.vMin[index + 1] - left, margin);
    case 'voltage-max':
      return voltageChanges(state, kind, index + 1, network.vMax[index + 1] + left, margin);
    case 'current': {
      const row = network.branchRow[index];
      const baseCurrent = network.baseKva / (Math.sqrt(3) * network.baseKv);
      const current = Math.sqrt(network.currentLimit[index] + left) * baseCurrent;
      return [{ kind, row, from: branches.iMaxA[row], to: current * (1 + margin) }];
    }
    case 'grid-import':
    case 'grid-export': {
      const exchange = settings.gridLimitKw + left * network.baseKva;
      const to = exchange + margin * Math.max(exchange, SMALLEST_EXCHANGE_KW);
      return [{ kind, row: -1, from: settings.gridLimitKw, to }];
    }
    case 'import-min':
    case 'import-max':
      return [priceChange(state, kind, index, left * network.baseKva, margin)];
  }
}

/** Of the buses of a junction whose own limit excludes its squared voltage. */
function voltageChanges(
  { network, theCase }: MarketState,
  kind: 'voltage-min' | 'voltage-max',
  junction: number,
  squaredVoltage: number,
  margin: number,
): LimitChange[] {
  const { buses, settings } = theCase;
  const changes: LimitChange[] = [];
  const isLower = kind === 'voltage-min';
  for (let row = 0; row < buses.id.length; row += 1) {
    if (network.busJunction[row] !== junction || row === settings.rootBus) continue;
    const voltage = Math.sqrt(Math.max(network.busFactor[row] * squaredVoltage, 0));
    const from = isLower ? buses.vMinPu[row] : buses.vMaxPu[row];
    if (isLower ? voltage >= from : voltage <= from) continue;
    const to = isLower
      ? Math.max(voltage * (1 - margin), SMALLEST_VOLTAGE)
      : voltage * (1 + margin);
    changes.push({ kind, row, from, to });
  }
  return changes;
}

const interval: PriceInterval = { low: 0, high: 0 };

/** The cap at which a community imports so much (kW) less or more. */
function priceChange(
  { importMax, importMin, priceMax, priceMin, responses }: MarketState,
  kind: 'import-min' | 'import-max',
  row: number,
  left: number,
  margin: number,
): LimitChange {
  const isUpperCap = kind === 'import-min';
  const netImport = isUpperCap ? importMin[row] - left : importMax[row] + left;
  priceIntervalAt(responses, row, netImport, 0, interval);
  const price = isUpperCap ? interval.low : interval.high;
  const widening = margin * Math.max(Math.abs(price), 1);
  return isUpperCap
    ? { kind: 'price-max', row, from: priceMax[row], to: Math.max(price, priceMax[row]) + widening }
    : {
        kind: 'price-min',
        row,
        from: priceMin[row],
        to: Math.min(price, priceMin[row]) - widening,
      };
}

/** The quantities of a network that the case limits. */
export interface LimitedState {
  /** By bus. */
  readonly voltagePu: Float64Array;
  /** By branch of the case. */
  readonly currentA: Float64Array;
  readonly gridImportKw: number;
}

export function stateOfOutcome({ branches, buses, gridImportKw }: Outcome): LimitedState {
  return { voltagePu: buses.voltagePu, currentA: branches.currentA, gridImportKw };
}

/** What decides a power flow: imports by community, kW, and free reactive amounts by junction, pu. */
export type PowerFlowInputs = Pick<Violation, 'netImport' | 'freeReactive'>;

/** By the exact power flow; undefined where that has no solution. */
export function stateOfImports(
  { junction, network, reactiveDemand, theCase }: MarketState,
  { freeReactive, netImport }: PowerFlowInputs,
): LimitedState | undefined {
  const flow = createPowerFlow(network);
  const active = new Float64Array(network.junctionCount);
  const reactive = Float64Array.from(freeReactive);
  junction.forEach((j, m) => {
    active[j] += netImport[m] / network.baseKva;
    reactive[j] += reactiveDemand[m] / network.baseKva;
  });
  if (flow.solve(active, reactive) === 'diverged') return undefined;
  const baseCurrent = network.baseKva / (Math.sqrt(3) * network.baseKv);
  // A link without a limit carries no current of its own here, and needs none.
  const currentA = new Float64Array(theCase.branches.from.length);
  network.branchRow.forEach((row, e) => {
    currentA[row] = Math.sqrt(flow.squaredCurrent[e]) * baseCurrent;
  });
  return {
    voltagePu: busVoltages(network, flow),
    currentA,
    gridImportKw: flow.rootActive * network.baseKva,
  };
}

/** Limits that a state leaves by more than the certificate tolerates, and what they would have to be. */
export function brokenLimits(
  { branches, buses, settings }: Case,
  { currentA, gridImportKw, voltagePu }: LimitedState,
  margin: number,
): LimitChange[] {
  const broken: LimitChange[] = [];
  voltagePu.forEach((voltage, row) => {
    if (row === settings.rootBus) return;
    const lowest = buses.vMinPu[row];
    const highest = buses.vMaxPu[row];
    if (voltage < lowest - VOLTAGE_TOLERANCE_PU) {
      broken.push({ kind: 'voltage-min', row, from: lowest, to: voltage * (1 - margin) });
    }
    if (voltage > highest + VOLTAGE_TOLERANCE_PU) {
      broken.push({ kind: 'voltage-max', row, from: highest, to: voltage * (1 + margin) });
    }
  });
  currentA.forEach((current, row) => {
    const limit = branches.iMaxA[row];
    if (current <= limit * (1 + LIMIT_TOLERANCE)) return;
    broken.push({ kind: 'current', row, from: limit, to: current * (1 + margin) });
  });
  const exchange = Math.abs(gridImportKw);
  const { gridLimitKw } = settings;
  if (exchange > gridLimitKw + LIMIT_TOLERANCE * Math.max(gridLimitKw, SMALLEST_EXCHANGE_KW)) {
    const kind = gridImportKw > 0 ? 'grid-import' : 'grid-export';
    const to = exchange + margin * Math.max(exchange, SMALLEST_EXCHANGE_KW);
    broken.push({ kind, row: -1, from: gridLimitKw, to });
  }
  return broken;
}
