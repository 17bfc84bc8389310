/**
 * The closed branches of a region as one tree a root: every bus belongs to exactly one of them.
 *
 * A walk from all roots at once gives every bus to the root whose feeder reaches it. A closed branch
 * between buses of two roots joins two feeders; a bus that no root reaches is an island; a feeder of n
 * buses with more than n − 1 closed branches has a loop.
 */
import type { ProblemList } from '../base/errors.js';
import type { CaseTables } from './case.js';
import { named, reportIsland, reportLoop } from './networkRules.js';
import { fileOf, type Provenance, rowNumberOf } from './provenance.js';
import { closedBranchesByBus, traceTree } from './topology.js';

const NOBODY = -1;

export interface Forest {
  /** By bus: place of its root in the list of roots; −1 where none reaches it. */
  readonly owner: Int32Array;
  /** Where the feeders of two roots meet, if any do. */
  readonly meeting: Meeting | undefined;
}

interface Meeting {
  /** Row of the closed branch that leads from one feeder into the other. */
  readonly branch: number;
  /** Rows of the buses from one root to the other. */
  readonly path: readonly number[];
}

/** @param roots rows of the root buses, each once */
export function traceForest({ buses, branches }: CaseTables, roots: Int32Array): Forest {
  const busCount = buses.id.length;
  const { start, row } = closedBranchesByBus(busCount, branches);
  const owner = new Int32Array(busCount).fill(NOBODY);
  const parent = new Int32Array(busCount).fill(NOBODY);
  const queue = new Int32Array(busCount);
  let reached = 0;
  roots.forEach((bus, root) => {
    owner[bus] = root;
    queue[reached++] = bus;
  });
  let meeting: Meeting | undefined;
  for (let position = 0; position < reached; position += 1) {
    const bus = queue[position];
    for (let entry = start[bus]; entry < start[bus + 1]; entry += 1) {
      const branch = row[entry];
      const other = branches.from[branch] === bus ? branches.to[branch] : branches.from[branch];
      if (owner[other] === NOBODY) {
        owner[other] = owner[bus];
        parent[other] = bus;
        queue[reached++] = other;
      } else if (owner[other] !== owner[bus] && meeting === undefined) {
        const path = [...upwards(bus, parent).reverse(), ...upwards(other, parent)];
        meeting = { branch, path };
      }
    }
  }
  return { owner, meeting };
}

/** The buses from this one to its root. */
function upwards(bus: number, parent: Int32Array): number[] {
  const path: number[] = [];
  for (let next = bus; next !== NOBODY; next = parent[next]) path.push(next);
  return path;
}

/** Reports feeders that meet, roots without branches, islands and loops. References must hold. */
export function checkForest(
  tables: CaseTables,
  roots: Int32Array,
  provenance: Provenance,
  problems: ProblemList,
): void {
  const { buses, branches } = tables;
  const { owner, meeting } = traceForest(tables, roots);
  const rootIds = Array.from(roots, (bus) => buses.id[bus]);
  if (meeting !== undefined) {
    const { branch, path } = meeting;
    problems.add({
      file: fileOf(provenance, 'branches'),
      row: rowNumberOf(provenance, 'branches', branch),
      column: 'to',
      value: buses.id[branches.to[branch]],
      message:
        `a bus reached from two roots, ${buses.id[path[0]]} and ${buses.id[path[path.length - 1]]}, ` +
        `by way of ${named(buses.id, path)}; open a branch between them`,
    });
    return;
  }
  const size = new Int32Array(roots.length);
  const links = new Int32Array(roots.length);
  for (const root of owner) if (root !== NOBODY) size[root] += 1;
  branches.from.forEach((bus, branch) => {
    if (branches.closed[branch] === 1 && owner[bus] !== NOBODY) links[owner[bus]] += 1;
  });
  roots.forEach((bus, root) => {
    if (links[root] === 0) {
      problems.add({
        file: fileOf(provenance, 'settings'),
        // One problem a column is kept: the place in the list tells the roots apart.
        column: `root ${root + 1}`,
        value: rootIds[root],
        message: 'a root without branches: no closed branch leads anywhere from it',
      });
    }
    if (links[root] < size[root]) return;
    const trace = traceTree(buses.id.length, branches, bus);
    if (trace.status === 'loop') reportLoop(tables, trace.branches, provenance, problems);
  });
  const island = Int32Array.from(owner.keys()).filter((bus) => owner[bus] === NOBODY);
  if (island.length > 0) {
    const rootNames = Array.from(roots.keys());
    reportIsland(
      tables,
      island,
      `any of the roots ${named(rootIds, rootNames)}`,
      provenance,
      problems,
    );
  }
}
