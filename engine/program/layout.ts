/**
 * Which column and which row is what in the conic program of a clearing. The only place that knows.
 *
 * With B branches, J = B + 1 junctions and M communities (branch e feeds junction e + 1):
 *
 *   columns   P_e, Q_e, ℓ_e, v_{e+1}   branch flows, squared current, squared voltage      B each
 *             import, export           the two sides of P_0                                1 each
 *             q_j                      free reactive consumption at a junction             J
 *             x_{m,a}                  part a of the import of community m                 M · PARTS
 *   rows      active balance of junction j, reactive balance of junction e + 1, voltage drop of branch e
 *   cones     one of size 4 a branch:  (ℓ + w, ℓ − w, 2P, 2Q) with w = t_e v_i
 */

/** Parts of an import: so many pieces of the cost curve stand in the program at a time. */
export const EXACT_ARCS_EACH_SIDE = 3;
export const MERGED_ARCS_EACH_SIDE = 3;
export const PARTS = 1 + 2 * (EXACT_ARCS_EACH_SIDE + MERGED_ARCS_EACH_SIDE);

export const CONE_SIZE = 4;

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
  readonly columnCount: number;
  readonly activeBalance: number;
  /** Row of the reactive balance of junction e + 1 is reactiveBalance + e. */
  readonly reactiveBalance: number;
  readonly voltageDrop: number;
  readonly rowCount: number;
}

export function createLayout(branchCount: number, communityCount: number): Layout {
  const junctionCount = branchCount + 1;
  const gridImport = 4 * branchCount;
  const reactive = gridImport + 2;
  const importPart = reactive + junctionCount;
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
    columnCount: importPart + PARTS * communityCount,
    activeBalance: 0,
    reactiveBalance: junctionCount,
    voltageDrop: junctionCount + branchCount,
    rowCount: junctionCount + 2 * branchCount,
  };
}
