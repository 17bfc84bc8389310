/** What must hold for the settings and the network: signs, references, and that it is a tree. */
import type { ProblemList } from '../base/errors.js';
import type { CaseTables } from './case.js';
import { fileOf, type Provenance, rowNumberOf } from './provenance.js';
import { LARGEST_MAGNITUDE, type TableCheck, unusable } from './tableCheck.js';
import { traceTree } from './topology.js';

const SMALLEST_RATIO = 0.1;
const LARGEST_RATIO = 10;
/** A loop or an island may hold thousands of buses; so many are enough to find it. */
const NAMED_BUSES = 8;

/** @returns whether the root is a bus */
export function checkSettings(
  tables: CaseTables,
  provenance: Provenance,
  problems: ProblemList,
): boolean {
  const { settings, buses } = tables;
  const file = fileOf(provenance, 'settings');
  const report = (column: string, value: string | number, message: string): void => {
    problems.add({
      file,
      column,
      ...(Number.isNaN(value) ? {} : { value: String(value) }),
      message,
    });
  };
  const number = (column: string, value: number, holds: boolean, message: string): void => {
    if (!(Math.abs(value) <= LARGEST_MAGNITUDE)) report(column, value, unusable(value));
    else if (!holds) report(column, value, message);
  };

  if (settings.name.trim() === '') report('name', settings.name, 'a name is needed');
  number('base_kva', settings.baseKva, settings.baseKva > 0, 'must be above 0');
  number('base_kv', settings.baseKv, settings.baseKv > 0, 'must be above 0');
  number('root_voltage_pu', settings.rootVoltagePu, settings.rootVoltagePu > 0, 'must be above 0');
  number('grid_sell', settings.gridSell, true, '');
  number(
    'grid_buy',
    settings.gridBuy,
    !(settings.gridBuy < settings.gridSell),
    `below grid_sell, which is ${settings.gridSell}`,
  );
  if (settings.gridLimitKw !== Number.POSITIVE_INFINITY) {
    number(
      'grid_limit_kw',
      settings.gridLimitKw,
      settings.gridLimitKw >= 0,
      'must not be negative',
    );
  }
  const interval = settings.intervalMinutes;
  number('interval_minutes', interval, interval > 0, 'must be above 0');

  const rootHolds = settings.rootBus >= 0 && settings.rootBus < buses.id.length;
  if (!rootHolds) report('root', settings.rootBus, 'there is no such row in buses');
  return rootHolds;
}

/** @returns whether every end is a bus and no branch joins a bus to itself */
export function checkBranches(tables: CaseTables, check: TableCheck): boolean {
  const { branches, buses } = tables;
  const fromHolds = check.references('from', branches.from, buses.id.length, 'buses');
  const toHolds = check.references('to', branches.to, buses.id.length, 'buses');
  check.finite('r_ohm', branches.rOhm);
  check.finite('x_ohm', branches.xOhm);
  check.every('r_ohm', branches.rOhm, (r) => r >= 0, 'a resistance must not be negative');
  check.every('x_ohm', branches.xOhm, (x) => x >= 0, 'a reactance must not be negative');
  check.finite('i_max_a', branches.iMaxA, Number.POSITIVE_INFINITY);
  check.every('i_max_a', branches.iMaxA, (limit) => limit > 0, 'must be above 0');
  check.finite('ratio', branches.ratio);
  check.every(
    'ratio',
    branches.ratio,
    (ratio) => ratio >= SMALLEST_RATIO && ratio <= LARGEST_RATIO,
    `must lie in ${SMALLEST_RATIO} to ${LARGEST_RATIO}`,
  );
  if (!fromHolds || !toHolds) return false;
  let endsDiffer = true;
  branches.from.forEach((bus, row) => {
    if (bus !== branches.to[row]) return;
    endsDiffer = false;
    check.report(row, 'to', buses.id[bus], 'the branch joins a bus to itself');
  });
  return endsDiffer;
}

/** Reports a loop or an island by its buses. References must hold. */
export function checkTree(tables: CaseTables, provenance: Provenance, problems: ProblemList): void {
  const { settings, buses, branches } = tables;
  const trace = traceTree(buses.id.length, branches, settings.rootBus);
  if (trace.status === 'loop') reportLoop(tables, trace.branches, provenance, problems);
  if (trace.status === 'island') {
    const root = `the root ${buses.id[settings.rootBus]}`;
    reportIsland(tables, trace.buses, root, provenance, problems);
  }
}

/** Names one loop by its buses and rows. */
export function reportLoop(
  tables: CaseTables,
  loop: Int32Array,
  provenance: Provenance,
  problems: ProblemList,
): void {
  const { buses, branches } = tables;
  const rows = Array.from(loop, (row) => rowNumberOf(provenance, 'branches', row));
  const last = loop[loop.length - 1];
  const onLoop = new Set(Array.from(loop).flatMap((row) => [branches.from[row], branches.to[row]]));
  problems.add({
    file: fileOf(provenance, 'branches'),
    row: rowNumberOf(provenance, 'branches', last),
    column: 'to',
    value: buses.id[branches.to[last]],
    message:
      `a loop through buses ${named(buses.id, [...onLoop])} ` +
      `(rows ${listed(rows)}); open one of its branches`,
  });
}

/** Names the buses that no closed branch connects to a root; `roots` says to which. */
export function reportIsland(
  tables: CaseTables,
  island: Int32Array,
  roots: string,
  provenance: Provenance,
  problems: ProblemList,
): void {
  const { buses, branches } = tables;
  const cutOff = new Set(island);
  const message =
    `an island: no closed branch leads from ${roots} to ` +
    `${cutOff.size === 1 ? 'bus' : 'buses'} ${named(buses.id, [...island])}`;
  const touching = branches.from.findIndex(
    (from, row) => cutOff.has(from) || cutOff.has(branches.to[row]),
  );
  if (touching >= 0) {
    const inside = cutOff.has(branches.from[touching]);
    problems.add({
      file: fileOf(provenance, 'branches'),
      row: rowNumberOf(provenance, 'branches', touching),
      column: inside ? 'from' : 'to',
      value: buses.id[inside ? branches.from[touching] : branches.to[touching]],
      message,
    });
    return;
  }
  problems.add({
    file: fileOf(provenance, 'buses'),
    row: rowNumberOf(provenance, 'buses', island[0]),
    column: 'bus',
    value: buses.id[island[0]],
    message: `${message}; no row of ${fileOf(provenance, 'branches')} names it`,
  });
}

/** At most so many ids that a person can find the place. */
export function named(ids: readonly string[], rows: readonly number[]): string {
  return listed(rows.map((row) => ids[row]));
}

function listed(items: readonly (string | number)[]): string {
  const shown = items.slice(0, NAMED_BUSES).join(', ');
  return items.length > NAMED_BUSES ? `${shown} and ${items.length - NAMED_BUSES} more` : shown;
}
