/**
 * What runs in the page: draws its plots with Vega, and redraws those whose control is used. The source text of
 * these functions goes into the page (pageScript), so they stand alone: they use what they are given, each
 * other, and nothing that is imported.
 *
 * A plot is an element with the attributes `data-plot` (which specification) and `data-feeder` (whose data); a
 * control is a `select` for the plots of one `data-place` of its feeder: it exchanges them for others of their
 * `data-family` (`data-switches`), or chooses the community whose curves they draw (`data-chooses`).
 */
import type { Spec } from 'vega';
import type { Cell, Columns } from './columns.js';

/** As much of the browser's elements as the script uses; the engine has no types of browsers. */
export interface PageElement {
  readonly dataset: Record<string, string | undefined>;
  readonly style: Record<string, string>;
  readonly offsetWidth: number;
  readonly offsetHeight: number;
  textContent: string | null;
  hidden: boolean;
  value: string;
  open?: boolean;
  addEventListener(name: string, listen: () => void): void;
  closest(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

export interface PageDocument {
  readonly documentElement: { readonly clientWidth: number };
  getElementById(id: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** As much of Vega. */
export interface VegaView {
  data(name: string, rows: readonly Row[]): VegaView;
  signal(name: string, value: number): VegaView;
  addSignalListener(name: string, listen: (name: string, value: number | null) => void): VegaView;
  tooltip(
    show: (handler: unknown, event: PointerPlace, item: unknown, value: unknown) => void,
  ): VegaView;
  runAsync(): Promise<unknown>;
  resize(): unknown;
  finalize(): unknown;
}

export interface VegaRuntime {
  parse(spec: Spec): unknown;
  readonly View: new (
    parsed: unknown,
    options: { readonly renderer: 'svg'; readonly container: PageElement; readonly hover: boolean },
  ) => VegaView;
}

interface PointerPlace {
  readonly clientX: number;
  readonly clientY: number;
}

export type Row = Record<string, Cell | undefined>;

/** What a page draws for one feeder. */
export interface FeederPlots {
  readonly tables: Readonly<Record<string, Columns>>;
  /** Tables of the communities to choose from. */
  readonly communities: readonly Readonly<Record<string, Columns>>[];
  /** Height of the map over its width. */
  readonly proportion: number;
}

interface PageContent {
  readonly plots: Readonly<
    Record<string, { readonly tables: readonly string[]; readonly spec: Spec }>
  >;
  readonly feeders: readonly FeederPlots[];
}

export function rowsOf(columns: Columns): Row[] {
  const names = Object.keys(columns);
  const first = columns[names[0] ?? ''] ?? [];
  return first.map((_, place) =>
    Object.fromEntries(names.map((name) => [name, columns[name]?.[place] ?? null])),
  );
}

/** Rows of branches with what the table of buses says of both ends. */
export function branchRows(branches: Columns, buses: readonly Row[]): Row[] {
  return rowsOf(branches).map((branch) => {
    const from = buses[Number(branch.from)] ?? {};
    const to = buses[Number(branch.to)] ?? {};
    return {
      ...branch,
      name: `${from.id} – ${to.id}`,
      x: from.x,
      y: from.y,
      x2: to.x,
      y2: to.y,
      distance: from.distance,
      distance2: to.distance,
      voltage: from.voltage,
      voltage2: to.voltage,
    };
  });
}

/** Values under the pointer, in one box that moves with it. */
export function showTip(page: PageDocument, event: PointerPlace, value: unknown): void {
  const tip = page.getElementById('tip');
  if (tip === null) return;
  tip.hidden = typeof value !== 'object' || value === null;
  if (tip.hidden) return;
  const lines = Object.entries(value ?? {}).filter(([, text]) => text !== '' && text !== 'null');
  tip.textContent = lines.map(([name, text]) => `${name}: ${text}`).join('\n');
  const room = page.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, room))}px`;
  const above = event.clientY - tip.offsetHeight - 14;
  tip.style.top = `${above > 0 ? above : event.clientY + 18}px`;
}

/** @returns a function that draws a plot, in place of what it showed before */
function painter(vega: VegaRuntime, page: PageDocument, content: PageContent) {
  const views = new Map<PageElement, VegaView>();
  return async (element: PageElement, community: number): Promise<void> => {
    const feeder = content.feeders[Number(element.dataset.feeder)];
    const plot = content.plots[element.dataset.plot ?? ''];
    if (feeder === undefined || plot === undefined) return;
    views.get(element)?.finalize();
    element.dataset.drawn = 'no';
    element.textContent = '';
    const view = new vega.View(vega.parse(plot.spec), {
      renderer: 'svg',
      container: element,
      hover: true,
    });
    views.set(element, view);
    view.tooltip((_, event, __, value) => showTip(page, event, value));
    const tables = { ...feeder.tables, ...feeder.communities[community] };
    for (const name of plot.tables) {
      const rows =
        name === 'branches'
          ? branchRows(tables.branches ?? {}, rowsOf(tables.buses ?? {}))
          : rowsOf(tables[name] ?? {});
      view.data(name, rows);
    }
    if (plot.spec.signals?.some(({ name }) => name === 'proportion')) {
      view.signal('proportion', feeder.proportion);
    }
    await view.runAsync();
    // Legends break into rows once the width is known, and then need more room.
    view.resize();
    await view.runAsync();
    element.dataset.drawn = 'yes';
  };
}

/** Draws what is to be seen, and the rest when it is. */
function startPage(vega: VegaRuntime, page: PageDocument): void {
  const content: PageContent = JSON.parse(page.getElementById('content')?.textContent ?? '{}');
  const paint = painter(vega, page, content);
  const plotsOf = (feeder: string | undefined): PageElement[] =>
    [...page.querySelectorAll('[data-plot]')].filter((plot) => plot.dataset.feeder === feeder);
  for (const control of page.querySelectorAll('select[data-switches]')) {
    control.addEventListener('change', () => {
      const { feeder, switches } = control.dataset;
      for (const plot of plotsOf(feeder)) {
        if (plot.dataset.place !== switches) continue;
        plot.dataset.plot = `${plot.dataset.family}-${control.value}`;
        paint(plot, 0);
      }
    });
  }
  for (const control of page.querySelectorAll('select[data-chooses]')) {
    control.addEventListener('change', () => {
      for (const plot of plotsOf(control.dataset.feeder)) {
        if (plot.dataset.place === control.dataset.chooses) paint(plot, Number(control.value));
      }
    });
  }
  for (const link of page.querySelectorAll('a[data-opens]')) {
    link.addEventListener('click', () => {
      const fold = page.getElementById(link.dataset.opens ?? '');
      if (fold !== null) fold.open = true;
    });
  }
  const chosen = (plot: PageElement): number => {
    const { feeder, place } = plot.dataset;
    const controls = [...page.querySelectorAll('select[data-chooses]')];
    const own = controls.find(
      ({ dataset }) => dataset.feeder === feeder && dataset.chooses === place,
    );
    return Number(own?.value ?? 0);
  };
  for (const plot of page.querySelectorAll('[data-plot]')) {
    // A plot in a feeder that is folded away has no width yet.
    const fold = plot.closest('details');
    const draw = (): void => {
      if (fold?.open === false || plot.dataset.drawn === 'yes') return;
      paint(plot, chosen(plot));
    };
    fold?.addEventListener('toggle', draw);
    draw();
  }
}

/** The script of a page, to be run where Vega is the global `vega`. */
export function pageScript(): string {
  const functions = [rowsOf, branchRows, showTip, painter, startPage];
  return `${functions.map(String).join('\n')}\nstartPage(vega, document);`;
}
