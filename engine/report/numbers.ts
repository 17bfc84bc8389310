/**
 * Numbers as people read them. Always with a dot for decimals and a comma for thousands, whatever
 * the locale, so that a summary is the same text on every machine.
 */

/** `1,234.50`; a value that is not a number is `n/a`, one beyond all limits `none`. */
export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'n/a';
  if (!Number.isFinite(value)) return 'none';
  const text = Math.abs(value).toFixed(digits);
  const [whole, fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  // A negative number that rounds to nothing is written without its sign.
  const sign = value < 0 && Number(text) !== 0 ? '-' : '';
  return fraction === undefined ? `${sign}${grouped}` : `${sign}${grouped}.${fraction}`;
}

/** `3.2e-8`, for residuals and gaps, where only the magnitude matters; in between plain, such as `11`. */
export function magnitude(value: number): string {
  if (Number.isNaN(value)) return 'n/a';
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return 'unbounded';
  const isPlain = Math.abs(value) >= 1 && Math.abs(value) < 99.5;
  return isPlain ? value.toPrecision(2) : value.toExponential(1);
}

/** `12,300 prosumers`, `1 prosumer`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${fixed(count, 0)} ${count === 1 ? singular : plural}`;
}

export const money = (value: number): string => `${fixed(value, 4)} $/h`;
export const price = (value: number): string => `${fixed(value, 5)} $/kWh`;
export const power = (value: number): string => `${fixed(value, 2)} kW`;
export const voltage = (value: number): string => `${fixed(value, 5)} pu`;

/** `84.2 ms`, `12.40 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${fixed(milliseconds, 1)} ms`
    : `${fixed(milliseconds / 1000, 2)} s`;
}
