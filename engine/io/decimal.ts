/**
 * Numbers as text: read by a strict grammar (sign, digits, point, exponent; no hexadecimal, no
 * decimal comma, nothing behind), written in the shortest form that reads back to the same bits.
 */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** @returns undefined for what is not a number; an infinity for one beyond double precision */
export function parseDecimal(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}

/** Empty for NaN and infinities, which stand for "not given". */
export function formatDecimal(value: number): string {
  if (!Number.isFinite(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Why a text is no number. */
export function notANumber(text: string): string {
  return /^[+-]?\d+,\d+$/.test(text)
    ? 'not a number (decimals are written with a point)'
    : 'not a number';
}
