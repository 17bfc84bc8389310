/**
 * Which column and which row is what in the conic program of a clearing. The only place that knows.
 *
 * With B branches, J = B + 1 junctions and M communities (branch e feeds junction e + 1), F of the branches
 * with limits of their flow at the receiving end:
 *
 *   columns   P_e, Q_e, ℓ_e, v_{e+1}   branch flows, squared current, squared voltage      B each
 *             import, export           the two sides of P_0                                1 each
 *             q_j                      free reactive consumption at a junction             J
 *             x_{m,a}                  part a of the import of community m                 M · partCount
 *             P'_e, Q'_e, two slacks   flows at the receiving end and their cuts           4 F
 *   rows      active balance of junction j, reactive balance of junction e + 1, voltage drop of branch e,
 *             and four a branch with flows at the receiving end (flowRows.ts)
 *   cones     one of size 4 a branch:  (ℓ + w, ℓ − w, 2P, 2Q) with w = t_e v_i
 */

/** Arcs of a cost curve that stand in the program one by one, on each side of the one in the centre. */
export const EXACT_ARCS_EACH_SIDE = 5;

/** Outwards of them arcs are merged in groups, each so many times larger than the one before. */
export const GROUP_GROWTH = 4;

export const CONE_SIZE = 4;

/** Rows, and columns, of a branch with flows at the receiving end. */
export const FLOW_SIZE = 4;

export interface Layout {
  readonly branchCount: number;
  readonly junctionCount: number;
  readonly communityCount: number;
  readonly flowP: number;
  readonly flowQ: number;
  readonly squaredCurrent: number;
  /** Column of the squared voltage of junction e + 1 is squaredVoltage + e. */
  readonly squaredVoltage: number;
  readonly gridImport: number;
  readonly gridExport: number;
  readonly reactive: number;
  readonly importPart: number;
  /** Parts of each import, and groups of merged arcs among them on each side. */
  readonly partCount: number;
  readonly groupCount: number;
  /** Arcs at either end of a curve that are never merged. */
  readonly endArcs: number;
  /** Branches with flows at the receiving end. */
  readonly flowBranch: Int32Array;
  readonly arrivingFlow: number;
  readonly columnCount: number;
  readonly activeBalance: number;
  /** Row of the reactive balance of junction e + 1 is reactiveBalance + e. */
  readonly reactiveBalance: number;
  readonly voltageDrop: number;
  readonly flowRow: number;
  readonly rowCount: number;
}

/**
 * @param mostArcs arcs of the longest cost curve
 * @param flowBranch branches with flows at the receiving end
 * @param endArcs arcs at either end of a curve that are never merged: where they are far wider than the others
 */
export function createLayout(
  branchCount: number,
  communityCount: number,
  mostArcs: number,
  flowBranch: Int32Array = new Int32Array(0),
  endArcs = 0,
): Layout {
  const groupCount = groupsFor(mostArcs / 2);
  const partCount = 1 + 2 * (EXACT_ARCS_EACH_SIDE + groupCount + endArcs);
  const junctionCount = branchCount + 1;
  const gridImport = 4 * branchCount;
  const reactive = gridImport + 2;
  const importPart = reactive + junctionCount;
  const arrivingFlow = importPart + partCount * communityCount;
  const flowRow = junctionCount + 2 * branchCount;
  return {
    branchCount,
    junctionCount,
    communityCount,
    flowP: 0,
    flowQ: branchCount,
    squaredCurrent: 2 * branchCount,
    squaredVoltage: 3 * branchCount,
    gridImport,
    gridExport: gridImport + 1,
    reactive,
    importPart,
    partCount,
    groupCount,
    endArcs,
    flowBranch,
    arrivingFlow,
    columnCount: arrivingFlow + FLOW_SIZE * flowBranch.length,
    activeBalance: 0,
    reactiveBalance: junctionCount,
    voltageDrop: junctionCount + branchCount,
    flowRow,
    rowCount: flowRow + FLOW_SIZE * flowBranch.length,
  };
}

/** Groups that hold at least so many arcs. */
function groupsFor(arcs: number): number {
  let groups = 1;
  for (let held = GROUP_GROWTH; held < arcs; held = GROUP_GROWTH * (held + 1)) groups += 1;
  return groups;
}
