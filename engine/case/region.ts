/**
 * A region: feeders side by side, each with a root of its own, in the tables of one case. Nothing flows
 * between them (a closed branch between two feeders is an error, an open one is left out), so the market of
 * the region is that of its feeders: the case is split into one case a root, and each is cleared by itself.
 *
 * All feeders share bases, root voltage and tariff. The grid limit holds for each feeder: it is that of a
 * substation. Communities do not span feeders, having one bus.
 *
 * Prosumers and devices of a feeder are views of the region's columns where its communities are
 * consecutive rows.
 */
import { sharedIntegers } from '../base/columns.js';
import { ProblemList } from '../base/errors.js';
import { assembleTables } from './assemble.js';
import type { BranchTable, BusTable, Case, CaseTables, CommunityTable } from './case.js';
import type { CaseColumns } from './create.js';
import { checkForest, traceForest } from './forest.js';
import {
  fileOf,
  type Provenance,
  provenanceOf,
  rememberProvenance,
  rowNumberOf,
  type TableName,
  type TableProvenance,
} from './provenance.js';
import {
  floatsOf,
  idsOfRows,
  offsetsOf,
  type RowRanges,
  rangesOfGroups,
  rangesOfRows,
} from './rowRanges.js';
import { validateCase } from './validate.js';

export interface Region {
  readonly name: string;
  /** Ids of the root buses, in the order of the case. */
  readonly roots: readonly string[];
  /** One a root; its name is that of the region, a slash and the root. */
  readonly feeders: readonly Case[];
}

export function isRegion(made: Case | Region): made is Region {
  return 'feeders' in made;
}

/**
 * A region where the settings list several roots, else a case.
 * @throws CaseError with everything that is wrong
 */
export function createCaseOrRegion(
  columns: CaseColumns,
  provenance: Provenance = {},
  problems = new ProblemList(),
): Case | Region {
  const tables = assembleTables(columns, provenance, problems);
  const { otherRoots } = columns.settings;
  if (otherRoots === undefined) return validateCase(tables, provenance, problems);
  const roots = rootRows(tables, otherRoots, provenance, problems);
  const whole = validateCase(tables, provenance, problems, () =>
    checkForest(tables, roots, provenance, problems),
  );
  const region = {
    name: whole.settings.name,
    roots: Array.from(roots, (bus) => whole.buses.id[bus]),
    feeders: splitByRoot(whole, roots),
  };
  region.feeders.forEach((feeder, root) => {
    if (feeder.communities.id.length > 0) return;
    problems.add({
      file: fileOf(provenance, 'settings'),
      column: `root ${root + 1}`,
      value: region.roots[root],
      message: 'a feeder without communities: there is no market behind this root',
    });
  });
  problems.throwIfAny();
  return region;
}

/** Rows of the roots that are buses; the others, and those named twice, are reported. */
function rootRows(
  { buses, settings }: CaseTables,
  otherRoots: readonly string[],
  provenance: Provenance,
  problems: ProblemList,
): Int32Array {
  const busRow = new Map(buses.id.map((id, row) => [id, row]));
  const rows = new Set(settings.rootBus < 0 ? [] : [settings.rootBus]);
  otherRoots.forEach((id, place) => {
    const row = busRow.get(id);
    const message =
      row === undefined ? `not an id of ${fileOf(provenance, 'buses')}` : 'a root named twice';
    if (row !== undefined && !rows.has(row)) rows.add(row);
    else {
      const file = fileOf(provenance, 'settings');
      problems.add({ file, column: `root ${place + 2}`, value: id, message });
    }
  });
  return Int32Array.from(rows);
}

function splitByRoot(whole: Case, roots: Int32Array): Case[] {
  const { owner } = traceForest(whole, roots);
  const busRows = groupedRows(owner, roots.length);
  const branchOwner = Int32Array.from(whole.branches.from, (from, branch) => {
    const root = owner[from];
    return root === owner[whole.branches.to[branch]] ? root : -1;
  });
  const branchRows = groupedRows(branchOwner, roots.length);
  const communityOwner = Int32Array.from(whole.communities.bus, (bus) => owner[bus]);
  const communityRows = groupedRows(communityOwner, roots.length);
  /** By bus of the region: its row in its feeder. */
  const place = new Int32Array(owner.length);
  for (const rows of busRows) {
    rows.forEach((bus, row) => {
      place[bus] = row;
    });
  }
  return Array.from(roots, (root, feeder) =>
    feederCase(whole, root, place, busRows[feeder], branchRows[feeder], communityRows[feeder]),
  );
}

/** Rows of each owner, ascending; those of nobody (−1) are left out. */
function groupedRows(owner: Int32Array, count: number): Int32Array[] {
  const rows: number[][] = Array.from({ length: count }, () => []);
  owner.forEach((group, row) => {
    if (group >= 0) rows[group].push(row);
  });
  return rows.map((group) => Int32Array.from(group));
}

function feederCase(
  whole: Case,
  root: number,
  place: Int32Array,
  buses: Int32Array,
  branches: Int32Array,
  communities: Int32Array,
): Case {
  const prosumers = rangesOfGroups(communities, whole.communities.prosumerStart);
  const devices = rangesOfRows(prosumers, whole.prosumers.deviceStart);
  const ownCommunities = communitiesOf(whole, communities, place);
  const { settings } = whole;
  const tables: CaseTables = {
    settings: {
      ...settings,
      name: `${settings.name}/${whole.buses.id[root]}`,
      rootBus: place[root],
    },
    buses: busesOf(whole.buses, buses),
    branches: branchesOf(whole.branches, branches, place),
    communities: ownCommunities,
    ...populationOf(whole, prosumers, devices),
  };
  // Rows of a validated case with a tree of its own: what validation promises still holds.
  const feeder = tables as Case;
  const provenance = provenanceOf(whole);
  // What is asked of a validated case later on is about costs: no other rows are named again.
  rememberProvenance(feeder, {
    settings: { file: fileOf(provenance, 'settings') },
    prosumers: provenanceOfRows(provenance, 'prosumers', prosumers),
    devices: provenanceOfRows(provenance, 'devices', devices),
  });
  return feeder;
}

function provenanceOfRows(
  provenance: Provenance,
  table: TableName,
  rows: RowRanges,
): TableProvenance {
  const rowNumber = new Int32Array(rows.count);
  let next = 0;
  rows.start.forEach((first, range) => {
    for (let row = first; row < rows.end[range]; row += 1) {
      rowNumber[next++] = rowNumberOf(provenance, table, row);
    }
  });
  return { file: fileOf(provenance, table), rowNumber };
}

function busesOf(buses: BusTable, rows: Int32Array): BusTable {
  const floats = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  return {
    id: Array.from(rows, (row) => buses.id[row]),
    vMinPu: floats(buses.vMinPu),
    vMaxPu: floats(buses.vMaxPu),
    loadKw: floats(buses.loadKw),
    loadKvar: floats(buses.loadKvar),
    shuntKvar: floats(buses.shuntKvar),
    x: floats(buses.x),
    y: floats(buses.y),
  };
}

function branchesOf(branches: BranchTable, rows: Int32Array, place: Int32Array): BranchTable {
  const floats = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  return {
    from: rows.map((row) => place[branches.from[row]]),
    to: rows.map((row) => place[branches.to[row]]),
    rOhm: floats(branches.rOhm),
    xOhm: floats(branches.xOhm),
    iMaxA: floats(branches.iMaxA),
    ratio: floats(branches.ratio),
    closed: Uint8Array.from(rows, (row) => branches.closed[row]),
  };
}

function communitiesOf(
  { communities }: CaseTables,
  rows: Int32Array,
  place: Int32Array,
): CommunityTable {
  const floats = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  const { prosumerStart } = communities;
  const start = sharedIntegers(rows.length + 1);
  rows.forEach((row, community) => {
    start[community + 1] = start[community] + prosumerStart[row + 1] - prosumerStart[row];
  });
  return {
    id: Array.from(rows, (row) => communities.id[row]),
    bus: rows.map((row) => place[communities.bus[row]]),
    priceSensitivity: floats(communities.priceSensitivity),
    qMinKvar: floats(communities.qMinKvar),
    qMaxKvar: floats(communities.qMaxKvar),
    priceMin: floats(communities.priceMin),
    priceMax: floats(communities.priceMax),
    zone: Array.from(rows, (row) => communities.zone[row]),
    prosumerStart: start,
  };
}

function populationOf(
  { prosumers, devices }: CaseTables,
  rows: RowRanges,
  deviceRows: RowRanges,
): Pick<CaseTables, 'prosumers' | 'devices'> {
  const deviceStart = offsetsOf(prosumers.deviceStart, rows);
  return {
    prosumers: {
      id: idsOfRows(prosumers.id, rows),
      demandKw: floatsOf(prosumers.demandKw, rows),
      demandKvar: floatsOf(prosumers.demandKvar, rows),
      pMinKw: floatsOf(prosumers.pMinKw, rows),
      pMaxKw: floatsOf(prosumers.pMaxKw, rows),
      costQuadratic: floatsOf(prosumers.costQuadratic, rows),
      costLinear: floatsOf(prosumers.costLinear, rows),
      deviceStart,
    },
    devices: {
      id: idsOfRows(devices.id, deviceRows),
      prosumer: ownersOf(deviceStart),
      pMinKw: floatsOf(devices.pMinKw, deviceRows),
      pMaxKw: floatsOf(devices.pMaxKw, deviceRows),
      costQuadratic: floatsOf(devices.costQuadratic, deviceRows),
      costLinear: floatsOf(devices.costLinear, deviceRows),
    },
  };
}

/** The group of each row, from where the groups begin. */
function ownersOf(start: Int32Array): Int32Array {
  const owners = sharedIntegers(start.length === 0 ? 0 : start[start.length - 1]);
  for (let group = 0; group + 1 < start.length; group += 1) {
    owners.fill(group, start[group], start[group + 1]);
  }
  return owners;
}
