/**
 * Two places with a shortfall and a surplus of the grid's bill, and the place between them where the surplus
 * passes zero: false position by the Illinois rule, where the value of an end that stays counts half
 * (M. Dowell, P. Jarratt, 1971), and the middle where even so one end stays. Where the surplus leaps across
 * zero, the bracket closes on the leap.
 */

export interface SurplusAt {
  /** A number on any line: a price of the bill, or a share of a distance. */
  readonly place: number;
  /** $/h: less than 0 at the one end, 0 or more at the other. */
  readonly surplus: number;
}

/** An end that stays so often in a row lies where the surplus hardly changes, and false position creeps. */
const CREEPING_ROUNDS = 3;

export class SurplusBracket {
  private shortWeight: number;
  private coveringWeight: number;
  private replacedLast: 'short' | 'covering' | undefined;
  private inSuccession = 0;

  /** In any order of their places. */
  constructor(
    private short: SurplusAt,
    private covering: SurplusAt,
  ) {
    this.shortWeight = short.surplus;
    this.coveringWeight = covering.surplus;
  }

  /** Where to look next, between the ends. */
  get next(): number {
    const { short, covering, shortWeight, coveringWeight } = this;
    const isCreeping = this.inSuccession >= CREEPING_ROUNDS;
    const share = isCreeping ? 0.5 : shortWeight / (shortWeight - coveringWeight);
    return short.place + (covering.place - short.place) * share;
  }

  /** Replaces the end of the same sign. */
  narrow(found: SurplusAt): void {
    const replaced = found.surplus < 0 ? 'short' : 'covering';
    this.inSuccession = replaced === this.replacedLast ? this.inSuccession + 1 : 1;
    this.replacedLast = replaced;
    const stays = this.inSuccession > 1 ? 0.5 : 1;
    if (replaced === 'short') {
      this.short = found;
      this.shortWeight = found.surplus;
      this.coveringWeight *= stays;
    } else {
      this.covering = found;
      this.coveringWeight = found.surplus;
      this.shortWeight *= stays;
    }
  }
}
