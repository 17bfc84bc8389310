/**
 * Where to split a box whose relaxation invents currents (docs/model.md section 5). At a solution the cuts of
 * branch e, with multipliers γ, are worth
 *
 *     γ (P' − a)(b − P')     γ (Q' − c)(d − Q')     γ_lo (ℓ − ℓ_lo)(v − v_lo) + γ_hi (ℓ_hi − ℓ)(v_hi − v)
 *
 * more than the products that they stand for: what the ranges of P', of Q' and of the voltage hide. A range
 * is split in the middle, which leaves a quarter. Voltages are not split; they have ranges because flows on
 * the way to the root have, so what they hide is counted to the flow there that moves them most.
 */
import { type FlowKind, FREE_FLOWS, restrictFlow } from './flowBox.js';
import type { FlowPrices } from './flowPrices.js';
import type { ImportBox } from './importModels.js';
import type { NetworkProgram } from './networkProgram.js';
import type { RelaxedPoint } from './relaxation.js';

export interface FlowSplit {
  /** What the range hides at the solution, $/h. */
  readonly hidden: number;
  /** Boxes that cover the one that was split. */
  readonly children: readonly [ImportBox, ImportBox];
}

/** A range this narrow, pu, is a point: its halves would differ by rounding. */
const NARROWEST = 1e-9;

/**
 * The range that hides most, split in the middle; undefined where no range hides anything.
 *
 * @param point of the box's relaxation, with multipliers of flows
 */
export function splitFlow(
  program: NetworkProgram,
  box: ImportBox,
  point: RelaxedPoint,
): FlowSplit | undefined {
  const { flows } = point.prices;
  if (flows === undefined) return undefined;
  const hidden = hiddenByFlow(program, point, flows);
  let most = 0;
  let branch = -1;
  let kind: FlowKind = 'active';
  for (const candidate of ['active', 'reactive'] as const) {
    hidden[candidate].forEach((worth, e) => {
      const [low, high] = rangeOf(flows, candidate, e);
      if (!(worth > most && high - low > NARROWEST)) return;
      most = worth;
      branch = e;
      kind = candidate;
    });
  }
  if (branch < 0) return undefined;
  const [low, high] = rangeOf(flows, kind, branch);
  const middle = 0.5 * (low + high);
  const part = (from: number, to: number): ImportBox => ({
    ...box,
    flows: restrictFlow(box.flows ?? FREE_FLOWS, branch, kind, from, to),
  });
  return {
    hidden: most,
    children: [part(Number.NEGATIVE_INFINITY, middle), part(middle, Number.POSITIVE_INFINITY)],
  };
}

function rangeOf({ ranges }: FlowPrices, kind: FlowKind, e: number): readonly [number, number] {
  return kind === 'active'
    ? [ranges.minActive[e], ranges.maxActive[e]]
    : [ranges.minReactive[e], ranges.maxReactive[e]];
}

/** By branch, $/h. */
function hiddenByFlow(
  program: NetworkProgram,
  point: RelaxedPoint,
  flows: FlowPrices,
): Record<FlowKind, Float64Array> {
  const { ranges, lowCut, highCut } = flows;
  const { branchCount } = program.layout;
  const hidden = { active: new Float64Array(branchCount), reactive: new Float64Array(branchCount) };
  for (let e = 0; e < branchCount; e += 1) {
    const cuts = lowCut[e] + highCut[e];
    if (cuts === 0) continue;
    const active = point.arrivingActive[e];
    const reactive = point.arrivingReactive[e];
    const current = point.squaredCurrent[e];
    const voltage = point.prices.squaredVoltage[e + 1];
    hidden.active[e] += cuts * (active - ranges.minActive[e]) * (ranges.maxActive[e] - active);
    hidden.reactive[e] +=
      cuts * (reactive - ranges.minReactive[e]) * (ranges.maxReactive[e] - reactive);
    const byVoltage =
      lowCut[e] * (current - ranges.minCurrent[e]) * (voltage - ranges.minVoltage[e + 1]) +
      highCut[e] * (ranges.maxCurrent[e] - current) * (ranges.maxVoltage[e + 1] - voltage);
    const mover = strongestMover(program, flows, e);
    hidden[mover.kind][mover.branch] += byVoltage;
  }
  return hidden;
}

/** The flow between the root and the receiving end of a branch whose range moves that voltage most. */
function strongestMover(
  { network }: NetworkProgram,
  { ranges }: FlowPrices,
  from: number,
): { readonly branch: number; readonly kind: FlowKind } {
  let branch = from;
  let kind: FlowKind = 'active';
  let most = 0;
  for (let e = from; e >= 0; e = network.parent[e] - 1) {
    const byActive = network.r[e] * (ranges.maxActive[e] - ranges.minActive[e]);
    const byReactive = network.x[e] * (ranges.maxReactive[e] - ranges.minReactive[e]);
    const moved = Math.max(byActive, byReactive);
    if (moved <= most) continue;
    most = moved;
    branch = e;
    kind = byActive >= byReactive ? 'active' : 'reactive';
  }
  return { branch, kind };
}
