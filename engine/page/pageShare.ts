/** The room of a page, which the feeders of a region share. */

/** How much of a feeder fits on its page. */
export interface PageShare {
  readonly buses: number;
  readonly communities: number;
  /** Points of all response functions together. */
  readonly points: number;
  readonly tableRows: number;
}
