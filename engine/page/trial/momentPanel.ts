/** The chosen interval: the slider, the network, communities and figures at it. */
import { counted, fixed } from '../../report/numbers.js';
import { escapeHtml } from '../escape.js';
import { type Choice, control, figure, type Place, panel, paragraph } from '../panels.js';
import type { FigureGroup } from './figures.js';
import type { MomentTables } from './momentTables.js';

/** What there is to be shown. */
export interface MomentChoices {
  readonly hasPrices: boolean;
  readonly hasStorage: boolean;
}

/**
 * Slider and button, which stay in sight; they wait for the page's script.
 * @param first the interval to begin with
 */
export function scrubber(texts: readonly string[], first: number): string {
  const last = texts.length - 1;
  return `<div class="scrubber" role="group" aria-label="Time of day">
<button type="button" id="play" disabled>Play</button>
<label for="moment">Time</label>
<input type="range" id="moment" min="0" max="${last}" step="1" value="${first}" \
aria-valuetext="${escapeHtml(texts[first])}" autocomplete="off" disabled>
<output for="moment" data-moment="time" aria-live="off">${escapeHtml(texts[first])}</output>
</div>
<noscript><p class="warning">The slider needs JavaScript. The table of all intervals at the end does not.</p></noscript>`;
}

/** Map and profile, side by side where there is room. */
export function networkPanel(
  { shown }: MomentTables,
  buses: number,
  { hasPrices, hasStorage }: MomentChoices,
  place: Place,
): string {
  const choices: Choice[] = [
    { value: 'voltage', text: 'voltage' },
    ...(hasPrices ? [{ value: 'price', text: 'price' }] : []),
    ...(hasStorage ? [{ value: 'stored', text: 'stored energy' }] : []),
    { value: 'flow', text: 'flow of branches' },
  ];
  const layout = shown.isSurveyed
    ? 'Buses stand at their coordinates.'
    : 'The case has no coordinates: buses stand by their number of branches from the root.';
  const part =
    shown.rows.length < buses
      ? ` Drawn are the ${counted(shown.rows.length, 'bus', 'buses')} of ${fixed(buses, 0)} with most of the network behind them; communities behind them count as theirs.`
      : '';
  const unit = shown.distanceUnit === 'ohm' ? 'Ω of impedance' : 'branches';
  const map = figure(place, {
    plot: 'map-voltage',
    place: 'map',
    description: `Map of the feeder with ${counted(shown.rows.length, 'bus', 'buses')} at the chosen time, coloured by the quantity chosen above.`,
    caption: `${layout}${part} Dashed and pale: open branches. A cross: outside its voltage limits. Colours mean the same all day.`,
  });
  const profile = figure(place, {
    plot: 'profile',
    place: 'profile',
    description:
      'Voltage of every bus against its distance from the root at the chosen time, with its range over the day and its limits.',
    caption: `Points: voltages at this time; pale bars: their range over the day; red: limits. Distance in ${unit} from the root, in the network as the case has it.`,
  });
  return panel(
    place,
    'network',
    'The feeder at this time',
    `${control(place, 'switches', 'map', 'Colour by', choices)}<div class="pair">${map}${profile}</div>`,
  );
}

export function communitiesPanel(
  shown: number,
  all: number,
  { hasPrices, hasStorage }: MomentChoices,
  place: Place,
): string {
  const order = hasPrices ? 'the dearest of the day first' : 'the largest import of the day first';
  const selection =
    shown < all ? `${fixed(shown, 0)} of ${fixed(all, 0)} communities, evenly chosen, ` : '';
  const figures = [
    ...(hasPrices
      ? [
          figure(place, {
            plot: 'prices',
            place: 'prices',
            description:
              'Price of every community at the chosen time, with its range over the day and the tariff of the grid.',
            caption:
              'Prices, their range over the day (pale) and the tariff to buy and to sell (dashed, dotted).',
          }),
        ]
      : []),
    figure(place, {
      plot: 'imports',
      place: 'imports',
      description: 'Net import of every community at the chosen time, with its range over the day.',
      caption: 'Net imports, and their range over the day (pale). Below zero a community sells.',
    }),
    ...(hasStorage
      ? [
          figure(place, {
            plot: 'stored',
            place: 'stored',
            description:
              'Energy in batteries and vehicles of every community at the end of the chosen interval, with the most of the day.',
            caption: 'Energy in batteries and vehicles, and the most of the day (pale).',
          }),
        ]
      : []),
  ];
  return panel(
    place,
    'communities',
    'Communities at this time',
    paragraph(`${upperFirst(`${selection}${order}, in the same order in all plots.`)}`) +
      `<div class="pair">${figures.join('')}</div>`,
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A table a group; the page's script changes their cells. */
export function figuresPanel(
  groups: readonly FigureGroup[],
  times: readonly string[],
  first: number,
  place: Place,
): string {
  const tables = groups
    .filter(({ figures }) => figures.length > 0)
    .map(({ figures, title }) => {
      const rows = figures.map(
        ({ label, name, texts }) =>
          `<tr><th scope="row">${escapeHtml(label)}</th><td class="number" data-figure="${name}">${escapeHtml(texts[first])}</td></tr>`,
      );
      return `<table><caption>${escapeHtml(title)}</caption><tbody>${rows.join('\n')}</tbody></table>`;
    });
  return panel(
    place,
    'figures',
    'Figures at this time',
    `<p data-moment="time">${escapeHtml(times[first])}</p><div class="figures">${tables.join('\n')}</div>`,
  );
}
