/** A region's answer as text: the totals, a line a feeder, the full summary of those without an outcome. */
import type { RegionResult, RegionTotals } from '../clearing/region.js';
import type { ClearingResult } from '../clearing/result.js';
import { counted, duration, magnitude, money, power, voltage } from './numbers.js';
import { isBaseline, renderSummary } from './summary.js';
import { type Entry, entry, renderEntries } from './table.js';

export function renderRegion(result: RegionResult): string {
  const { feeders, mode, region } = result;
  const head = `${region.name}, ${mode}, ${counted(feeders.length, 'feeder')} side by side`;
  const failed = feeders.filter((feeder) => feeder.outcome === undefined);
  const entries = renderEntries(regionEntries(result));
  return [`${head}\n\n${entries}\n`, ...failed.map(renderSummary)].join('\n');
}

/** What is to be said about a region, label by label. */
export function regionEntries(result: RegionResult): Entry[] {
  const { feeders, status } = result;
  const answered = feeders.filter((feeder) => feeder.status === 'optimal').length;
  return [
    entry('status', `${status}: ${answered} of ${counted(feeders.length, 'feeder')} optimal`),
    ...totalEntries(result),
    entry('feeders', ...Array.from(feeders.keys(), (place) => feederLine(result, place))),
    sizeEntry(result),
  ];
}

function totalEntries(result: RegionResult): Entry[] {
  const { totals } = result;
  if (totals === undefined) return [];
  const direction = totals.gridImportKw < 0 ? 'sold to the grid' : 'bought from the grid';
  return [
    entry('cost', money(totals.cost)),
    ...gapEntry(result, totals),
    entry('grid', `${power(Math.abs(totals.gridImportKw))} ${direction}, over all roots`),
    entry('losses', power(totals.lossesKw)),
    entry('voltages', `${voltage(totals.vMinPu)} to ${voltage(totals.vMaxPu)}`),
    operatorsEntry(result, totals.operatorSurplus),
  ];
}

/** In `dlmp` the gap is that of the potential, not of the cost. */
function gapEntry({ mode }: RegionResult, { gap, lowerBound, objective }: RegionTotals): Entry[] {
  if (isBaseline(mode) || !Number.isFinite(lowerBound)) return [];
  const potential = mode === 'dlmp' ? `the equilibria's potential is ${money(objective)}, ` : '';
  return [entry('gap', `${magnitude(gap)} (${potential}lower bound ${money(lowerBound)})`)];
}

/** Every root has an operator of its own: a surplus at one does not pay for a deficit at another. */
function operatorsEntry({ feeders }: RegionResult, surplus: number): Entry {
  const losing = feeders.filter(
    (feeder) =>
      feeder.outcome !== undefined &&
      feeder.operatorSurplus < 0 &&
      // Where prices cover the bill, rounding may leave a surplus of nothing just below it.
      !(feeder.outcome.revenueAdequacy && feeder.certificate.revenueHolds),
  );
  const sum = `${money(surplus)} over all roots`;
  if (losing.length === 0) return entry('operators', `surplus of ${sum}`);
  const named = counted(losing.length, 'operator loses', 'operators lose');
  return entry(
    'operators',
    `${sum}, but ${named} money: what is paid does not cover the grid's bill`,
  );
}

function feederLine({ feeders, region }: RegionResult, place: number): string {
  const feeder = feeders[place];
  const parts = [`${region.roots[place]}: ${feeder.status}`];
  if (feeder.outcome !== undefined) {
    parts.push(money(feeder.cost));
    if (!isBaseline(feeder.mode)) parts.push(`gap ${magnitude(feeder.gap)}`);
    parts.push(`grid ${power(feeder.outcome.gridImportKw)}`);
    parts.push(`${voltage(feeder.vMinPu)} to ${voltage(feeder.vMaxPu)}`);
  }
  parts.push(counted(feeder.case.communities.id.length, 'community', 'communities'));
  return parts.join(', ');
}

function sizeEntry({ feeders, nodes }: RegionResult): Entry {
  const sum = (count: (feeder: ClearingResult) => number): number =>
    feeders.reduce((total, feeder) => total + count(feeder), 0);
  const time = sum(({ timing }) => timing.total ?? 0);
  return entry(
    'size',
    [
      counted(
        sum((feeder) => feeder.case.communities.id.length),
        'community',
        'communities',
      ),
      counted(
        sum((feeder) => feeder.case.prosumers.demandKw.length),
        'prosumer',
      ),
      counted(
        sum((feeder) => feeder.case.buses.id.length),
        'bus',
        'buses',
      ),
      counted(nodes, 'node'),
      `${duration(time)} over the feeders`,
    ].join(', '),
  );
}
