import { describe, expect, it } from 'vitest';
import { describeProgress } from '../../engine/clearing/rowProgress.js';

describe('the progress of a pass over the bids', () => {
  it('tells how far it is, how fast, and the time that is left', () => {
    expect(describeProgress('read', 3_400_000, 12_300_000, 0.16)).toBe(
      'bids read: 3,400,000 of 12,300,000, 21.3 M/s, 0.4 s left',
    );
  });

  it('counts slow passes in single rows', () => {
    expect(describeProgress('sorted', 5000, 10_000, 2)).toBe(
      'bids sorted: 5,000 of 10,000, 2,500/s, 2.0 s left',
    );
  });
});
