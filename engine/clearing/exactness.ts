/**
 * Whether the relaxation of a case is known to be exact before it is cleared: the condition of
 * network/exactness.ts on the imports that the communities can choose, and every assumption that the theorem
 * makes beside it, each with where the case stands.
 */
import { UsageError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import {
  type ConsumptionRanges,
  checkExactness,
  type ExactnessCheck,
} from '../network/exactness.js';
import { type MarketState, openMarketState } from './marketState.js';
import { resolveOptions } from './options.js';
import type { Mode } from './result.js';

/** One thing that the theorem needs. */
export interface ExactnessPoint {
  readonly point:
    | 'condition'
    | 'upper voltage limits'
    | 'cost of losses'
    | 'limit on export'
    | 'current limits'
    | 'shunts'
    | 'regulators';
  readonly holds: boolean;
  /** The bus or branch (`from-to`) that decides; empty where none does. */
  readonly place: string;
  /** One sentence. */
  readonly finding: string;
}

export interface ExactnessReport {
  readonly case: string;
  readonly mode: Mode;
  /** Every point holds: any solution of the relaxation is one of the exact power flow. */
  readonly isExact: boolean;
  readonly condition: {
    readonly holds: boolean;
    /** The condition holds for net exports up to so many times the greatest; `null`: for any. */
    readonly margin: number | null;
    /** Ends of the path where it first fails as exports grow, nearer the root first; empty with no margin. */
    readonly upstreamBranch: string;
    readonly downstreamBranch: string;
    /** Greatest net export through the upstream branch, and what of it the condition allows. */
    readonly exportKw: number;
    readonly exportKvar: number;
    readonly allowedKw: number;
    readonly allowedKvar: number;
  };
  readonly points: readonly ExactnessPoint[];
}

/**
 * @param mode decides what the price caps leave of the imports
 * @throws UsageError for the modes without a network program
 */
export async function reportExactness(
  theCase: Case,
  mode: Mode = 'welfare',
): Promise<ExactnessReport> {
  const options = resolveOptions({ mode });
  if (mode === 'local' || mode === 'isolated') {
    throw new UsageError(`the mode "${mode}" solves no power flow that could be exact`);
  }
  const state = await openMarketState(theCase, options);
  const check = checkExactness(state.network, consumptionRanges(state));
  const condition = conditionOf(state, check);
  const points = [
    conditionPoint(condition),
    voltagePoint(state, check),
    lossPoint(theCase),
    exportPoint(state, check),
    currentPoint(state, check),
    shuntPoint(state),
    regulatorPoint(state),
  ];
  return {
    case: theCase.settings.name,
    mode,
    isExact: points.every(({ holds }) => holds),
    condition,
    points,
  };
}

function consumptionRanges(state: MarketState): ConsumptionRanges {
  const { junction, network, theCase } = state;
  const { qMaxKvar, qMinKvar } = theCase.communities;
  const ranges = {
    activeLeast: Float64Array.from(network.loadP),
    activeMost: Float64Array.from(network.loadP),
    reactiveLeast: Float64Array.from(network.loadQ),
    reactiveMost: Float64Array.from(network.loadQ),
  };
  junction.forEach((j, m) => {
    ranges.activeLeast[j] += state.importMin[m] / network.baseKva;
    ranges.activeMost[j] += state.importMax[m] / network.baseKva;
    ranges.reactiveLeast[j] += (state.reactiveDemand[m] + qMinKvar[m]) / network.baseKva;
    ranges.reactiveMost[j] += (state.reactiveDemand[m] + qMaxKvar[m]) / network.baseKva;
  });
  return ranges;
}

function conditionOf(state: MarketState, check: ExactnessCheck): ExactnessReport['condition'] {
  const { margin, upstreamBranch, downstreamBranch } = check;
  const { baseKva } = state.network;
  const isBounded = upstreamBranch >= 0;
  const active = isBounded ? check.activeExport[upstreamBranch] * baseKva : 0;
  const reactive = isBounded ? check.reactiveExport[upstreamBranch] * baseKva : 0;
  const allowed = Math.min(margin, 1);
  return {
    holds: margin >= 1,
    margin: isBounded ? margin : null,
    upstreamBranch: isBounded ? branchName(state, upstreamBranch) : '',
    downstreamBranch: isBounded ? branchName(state, downstreamBranch) : '',
    exportKw: active,
    exportKvar: reactive,
    allowedKw: active > 0 ? allowed * active : active,
    allowedKvar: reactive > 0 ? allowed * reactive : reactive,
  };
}

function conditionPoint(condition: ExactnessReport['condition']): ExactnessPoint {
  const { allowedKvar, allowedKw, downstreamBranch, exportKvar, exportKw, holds, margin } =
    condition;
  const { upstreamBranch } = condition;
  const point = { point: 'condition', holds, place: upstreamBranch } as const;
  if (margin === null) {
    return { ...point, finding: 'C1 holds whatever the communities export' };
  }
  const path =
    upstreamBranch === downstreamBranch
      ? `branch ${upstreamBranch}`
      : `the path from branch ${upstreamBranch} to branch ${downstreamBranch}`;
  if (holds) {
    const times = `${margin.toPrecision(4)} times the greatest export`;
    return { ...point, finding: `C1 holds, and would with ${times}: then ${path} fails first` };
  }
  if (upstreamBranch === downstreamBranch) {
    return { ...point, finding: `C1 fails on ${path}, which has no resistance` };
  }
  const excess =
    `of at most ${exportKw.toFixed(1)} kW and ${exportKvar.toFixed(1)} kvar towards the root through ` +
    `branch ${upstreamBranch} it allows ${allowedKw.toFixed(1)} kW and ${allowedKvar.toFixed(1)} kvar`;
  const share = `${(100 * (1 - margin)).toPrecision(3)} %`;
  return {
    ...point,
    finding: `C1 fails first on ${path}: ${excess}; exports ${share} lower would do`,
  };
}

/** No outcome has a higher voltage than the network without losses at the greatest export. */
function voltagePoint({ network, theCase }: MarketState, check: ExactnessCheck): ExactnessPoint {
  const { buses } = theCase;
  let worst = -1;
  let excess = Number.NEGATIVE_INFINITY;
  for (let j = 1; j < network.junctionCount; j += 1) {
    const above = Math.sqrt(check.highestVoltage[j] / network.vMax[j]) - 1;
    if (above <= excess) continue;
    excess = above;
    worst = j;
  }
  if (worst < 0) {
    return { point: 'upper voltage limits', holds: true, place: '', finding: 'there are none' };
  }
  const bus = network.vMaxBus[worst];
  const highest = Math.sqrt(check.highestVoltage[worst] * network.busFactor[bus]);
  const reach = `without losses bus ${buses.id[bus]} reaches ${highest.toFixed(5)} pu at the greatest export`;
  const holds = excess <= 0;
  const meaning = holds ? 'no upper limit can bind' : 'one may bind, and the cone go slack';
  return {
    point: 'upper voltage limits',
    holds,
    place: buses.id[bus],
    finding: `${reach}, limit ${buses.vMaxPu[bus]} pu: ${meaning}`,
  };
}

function lossPoint({ settings: { gridBuy, gridSell } }: Case): ExactnessPoint {
  const holds = gridSell > 0;
  return {
    point: 'cost of losses',
    holds,
    place: '',
    finding: holds
      ? `losses cost something: energy is sold at ${gridSell} and bought at ${gridBuy} $/kWh`
      : `grid_sell is ${gridSell} $/kWh: while the market exports, losses cost nothing or earn money`,
  };
}

function exportPoint({ network, theCase }: MarketState, check: ExactnessCheck): ExactnessPoint {
  const { gridLimitKw } = theCase.settings;
  const most = Math.max(check.rootExport * network.baseKva, 0);
  const holds = most <= gridLimitKw;
  const point = { point: 'limit on export', holds, place: '' } as const;
  if (gridLimitKw === Number.POSITIVE_INFINITY) return { ...point, finding: 'there is none' };
  const meaning = holds ? 'it cannot bind' : 'it may bind, and losses help to keep it';
  return {
    ...point,
    finding: `at most ${most.toFixed(1)} kW can be exported, limit ${gridLimitKw} kW: ${meaning}`,
  };
}

function currentPoint(state: MarketState, check: ExactnessCheck): ExactnessPoint {
  const { network, theCase } = state;
  let worst = -1;
  let loading = 0;
  network.currentLimit.forEach((limit, e) => {
    const ratio = limit < Number.POSITIVE_INFINITY ? Math.sqrt(check.highestCurrent[e] / limit) : 0;
    if (ratio <= loading) return;
    loading = ratio;
    worst = e;
  });
  const holds = loading <= 1;
  if (worst < 0) {
    return { point: 'current limits', holds, place: '', finding: 'there are none' };
  }
  const baseCurrent = network.baseKva / (Math.sqrt(3) * network.baseKv);
  const highest = Math.sqrt(check.highestCurrent[worst]) * baseCurrent;
  const limit = theCase.branches.iMaxA[network.branchRow[worst]];
  const name = branchName(state, worst);
  const meaning = holds ? 'none can bind' : 'one may bind';
  return {
    point: 'current limits',
    holds,
    place: name,
    finding: `branch ${name} carries at most ${highest.toFixed(1)} A, limit ${limit} A: ${meaning}`,
  };
}

/** A shunt where the voltage is given is a load like any other. */
function shuntPoint({ network, theCase: { buses } }: MarketState): ExactnessPoint {
  const at = buses.id.filter(
    (_, row) => buses.shuntKvar[row] !== 0 && network.busJunction[row] !== 0,
  );
  return {
    point: 'shunts',
    holds: at.length === 0,
    place: at[0] ?? '',
    finding:
      at.length === 0
        ? 'there are none'
        : `the theorem does not cover what a shunt adds as the voltage rises: buses ${listed(at)}`,
  };
}

function regulatorPoint({ theCase: { branches, buses } }: MarketState): ExactnessPoint {
  const at = [...branches.ratio.keys()]
    .filter((row) => branches.closed[row] === 1 && branches.ratio[row] !== 1)
    .map((row) => `${buses.id[branches.from[row]]}-${buses.id[branches.to[row]]}`);
  return {
    point: 'regulators',
    holds: true,
    place: at[0] ?? '',
    finding:
      at.length === 0
        ? 'there are none'
        : `covered, because their ratios are fixed: branches ${listed(at)}`,
  };
}

/** More are counted. */
const NAMED_PLACES = 8;

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_PLACES;
  return `${names.slice(0, NAMED_PLACES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function branchName({ network, theCase }: MarketState, branch: number): string {
  const { branches, buses } = theCase;
  const row = network.branchRow[branch];
  return `${buses.id[branches.from[row]]}-${buses.id[branches.to[row]]}`;
}
