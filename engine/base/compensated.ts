/**
 * Sums that keep what rounding drops: two-sum error-free transformation (Knuth 1969; Ogita, Rump,
 * Oishi, Accurate Sum and Dot Product, SIAM J. Sci. Comput. 26, 2005). The sum of n terms is as
 * accurate as if computed in twice the working precision and then rounded.
 */
export class CompensatedSum {
  private high = 0;
  private low = 0;

  add(term: number): void {
    const sum = this.high + term;
    this.low += lostIn(sum, this.high, term);
    this.high = sum;
  }

  reset(value = 0): void {
    this.high = value;
    this.low = 0;
  }

  get value(): number {
    return this.high + this.low;
  }
}

/** What the rounded sum of two numbers lacks: first + second − sum, exactly. */
export function lostIn(sum: number, first: number, second: number): number {
  const part = sum - first;
  return first - (sum - part) + (second - part);
}
