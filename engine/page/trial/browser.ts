/**
 * What runs in the page of a trial: draws its plots with Vega, and moves them all to the interval that the
 * slider, its keys, the button or a click in a plot over time chooses. As in ../browser.ts the source text of
 * these functions goes into the page, so they use each other and what they are given alone.
 *
 * Elements: `#moment` is the slider, `#play` the button; `[data-moment="time"]` shows the time of day, and
 * `[data-figure]` the figure of that name. A `select` switches the plots of a place as on other pages.
 */
import {
  branchRows,
  type PageDocument,
  type PageElement,
  type Row,
  rowsOf,
  showTip,
  type VegaRuntime,
  type VegaView,
} from '../browser.js';
import type { Cell, Columns } from '../columns.js';
import type { CompiledPlot } from '../plots/compile.js';
import type { PackedMatrix } from './encoding.js';
import type { MovingColumn, MovingTable } from './momentTables.js';

export interface TrialContent {
  readonly plots: Readonly<Record<string, CompiledPlot>>;
  /** Tables of plots over time. `day` has one row an interval shown. */
  readonly tables: Readonly<Record<string, Columns>>;
  readonly moving: Readonly<Record<string, MovingTable>>;
  /** Texts by interval, by name of the figure. */
  readonly figures: Readonly<Record<string, readonly string[]>>;
  /** Height of the map over its width. */
  readonly proportion: number;
}

/** What the script of every page has. */
interface Tools {
  readonly rowsOf: typeof rowsOf;
  readonly branchRows: typeof branchRows;
  readonly showTip: typeof showTip;
}

interface Slider extends PageElement {
  disabled: boolean;
  setAttribute(name: string, value: string): void;
}

interface TrialDocument extends PageDocument {
  readonly documentElement: { readonly clientWidth: number; readonly clientHeight: number };
}

interface PlacedElement extends PageElement {
  getBoundingClientRect(): { readonly top: number; readonly bottom: number };
}

interface Clock {
  setTimeout(task: () => void, milliseconds: number): unknown;
}

type Tables = (name: string, interval: number) => readonly Row[];

/** The value of a row and column; null without one. */
function unpacked({ codes, lowest, step, width }: PackedMatrix, decode: (text: string) => string) {
  const bytes = decode(codes);
  return (row: number, column: number): number | null => {
    const at = 2 * (row * width + column);
    const code = bytes.charCodeAt(at) + 256 * bytes.charCodeAt(at + 1);
    return code === 65535 ? null : (lowest + code) * step;
  };
}

/** @returns the rows of any table at any interval */
function tablesOf(content: TrialContent, tools: Tools, decode: (text: string) => string): Tables {
  const matrices = new Map<MovingColumn, ReturnType<typeof unpacked>>();
  const columnAt = (column: MovingColumn, rows: number, interval: number): Cell[] => {
    const valueAt = matrices.get(column) ?? unpacked(column.matrix, decode);
    matrices.set(column, valueAt);
    return Array.from({ length: rows }, (_, row) => {
      const place = column.places === undefined ? row : (column.places[row] ?? null);
      return place === null ? null : valueAt(interval, place);
    });
  };
  const tableAt = ({ moving, still }: MovingTable, interval: number): Columns => {
    const rows = Object.values(still)[0]?.length ?? 0;
    const moved = Object.entries(moving).map(([name, column]) => [
      name,
      columnAt(column, rows, interval),
    ]);
    return { ...still, ...Object.fromEntries(moved) };
  };
  const rowsAt: Tables = (name, interval) => {
    if (name === 'now') return tools.rowsOf(content.tables.day ?? {}).slice(interval, interval + 1);
    const table = content.moving[name];
    if (table === undefined) return tools.rowsOf(content.tables[name] ?? {});
    const columns = tableAt(table, interval);
    if (name !== 'branches') return tools.rowsOf(columns);
    const named = columns.name ?? [];
    const rows = tools.branchRows(columns, [...rowsAt('buses', interval)]);
    return rows.map((row, k) => ({ ...row, name: named[k] }));
  };
  return rowsAt;
}

/** The plots of the page, and what moves them. */
class DayViews {
  private readonly views = new Map<PageElement, VegaView>();
  /** The interval that each shows, or is about to. */
  private readonly shown = new Map<PageElement, number>();
  private isBusy = false;

  constructor(
    private readonly vega: VegaRuntime,
    private readonly page: TrialDocument,
    private readonly content: TrialContent,
    private readonly tools: Tools,
    private readonly rowsAt: Tables,
    private readonly onPick: (hour: number) => void,
  ) {}

  /** In place of what the element showed before. */
  async draw(element: PageElement, interval: number): Promise<void> {
    const plot = this.content.plots[element.dataset.plot ?? ''];
    if (plot === undefined) return;
    this.views.get(element)?.finalize();
    element.dataset.drawn = 'no';
    element.textContent = '';
    const view = new this.vega.View(this.vega.parse(plot.spec), {
      renderer: 'svg',
      container: element,
      hover: true,
    });
    this.views.set(element, view);
    this.shown.set(element, interval);
    view.tooltip((_, event, __, value) => this.tools.showTip(this.page, event, value));
    for (const name of plot.tables) view.data(name, this.rowsAt(name, interval));
    const signals = new Set(plot.spec.signals?.map(({ name }) => name));
    if (signals.has('proportion')) view.signal('proportion', this.content.proportion);
    if (signals.has('picked')) {
      view.addSignalListener('picked', (_, hour) => {
        if (hour !== null) this.onPick(hour);
      });
    }
    await view.runAsync();
    // Legends break into rows once the width is known, and then need more room.
    view.resize();
    await view.runAsync();
    element.dataset.drawn = 'yes';
  }

  /**
   * Moves all plots, those in sight first; the others one by one, and only while nothing else is wanted.
   * @returns false where they are on their way already, and will go where is wanted then
   */
  async move(wanted: () => number, pause: () => Promise<void>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    for (let late = this.late(wanted()); late.length > 0; late = this.late(wanted())) {
      const inSight = late.filter((element) => this.isInSight(element));
      const next = inSight.length > 0 ? inSight : late.slice(0, 1);
      await Promise.all(next.map((element) => this.update(element, wanted())));
      await pause();
    }
    this.isBusy = false;
    return true;
  }

  private late(interval: number): PageElement[] {
    return [...this.views.keys()].filter((element) => this.shown.get(element) !== interval);
  }

  private isInSight(element: PageElement): boolean {
    const { bottom, top } = (element as PlacedElement).getBoundingClientRect();
    return bottom > 0 && top < this.page.documentElement.clientHeight;
  }

  private async update(element: PageElement, interval: number): Promise<void> {
    this.shown.set(element, interval);
    const view = this.views.get(element);
    const plot = this.content.plots[element.dataset.plot ?? ''];
    for (const name of plot?.tables ?? []) {
      if (name === 'now' || name in this.content.moving) {
        view?.data(name, this.rowsAt(name, interval));
      }
    }
    await view?.runAsync();
  }
}

/** Draws the day, and follows the slider. */
function startTrial(
  vega: VegaRuntime,
  page: TrialDocument,
  tools: Tools,
  clock: Clock,
  decode: (text: string) => string,
): void {
  const content: TrialContent = JSON.parse(page.getElementById('content')?.textContent ?? '{}');
  const slider = page.getElementById('moment') as Slider | null;
  const play = page.getElementById('play') as Slider | null;
  if (slider === null || play === null) return;
  const hours = (content.tables.day?.hour ?? []).map(Number);
  const chosen = (): number => Number(slider.value);
  const views = new DayViews(vega, page, content, tools, tablesOf(content, tools, decode), (hour) =>
    go(nearest(hours, hour)),
  );
  /** Lets the page take what its reader does. */
  const pause = (): Promise<void> => new Promise((resolve) => clock.setTimeout(resolve, 0));

  const show = (): void => {
    const interval = chosen();
    const time = content.figures.time?.[interval] ?? '';
    slider.setAttribute('aria-valuetext', time);
    for (const place of page.querySelectorAll('[data-moment="time"]')) place.textContent = time;
    for (const place of page.querySelectorAll('[data-figure]')) {
      place.textContent = content.figures[place.dataset.figure ?? '']?.[interval] ?? '';
    }
    views.move(chosen, pause).then((isThere) => {
      if (isThere) slider.dataset.drawn = slider.value;
    });
  };
  const go = (interval: number): void => {
    if (interval === chosen()) return;
    slider.value = String(interval);
    show();
  };

  // 288 intervals take half a minute.
  const paceMs = 100;
  let isPlaying = false;
  const setPlaying = (plays: boolean): void => {
    isPlaying = plays;
    play.textContent = plays ? 'Pause' : 'Play';
  };
  const step = (): void => {
    if (!isPlaying) return;
    if (chosen() >= hours.length - 1) {
      setPlaying(false);
      return;
    }
    go(chosen() + 1);
    clock.setTimeout(step, paceMs);
  };
  play.addEventListener('click', () => {
    setPlaying(!isPlaying);
    if (!isPlaying) return;
    if (chosen() >= hours.length - 1) go(0);
    clock.setTimeout(step, paceMs);
  });
  slider.addEventListener('input', () => {
    setPlaying(false);
    show();
  });
  for (const control of page.querySelectorAll('select[data-switches]')) {
    control.addEventListener('change', () => {
      for (const plot of page.querySelectorAll('[data-plot]')) {
        if (plot.dataset.place !== control.dataset.switches) continue;
        plot.dataset.plot = `${plot.dataset.family}-${control.value}`;
        views.draw(plot, chosen());
      }
    });
  }
  slider.disabled = false;
  play.disabled = false;
  for (const plot of page.querySelectorAll('[data-plot]')) views.draw(plot, chosen());
}

/** Place of the value that is closest; values ascend. */
function nearest(values: readonly number[], wanted: number): number {
  let best = 0;
  for (let k = 1; k < values.length; k += 1) {
    if (Math.abs(values[k] - wanted) < Math.abs(values[best] - wanted)) best = k;
  }
  return best;
}

/** The script of a page, to be run where Vega is the global `vega`. */
export function trialScript(): string {
  const functions = [
    rowsOf,
    branchRows,
    showTip,
    unpacked,
    tablesOf,
    DayViews,
    startTrial,
    nearest,
  ];
  const tools = '{ rowsOf, branchRows, showTip }';
  return `${functions.map(String).join('\n')}\nstartTrial(vega, document, ${tools}, window, (text) => atob(text));`;
}
