/** Bids against the rules of a case: the same that its tables are checked by. */
import { ProblemList } from '../base/errors.js';
import { TableCheck } from '../case/tableCheck.js';
import { checkFlexibility } from '../case/tableRules.js';
import type { Offers } from './batteries.js';

/** What is wrong with each bid that cannot be taken, by its place among them. */
export function faultsOf(offers: Offers): ReadonlyMap<number, string> {
  const check = new BidCheck();
  checkFlexibility(offers, check);
  return check.faults;
}

/** Keeps the first fault of every bid, where a list of problems keeps a number of them in all. */
class BidCheck extends TableCheck {
  readonly faults = new Map<number, string>();

  constructor() {
    super(new ProblemList(), {}, 'prosumers');
  }

  override report(row: number, column: string, value: string | number, message: string): void {
    if (this.faults.has(row)) return;
    const shown = Number.isNaN(value) ? '' : String(value);
    this.faults.set(row, `column ${column}, value "${shown}": ${message}`);
  }
}
