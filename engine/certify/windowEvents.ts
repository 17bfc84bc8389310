/** Prices inside windows at which pieces of polynomials meet, and the change of every coefficient there. */
import { COEFFICIENTS } from './runningSums.js';

const CAPACITY = 64;

export class WindowEvents {
  count = 0;
  price = new Float64Array(CAPACITY);
  /** COEFFICIENTS each. */
  change = new Float64Array(COEFFICIENTS * CAPACITY);

  add(
    price: number,
    rate: number,
    output: number,
    quadratic: number,
    linear: number,
    constant: number,
  ): void {
    if (this.count === this.price.length) this.reserve(2 * this.count);
    const { change } = this;
    const at = COEFFICIENTS * this.count;
    this.price[this.count] = price;
    change[at] = rate;
    change[at + 1] = output;
    change[at + 2] = quadratic;
    change[at + 3] = linear;
    change[at + 4] = constant;
    this.count += 1;
  }

  private reserve(capacity: number): void {
    const { price, change } = this;
    this.price = new Float64Array(capacity);
    this.price.set(price);
    this.change = new Float64Array(COEFFICIENTS * capacity);
    this.change.set(change);
  }
}
