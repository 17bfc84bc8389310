/**
 * Limits count as kept to a tolerance, and what they are left by may be worth more than the gap: an outcome
 * can then cost less than the bound on all that keep them.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Certificate } from '../../engine/certify/certificate.js';
import { certify } from '../../engine/certify/certify.js';
import { VOLTAGE_TOLERANCE_PU } from '../../engine/certify/tolerances.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ResultWithOutcome } from '../../engine/clearing/result.js';
import { decideStatus } from '../../engine/clearing/status.js';
import { twoBus } from '../fixtures/twoBus.js';

const GAP = 1e-6;
const V_MIN = 0.95;

/** A house that generates at 2 $/kWh and more, and would rather buy at 0.3: the lower voltage limit binds. */
async function clearedWith(vMinPu: number): Promise<ResultWithOutcome> {
  const theCase = twoBus({ demandKw: 160, pMaxKw: 160, costLinear: 2, vMinPu });
  const result = await clear(theCase, { mode: 'welfare', subsidised: true });
  if (result.outcome === undefined) throw new Error(result.explanation);
  return result;
}

describe('an outcome that leaves a limit by less than the tolerance', () => {
  let exact: ResultWithOutcome;

  beforeAll(async () => {
    exact = await clearedWith(V_MIN);
    expect(exact.status).toBe('optimal');
  });

  /** The outcome for a limit lower by so many tolerances, with the proof for the limit as it is. */
  async function certified(tolerances: number): Promise<Certificate> {
    const { outcome } = await clearedWith(V_MIN - tolerances * VOLTAGE_TOLERANCE_PU);
    return certify(exact.case, 'welfare', { ...outcome, proof: exact.outcome.proof }, GAP);
  }

  it('has a negative gap, which is stated and closes nothing', async () => {
    const certificate = await certified(0.9);
    expect(certificate.physicsHolds).toBe(true);
    expect(certificate.gap).toBeLessThan(-GAP);
    expect(certificate.optimalityHolds).toBe(false);
    expect(decideStatus(certificate, 'welfare', '')).toEqual({
      status: 'feasible',
      explanation: expect.stringMatching(/costs less than the proven bound/),
    });
  });

  it('is optimal where the difference is within the gap', async () => {
    const certificate = await certified(0.01);
    expect(certificate.gap).toBeLessThan(0);
    expect(certificate.optimalityHolds).toBe(true);
  });

  it('is none that counts beyond the tolerance', async () => {
    const certificate = await certified(1.1);
    expect(certificate.physicsHolds).toBe(false);
    expect(certificate.optimalityHolds).toBe(false);
    expect(decideStatus(certificate, 'welfare', '').status).toBe('limit');
  });
});
