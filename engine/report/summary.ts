/**
 * The answer as plain text that a person reads in ten seconds: what was decided, what it costs, how
 * sure that is, and what the network looks like. Every number has its unit.
 */
import { describeChanges } from '../case/limits.js';
import type {
  ClearingResult,
  Mode,
  Relaxation,
  ResultWithOutcome,
  Status,
  Timing,
} from '../clearing/result.js';
import { counted, duration, fixed, magnitude, money, power, price, voltage } from './numbers.js';
import { type Entry, entry, renderEntries } from './table.js';
import { describeViolations } from './violations.js';

/** More are counted, not listed: the result's tables hold them all. */
const LISTED_VIOLATIONS = 8;

const STATUS_MEANING: Readonly<Record<Status, string>> = {
  optimal: 'optimal: equilibrium, power flow and gap are certified',
  feasible: 'feasible: equilibrium and power flow are certified, optimality is not proven',
  infeasible: 'infeasible: proven, there is no answer within the limits',
  limit: 'limit: stopped without a certified answer',
};

/** A baseline is one point: there is nothing to be optimal among. */
const BASELINE_MEANING = 'optimal: equilibrium and power flow are certified';

export const MODE_MEANING: Readonly<Record<Mode, string>> = {
  welfare: 'lowest total cost over all prices that may be posted',
  dlmp: 'every community pays the marginal price of its bus',
  social: 'benchmark without strategic behaviour',
  local: 'baseline: every community clears alone',
  isolated: 'baseline: every prosumer trades at the retail tariff alone',
};

export function renderSummary(result: ClearingResult): string {
  const head = `${result.case.settings.name}, ${result.mode} (${MODE_MEANING[result.mode]})`;
  return `${head}\n\n${renderEntries(summaryEntries(result))}\n`;
}

/** What is to be said about a result, label by label. */
export function summaryEntries(result: ClearingResult): Entry[] {
  const status = entry(
    'status',
    isBaseline(result.mode) && result.status === 'optimal'
      ? BASELINE_MEANING
      : STATUS_MEANING[result.status],
    ...result.explanation.split('\n').filter((line) => line !== ''),
  );
  const body = result.outcome === undefined ? [] : outcomeEntries(result);
  return [status, ...relaxationEntry(result), ...body, ...runEntries(result)];
}

const RELAXATION_REASON: Readonly<Record<Relaxation['reason'], string>> = {
  kept: 'every limit of the case is kept',
  infeasible: 'no outcome keeps all limits of the case',
  cheaper:
    'the relaxed power flow could keep all limits of the case: at this price leaving them is cheaper',
  unresolved: 'no widening of limits led to an outcome',
  'power-flow': 'no outcome was found that keeps all limits of the case by the exact power flow',
};

/** The status is about the limits as they were widened; this says which. */
function relaxationEntry({ case: theCase, relaxation }: ClearingResult): Entry[] {
  if (relaxation === undefined) return [];
  const { limits, price: violationPrice, reason } = relaxation;
  const atPrice = `violation priced at ${violationPrice} $/kWh`;
  if (limits.length === 0)
    return [entry('relaxed', `nothing: ${RELAXATION_REASON[reason]} (${atPrice})`)];
  const caps = limits.some(({ kind }) => kind === 'price-min' || kind === 'price-max');
  return [
    entry(
      'relaxed',
      `${counted(limits.length, 'limit')}, and all of this is about the market within the wider ones`,
      `${RELAXATION_REASON[reason]} (${atPrice}, not in the cost)`,
      ...describeChanges(theCase, limits, LISTED_VIOLATIONS).map((text) => `  ${text}`),
      ...(caps ? [] : ['price caps are kept']),
    ),
  ];
}

function outcomeEntries(result: ResultWithOutcome): Entry[] {
  return [
    ...costEntries(result),
    pricesEntry(result),
    gridEntry(result),
    ...networkEntries(result),
    operatorEntry(result),
    ...certificateEntries(result),
  ];
}

function costEntries({
  outcome,
  cost,
  objective,
  lowerBound,
  gap,
  mode,
}: ResultWithOutcome): Entry[] {
  const prosumers = outcome.communities.cost.reduce((sum, part) => sum + part, 0);
  const split = `prosumers ${money(prosumers)}, grid ${money(cost - prosumers)}`;
  const entries = [entry('cost', `${money(cost)} (${split})`)];
  if (isBaseline(mode)) return entries;
  const bound = Number.isFinite(lowerBound)
    ? `lower bound ${money(lowerBound)}`
    : 'no lower bound is proven';
  const bounded =
    mode === 'dlmp' ? `the equilibrium's potential is ${money(objective)}, ${bound}` : bound;
  return [...entries, entry('gap', `${magnitude(gap)} (${bounded})`)];
}

function pricesEntry({ case: { communities, settings }, outcome }: ResultWithOutcome): Entry {
  const prices = outcome.communities.price;
  let lowest = -1;
  let highest = -1;
  prices.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    if (lowest < 0 || value < prices[lowest]) lowest = row;
    if (highest < 0 || value > prices[highest]) highest = row;
  });
  if (lowest < 0) {
    const tariff = `buying ${price(settings.gridBuy)}, selling ${price(settings.gridSell)}`;
    return entry('prices', `the retail tariff: ${tariff}`);
  }
  return entry(
    'prices',
    `${price(prices[lowest])} (${communities.id[lowest]}) to ${price(prices[highest])} (${communities.id[highest]})`,
  );
}

function gridEntry({ case: { settings }, outcome: { gridImportKw } }: ResultWithOutcome): Entry {
  const limit = Number.isFinite(settings.gridLimitKw) ? `, limit ${settings.gridLimitKw} kW` : '';
  const direction = gridImportKw < 0 ? 'sold to the grid' : 'bought from the grid';
  return entry('grid', `${power(Math.abs(gridImportKw))} ${direction}${limit}`);
}

function networkEntries(result: ResultWithOutcome): Entry[] {
  const { case: theCase, outcome } = result;
  const voltages = outcome.buses.voltagePu;
  const names = theCase.buses.id;
  const lowest = voltages.indexOf(result.vMinPu);
  const highest = voltages.indexOf(result.vMaxPu);
  const at = (bus: number): string => (bus < 0 ? '' : ` (bus ${names[bus]})`);
  const range = `${voltage(result.vMinPu)}${at(lowest)} to ${voltage(result.vMaxPu)}${at(highest)}`;
  return [
    entry('losses', power(result.lossesKw)),
    entry('voltages', range),
    ...loadingEntry(result),
    ...violationEntry(result),
  ];
}

function loadingEntry({ case: { branches, buses }, outcome }: ResultWithOutcome): Entry[] {
  const { loading } = outcome.branches;
  let highest = -1;
  loading.forEach((value, row) => {
    if (!Number.isNaN(value) && (highest < 0 || value > loading[highest])) highest = row;
  });
  if (highest < 0) return [];
  const name = `${buses.id[branches.from[highest]]}-${buses.id[branches.to[highest]]}`;
  return [entry('loading', `up to ${fixed(100 * loading[highest], 1)} % (branch ${name})`)];
}

function violationEntry({ case: theCase, outcome, mode }: ResultWithOutcome): Entry[] {
  if (outcome.buses.voltagePu.some(Number.isNaN)) {
    return [entry('limits', 'the power flow does not converge: the network cannot carry this')];
  }
  const violations = describeViolations(theCase, outcome);
  if (violations.length === 0) return [entry('limits', 'all kept')];
  const cause = isBaseline(mode) ? ', which this baseline does not look at' : '';
  const omitted = violations.length - LISTED_VIOLATIONS;
  return [
    entry(
      'limits',
      `${counted(violations.length, 'limit')} broken${cause}:`,
      ...violations.slice(0, LISTED_VIOLATIONS).map((violation) => `  ${violation}`),
      ...(omitted > 0 ? [`  and ${fixed(omitted, 0)} more`] : []),
    ),
  ];
}

function operatorEntry(result: ResultWithOutcome): Entry {
  const { operatorSurplus, mode } = result;
  const { buses } = result.case;
  const coverage = result.outcome.revenueAdequacy ? coverageCost(result) : [];
  // Rounding may leave a surplus of nothing just below it.
  const isCovered =
    operatorSurplus >= 0 || (coverage.length > 0 && result.certificate.revenueHolds);
  if (isCovered) return entry('operator', `surplus of ${money(operatorSurplus)}`, ...coverage);
  const payer = mode === 'isolated' ? 'prosumers' : 'communities';
  const fixedLoad = buses.loadKw.reduce((sum, load) => sum + load, 0);
  return entry(
    'operator',
    `DEFICIT of ${money(-operatorSurplus)}: what the ${payer} pay does not cover the grid's bill`,
    ...(fixedLoad > 0
      ? [
          `(the bill includes ${power(fixedLoad)} of load outside any community, which nobody here pays)`,
        ]
      : []),
  );
}

/** What it costs at most that prices cover the grid's bill. */
function coverageCost({ cost, subsidisedBound }: ResultWithOutcome): string[] {
  const covered = "prices cover the grid's bill";
  if (subsidisedBound === undefined || !Number.isFinite(subsidisedBound)) return [covered];
  const most = money(Math.max(cost - subsidisedBound, 0));
  return [
    `${covered}, at a cost of at most ${most}: subsidised, the market costs at least ${money(subsidisedBound)}`,
  ];
}

function certificateEntries({ certificate, mode }: ResultWithOutcome): Entry[] {
  const verdict = (holds: boolean): string => (holds ? 'holds' : 'FAILS');
  const gain = `${magnitude(certificate.largestGain_usd_per_h)} $/h`;
  const answer = `${magnitude(certificate.largestAnswerError_kw)} kW`;
  const difference = `${magnitude(certificate.largestVoltageDifference_pu)} pu`;
  const mismatch = `${magnitude(certificate.powerFlowMismatch_pu)} pu`;
  const slack = certificate.largestConeSlack_pu;
  const lines = [
    `equilibrium ${verdict(certificate.equilibriumHolds)}: largest gain by another bid ${gain}, answers off by ${answer}`,
    `power flow ${verdict(certificate.physicsHolds)}: voltages off by ${difference}, mismatch ${mismatch}`,
  ];
  if (!Number.isNaN(slack)) lines.push(`relaxation: largest slack ${magnitude(slack)} pu`);
  if (!isBaseline(mode)) {
    // In `dlmp` the gap is that of the potential, not of the cost.
    const recomputed =
      mode === 'dlmp'
        ? `potential ${money(certificate.recomputedObjective_usd_per_h)}`
        : `cost ${money(certificate.recomputedCost_usd_per_h)}`;
    lines.push(
      `optimality ${certificate.optimalityHolds ? 'holds' : 'not proven'}: recomputed ${recomputed}, gap ${magnitude(certificate.gap)}`,
    );
  }
  return [entry('certificate', ...lines)];
}

function runEntries({ case: theCase, timing, nodes }: ClearingResult): Entry[] {
  const { communities, prosumers, buses } = theCase;
  return [
    entry(
      'size',
      [
        counted(communities.id.length, 'community', 'communities'),
        counted(prosumers.id.length, 'prosumer'),
        counted(buses.id.length, 'bus', 'buses'),
        counted(nodes, 'node'),
      ].join(', '),
    ),
    entry('time', describeTiming(timing)),
  ];
}

function describeTiming({ total, ...stages }: Timing): string {
  const parts = Object.entries(stages).map(([stage, time]) => `${stage} ${duration(time)}`);
  const whole = duration(total ?? Number.NaN);
  return parts.length === 0 ? whole : `${whole} (${parts.join(', ')})`;
}

/** A baseline is one point, which nothing is compared with: it has no gap. */
export function isBaseline(mode: Mode): boolean {
  return mode === 'local' || mode === 'isolated';
}
