/** How a pass over all bids is watched and stopped. */
export interface PassWatch {
  /** Ends the pass, which then throws the signal's reason. */
  readonly signal: AbortSignal | undefined;
  /** Told how many more rows are done. */
  readonly onRows: (rows: number) => void;
}
