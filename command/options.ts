/** Option values from text. Commander turns the error into one line that names the option. */
import { InvalidArgumentError } from 'commander';
import { MODES, type Mode } from '../engine/index.js';

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

export function finiteNumber(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = finiteNumber(text);
  if (value <= 0) throw new InvalidArgumentError('It must be above 0.');
  return value;
}

export function wholeNumber(text: string): number {
  const value = finiteNumber(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return value;
}

export function positiveWholeNumber(text: string): number {
  const value = finiteNumber(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  }
  return value;
}

export function workerCount(text: string): number | 'auto' {
  return text === 'auto' ? text : positiveWholeNumber(text);
}

export function mode(text: string): Mode {
  const known = MODES.find((name) => name === text);
  if (known !== undefined) return known;
  if (text === 'operator') {
    throw new InvalidArgumentError('The operator mode is not available yet.');
  }
  throw new InvalidArgumentError(`It must be one of ${MODES.join(', ')}.`);
}

export function nameList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be names separated by commas.');
  return names;
}

export function share(text: string): number {
  const value = finiteNumber(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('It must lie between 0 and 1.');
  return value;
}

/** Minutes after midnight. */
export function clockTime(text: string): number {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) {
    throw new InvalidArgumentError('It must be a time such as 06:30.');
  }
  return 60 * Number(hours) + Number(minutes);
}

/** Milliseconds; `none` for no limit. */
export function deadline(text: string): number | 'none' {
  return text === 'none' ? text : positiveNumber(text);
}
