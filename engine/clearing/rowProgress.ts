/**
 * How far a pass over all bids is, how fast, and how long it will still take:
 * `bids read: 3,400,000 of 12,300,000, 21.0 M/s, 0.4 s left`.
 */

/** A pass that has taken less is not worth a word, ms. */
const QUIET_TIME = 100;

const COUNT = new Intl.NumberFormat('en-US');

/**
 * @param verb what is done to the bids
 * @param rows of all bids
 * @returns to be told how many more rows are done
 */
export function progressOfRows(
  verb: string,
  rows: number,
  report: (detail: string) => void,
): (moreRows: number) => void {
  const started = performance.now();
  let done = 0;
  return (moreRows) => {
    done += moreRows;
    const elapsed = performance.now() - started;
    if (elapsed >= QUIET_TIME) report(describeProgress(verb, done, rows, elapsed / 1000));
  };
}

export function describeProgress(
  verb: string,
  done: number,
  rows: number,
  seconds: number,
): string {
  const rate = done / seconds;
  const left = (rows - done) / rate;
  const speed =
    rate >= 1e6 ? `${(rate / 1e6).toFixed(1)} M/s` : `${COUNT.format(Math.round(rate))}/s`;
  const counts = `${COUNT.format(done)} of ${COUNT.format(rows)}`;
  return `bids ${verb}: ${counts}, ${speed}, ${left.toFixed(1)} s left`;
}
