/**
 * Plots as Vega specifications: Vega-Lite is compiled when a page is made, so that the page carries Vega's
 * runtime alone.
 */
import type { Spec } from 'vega';
import { CURVES } from './curves.js';
import { DISTRIBUTIONS } from './distributions.js';
import { MAPS } from './maps.js';
import type { Plot } from './plot.js';
import { PROFILE } from './profile.js';
import { IMPORT_RANKING, PRICE_RANKING } from './rankings.js';
import { THEME } from './theme.js';

/** As the page's script reads it. */
export interface CompiledPlot {
  readonly tables: readonly string[];
  readonly spec: Spec;
}

const PLOTS: Readonly<Record<string, Plot>> = {
  ...MAPS,
  profile: PROFILE,
  prices: PRICE_RANKING,
  imports: IMPORT_RANKING,
  ...CURVES,
  ...DISTRIBUTIONS,
};

/** The plots of a clearing by name. */
export function compiledPlots(): Promise<Readonly<Record<string, CompiledPlot>>> {
  return compilePlots(PLOTS);
}

/** By name, in the look of all pages. */
export async function compilePlots(
  plots: Readonly<Record<string, Plot>>,
): Promise<Readonly<Record<string, CompiledPlot>>> {
  // Loaded by those alone who ask for a page.
  const { compile } = await import('vega-lite');
  return Object.fromEntries(
    Object.entries(plots).map(([name, { isPicked, keepsProportion, spec, tables }]) => {
      let compiled = withStackedLegends(compile(spec, { config: THEME }).spec);
      if (keepsProportion) compiled = withProportion(compiled);
      if (isPicked) compiled = withPicking(compiled);
      return [name, { tables, spec: compiled }];
    }),
  );
}

/**
 * Legends above a plot one below the other, which Vega-Lite has no word for; and no address of a schema, which
 * nobody would fetch but a reader may fear.
 */
function withStackedLegends({ $schema: _schema, ...spec }: Spec): Spec {
  const legend = { ...spec.config?.legend, layout: STACKED };
  return { ...spec, config: { ...spec.config, legend } };
}

const STACKED = { top: { direction: 'vertical', anchor: 'start', margin: 6 } } as const;

/** The height as a share of the width; the page's script sets `proportion`. */
function withProportion({ height: _height, signals = [], ...spec }: Spec): Spec {
  return {
    ...spec,
    signals: [
      ...signals,
      { name: 'proportion', value: 0.6 },
      // A phone is narrow, and a finger is not.
      { name: 'height', update: 'max(width * proportion, 280)' },
    ],
  };
}

function withPicking({ signals = [], ...spec }: Spec): Spec {
  const events = 'click, [pointerdown, window:pointerup] > pointermove';
  const picked = { name: 'picked', value: null, on: [{ events, update: "invert('x', x())" }] };
  return { ...spec, signals: [...signals, picked] };
}
