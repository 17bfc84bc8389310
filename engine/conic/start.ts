/**
 * The starting point: strictly inside all bounds and cones, and on the central path of the bounds.
 *
 * A variable between two bounds starts in the middle, where the duals of the two cancel. With these
 * variables held there by slack = half the width and dual = 1/slack, the KKT system for unit scaling gives x,
 * y and z that balance meeting the rows against the cost. One-sided variables, and slacks and duals of the
 * cones, are then moved until they are well inside. Bounds' duals follow from slack · dual = 1.
 */
import type { ConeScaling } from './coneScaling.js';
import type { Iterate } from './iterate.js';
import type { KktSystem } from './kkt.js';
import type { ScaledProblem } from './scaledProblem.js';
import { START_MARGIN } from './tolerances.js';

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
    const { point, coneSlack } = iterate;
    point.fill(0);
    coneSlack.fill(0);
    for (let k = 0; k < cones.count; k++) {
      coneSlack[cones.start[k]] = 1;
      point[firstCone + cones.start[k]] = 1;
    }
    for (let j = 0; j < scaled.variableCount; j++) right[j] = -scaled.linear[j];
    for (let i = 0; i < scaled.rowCount; i++) right[scaled.variableCount + i] = scaled.right[i];
    this.holdBounds(iterate);
    if (!cones.update(coneSlack, point, firstCone)) return false;
    if (!kkt.factorise(iterate)) return false;
    cones.turn(right, firstCone, right, firstCone);
    if (!kkt.solve(right, point)) return false;
    cones.turnBack(point, firstCone, point, firstCone);
    return true;
  }

  /** Weight 1/slack² on the distance to the middle of a box, or to 0 beside a single bound. */
  private holdBounds(iterate: Iterate): void {
    const { bounds } = this.scaled;
    const { boundSlack, boundDual } = iterate;
    for (let k = 0; k < bounds.count; k++) {
      const width = bounds.width(k);
      const slack = width < Infinity ? 0.5 * width : START_MARGIN;
      boundSlack[k] = slack;
      boundDual[k] = 1 / slack;
      if (width < Infinity) {
        const middle = bounds.limit[k] + bounds.side[k] * slack;
        this.right[bounds.variable[k]] += middle / (slack * slack);
      }
    }
  }

  private enterBounds(iterate: Iterate): void {
    const { bounds } = this.scaled;
    const { variable, side, limit } = bounds;
    const { point, boundSlack, boundDual } = iterate;
    for (let k = 0; k < bounds.count; k++) {
      const j = variable[k];
      const width = bounds.width(k);
      const inside = side[k] * (point[j] - limit[k]);
      const slack = width < Infinity ? 0.5 * width : Math.max(START_MARGIN, inside);
      boundSlack[k] = slack;
      boundDual[k] = 1 / slack;
      point[j] = limit[k] + side[k] * slack;
    }
  }
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
