/**
 * One range of flow after the other made narrower at given prices (docs/model.md section 5). A part of the
 * box where P'_e ≥ b is closed by a leaf that costs U or more; what is left has P'_e ≤ b.
 *
 * How far b can go needs no solve. With t on the limit P'_e ≥ b and the active prices of everything behind e
 * lower by t, the coefficients of branch e are what they were: the shift is paid by what lies behind alone,
 * in its imports and losses, and the bound is V(t) + t b with V in closed form. So
 *
 *     b = min over t of (U − V(t)) / t
 *
 * a quotient of a concave function, searched by growing and shrinking t. Other sides and reactive flows
 * likewise. Because cuts and ranges follow the box, the bound of the leaf is computed again in its own box
 * before it counts.
 */
import { type FlowKind, FREE_FLOWS, restrictFlow } from './flowBox.js';
import { type FlowPrices, type FlowTerms, flowTerms, zeroFlowPrices } from './flowPrices.js';
import type { ImportBox, ImportModels } from './importModels.js';
import { lagrangianTerm, type NetworkPrices, REST, type Separation } from './lagrangian.js';
import type { NetworkProgram } from './networkProgram.js';
import type { MarketRelaxation } from './relaxation.js';

/** A box and the multipliers that bound it. */
export interface ClosedBox {
  readonly box: ImportBox;
  readonly proof: NetworkPrices;
  /** $/h. */
  readonly bound: number;
}

export interface Tightened {
  /** What is left; undefined where nothing is. */
  readonly box: ImportBox | undefined;
  /** What was cut off, each with a bound of the cutoff at least; with `box` they cover the box before. */
  readonly closed: readonly ClosedBox[];
}

/** A side is moved by this share of the range at least: each move is a leaf of the proof. */
const LEAST_MOVE = 0.1;

/** Ranges whose cuts can hide less than this share of the gap are left alone. */
const LEAST_HIDDEN = 0.01;

/** A range this narrow, relative to the base power, hides nothing. */
const LEAST_WIDTH = 1e-9;

/** The multiplier of a limit is searched by factors from the first to about the last. */
const FIRST_FACTOR = 4;
const LAST_FACTOR = 1.3;

/** Steps with one factor: 4 to this power is beyond any price. */
const STEP_LIMIT = 12;

/** Attempts at a limit whose leaf misses the cutoff in its own box. */
const ATTEMPT_LIMIT = 3;

type Side = 'above' | 'below';

/** The box and its prices as they narrow. */
export class Sweep implements Tightened {
  box: ImportBox | undefined;
  readonly closed: ClosedBox[] = [];
  /** In the present box, with what they prove there. */
  private prices: NetworkPrices & { readonly flows: FlowPrices };
  private bound: number;
  private terms: FlowTerms;
  private readonly shiftedPrices: Float64Array;
  private readonly part: Int32Array;

  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
    private readonly relaxation: MarketRelaxation,
    box: ImportBox,
    prices: NetworkPrices,
    private readonly cutoff: number,
    private readonly gap: number,
  ) {
    this.box = box;
    this.prices = this.pricesIn(box, prices);
    this.bound = relaxation.boundHere(this.prices);
    this.terms = flowTerms(program, this.prices.flows);
    this.shiftedPrices = new Float64Array(program.layout.junctionCount);
    this.part = new Int32Array(program.layout.junctionCount);
  }

  /** Whether the cuts of a branch can hide a share of the gap that matters. */
  isWorthwhile(branch: number, kind: FlowKind): boolean {
    const { lowCut, highCut } = this.prices.flows;
    const [low, high] = this.rangeOf(branch, kind);
    const width = high - low;
    const hidden = 0.25 * (lowCut[branch] + highCut[branch]) * width * width;
    return width > LEAST_WIDTH && hidden >= LEAST_HIDDEN * this.gap;
  }

  /**
   * Cuts off the part of the box where a flow lies beyond some limit.
   *
   * @param end behind the last junction that the branch feeds
   */
  narrow(branch: number, end: number, kind: FlowKind, side: Side): void {
    const { box, relaxation, cutoff } = this;
    if (box === undefined) return;
    const [low, high] = this.rangeOf(branch, kind);
    const width = high - low;
    const { weight, reach } = this.bestWeight(branch, end, kind, side, width);
    let distance = reach;
    if (!(distance <= (1 - LEAST_MOVE) * width)) return;
    const shifted = this.shifted(branch, end, kind, side, weight);
    for (let attempt = 0; attempt < ATTEMPT_LIMIT; attempt += 1) {
      const limit = side === 'above' ? low + Math.max(distance, 0) : high - Math.max(distance, 0);
      // Where all of the range costs too much, nothing is left of the box.
      const beyond = distance > 0 ? restrictBox(box, branch, kind, side, limit) : box;
      const proof = relaxation.pricesIn(beyond, shifted);
      const bound = relaxation.boundHere(proof);
      if (bound >= cutoff) {
        this.closed.push({ box: beyond, proof, bound });
        const other = side === 'above' ? 'below' : 'above';
        this.box = distance > 0 ? restrictBox(box, branch, kind, other, limit) : undefined;
        break;
      }
      distance = Math.max(distance, 0) + (2 * (cutoff - bound)) / weight;
      if (!(distance <= (1 - LEAST_MOVE) * width)) break;
    }
    if (this.box === undefined) return;
    this.prices = this.pricesIn(this.box, this.prices);
    this.bound = relaxation.boundHere(this.prices);
    this.terms = flowTerms(this.program, this.prices.flows);
  }

  private pricesIn(
    box: ImportBox,
    prices: NetworkPrices,
  ): NetworkPrices & { readonly flows: FlowPrices } {
    const moved = this.relaxation.pricesIn(box, prices);
    return { ...moved, flows: moved.flows ?? zeroFlowPrices(this.relaxation.rangesIn(box)) };
  }

  /** The multiplier of a limit that moves it farthest, and how far from the other end that leaves it. */
  private bestWeight(
    branch: number,
    end: number,
    kind: FlowKind,
    side: Side,
    width: number,
  ): { readonly weight: number; readonly reach: number } {
    const separation = this.separate(branch, end);
    const others = this.bound - this.termOf(separation, branch, end, kind, side, 0);
    const reachAt = (weight: number): number =>
      (this.cutoff - others - this.termOf(separation, branch, end, kind, side, weight)) / weight;
    let weight = (2 * this.gap) / width;
    let reach = reachAt(weight);
    const tryFactor = (factor: number): boolean => {
      let moved = false;
      for (let step = 0; step < STEP_LIMIT; step += 1) {
        const next = reachAt(weight * factor);
        if (!(next < reach)) break;
        reach = next;
        weight *= factor;
        moved = true;
      }
      return moved;
    };
    for (let factor = FIRST_FACTOR; factor > LAST_FACTOR; factor = Math.sqrt(factor)) {
      if (!tryFactor(factor)) tryFactor(1 / factor);
    }
    return { weight, reach };
  }

  /** The subtree behind a branch as a part of its own: nothing else changes with the shift. */
  private separate(branch: number, end: number): Separation {
    const { minVoltage, maxVoltage } = this.prices.flows.ranges;
    this.part.fill(REST).fill(0, branch + 1, end);
    return {
      part: this.part,
      headBranch: Int32Array.of(branch),
      senderCoefficient: new Float64Array(1),
      voltages: { low: minVoltage, high: maxVoltage },
    };
  }

  /** The subtree's term of the bound with a multiplier on a limit of the flow into it. */
  private termOf(
    separation: Separation,
    branch: number,
    end: number,
    kind: FlowKind,
    side: Side,
    weight: number,
  ): number {
    const { program, prices, terms } = this;
    const impedance = kind === 'active' ? program.network.r[branch] : program.network.x[branch];
    const signed = side === 'above' ? -weight : weight;
    const [low, high] = this.rangeOf(branch, kind);
    const before = [terms[kind][branch], terms.current[branch], terms.constant[branch]] as const;
    terms[kind][branch] += signed;
    terms.current[branch] -= impedance * signed;
    terms.constant[branch] -= signed * (side === 'above' ? low : high);
    this.shift(prices[kind], branch, end, signed);
    const ofSubtree = lagrangianTerm(
      program,
      { ...prices, [kind]: this.shiftedPrices },
      this.models.envelopes,
      prices.flows.ranges.maxCurrent,
      true,
      separation,
      0,
      terms,
    );
    [terms[kind][branch], terms.current[branch], terms.constant[branch]] = before;
    return ofSubtree;
  }

  private shift(prices: Float64Array, branch: number, end: number, by: number): void {
    this.shiftedPrices.set(prices);
    for (let j = branch + 1; j < end; j += 1) this.shiftedPrices[j] += by;
  }

  /** The prices with a multiplier on a limit, and behind the branch the prices that pay for it. */
  private shifted(
    branch: number,
    end: number,
    kind: FlowKind,
    side: Side,
    weight: number,
  ): NetworkPrices {
    const { prices } = this;
    this.shift(prices[kind], branch, end, side === 'above' ? -weight : weight);
    const limit = limitOf(kind, side);
    const raised = Float64Array.from(prices.flows[limit]);
    raised[branch] += weight;
    const flows: FlowPrices = { ...prices.flows, [limit]: raised };
    return { ...prices, [kind]: Float64Array.from(this.shiftedPrices), flows };
  }

  private rangeOf(branch: number, kind: FlowKind): readonly [number, number] {
    const { ranges } = this.prices.flows;
    return kind === 'active'
      ? [ranges.minActive[branch], ranges.maxActive[branch]]
      : [ranges.minReactive[branch], ranges.maxReactive[branch]];
  }
}

/** The multiplier of the part beyond: above, the flow is at least the limit. */
function limitOf(
  kind: FlowKind,
  side: Side,
): 'minActive' | 'maxActive' | 'minReactive' | 'maxReactive' {
  if (kind === 'active') return side === 'above' ? 'minActive' : 'maxActive';
  return side === 'above' ? 'minReactive' : 'maxReactive';
}

function restrictBox(
  box: ImportBox,
  branch: number,
  kind: FlowKind,
  side: Side,
  limit: number,
): ImportBox {
  const low = side === 'above' ? limit : Number.NEGATIVE_INFINITY;
  const high = side === 'above' ? Number.POSITIVE_INFINITY : limit;
  return { ...box, flows: restrictFlow(box.flows ?? FREE_FLOWS, branch, kind, low, high) };
}
