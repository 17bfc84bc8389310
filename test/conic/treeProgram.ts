/**
 * Random programs over a tree: flows with losses, potentials that drop along branches, and at every node an
 * exchange split into bounded segments with separable convex cost. All quantities are of order 1 except the
 * branch coefficients r and x, which may span several decades.
 *
 * Branch to node j from its parent i, with flows p and q at the parent's end, squared current c, squared
 * potential v:
 *
 *     p_j = r c_j + Σ_children p + Σ segments + load,       q_j = x c_j + Σ_children q + other load
 *     v_j = v_i − 2 (r p_j + x q_j) + (r² + x²) c_j,        c_j v_i ≥ p_j² + q_j²
 */
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { ConicProblem } from '../../engine/conic/problem.js';
import { SparseBuilder } from '../../engine/sparse/columns.js';

export interface TreeOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly segments: number;
  /** Branch coefficients are log-uniform between these. */
  readonly leastImpedance: number;
  readonly largestImpedance: number;
  /** Sum of all loads. */
  readonly load: number;
}

/** Columns of node j ≥ 1 start here: p, q, c, v, then its segments. */
export function firstColumn(options: TreeOptions, node: number): number {
  return 2 + (node - 1) * (4 + options.segments);
}

export function randomTreeProgram(options: TreeOptions): ConicProblem {
  const random = seededRandom(options.seed);
  const branches = options.nodes - 1;
  const variableCount = 2 + branches * (4 + options.segments);
  const quadratic = new Float64Array(variableCount);
  const linear = new Float64Array(variableCount);
  const lower = new Float64Array(variableCount).fill(Number.NEGATIVE_INFINITY);
  const upper = new Float64Array(variableCount).fill(Number.POSITIVE_INFINITY);
  const equalityRight = new Float64Array(3 * branches + 1);
  const coneRight = new Float64Array(4 * branches);
  const equalities = new SparseBuilder();
  const cones = new SparseBuilder();

  // Columns 0 and 1 buy and sell what flows out of the root; its row comes last.
  const rootRow = 3 * branches;
  linear[0] = 1;
  linear[1] = -0.6;
  lower.fill(0, 0, 2);
  equalities.set(rootRow, 0, -1);
  equalities.set(rootRow, 1, 1);

  for (let node = 1; node <= branches; node++) {
    const parent = random.integer(Math.max(0, node - 6), node);
    const r = impedance(random, options);
    const x = impedance(random, options);
    const share = options.load / branches;
    const p = firstColumn(options, node);
    const [q, c, v] = [p + 1, p + 2, p + 3];
    const [balance, reactive, drop] = [node - 1, branches + node - 1, 2 * branches + node - 1];
    equalities.set(balance, p, 1);
    equalities.set(balance, c, -r);
    equalityRight[balance] = share * random.between(0.2, 1.8);
    equalities.set(reactive, q, 1);
    equalities.set(reactive, c, -x);
    equalityRight[reactive] = 0.4 * share * random.between(0.2, 1.8);
    equalities.set(drop, v, 1);
    equalities.set(drop, p, 2 * r);
    equalities.set(drop, q, 2 * x);
    equalities.set(drop, c, -(r * r + x * x));
    lower[c] = 0;
    lower[v] = 0.81;
    upper[v] = 1.21;

    const cone = 4 * (node - 1);
    cones.set(cone, c, -1);
    cones.set(cone + 1, c, -1);
    cones.set(cone + 2, p, -2);
    cones.set(cone + 3, q, -2);
    if (parent === 0) {
      equalityRight[drop] = 1;
      coneRight[cone] = 1;
      coneRight[cone + 1] = -1;
      equalities.set(rootRow, p, 1);
    } else {
      const above = firstColumn(options, parent);
      equalities.set(parent - 1, p, -1);
      equalities.set(branches + parent - 1, q, -1);
      equalities.set(drop, above + 3, -1);
      cones.set(cone, above + 3, -1);
      cones.set(cone + 1, above + 3, 1);
    }

    // Exchange from −0.5 to about 0.5 of the node's share, cheapest part first.
    let slope = random.between(-1.4, -0.6);
    for (let k = 0; k < options.segments; k++) {
      const column = p + 4 + k;
      const width = (share * random.between(0.5, 1.5)) / options.segments;
      lower[column] = k === 0 ? -0.5 * share : 0;
      upper[column] = lower[column] + width;
      linear[column] = slope;
      quadratic[column] = random.between(0.01, 0.1) / width;
      slope += quadratic[column] * width;
      equalities.set(balance, column, -1);
    }
  }
  return {
    variableCount,
    quadratic,
    linear,
    lower,
    upper,
    equalities: equalities.build(3 * branches + 1, variableCount),
    equalityRight,
    cones: cones.build(4 * branches, variableCount),
    coneRight,
    coneSizes: new Int32Array(branches).fill(4),
  };
}

function impedance(random: RandomSource, options: TreeOptions): number {
  const { leastImpedance, largestImpedance } = options;
  return leastImpedance * (largestImpedance / leastImpedance) ** random.next();
}
