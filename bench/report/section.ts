/** What every section of the report is made of: where it was measured, then tables and plots. */
import { factList } from '../../engine/page/feederPanels.js';
import { type Place, panel, type TableColumn } from '../../engine/page/panels.js';
import type { Plot } from '../../engine/page/plots/plot.js';
import { fixed, magnitude } from '../../engine/report/numbers.js';
import { entry } from '../../engine/report/table.js';
import type { RecordedMachine } from './results.js';

/** The page has one set of sections. */
export const PLACE: Place = { feeder: 0, level: 2 };

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly machine: RecordedMachine;
  readonly load: string;
  /** HTML. */
  readonly html: string;
  /** Specifications of the section's figures by name, with their data. */
  readonly plots: Readonly<Record<string, Plot>>;
}

/** @param load what stands for the machine's load where the file says more of it */
export function section(
  name: string,
  title: string,
  machine: RecordedMachine,
  parts: readonly string[],
  { load = loadText(machine), plots = {} }: { load?: string; plots?: Section['plots'] } = {},
): Section {
  const facts = factList([
    entry('machine', `${machine.processor}, ${machine.cores} cores`),
    entry('Node', machine.node),
    entry('commit', commitText(machine)),
    entry('load', load),
  ]);
  const html = panel(PLACE, name, title, [facts, ...parts].join('\n'));
  return { name, title, machine, load, html, plots };
}

function loadText({ load }: RecordedMachine): string {
  return decimal(load, 1) || 'not recorded';
}

export function commitText({ commit }: RecordedMachine): string {
  return commit || 'unknown';
}

export function textColumn<Row>(
  title: string,
  rows: readonly Row[],
  cell: (row: Row) => string,
): TableColumn {
  return { title, isNumber: false, cells: rows.map(cell) };
}

/** Set to the right. @param cell already written as text */
export function numberColumn<Row>(
  title: string,
  rows: readonly Row[],
  cell: (row: Row) => string,
): TableColumn {
  return { title, isNumber: true, cells: rows.map(cell) };
}

/** Empty where there is no number. */
export function decimal(value: number | null | undefined, digits: number): string {
  return isNumber(value) ? fixed(value, digits) : '';
}

/** Such as `3.2e-8`; empty where there is no number. */
export function small(value: number | null | undefined): string {
  return isNumber(value) ? magnitude(value) : '';
}

/** A ratio in as many digits as such a measurement bears. */
export function ratio(value: number | null | undefined): string {
  return decimal(value, isNumber(value) && Math.abs(value) >= 100 ? 0 : 2);
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
