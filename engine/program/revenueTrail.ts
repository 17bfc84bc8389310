/**
 * The way to the multiplier μ of revenue adequacy (revenueRelaxation.ts): the shares t = μ / (1 + μ) that
 * have been tried, and the next one.
 *
 * A solution with cost C and deficit d bounds q from above by the line C + μ d, which touches q at its own μ.
 * The greatest q(μ) lies between the last solution with a deficit and the first without, and no higher than
 * their lines meet.
 */
import type { Crossing } from './revenueForecast.js';

/** A share that has been tried, and what its solution showed. */
export interface Trial {
  readonly share: number;
  /** G − Σ R and Σ F + G, $/h. */
  readonly deficit: number;
  readonly cost: number;
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** 1 where the import is at a jump of the revenue, and earns less beside it. */
  readonly isAtJump: Uint8Array;
}

/** A forecast was good if the deficit that it should have ended has fallen to this share of what it was. */
const RELIABLE_SHARE = 0.1;

export class PriceTrail {
  solves = 0;
  private lowTrial: Trial | undefined;
  private highTrial: Trial | undefined;
  private last: Trial | undefined;
  private beforeLast: Trial | undefined;

  add(trial: Trial): void {
    this.solves += 1;
    this.beforeLast = this.last;
    this.last = trial;
    if (trial.deficit > 0) this.lowTrial = trial;
    else this.highTrial = trial;
  }

  /** Ends of the bracket, as assumed until they have been tried. */
  get low(): number {
    return this.lowTrial?.share ?? 0;
  }

  get high(): number {
    return this.highTrial?.share ?? 1;
  }

  /**
   * The share to try next: the one foretold, unless the last forecast was far off; then, in turns, where the
   * deficit of the last two solutions passes zero as a line, and where the lines of both ends meet.
   */
  next(foretold: number | undefined): number {
    const { last, beforeLast, low, high } = this;
    const isInside = (share: number): boolean => share > low && share < high;
    const wasGood =
      last === undefined ||
      beforeLast === undefined ||
      Math.abs(last.deficit) <= RELIABLE_SHARE * Math.abs(beforeLast.deficit);
    const isOpen = this.lowTrial === undefined || this.highTrial === undefined;
    if (foretold !== undefined && (isInside(foretold) || isOpen) && wasGood) return foretold;
    if (this.lowTrial === undefined) return low;
    const turns =
      this.solves % 2 === 0 ? [this.secant(), this.meeting()] : [this.meeting(), this.secant()];
    const found = turns.find(isInside);
    if (found !== undefined) return found;
    return this.highTrial === undefined ? high : 0.5 * (low + high);
  }

  /**
   * Whether no μ is worth another solve: by the lines at both ends of the bracket, or by a forecast that has
   * proven good.
   *
   * @param next the share that would be tried
   * @param tolerance gain of the bound that is worth nothing, $/h
   * @param bill that a first deficit is compared with, $/h
   */
  isSettled(bound: number, next: number, tolerance: number, bill: number): boolean {
    if (this.largestGain(bound) <= tolerance) return true;
    const { last, beforeLast } = this;
    if (last === undefined) return false;
    const reference = Math.abs(beforeLast?.deficit ?? RELIABLE_SHARE * bill);
    if (!(Math.abs(last.deficit) <= RELIABLE_SHARE * reference)) return false;
    return Math.abs(last.deficit * (priceOf(next) - priceOf(last.share))) <= tolerance;
  }

  /** How far above a bound the greatest q(μ) can be, $/h; Infinity while an end of the bracket is missing. */
  private largestGain(bound: number): number {
    const { lowTrial, highTrial } = this;
    if (lowTrial === undefined || highTrial === undefined) return Number.POSITIVE_INFINITY;
    const price = priceOf(this.meeting());
    const clipped = Math.min(Math.max(price, priceOf(lowTrial.share)), priceOf(highTrial.share));
    return lowTrial.cost + clipped * lowTrial.deficit - bound;
  }

  /** The solutions at both ends of the bracket. */
  crossing(): Crossing | undefined {
    const { high, lowTrial, highTrial } = this;
    if (lowTrial === undefined || highTrial === undefined) return undefined;
    return {
      share: high,
      before: lowTrial.netImport,
      deficitBefore: lowTrial.deficit,
      after: highTrial.netImport,
      deficitAfter: highTrial.deficit,
    };
  }

  /**
   * Imports that cover the bill: those of the high end; and the point of the line through the last two
   * solutions that just does, for what keeps the limits of the network at both all but keeps them there, too.
   */
  coveringImports(): Float64Array[] {
    const { last, beforeLast, highTrial } = this;
    const known = highTrial === undefined ? [] : [highTrial.netImport];
    if (last === undefined || beforeLast === undefined) return known;
    const step = last.deficit / (beforeLast.deficit - last.deficit);
    // Further off, the line has little to do with the solutions.
    if (!(Math.abs(step) <= 1)) return known;
    const { netImport, isAtJump } = last;
    const combined = netImport.map((value, m) =>
      isAtJump[m] === 1 ? value : value + step * (value - beforeLast.netImport[m]),
    );
    return [...known, combined];
  }

  /** The last two solutions, the last one first. */
  get line(): readonly [Float64Array, Float64Array] | undefined {
    const { last, beforeLast } = this;
    return last && beforeLast && [last.netImport, beforeLast.netImport];
  }

  private secant(): number {
    const { last, beforeLast } = this;
    if (last === undefined || beforeLast === undefined) return Number.NaN;
    const rise = (last.deficit - beforeLast.deficit) / (last.share - beforeLast.share);
    return last.share - last.deficit / rise;
  }

  /** Share at which the lines of both ends of the bracket meet. */
  private meeting(): number {
    const { lowTrial, highTrial } = this;
    if (lowTrial === undefined || highTrial === undefined) return Number.NaN;
    const price = (highTrial.cost - lowTrial.cost) / (lowTrial.deficit - highTrial.deficit);
    return shareOf(price);
  }
}

export function shareOf(price: number): number {
  return price / (1 + price);
}

export function priceOf(share: number): number {
  return share / (1 - share);
}
