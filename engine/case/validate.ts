/**
 * From tables to a case: every promise of case.ts is checked here, and kept. The rules are those of
 * the case format (docs) and of the model: docs/model.md sections 1 to 3.
 *
 * Beyond the format: a ratio must lie in 0.1 to 10 (regulators stay within some 10 % of 1, and a
 * voltage a factor of ten off is a slip of the pen), and a branch has no negative reactance (a
 * series capacitor: rare in distribution, and the relaxation is not exact with it).
 */
import { sharedCopy } from '../base/columns.js';
import { ProblemList } from '../base/errors.js';
import type { Case, CaseTables, DeviceTable, ProsumerTable, UngroupedTables } from './case.js';
import {
  deviceStartOf,
  groupOrder,
  orderedFloats,
  orderedIntegers,
  orderOfRuns,
  startOfRuns,
} from './grouping.js';
import type { IdColumn } from './idColumn.js';
import { type Runs, runsOfGroups } from './labelColumn.js';
import { checkBranches, checkSettings, checkTree } from './networkRules.js';
import { type Provenance, provenanceOf, rememberProvenance, reordered } from './provenance.js';
import { TableCheck } from './tableCheck.js';
import {
  checkBuses,
  checkCommunities,
  checkDevices,
  checkGroups,
  checkProsumers,
} from './tableRules.js';

/**
 * Checks the tables, groups prosumers by community and devices by prosumer, fills in the sums over
 * devices and moves numeric prosumer and device columns to shared memory.
 * @param provenance where the rows came from
 * @param problems what is known to be wrong already
 * @param checkNetwork what closed branches must be: a tree around the root unless said otherwise
 * @throws CaseError with everything that is wrong
 */
export function validateCase(
  { membership, ...tables }: UngroupedTables,
  provenance: Provenance = {},
  problems = new ProblemList(),
  checkNetwork: typeof checkTree = checkTree,
): Case {
  const check = (table: keyof CaseTables) => new TableCheck(problems, provenance, table);
  const rootHolds = checkSettings(tables, provenance, problems);
  checkBuses(tables.buses, check('buses'));
  const branchesHold = checkBranches(tables, check('branches'));
  if (membership === undefined) checkGroups(tables, check('prosumers'));
  checkCommunities(tables, check('communities'));
  checkProsumers(tables, check('prosumers'));
  checkDevices(tables, check('devices'));
  if (rootHolds && branchesHold && tables.buses.id.length > 0) {
    checkNetwork(tables, provenance, problems);
  }
  problems.throwIfAny();
  const runs = membership ?? runsOfGroups(tables.communities.prosumerStart);
  return groupedCase(tables, runs, provenance);
}

function groupedCase(tables: CaseTables, membership: Runs, provenance: Provenance): Case {
  const { communities, prosumers, devices } = tables;
  const prosumerOrder = orderOfRuns(membership, communities.id.length);
  const owner = movedReferences(devices.prosumer, prosumerOrder);
  const deviceOrder = groupOrder(owner, prosumers.id.length);
  const groupedDevices: DeviceTable = {
    id: orderedIds(devices.id, deviceOrder),
    prosumer: orderedIntegers(owner, deviceOrder),
    pMinKw: orderedFloats(devices.pMinKw, deviceOrder),
    pMaxKw: orderedFloats(devices.pMaxKw, deviceOrder),
    costQuadratic: orderedFloats(devices.costQuadratic, deviceOrder),
    costLinear: orderedFloats(devices.costLinear, deviceOrder),
  };
  const groupedTables: CaseTables = {
    ...tables,
    communities: {
      ...communities,
      prosumerStart: startOfRuns(membership, communities.id.length),
    },
    prosumers: groupedProsumers(prosumers, prosumerOrder, groupedDevices),
    devices: groupedDevices,
  };
  return checkedCase(groupedTables, {
    ...provenance,
    prosumers: reordered(provenance, 'prosumers', prosumerOrder),
    devices: reordered(provenance, 'devices', deviceOrder),
  });
}

/** The brand has no value at run time: this is the one place that may claim it. */
function checkedCase(tables: CaseTables, provenance: Provenance): Case {
  const theCase = tables as Case;
  rememberProvenance(theCase, provenance);
  return theCase;
}

/**
 * A case whose tables differ from those of another in checked numbers alone (changes.ts).
 *
 * @param changedDevices rows of the devices whose bounds changed: the sums of their owners follow
 */
export function changedCaseOf(before: Case, tables: CaseTables, changedDevices: Int32Array): Case {
  return checkedCase(
    { ...tables, prosumers: withNewSums(tables, changedDevices) },
    provenanceOf(before),
  );
}

function withNewSums({ prosumers, devices }: CaseTables, changed: Int32Array): ProsumerTable {
  if (changed.length === 0) return prosumers;
  const pMinKw = sharedCopy(prosumers.pMinKw);
  const pMaxKw = sharedCopy(prosumers.pMaxKw);
  for (const device of changed) {
    const owner = devices.prosumer[device];
    const from = prosumers.deviceStart[owner];
    const to = prosumers.deviceStart[owner + 1];
    pMinKw[owner] = sumOf(devices.pMinKw, from, to);
    pMaxKw[owner] = sumOf(devices.pMaxKw, from, to);
  }
  return { ...prosumers, pMinKw, pMaxKw };
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k += 1) sum += values[k];
  return sum;
}

/** References into a table whose record k used to be record order[k]. */
function movedReferences(references: Int32Array, order: Int32Array | undefined): Int32Array {
  if (order === undefined) return references;
  const position = new Int32Array(order.length);
  for (let row = 0; row < order.length; row += 1) position[order[row]] = row;
  return references.map((reference) => position[reference]);
}

function groupedProsumers(
  prosumers: ProsumerTable,
  order: Int32Array | undefined,
  devices: DeviceTable,
): ProsumerTable {
  const start = deviceStartOf(devices.prosumer, prosumers.id.length);
  return {
    id: orderedIds(prosumers.id, order),
    demandKw: orderedFloats(prosumers.demandKw, order),
    demandKvar: orderedFloats(prosumers.demandKvar, order),
    pMinKw: withSums(orderedFloats(prosumers.pMinKw, order), start, devices.pMinKw),
    pMaxKw: withSums(orderedFloats(prosumers.pMaxKw, order), start, devices.pMaxKw),
    costQuadratic: withoutOwners(orderedFloats(prosumers.costQuadratic, order), start),
    costLinear: withoutOwners(orderedFloats(prosumers.costLinear, order), start),
    deviceStart: start,
  };
}

function orderedIds(ids: IdColumn, order: Int32Array | undefined): IdColumn {
  return order === undefined ? ids : ids.ordered(order);
}

/** The column with the entries of device owners replaced by the sums over their devices. */
function withSums(column: Float64Array, start: Int32Array, values: Float64Array): Float64Array {
  return replacedForOwners(column, start, (from, to) => sumOf(values, from, to));
}

/** The column with the entries of device owners emptied: their devices' costs hold. */
function withoutOwners(column: Float64Array, start: Int32Array): Float64Array {
  return replacedForOwners(column, start, () => Number.NaN);
}

function replacedForOwners(
  column: Float64Array,
  start: Int32Array,
  replacement: (from: number, to: number) => number,
): Float64Array {
  if (start.length === 0) return column;
  // The caller's own column may be in shared memory: it must not change under its feet.
  const result = sharedCopy(column);
  for (let row = 0; row < column.length; row += 1) {
    if (start[row] < start[row + 1]) result[row] = replacement(start[row], start[row + 1]);
  }
  return result;
}
