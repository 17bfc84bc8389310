/**
 * Says why a market has no outcome (docs/model.md section 6): which limits exclude each other, and the least
 * changes of limits that leave an outcome, kind by kind. All of it is about the relaxed network: its
 * conflicts are conflicts of the true one, and its least changes are no more than the true one needs.
 */
import type { LimitChange, LimitKind, LimitReference } from '../case/limits.js';
import { findConflict } from '../program/elasticConflict.js';
import { listLimits, type ProgramLimit, type ProgramLimitKind } from '../program/elasticLimits.js';
import { leastViolation } from '../program/elasticProgram.js';
import {
  brokenLimits,
  importRanges,
  limitChanges,
  type PowerFlowInputs,
  stateOfImports,
} from './elasticWidening.js';
import { changesText, conflictText, exactFlowText, infeasibilityText } from './infeasibleText.js';
import type { MarketState } from './marketState.js';
import type { NetworkMarket } from './networkMarket.js';
import type { Infeasibility, Remedy, RemedyKind } from './result.js';

/** In words, and as data. */
export interface ExplainedInfeasibility {
  readonly explanation: string;
  readonly infeasibility: Infeasibility;
}

/** Squared voltages of joined buses that differ by less, relative to their size, differ by rounding. */
const ROUNDING = 1e-12;

/**
 * Voltage limits that exclude each other whatever is traded: of a bus joined to the root without
 * impedance, where the voltage is given, or of buses joined to each other.
 */
export function fixedVoltageConflict(state: MarketState): ExplainedInfeasibility | undefined {
  const atRoot = rootChanges(state);
  const changes = [...atRoot, ...joinedChanges(state)];
  const [first] = changes;
  if (first === undefined) return undefined;
  const { buses } = state.theCase;
  const conflict: LimitReference[] = [{ kind: first.kind, row: first.row }];
  let cause = `bus ${buses.id[first.row]} is joined to the root and stands at ${first.to.toFixed(6)} pu`;
  if (atRoot.length === 0) {
    const other = state.network.vMaxBus[state.network.busJunction[first.row]];
    conflict.push({ kind: 'voltage-max', row: other });
    cause = `buses ${buses.id[first.row]} and ${buses.id[other]} are joined without impedance`;
  }
  // Once they have given there may be other conflicts: no remedy is claimed.
  const infeasibility = { conflict, isIrreducible: true, violations: changes, remedies: [] };
  const explanation =
    `${cause}: ${conflictText(state.theCase, infeasibility)}\n` +
    `whatever is traded, this has to give: ${changesText(state.theCase, changes)}`;
  return { explanation, infeasibility };
}

/** Changes that let every bus joined to the root stand at its voltage. */
function rootChanges({ network, theCase }: MarketState): LimitChange[] {
  const { buses, settings } = theCase;
  const changes: LimitChange[] = [];
  for (let row = 0; row < buses.id.length; row += 1) {
    if (network.busJunction[row] !== 0 || row === settings.rootBus) continue;
    const to = Math.sqrt(network.busFactor[row] * network.rootVoltage);
    const from = to < buses.vMinPu[row] ? buses.vMinPu[row] : buses.vMaxPu[row];
    const kind: LimitKind = to < buses.vMinPu[row] ? 'voltage-min' : 'voltage-max';
    const isOutside = to < buses.vMinPu[row] || to > buses.vMaxPu[row];
    if (isOutside && Math.abs(to - from) > ROUNDING * to) changes.push({ kind, row, from, to });
  }
  return changes;
}

/** Lower limits lowered to the upper limits of buses joined to them. */
function joinedChanges({ network, theCase }: MarketState): LimitChange[] {
  const { buses } = theCase;
  const changes: LimitChange[] = [];
  for (let row = 0; row < buses.id.length; row += 1) {
    const j = network.busJunction[row];
    if (j === 0) continue;
    const from = buses.vMinPu[row];
    const to = Math.sqrt(network.busFactor[row] * network.vMax[j]);
    if (from > to * (1 + ROUNDING)) changes.push({ kind: 'voltage-min', row, from, to });
  }
  return changes;
}

/**
 * Why the network cannot serve a market whose limits do not exclude each other on paper.
 *
 * @param nearest the outcome of the search that came nearest to the limits, if it met any
 */
export function analyseInfeasibility(
  state: MarketState,
  market: NetworkMarket,
  nearest: PowerFlowInputs | undefined,
  shouldStop: () => boolean,
): ExplainedInfeasibility {
  const ranges = importRanges(state);
  const limits = listLimits(market.program, ranges);
  const found = findConflict(market.program, ranges, limits, shouldStop);
  const remedies = found === undefined ? [] : findRemedies(state, market, limits);
  const infeasibility: Infeasibility = {
    conflict: (found?.members ?? []).map((k) => caseLimit(state, limits[k])),
    isIrreducible: found?.isIrreducible ?? false,
    violations: remedies[0]?.changes ?? [],
    remedies,
  };
  const explanation =
    found === undefined
      ? exactFlowText(state.theCase, market.models.revenues !== undefined, needs(state, nearest))
      : infeasibilityText(state.theCase, infeasibility);
  return { explanation, infeasibility };
}

/** What limits would have to be for an outcome to keep them by the exact power flow. */
function needs(state: MarketState, outcome: PowerFlowInputs | undefined): LimitChange[] {
  const flow = outcome && stateOfImports(state, outcome);
  return flow === undefined ? [] : brokenLimits(state.theCase, flow, 0);
}

function caseLimit({ network }: MarketState, { kind, index }: ProgramLimit): LimitReference {
  switch (kind) {
    case 'voltage-min':
      return { kind, row: network.vMinBus[index + 1] };
    case 'voltage-max':
      return { kind, row: network.vMaxBus[index + 1] };
    case 'current':
      return { kind, row: network.branchRow[index] };
    case 'grid-import':
    case 'grid-export':
      return { kind, row: -1 };
    case 'import-min':
      return { kind: 'price-max', row: index };
    case 'import-max':
      return { kind: 'price-min', row: index };
  }
}

const KINDS_OF_VOLTAGE: readonly ProgramLimitKind[] = ['voltage-min', 'voltage-max'];
const KINDS_OF_EXCHANGE: readonly ProgramLimitKind[] = ['grid-import', 'grid-export'];
const KINDS_OF_CAPS: readonly ProgramLimitKind[] = ['import-min', 'import-max'];
const KINDS_OF_NETWORK = [...KINDS_OF_VOLTAGE, ...KINDS_OF_EXCHANGE, 'current'] as const;

/** What one of these kinds alone has to give, and where none is enough, all of them together. */
function findRemedies(
  state: MarketState,
  market: NetworkMarket,
  limits: readonly ProgramLimit[],
): Remedy[] {
  const find = (of: RemedyKind, kinds: readonly ProgramLimitKind[]): Remedy[] => {
    if (!limits.some(({ kind }) => kinds.includes(kind))) return [];
    return findRemedy(state, market, limits, of, kinds);
  };
  const single = [
    ...find('voltages', KINDS_OF_VOLTAGE),
    ...find('exchange', KINDS_OF_EXCHANGE),
    ...find('currents', ['current']),
    ...find('price caps', KINDS_OF_CAPS),
  ];
  if (single.length > 0) return single;
  const network = find('network', KINDS_OF_NETWORK);
  return network.length > 0 ? network : find('all', [...KINDS_OF_NETWORK, ...KINDS_OF_CAPS]);
}

/** None where leaving limits of these kinds is not enough. */
function findRemedy(
  state: MarketState,
  { program }: NetworkMarket,
  limits: readonly ProgramLimit[],
  of: RemedyKind,
  kinds: readonly ProgramLimitKind[],
): Remedy[] {
  // Squared voltages count alike; where kinds are mixed, and for squared currents, their worth in power does.
  const byWorth = of === 'currents' || of === 'network' || of === 'all';
  const weights = Float64Array.from(limits, ({ kind, worth }) => {
    if (!kinds.includes(kind)) return Number.POSITIVE_INFINITY;
    return byWorth ? worth : 1;
  });
  const violation = leastViolation(program, importRanges(state), limits, weights);
  if (violation === undefined) return [];
  const changes = limitChanges(state, limits, violation, 0);
  const { baseKva } = program.network;
  const left = violation.left.reduce(
    (sum, value, k) => sum + (value > 0 ? value * weights[k] : 0),
    0,
  );
  switch (of) {
    case 'voltages':
      return [{ of, changes, total: left, unit: 'pu²' }];
    case 'exchange':
    case 'price caps':
      return [{ of, changes, total: left * baseKva, unit: 'kW' }];
    case 'currents': {
      const total = changes.reduce((sum, { from, to }) => sum + to - from, 0);
      return [{ of, changes, total, unit: 'A' }];
    }
    case 'network':
    case 'all':
      return [{ of, changes, total: left * baseKva, unit: 'kVA' }];
  }
}
