import { describe, expect, it } from 'vitest';
import { clear } from '../../engine/clearing/clear.js';
import { randomMarket } from '../fixtures/randomMarket.js';

describe('communities of thousands', () => {
  it.each([1, 2, 3])('settle on exact cost curves of thousands of arcs (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, {
      buses: 5,
      communities: 4,
      prosumers: [2000, 4000],
      kappaPowers: [-4, -2],
      impedance: 0.002,
      settings: { baseKva: 20_000, vMinPu: 0.98, vMaxPu: 1.02 },
    });
    for (const mode of ['welfare', 'dlmp'] as const) {
      const result = await clear(theCase, { mode });
      expect(result.explanation).toBe('');
      expect(result.status).toBe('optimal');
    }
  });
});
