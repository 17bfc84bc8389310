/** The figures of one interval as texts, in the groups in which the page shows them. */
import {
  counted,
  duration,
  fixed,
  magnitude,
  money,
  power,
  price,
  voltage,
} from '../../report/numbers.js';
import type { IntervalRecord, IntervalTiming, TrialRecord } from '../../trial/record.js';
import { clipped } from './dayTables.js';
import { endOfDay, timeOfDay } from './timeOfDay.js';

export interface Figure {
  /** What the page's script calls it. */
  readonly name: string;
  readonly label: string;
  /** One an interval shown. */
  readonly texts: readonly string[];
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

type Text = (interval: IntervalRecord, timing: Partial<IntervalTiming>) => string;

const NOT_KNOWN = Number.NaN;

const GROUPS: readonly { readonly title: string; readonly figures: readonly [string, Text][] }[] = [
  {
    title: 'Market',
    figures: [
      ['status', ({ status }) => status],
      ['found by', ({ route }) => ROUTES[route]],
      ['remark', ({ explanation }) => clipped(explanation)],
      ['cost of all', ({ cost_usd_per_h }) => money(cost_usd_per_h)],
      ['without the market', ({ alone_cost_usd_per_h }) => money(alone_cost_usd_per_h)],
      ['surplus of the operator', (row) => money(row.operator_surplus_usd_per_h)],
      ['lowest price', ({ price_min_usd_per_kwh }) => price(price_min_usd_per_kwh)],
      ['mean price', ({ price_mean_usd_per_kwh }) => price(price_mean_usd_per_kwh)],
      ['highest price', ({ price_max_usd_per_kwh }) => price(price_max_usd_per_kwh)],
      ['grid, to buy', ({ grid_buy_usd_per_kwh }) => price(grid_buy_usd_per_kwh)],
      ['grid, to sell', ({ grid_sell_usd_per_kwh }) => price(grid_sell_usd_per_kwh)],
    ],
  },
  {
    title: 'Energy',
    figures: [
      ['grid import', ({ grid_import_kw }) => power(grid_import_kw)],
      ['load', ({ load_kw }) => power(load_kw)],
      ['solar used', ({ solar_kw }) => power(solar_kw)],
      ['solar there was', ({ solar_available_kw }) => power(solar_available_kw)],
      ['batteries give', ({ battery_kw }) => power(battery_kw)],
      ['vehicles take', ({ vehicle_kw }) => power(vehicle_kw)],
      ['vehicles connected', ({ vehicles_connected }) => fixed(vehicles_connected, 0)],
      [
        'stored',
        ({ stored_kwh }) => (Number.isNaN(stored_kwh) ? '' : `${fixed(stored_kwh, 2)} kWh`),
      ],
    ],
  },
  {
    title: 'Network',
    figures: [
      ['losses', ({ losses_kw }) => power(losses_kw)],
      ['losses without the market', ({ alone_losses_kw }) => power(alone_losses_kw)],
      ['lowest voltage', ({ v_min_pu }) => voltage(v_min_pu)],
      ['lowest without the market', ({ alone_v_min_pu }) => voltage(alone_v_min_pu)],
      ['highest voltage', ({ v_max_pu }) => voltage(v_max_pu)],
      ['highest without the market', ({ alone_v_max_pu }) => voltage(alone_v_max_pu)],
      ['limits broken', ({ violations }) => fixed(violations, 0)],
      ['broken without the market', ({ alone_violations }) => fixed(alone_violations, 0)],
      ['events', ({ events }) => clipped(events)],
    ],
  },
  {
    title: 'Clearing',
    figures: [
      ['gap', ({ gap }) => magnitude(gap)],
      ['nodes', ({ nodes }) => fixed(nodes, 0)],
      ['clear time', (_, { clear_ms = NOT_KNOWN }) => duration(clear_ms)],
      ['changes', (_, { update_ms = NOT_KNOWN }) => duration(update_ms)],
      ['responses', (_, { responses_ms = NOT_KNOWN }) => duration(responses_ms)],
      ['search', (_, { search_ms = NOT_KNOWN }) => duration(search_ms)],
      ['dispatch', (_, { dispatch_ms = NOT_KNOWN }) => duration(dispatch_ms)],
      ['certificate', (_, { certify_ms = NOT_KNOWN }) => duration(certify_ms)],
      ['deadline', (_, { deadline_kept = NOT_KNOWN }) => deadlineText(deadline_kept)],
      ['bids', bidText],
    ],
  },
];

/** How an answer was found, in words. */
export const ROUTES: Readonly<Record<IntervalRecord['route'], string>> = {
  corrected: 'correcting the last answer',
  searched: 'search',
  fallback: 'fallback to the last prices',
};

function bidText({
  bids_arrived,
  bids_changed,
  bids_refused,
  bids_withdrawn,
}: IntervalRecord): string {
  return (
    `${fixed(bids_arrived, 0)} new, ${fixed(bids_changed, 0)} changed, ` +
    `${fixed(bids_withdrawn, 0)} withdrawn, ${fixed(bids_refused, 0)} refused`
  );
}

/** Texts of figures that are not there. */
const NOTHING = /^(n\/a.*|)$/;

/** Figures that are nowhere known, as prices where communities have none, are left out. */
export function figureGroups(
  { intervals, timing }: TrialRecord,
  rows: readonly number[],
): FigureGroup[] {
  return GROUPS.map(({ figures, title }) => {
    const texts = figures.map(([label, text], k) => ({
      name: `${title.toLowerCase()}-${k}`,
      label,
      texts: rows.map((row) => text(intervals[row], timing[row] ?? {})),
    }));
    return {
      title,
      figures: texts.filter((figure) => figure.texts.some((text) => !NOTHING.test(text))),
    };
  });
}

/** `12:35 to 12:40, interval 152 of 288`. */
export function momentTexts(
  { intervals }: TrialRecord,
  rows: readonly number[],
  minutes: number,
): string[] {
  const count = counted(intervals.length, 'interval').split(' ')[0];
  return rows.map((row) => {
    const { start_minutes } = intervals[row];
    const from = timeOfDay(start_minutes);
    const to = endOfDay(start_minutes + minutes).replace(/^day.*, /, '');
    return `${from} to ${to}, interval ${fixed(row + 1, 0)} of ${count}`;
  });
}

function deadlineText(kept: number): string {
  if (Number.isNaN(kept)) return '';
  return kept === 1 ? 'kept' : 'missed';
}
