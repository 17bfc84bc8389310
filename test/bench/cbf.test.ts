import { describe, expect, it } from 'vitest';
import { readConicInstance } from '../../bench/cbf/conicInstance.js';
import { UsageError } from '../../engine/base/errors.js';
import { createConicSolver } from '../../engine/conic/solver.js';

/** The sections after VER, each with its lines; `MIN` unless the objective's sense is given. */
function instanceOf(sections: string, sense = 'MIN') {
  return readConicInstance(`VER\n3\nOBJSENSE\n${sense}\n${sections}`);
}

function optimum(sections: string, sense = 'MIN'): number {
  const { problem, sign, constant } = instanceOf(sections, sense);
  const { status, primalObjective } = createConicSolver(problem).solve();
  expect(status).toBe('optimal');
  return sign * primalObjective + constant;
}

describe('an instance of the Conic Benchmark Format', () => {
  it('may have its variables in a quadratic cone', () => {
    // The distance from the origin to x + y = 2, with a constant of 1.
    const sections = `
      VAR
      3 1
      Q 3
      CON
      1 1
      L= 1
      OBJACOORD
      1
      0 1
      OBJBCOORD
      1
      ACOORD
      2
      0 1 1
      0 2 1
      BCOORD
      1
      0 -2`;
    expect(optimum(sections)).toBeCloseTo(1 + Math.SQRT2, 7);
  });

  it('may have its rows in a rotated cone that shares variables', () => {
    // 2 (x + y) x ≥ 9 with y ≤ 0 and the least x: y = 0 and x = 3/√2.
    const sections = `
      VAR
      2 2
      F 1
      L- 1
      CON
      3 1
      QR 3
      OBJACOORD
      1
      0 1
      ACOORD
      3
      0 0 1
      0 1 1
      1 0 1
      BCOORD
      1
      2 3`;
    expect(optimum(sections)).toBeCloseTo(3 / Math.SQRT2, 7);
  });

  it('may be maximised, and have rows and variables of every sign', () => {
    // max x − y + z with 0 ≤ x ≤ 4 − y, y ≤ 0 and ≥ −1, z = 0: x = 5, y = −1.
    const sections = `
      VAR
      3 3
      L+ 1
      L- 1
      L= 1
      CON
      3 3
      L- 1
      L+ 1
      F 1
      OBJACOORD
      3
      0 1
      1 -1
      2 1
      ACOORD
      4
      0 0 2
      0 1 2
      1 1 0.5
      2 0 1
      BCOORD
      2
      0 -8
      1 0.5`;
    expect(optimum(sections, 'MAX')).toBeCloseTo(6, 7);
  });

  it('may have comments, blank lines and Windows line ends', () => {
    const text = '# why\r\nVER\r\n1\r\n\r\nOBJSENSE\r\n# least\r\nMIN\r\nVAR\r\n1 1\r\nL+ 1\r\n';
    expect(readConicInstance(text).problem.variableCount).toBe(1);
  });
});

describe('a file that is none', () => {
  const head = 'VER\n3\nOBJSENSE\nMIN\n';
  it.each([
    ['OBJSENSE\nMIN\n', /line 1: the first section must be VER/],
    ['VER\n9\n', /line 2: version 9 is not read/],
    ['VER\n3\nOBJSENSE\nBEST\n', /line 4: "BEST" is neither MIN nor MAX/],
    [`${head}VAR\n2 1\nEXP 3\n`, /line 7: cone EXP is not read; F, L=, L\+, L-, Q, QR are/],
    [`${head}VAR\n2 1\nF 3\n`, /line 7: the cones have 3 entries in all, not 2/],
    [`${head}VAR\n1 1\nQR 1\n`, /line 7: a cone QR has two entries at least/],
    [`${head}PSDVAR\n1\n3\n`, /line 5: section PSDVAR is not read/],
    [`${head}VAR\n1 1\nF 1\nVAR\n1 1\nF 1\n`, /line 8: section VAR stands twice/],
    [`${head}VAR\n2 1\nF 2\nINT\n1\n2\n`, /line 10: 2 is beyond the last of 2/],
    [`${head}VAR\n2 1\nF 2\nACOORD\n1\n0 0 1\n`, /line 10: 0 is beyond the last of 0/],
    [`${head}VAR\n1 1\nF 1\nOBJACOORD\n1\n0 much\n`, /line 10: "much" is no number/],
    [`${head}VAR\n1 1\nF 1\nOBJACOORD\n1\n0 1e999\n`, /line 10: "1e999" is no number/],
    [`${head}VAR\n1 1\nF 1\nOBJACOORD\n2\n0 1\n`, /line 11: the file ends in the middle/],
    [`${head}VAR\n1 1\nF 1 2\n`, /line 7: "F 1 2" should be 2 words/],
    [`${head}VAR\n1.5 1\nF 1\n`, /line 6: "1.5" is no whole number/],
    [`${head}CON\n1 1\nF 1\n`, /section VAR is missing/],
    [
      `${head}VAR\n1 1\nF 1\nCON\n1 1\nL= 1\nACOORD\n2\n0 0 1\n0 0 2\n`,
      /line 14: 0 0 stands twice in this section/,
    ],
    [`${head}VAR\n1 1\nF 1\nOBJACOORD\n2\n0 1\n0 1\n`, /line 11: 0 stands twice/],
  ])('is reported with its line: %j', (text, message) => {
    expect(() => readConicInstance(text)).toThrow(UsageError);
    expect(() => readConicInstance(text)).toThrow(message);
  });
});
