/** All that a clearing says, bit for bit, but for how long it took. */
import type { MarketClearing } from '../../engine/session/market.js';

/** The same text for the same bytes: columns as they lie in memory, NaN and −0 by name. */
export function bytesOf({ result, route, reason }: MarketClearing): string {
  const {
    timing: _timing,
    case: _case,
    trace: _trace,
    ...said
  } = result as typeof result & {
    readonly trace?: unknown;
  };
  return textOf({ ...said, route, reason });
}

export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (ArrayBuffer.isView(entry)) {
      const { buffer, byteOffset, byteLength } = entry;
      return `${entry.constructor.name} ${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}`;
    }
    if (typeof entry !== 'number') return entry;
    return Object.is(entry, -0) ? '-0' : Number.isFinite(entry) ? entry : String(entry);
  });
}
