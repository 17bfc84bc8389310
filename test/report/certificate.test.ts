import { describe, expect, it } from 'vitest';
import { renderCertificate } from '../../engine/report/certificate.js';
import { CERTIFICATE } from '../fixtures/certificate.js';

describe('renderCertificate', () => {
  it('gives every point its verdict, every figure its unit and what it may be at most', () => {
    const lines = renderCertificate(CERTIFICATE, 1e-6).split('\n');
    expect(lines).toContain('1 equilibrium: pass');
    expect(lines).toContain('2 power flow and limits: pass');
    expect(lines).toContain('3 relaxation: reported');
    expect(lines).toContain('4 optimality: pass');
    const lineOf = (what: string) => lines.find((line) => line.includes(what)) ?? '';
    expect(lineOf('largest gain')).toMatch(/2\.0e-13 \$\/h +at most 1\.0e-9 of its scale$/);
    expect(lineOf('voltages off by')).toMatch(/3\.0e-9 pu +at most 1\.0e-6$/);
    expect(lineOf('relative gap')).toMatch(/8\.0e-8 +at most 1\.0e-6$/);
    expect(lineOf('cone slack')).toMatch(/2\.0e-8 pu$/);
  });

  it('names the place of the worst violation', () => {
    const text = renderCertificate(
      {
        ...CERTIFICATE,
        physicsHolds: false,
        largestVoltageViolation_pu: 0.02,
        voltageViolationBus: '65',
        largestCurrentViolation: 0.4,
        currentViolationBranch: '13-18',
      },
      1e-6,
    );
    expect(text).toContain('2 power flow and limits: FAIL');
    expect(text).toMatch(/beyond a voltage limit \(bus 65\) +2\.0e-2 pu/);
    expect(text).toMatch(/beyond a current limit \(branch 13-18\) +4\.0e-1 of it/);
  });
});
