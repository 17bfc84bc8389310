import { describe, expect, it } from 'vitest';
import { readTrace, traceField } from '../../engine/io/traceField.js';

describe('the moments of a search in summary.json', () => {
  it('read back as they were, without a bound or an incumbent too', () => {
    const moments = [
      {
        nodes: 1,
        milliseconds: 2.5,
        bound: Number.NEGATIVE_INFINITY,
        incumbent: Number.POSITIVE_INFINITY,
      },
      { nodes: 3, milliseconds: 7, bound: -1.25, incumbent: 0.1 },
    ];
    expect(readTrace(JSON.parse(JSON.stringify(traceField(moments))))).toEqual(moments);
  });

  it.each([
    ['an object', {}],
    ['a moment without nodes', [{ time_ms: 1 }]],
    ['a bound that is text', [{ nodes: 1, time_ms: 1, bound_usd_per_h: '<' }]],
    ['a list of nothing', [null]],
  ])('are not taken from %s', (_, value) => {
    expect(readTrace(value)).toBeUndefined();
  });
});
