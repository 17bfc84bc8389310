import { beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import { MODES, type Mode, type ResultWithOutcome } from '../../engine/clearing/result.js';
import { bundledCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';

async function bundled(name: string): Promise<Case> {
  const folder = bundledCase(name);
  if (folder === undefined) throw new Error(`${name} is not bundled`);
  return readCase(folder);
}

async function cleared(theCase: Case, mode: Mode): Promise<ResultWithOutcome> {
  const result = await clear(theCase, { mode });
  if (result.outcome === undefined) throw new Error(result.explanation);
  return result;
}

/** Situations in which trade that ignores the network breaks a voltage limit. */
const BREAKING: Readonly<Record<string, readonly Mode[]>> = {
  'ieee123-peak': ['isolated'],
  'ieee123-noon': ['isolated', 'local'],
  case33bw: ['isolated'],
};

describe.each(['ieee123', 'ieee123-peak', 'ieee123-noon', 'case33bw', 'five-bus'])(
  'the bundled case %s',
  (name) => {
    let theCase: Case;
    beforeAll(async () => {
      theCase = await bundled(name);
    });

    it.each(MODES)('is cleared to a proven optimum in mode %s', async (mode) => {
      const result = await cleared(theCase, mode);
      const { certificate } = result;
      expect(result.status).toBe('optimal');
      expect(Math.abs(result.gap)).toBeLessThanOrEqual(1e-6);
      expect(certificate.largestGain_usd_per_h).toBeLessThanOrEqual(1e-9);
      expect(certificate.largestAnswerError_kw).toBeLessThanOrEqual(1e-9);
      expect(certificate.largestVoltageDifference_pu).toBeLessThanOrEqual(1e-6);
      expect(certificate.powerFlowMismatch_pu).toBeLessThanOrEqual(1e-9);
      const breaks = BREAKING[name]?.includes(mode) === true;
      expect(certificate.voltageViolationBus !== '').toBe(breaks);
      if (breaks) expect(result.explanation).toContain(certificate.voltageViolationBus);
      else expect(certificate.largestVoltageViolation_pu).toBeLessThanOrEqual(1e-6);
    });
  },
);

describe('the bundled case ieee123-noon-unity', () => {
  it.each(['welfare', 'dlmp', 'social'] as const)(
    'has no tight relaxation in mode %s, and all but closes its gap by cuts',
    { timeout: 60_000 },
    async (mode) => {
      const theCase = await bundled('ieee123-noon-unity');
      const result = await clear(theCase, { mode, nodeLimit: 60 });
      if (result.outcome === undefined) throw new Error(result.explanation);
      expect(['optimal', 'feasible']).toContain(result.status);
      expect(result.certificate.largestVoltageViolation_pu).toBeLessThanOrEqual(1e-6);
      expect(Math.abs(result.gap)).toBeLessThanOrEqual(1e-2);
      expect(result.outcome.proof.some(({ flows }) => flows.bus.length > 0)).toBe(true);
    },
  );
});
