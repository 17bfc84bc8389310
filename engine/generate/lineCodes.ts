/**
 * What a line of n phases is in the single-line equivalent.
 *
 * A line of n phases carries the whole power S in n phases of S/n each. With the mean self impedance
 * z_s and the mean mutual impedance z_m of its matrix, balanced currents see z_s − z_m in each phase,
 * so on the line-to-line voltage V, where a voltage drop is z S / V²,
 *
 *     z = (z_s − z_m) · 3/n   for n ≥ 2,      z = 3 z_s   for n = 1                              (1)
 *
 * exact for n = 3; for n = 2 it takes the two currents as opposite (at 120° it would be z_s − z_m/2).
 *
 * Charging at balanced rated voltage V_ln to neutral: the line produces ω Σ_jk c_jk V_j V_k cos θ_jk
 * (c nodal, so c_m ≤ 0), and phases are 120° apart, so each pair of phases adds 2 c_m cos 120° = −c_m:
 *
 *     ω (n c_s − n(n−1)/2 · c_m) V_ln²,  half of it at each end                                  (2)
 *
 * with c and z the means over the diagonal (s) and off it (m) of the line code's matrices.
 */
import { groupBy, mean } from './groups.js';
import { danglingReference, type FeederLine, type LineCodeEntry } from './threePhaseFeeder.js';

const SYSTEM_FREQUENCY_HZ = 60;

/** Means over the diagonal and off it, per kft. */
export interface LineCode {
  readonly phaseCount: number;
  readonly selfR: number;
  readonly selfX: number;
  readonly selfC: number;
  readonly mutualR: number;
  readonly mutualX: number;
  readonly mutualC: number;
}

export type LineCodes = ReadonlyMap<string, LineCode>;

export function lineCodesByName(entries: readonly LineCodeEntry[]): LineCodes {
  const codes = new Map<string, LineCode>();
  for (const [name, rows] of groupBy(entries, (entry) => entry.lineCode)) {
    const self = rows.filter((entry) => entry.row === entry.column);
    const mutual = rows.filter((entry) => entry.row !== entry.column);
    codes.set(name, {
      phaseCount: self.length,
      selfR: mean(self.map((entry) => entry.rOhmPerKft)),
      selfX: mean(self.map((entry) => entry.xOhmPerKft)),
      selfC: mean(self.map((entry) => entry.cNanofaradPerKft)),
      mutualR: mean(mutual.map((entry) => entry.rOhmPerKft)),
      mutualX: mean(mutual.map((entry) => entry.xOhmPerKft)),
      mutualC: mean(mutual.map((entry) => entry.cNanofaradPerKft)),
    });
  }
  return codes;
}

/** Equation (1) at the line's own voltage. The mean mutual impedance of a single-phase line is 0. */
export function seriesImpedance(
  line: FeederLine,
  codes: LineCodes,
): { readonly rOhm: number; readonly xOhm: number } {
  const code = codeOf(codes, line);
  const scale = line.lengthKft * (3 / code.phaseCount);
  return {
    rOhm: (code.selfR - code.mutualR) * scale,
    xOhm: (code.selfX - code.mutualX) * scale,
  };
}

/** Equation (2), for the whole line: 1e-9 F, 1e6 V² a kV² and 1e-3 kvar a var make 1e-6. */
export function chargingKvar(line: FeederLine, codes: LineCodes, kv: number): number {
  const code = codeOf(codes, line);
  const n = code.phaseCount;
  const capacitance = (n * code.selfC - ((n * (n - 1)) / 2) * code.mutualC) * line.lengthKft;
  return 2 * Math.PI * SYSTEM_FREQUENCY_HZ * capacitance * (kv ** 2 / 3) * 1e-6;
}

function codeOf(codes: LineCodes, line: FeederLine): LineCode {
  const code = codes.get(line.lineCode);
  if (code === undefined || code.phaseCount !== line.phases.length) {
    throw danglingReference('linecodes.csv', 'linecode', line.lineCode);
  }
  return code;
}
