/**
 * Times of day, and curves over it. Minutes count from midnight before the trial; those of later days are
 * beyond 1440. Only + − × ÷ are used, so that the last bit is the same everywhere.
 */
export const DAY_MINUTES = 1440;

export function dayOf(minutes: number): number {
  return Math.floor(minutes / DAY_MINUTES);
}

export function minuteOfDay(minutes: number): number {
  return minutes - DAY_MINUTES * dayOf(minutes);
}

/** A curve of 24 values at the full hours, straight between them, at a time of the day. */
export function hourlyCurve(values: readonly number[], minutes: number): number {
  const hours = minuteOfDay(minutes) / 60;
  const hour = Math.floor(hours);
  const share = hours - hour;
  return values[hour] * (1 - share) + values[(hour + 1) % 24] * share;
}

/** From 0 at 0 to 1 at 1 with level ends. */
export function smoothStep(share: number): number {
  const x = Math.min(Math.max(share, 0), 1);
  return x * x * (3 - 2 * x);
}
