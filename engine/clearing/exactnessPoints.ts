/**
 * What the theorem of network/exactness.ts asks of a case, point by point, and one sentence for each on where
 * the case stands.
 */
import type { Case } from '../case/case.js';
import type { ExactnessCheck } from '../network/exactness.js';
import type { MarketState } from './marketState.js';

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

/** C1, the condition on exports. */
export interface ExactnessCondition {
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
}

export function conditionPoint(condition: ExactnessCondition): ExactnessPoint {
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
export function voltagePoint(
  { network, theCase }: MarketState,
  check: ExactnessCheck,
): ExactnessPoint {
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

export function lossPoint({ settings: { gridBuy, gridSell } }: Case): ExactnessPoint {
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

export function exportPoint(
  { network, theCase }: MarketState,
  check: ExactnessCheck,
): ExactnessPoint {
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

export function currentPoint(state: MarketState, check: ExactnessCheck): ExactnessPoint {
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
export function shuntPoint({ network, theCase: { buses } }: MarketState): ExactnessPoint {
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

export function regulatorPoint({ theCase: { branches, buses } }: MarketState): ExactnessPoint {
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

export function branchName({ network, theCase }: MarketState, branch: number): string {
  const { branches, buses } = theCase;
  const row = network.branchRow[branch];
  return `${buses.id[branches.from[row]]}-${buses.id[branches.to[row]]}`;
}
