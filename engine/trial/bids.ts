/**
 * Bids between gates. Before each interval a share of the prosumers with something flexible submits anew. Who
 * offered nothing arrives; who offered withdraws or changes: prices and the share of the installed bounds that is
 * offered. Some come after the gate and some break the rules of a case; both are refused, and what was
 * offered before stays.
 *
 * A bid is known by the interval in which it was submitted: `code` is that interval + 1, negative for a
 * withdrawal, and 0 for the bid of the case. All else follows from the seed.
 */
import { hashed, hashedUniform } from '../base/random.js';
import type { Case } from '../case/case.js';
import type { Offers, Terms } from './batteries.js';
import { faultsOf } from './bidCheck.js';
import { CLASS, type Classes } from './classes.js';
import type { Refusal } from './record.js';

export const BIDS = {
  /** Share of the prosumers that offer nothing before the first interval. */
  silentAtFirst: 0.08,
  /** Of those who bid anew. */
  lateShare: 0.01,
  invalidShare: 0.005,
  withdrawnShare: 0.1,
  /** Range of the factors on b and c of the case, and of the share of the bounds. */
  linear: [0.85, 1.2],
  quadratic: [0.8, 1.25],
  share: [0.6, 1],
  /** Seconds after the gate within which late bids come. */
  lateSeconds: 60,
} as const;

export interface GateCounts {
  arrived: number;
  changed: number;
  withdrawn: number;
  readonly refusals: Refusal[];
}

export class BidBook implements Terms {
  /** By prosumer; see the head of this file. */
  readonly code: Float64Array;
  readonly linearFactor: Float64Array;
  readonly quadraticFactor: Float64Array;
  /** Share of the bounds that is offered; 0 where the bid is withdrawn. */
  readonly share: Float64Array;

  constructor(
    private readonly baseCase: Case,
    private readonly classes: Classes,
    private readonly key: number,
    private readonly changeShare: number,
  ) {
    const count = classes.kind.length;
    this.code = new Float64Array(count);
    this.linearFactor = new Float64Array(count);
    this.quadraticFactor = new Float64Array(count);
    this.share = new Float64Array(count);
    const first = hashed(key, -1);
    for (let i = 0; i < count; i += 1) {
      const isSilent = this.canBid(i) && hashedUniform(first, i) < BIDS.silentAtFirst;
      this.take(i, isSilent ? -1 : 0);
    }
  }

  restore(code: Float64Array): void {
    code.forEach((value, i) => {
      this.take(i, value);
    });
  }

  /** What comes in before the gate of an interval. */
  gate(interval: number): GateCounts {
    const counts: GateCounts = { arrived: 0, changed: 0, withdrawn: 0, refusals: [] };
    const who = hashed(hashed(this.key, interval), 0);
    const how = hashed(hashed(this.key, interval), 1);
    const rows: number[] = [];
    const codes: number[] = [];
    for (let i = 0; i < this.code.length; i += 1) {
      if (hashedUniform(who, i) >= this.changeShare || !this.canBid(i)) continue;
      const lateness = hashedUniform(how, i) / BIDS.lateShare;
      if (lateness < 1) {
        const seconds = 1 + Math.floor(lateness * BIDS.lateSeconds);
        const reason = `late: it came ${seconds} s after the gate`;
        counts.refusals.push({ interval, subject: this.idOf(i), reason });
        continue;
      }
      const chance = hashedUniform(hashed(how, i), 0);
      const withdraws = this.code[i] >= 0 && chance < BIDS.withdrawnShare;
      rows.push(i);
      codes.push(withdraws ? -(interval + 1) : interval + 1);
    }
    const faults = faultsOf(this.offers(rows, codes));
    rows.forEach((i, k) => {
      const fault = faults.get(k);
      if (fault !== undefined) {
        counts.refusals.push({ interval, subject: this.idOf(i), reason: fault });
        return;
      }
      if (codes[k] < 0) counts.withdrawn += 1;
      else if (this.code[i] < 0) counts.arrived += 1;
      else counts.changed += 1;
      this.take(i, codes[k]);
    });
    counts.refusals.sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0));
    return counts;
  }

  private canBid(i: number): boolean {
    const kind = this.classes.kind[i];
    return kind !== CLASS.load && kind !== CLASS.devices;
  }

  private idOf(i: number): string {
    return this.baseCase.prosumers.id.get(i);
  }

  private take(i: number, code: number): void {
    this.code[i] = code;
    const terms = this.termsOf(i, code);
    this.linearFactor[i] = terms.linear;
    this.quadraticFactor[i] = terms.quadratic;
    this.share[i] = terms.share;
  }

  private termsOf(i: number, code: number): BidTerms {
    if (code <= 0) return { linear: 1, quadratic: 1, share: code === 0 ? 1 : 0 };
    const key = hashed(hashed(hashed(this.key, code - 1), 2), i);
    const draw = (purpose: number, [low, high]: readonly [number, number]): number =>
      low + (high - low) * hashedUniform(key, purpose);
    return {
      linear: draw(0, BIDS.linear),
      quadratic: draw(1, BIDS.quadratic),
      share: draw(2, BIDS.share),
    };
  }

  /** What is submitted, over the installed bounds; some with a slip of the pen. */
  private offers(rows: readonly number[], codes: readonly number[]): Offers {
    const { pMinKw, pMaxKw, costQuadratic, costLinear } = this.baseCase.prosumers;
    const offers: Offers = {
      pMinKw: new Float64Array(rows.length),
      pMaxKw: new Float64Array(rows.length),
      costQuadratic: new Float64Array(rows.length),
      costLinear: new Float64Array(rows.length),
    };
    rows.forEach((i, k) => {
      const { linear, quadratic, share } = this.termsOf(i, codes[k]);
      offers.pMinKw[k] = pMinKw[i] * share;
      offers.pMaxKw[k] = Math.max(pMaxKw[i], this.classes.solarKw[i]) * share;
      offers.costQuadratic[k] = costQuadratic[i] * quadratic;
      offers.costLinear[k] = costLinear[i] * linear;
      const slip = hashedUniform(hashed(hashed(this.key, Math.abs(codes[k])), 3), i);
      if (slip < BIDS.invalidShare) spoil(offers, k, slip / BIDS.invalidShare);
    });
    return offers;
  }
}

interface BidTerms {
  readonly linear: number;
  readonly quadratic: number;
  readonly share: number;
}

/** A sign forgotten, bounds that are swapped, a field left empty. */
function spoil(offers: Offers, k: number, chance: number): void {
  if (chance < 1 / 3) offers.costQuadratic[k] = -offers.costQuadratic[k] - 0.01;
  else if (chance < 2 / 3) offers.pMinKw[k] = offers.pMaxKw[k] + 1;
  else offers.costLinear[k] = Number.NaN;
}
