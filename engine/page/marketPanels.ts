/** The panels about the market: prices and imports, responses of communities, gains of prosumers. */
import type { Case } from '../case/case.js';
import type { Mode } from '../clearing/result.js';
import { counted, fixed, money } from '../report/numbers.js';
import { type Columns, hasValues, rounded } from './columns.js';
import type { Gains } from './gains.js';
import type { PageShare } from './pageShare.js';
import { control, figure, foldedTable, numbers, type Place, panel, paragraph } from './panels.js';

export function communityPanel(
  { communities }: Case,
  columns: Columns,
  place: Place,
  { tableRows }: PageShare,
): string {
  const all = communities.id.length;
  const drawn = columns.id.length;
  const column = (name: string): (number | null)[] =>
    columns[name].slice(0, tableRows).map((cell) => (typeof cell === 'number' ? cell : null));
  const texts = (name: string): string[] =>
    columns[name].slice(0, tableRows).map((cell) => String(cell ?? ''));
  const hasPrices = hasValues(columns.price);
  const selection =
    drawn < all ? `${fixed(drawn, 0)} of ${fixed(all, 0)} communities, evenly chosen. ` : '';
  const rows = Math.min(drawn, tableRows);
  return panel(
    place,
    'communities',
    'Prices and imports by community',
    (hasPrices
      ? figure(place, {
          plot: 'prices',
          place: 'prices',
          description:
            'Price of every community, from the dearest to the cheapest, with the marginal price of its bus. The table below holds the numbers.',
        })
      : paragraph(
          'Communities have no prices in this mode: every prosumer trades at the retail tariff.',
        )) +
      figure(place, {
        plot: 'imports',
        place: 'imports',
        description:
          'Net import of every community in the same order. The table below holds the numbers.',
        caption: `${selection}${hasPrices ? 'The dearest first' : 'The largest import first'}. Above zero a community buys, below it sells. Point at one for its values.`,
      }) +
      foldedTable(`${counted(rows, 'community', 'communities')} as a table`, [
        { title: 'community', isNumber: false, cells: texts('id') },
        { title: 'bus', isNumber: false, cells: texts('bus') },
        numbers('price, $/kWh', column('price'), 5),
        numbers('marginal price, $/kWh', column('marginalPrice'), 5),
        numbers('net import, kW', column('netImport'), 3),
        numbers('cost, $/h', column('cost'), 4),
      ]),
  );
}

export function responsePanel(
  names: readonly string[],
  { communities }: Case,
  place: Place,
): string {
  const choices = names.map((text, k) => ({ value: String(k), text }));
  const all = communities.id.length;
  const selection =
    names.length < all
      ? ` The list holds ${fixed(names.length, 0)} of ${fixed(all, 0)}, evenly chosen by price.`
      : '';
  return panel(
    place,
    'response',
    'How a community answers prices',
    control(place, 'chooses', 'response', 'Community', choices) +
      figure(place, {
        plot: 'response',
        place: 'response',
        description:
          'Response function of the community chosen above: its net import at every price, with the equilibrium marked.',
        caption: `What the community imports at each price; the diamond is the outcome.${selection}`,
      }) +
      figure(place, {
        plot: 'cost',
        place: 'response',
        description:
          'Cost of the prosumers of the community against its net import, with the convex envelope of that cost and the equilibrium marked.',
        caption:
          'What its prosumers pay for their outputs at each import, and the greatest convex curve below, by which the search bounds it.',
      }) +
      figure(place, {
        plot: 'excess',
        place: 'response',
        description: 'By how much the cost lies above its convex envelope at each import.',
        caption: 'How far the cost lies above its envelope: where it does not, the bound is exact.',
      }),
  );
}

/** Of the prosumers on either side, this share is beyond the picture: one outlier must not flatten the rest. */
const TAIL = 0.005;

/** Bars of the histogram. */
const BARS = 48;

export function gainColumns({ histogram }: Gains): Columns {
  const bins = histogram.bins(BARS, TAIL);
  return {
    from: bins.map(({ from }) => rounded(from)),
    to: bins.map(({ to }) => rounded(to)),
    count: bins.map(({ count }) => count),
    side: bins.map(({ from }) => (from < 0 ? 'loses' : 'gains, or is as well off')),
  };
}

export function gainsPanel(gains: Gains | undefined, mode: Mode, place: Place): string {
  const title = 'Gains of prosumers against trading with the grid alone';
  if (gains === undefined) {
    const reason =
      mode === 'isolated'
        ? 'This is that outcome: everybody trades with the grid alone.'
        : 'Where everybody trades with the grid alone, the network has no power flow to compare with.';
    return panel(place, 'gains', title, paragraph(reason));
  }
  const { gaining, least, losing, most, total, unchanged } = gains;
  const count = gaining + losing + unchanged;
  const text =
    `${counted(gaining, 'prosumer')} of ${fixed(count, 0)} ${gaining === 1 ? 'gains' : 'gain'}, ` +
    `${fixed(losing, 0)} ${losing === 1 ? 'loses' : 'lose'}, ${fixed(unchanged, 0)} ${unchanged === 1 ? 'is' : 'are'} as well off; ` +
    `${money(total / count)} on average, from ${money(least)} to ${money(most)}; ${money(total)} in all.`;
  return panel(
    place,
    'gains',
    title,
    paragraph(text) +
      figure(place, {
        plot: 'gains',
        place: 'gains',
        description: `Histogram of the gains of prosumers. ${text}`,
        caption: `A gain is the fall of cost plus payment. Beyond the picture: at most ${100 * TAIL} % on either side.`,
      }),
  );
}
