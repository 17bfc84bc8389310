/**
 * A node's box as parts that meet only through common prices (bnb/parts.ts): the subtrees of a separation of
 * the network (program/separation.ts).
 */
import type { PartOutcome, PartProblem } from '../bnb/parts.js';
import { type ImportBox, type ImportModels, intersectBoxes } from '../program/importModels.js';
import { type NetworkPrices, REST, type Separation } from '../program/lagrangian.js';
import type { NetworkProgram } from '../program/networkProgram.js';
import type { MarketRelaxation, RelaxedPoint } from '../program/relaxation.js';
import { joinPrices } from '../program/separation.js';
import type { Candidate, MarketPoint, OutcomeFinder } from './outcomeFinder.js';
import { splitBox } from './splitting.js';

type Outcome = PartOutcome<ImportBox, NetworkPrices, MarketPoint>;

export class MarketParts implements PartProblem<ImportBox, NetworkPrices, MarketPoint> {
  readonly partCount: number;
  /** The separation with the coefficients of the common prices in use. */
  private current: { readonly common: NetworkPrices; readonly separation: Separation } | undefined;

  /**
   * @param revenuePrice μ of the node: its parts share it
   * @param outer the node's box
   * @param leastGap narrower gaps between cost and envelope are not split, $/h
   */
  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
    private readonly relaxation: MarketRelaxation,
    private readonly finder: OutcomeFinder,
    private readonly revenuePrice: number,
    private readonly outer: ImportBox,
    private readonly separation: Separation,
    private readonly leastGap: number,
  ) {
    this.partCount = separation.headBranch.length;
  }

  relax(boxes: readonly ImportBox[]): Outcome {
    const product = boxes.reduce(intersectBoxes, this.outer);
    this.models.weigh(1, this.revenuePrice);
    const outcome = this.relaxation.solve(product);
    if (outcome.status === 'infeasible') return { status: 'infeasible', proof: outcome.prices };
    if (outcome.status === 'unresolved') return { status: 'unresolved' };
    const solved = this.solved(outcome.point, boxes, undefined);
    const candidate = this.finder.outcomeOf(outcome.point, outcome.point.largestConeSlack);
    return { ...solved, candidate: keptBy(candidate) };
  }

  /** The relaxation over the whole box is solved before it is known to fall apart. */
  solved(
    point: RelaxedPoint,
    boxes: readonly ImportBox[],
    candidate: Candidate | undefined,
  ): Extract<Outcome, { readonly status: 'solved' }> {
    const { market } = this.program;
    const splits = boxes.map((box, part) =>
      splitBox(
        this.models,
        box,
        point.netImport,
        this.leastGap,
        (community) => this.separation.part[market.junction[community]] === part,
      ),
    );
    return {
      status: 'solved',
      proof: point.prices,
      candidate: keptBy(candidate),
      splits,
    };
  }

  commonTerm(common: NetworkPrices): number {
    return this.relaxation.termIn(this.outer, common, this.separationAt(common), REST);
  }

  partTerm(part: number, box: ImportBox, own: NetworkPrices, common: NetworkPrices): number {
    const prices = joinPrices(this.program, this.separation, part, own, common);
    const inside = intersectBoxes(this.outer, box);
    return this.relaxation.termIn(inside, prices, this.separationAt(common), part);
  }

  /** Where several parts hold nothing, the prices inside one say so by themselves. */
  exclude(part: number, box: ImportBox, prices: NetworkPrices): NetworkPrices | undefined {
    const inside = intersectBoxes(this.outer, box);
    const own = joinPrices(this.program, this.separation, part, prices, withoutPrices(prices));
    return [own, prices].find((proof) => this.relaxation.excludes(inside, proof));
  }

  separationAt(common: NetworkPrices): Separation {
    if (this.current?.common !== common) {
      const separation = this.relaxation.separationAt(common, this.separation);
      this.current = { common, separation };
    }
    return this.current.separation;
  }
}

/** Zero everywhere; the squared voltages stay. */
function withoutPrices({
  active,
  reactive,
  voltageDrop,
  squaredVoltage,
}: NetworkPrices): NetworkPrices {
  return {
    active: new Float64Array(active.length),
    reactive: new Float64Array(reactive.length),
    voltageDrop: new Float64Array(voltageDrop.length),
    squaredVoltage,
    revenue: 0,
  };
}

function keptBy(candidate: Candidate | undefined): Candidate | undefined {
  return candidate !== undefined && candidate.point.violation <= 1 ? candidate : undefined;
}
