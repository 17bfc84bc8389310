/**
 * Sections of line that can be lost without anybody going dark: a normally-open branch (the tie) and a closed
 * one (the section) on the loop that the tie would close. With the section open and the tie closed the network
 * is a tree again; the buses behind the section are fed the other way round.
 *
 * A section will do where it is a line (with impedance, no regulator) and no regulator stands between it and the
 * tie, for power would flow through it backwards.
 */
import type { Case } from '../case/case.js';
import { traceTree } from '../case/topology.js';

export interface Detour {
  /** Rows of branches. */
  readonly section: number;
  readonly tie: number;
  /** Load of the case behind the section over that of the whole case, by size. */
  readonly movedShare: number;
}

export function findDetours(theCase: Case): Detour[] {
  const { buses, branches, settings } = theCase;
  const tree = traceTree(buses.id.length, branches, settings.rootBus);
  if (tree.status !== 'tree') return [];
  const loadKw = loadBehind(theCase, tree.order, tree.parentBus);
  const detours: Detour[] = [];
  branches.closed.forEach((closed, tie) => {
    if (closed === 1 || branches.ratio[tie] !== 1) return;
    const ends = [branches.from[tie], branches.to[tie]];
    const [one, other] = ends.map((end) => upwards(end, tree.parentBus));
    for (const [side, across] of [
      [one, other],
      [other, one],
    ]) {
      const shared = new Set(across);
      for (const bus of side) {
        const section = tree.parentBranch[bus];
        if (shared.has(bus) || branches.ratio[section] !== 1) break;
        if (branches.rOhm[section] === 0 && branches.xOhm[section] === 0) continue;
        detours.push({ section, tie, movedShare: loadKw[bus] / loadKw[settings.rootBus] });
      }
    }
  });
  return detours;
}

/** Of a section behind which there is nothing to feed, NaN or 0. */
function loadBehind(
  { buses, communities, prosumers }: Case,
  order: Int32Array,
  parentBus: Int32Array,
): Float64Array {
  const loadKw = buses.loadKw.map(Math.abs);
  communities.bus.forEach((bus, m) => {
    for (let i = communities.prosumerStart[m]; i < communities.prosumerStart[m + 1]; i += 1) {
      loadKw[bus] += Math.abs(prosumers.demandKw[i]);
    }
  });
  for (let k = order.length - 1; k > 0; k -= 1) loadKw[parentBus[order[k]]] += loadKw[order[k]];
  return loadKw;
}

/** The buses from this one to the root, both included. */
function upwards(bus: number, parentBus: Int32Array): number[] {
  const path: number[] = [];
  for (let next = bus; next >= 0; next = parentBus[next]) path.push(next);
  return path;
}
