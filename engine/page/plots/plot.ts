/** What a plot is: a Vega-Lite specification, and the tables of the page that it draws. */
import type { TopLevelSpec } from 'vega-lite';

export type UnitOrLayer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

export interface Plot {
  readonly spec: TopLevelSpec;
  /** Tables of the page by name. */
  readonly tables: readonly string[];
  /** Whether the height follows from the width, in the proportion that the page's data gives. */
  readonly keepsProportion?: true;
  /** Whether a click, or a pointer drawn across it, says where on the x axis: in the signal `picked`. */
  readonly isPicked?: true;
}

/** Layers on one pair of axes, as wide as the page. */
export function layered(layer: readonly UnitOrLayer[], height: number): TopLevelSpec {
  return { width: 'container', height, layer: [...layer] };
}

/** Layers of different meaning, told apart by colour and shape. */
export interface Names {
  readonly domain: string[];
  readonly color: string[];
  readonly shape: string[];
}

/** Every row of a layer under one name. */
export function named({ domain }: Names, place: number) {
  return { calculate: `'${domain[place] ?? ''}'`, as: 'name' } as const;
}

/** One legend for colour and shape. */
export function marked({ domain, color, shape }: Names) {
  return {
    color: { field: 'name', type: 'nominal', title: null, scale: { domain, range: color } },
    shape: { field: 'name', type: 'nominal', title: null, scale: { domain, range: shape } },
  } as const;
}

/** Buses that can be told apart across a page. */
const CROWD = 600;

/** An expression of Vega for a number that depends on how many buses there are. */
export function crowded(whenFew: number, whenMany: number): string {
  return `length(data('buses')) > ${CROWD} ? ${whenMany} : ${whenFew}`;
}
