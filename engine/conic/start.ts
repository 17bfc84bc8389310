/**
 * The starting point: strictly inside all bounds and cones, and on the central path of the bounds.
 *
 * x, y and z solve the KKT system for unit scaling, which balances meeting the rows against the cost;
 * x is then moved inside its bounds, and slacks and duals of the cones along the cones' axes until they are
 * well inside. Bounds' duals follow from slack · dual = 1.
 */
import type { BoundFamily } from './bounds.js';
import type { ConeScaling } from './coneScaling.js';
import type { Iterate } from './iterate.js';
import type { KktSystem } from './kkt.js';
import type { ScaledProblem } from './scaledProblem.js';
import { START_BOX_FRACTION, START_MARGIN } from './tolerances.js';

export class StartingPoint {
  private readonly right: Float64Array;

  constructor(
    private readonly scaled: ScaledProblem,
    private readonly kkt: KktSystem,
    private readonly cones: ConeScaling,
  ) {
    this.right = new Float64Array(kkt.size);
  }

  /** @returns false when the KKT matrix cannot be factorised */
  compute(iterate: Iterate): boolean {
    const { scaled, cones } = this;
    const firstCone = scaled.variableCount + scaled.equalityCount;
    iterate.tau = 1;
    iterate.kappa = 1;
    if (!this.solveForUnitScaling(iterate, firstCone)) return false;

    const { point, coneSlack } = iterate;
    for (let i = 0; i < coneSlack.length; i++) coneSlack[i] = -point[firstCone + i];
    moveInside(cones, coneSlack, 0);
    moveInside(cones, point, firstCone);
    this.enterBounds(iterate);
    return true;
  }

  private solveForUnitScaling(iterate: Iterate, firstCone: number): boolean {
    const { scaled, kkt, cones, right } = this;
    const { point, coneSlack, boundSlack, boundDual } = iterate;
    point.fill(0);
    coneSlack.fill(0);
    for (let k = 0; k < cones.count; k++) {
      coneSlack[cones.start[k]] = 1;
      point[firstCone + cones.start[k]] = 1;
    }
    boundSlack.fill(1);
    boundDual.fill(1);
    if (!cones.update(coneSlack, point, firstCone)) return false;
    if (!kkt.factorise(iterate)) return false;
    for (let j = 0; j < scaled.variableCount; j++) right[j] = -scaled.linear[j];
    for (let i = 0; i < scaled.rowCount; i++) right[scaled.variableCount + i] = scaled.right[i];
    cones.turn(right, firstCone, right, firstCone);
    if (!kkt.solve(right, point)) return false;
    cones.turnBack(point, firstCone, point, firstCone);
    return true;
  }

  /** A lower and an upper bound of one variable stand next to each other in the family. */
  private enterBounds(iterate: Iterate): void {
    const { count, variable, side, limit } = this.scaled.bounds;
    const { point, boundSlack, boundDual } = iterate;
    for (let k = 0; k < count; k++) {
      const j = variable[k];
      if (k + 1 < count && variable[k + 1] === j) {
        const margin = Math.min(START_MARGIN, START_BOX_FRACTION * (limit[k + 1] - limit[k]));
        point[j] = Math.min(limit[k + 1] - margin, Math.max(limit[k] + margin, point[j]));
        setSlack(this.scaled.bounds, k, point[j], boundSlack);
        k++;
      } else {
        const inside = side[k] * (point[j] - limit[k]);
        if (inside < START_MARGIN) point[j] = limit[k] + side[k] * START_MARGIN;
      }
      setSlack(this.scaled.bounds, k, point[j], boundSlack);
    }
    for (let k = 0; k < count; k++) boundDual[k] = 1 / boundSlack[k];
  }
}

function setSlack(bounds: BoundFamily, k: number, x: number, slack: Float64Array): void {
  slack[k] = bounds.side[k] * (x - bounds.limit[k]);
}

/** Raises the head of every cone's vector until its distance to the boundary is at least the margin. */
function moveInside(cones: ConeScaling, vector: Float64Array, first: number): void {
  for (let k = 0; k < cones.count; k++) {
    const head = first + cones.start[k];
    const end = first + cones.start[k + 1];
    let square = 0;
    for (let i = head + 1; i < end; i++) square += vector[i] * vector[i];
    vector[head] = Math.max(vector[head], Math.sqrt(square) + START_MARGIN);
  }
}
