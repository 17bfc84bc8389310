/** Minutes after the first midnight as people write them. */
import { fixed } from '../../report/numbers.js';
import { timeOfDay as clockTime } from '../../report/trial.js';

const MINUTES_A_DAY = 1440;

/** `06:05`; on later days `day 2, 06:05`. */
export function timeOfDay(minutes: number): string {
  const day = Math.floor(minutes / MINUTES_A_DAY);
  const clock = clockTime(minutes);
  return day === 0 ? clock : `day ${fixed(day + 1, 0)}, ${clock}`;
}

/** When something that has begun on a day ends: midnight is 24:00 then. */
export function endOfDay(minutes: number): string {
  return minutes === MINUTES_A_DAY ? '24:00' : timeOfDay(minutes);
}

/** Distances of marks on an axis of time, hours. */
const STEPS = [1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 3, 6, 12, 24, 48, 168];

export interface TimeMarks {
  readonly hours: number[];
  readonly texts: string[];
}

/** Hours to mark between two ends, at most `most`, on full steps, with their texts. */
export function timeMarks(from: number, to: number, most: number): TimeMarks {
  const step = STEPS.find((hours) => (to - from) / hours < most) ?? (to - from) / (most - 1);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  const hours = Array.from({ length: count }, (_, k) => (first + k) * step);
  const isMidnight = (hour: number): boolean => hour % 24 === 0;
  const texts = hours.map((hour) => {
    const text = endOfDay(Math.round(60 * hour));
    return isMidnight(hour) && to > 24 ? `day ${hour / 24 + 1}` : text.replace(/^day.*, /, '');
  });
  return { hours, texts };
}
