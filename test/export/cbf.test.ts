import { describe, expect, it } from 'vitest';
import { readConicInstance } from '../../bench/cbf/conicInstance.js';
import { writeCbf } from '../../engine/export/cbf.js';
import { ModelBuilder, term } from '../../engine/export/programModel.js';
import { solveInstance } from './solve.js';

describe('the CBF writer', () => {
  it('writes a small program as one would by hand', () => {
    const builder = new ModelBuilder();
    builder.note('a note');
    builder.addConstant(0.5);
    const x = builder.variable('x', 0, 2, { linear: -3, quadratic: 4 });
    const y = builder.variable('y', -1, 1, { integer: true });
    const z = builder.variable('z', -Infinity, 0);
    builder.equality('sum', 1.5, [term(x), term(y, 2)]);
    builder.row('range', -1, 1, [term(y), term(z)]);
    builder.cone('cone', term(x, 2), 3, [term(z, 5)]);
    expect(writeCbf(builder.build('small'))).toBe(
      `# small
# a note
# var 0 x
# var 1 y
# var 2 z
# var 3 cost_x
# con 0 upper bound of x
# con 1 lower bound of y
# con 2 upper bound of y
# con 3 sum
# con 4 range
# con 5 range
# con 6 cone
# con 7 cone
# con 8 cone
# con 9 cost_x
# con 10 cost_x
# con 11 cost_x

VER
3

OBJSENSE
MIN

VAR
4 4
L+ 1
F 1
L- 1
L+ 1

INT
1
1

CON
12 8
L- 1
L+ 1
L- 1
L= 1
L+ 1
L- 1
QR 3
QR 3

OBJACOORD
2
0 -3
3 1

OBJBCOORD
0.5

ACOORD
13
0 0 1
1 1 1
2 1 1
3 0 1
3 1 2
4 1 1
4 2 1
5 1 1
5 2 1
6 0 1
8 2 5
9 3 1
11 0 2

BCOORD
8
0 -2
1 1
2 -1
3 -1.5
4 1
5 -1
7 3
10 1
`,
    );
  });

  it('states a program that the core solves as one would by hand', async () => {
    // min (x − 3)² over 0 ≤ x ≤ 2 with x + 2 y = 1.5 and y whole: y = 0 and x = 1.5.
    const builder = new ModelBuilder();
    builder.addConstant(9);
    const x = builder.variable('x', 0, 2, { linear: -6, quadratic: 2 });
    const y = builder.variable('y', -4, 4, { integer: true });
    builder.equality('sum', 1.5, [term(x), term(y, 2)]);
    const solved = await solveInstance(readConicInstance(writeCbf(builder.build('parabola'))));
    expect(solved.status).toBe('optimal');
    expect(solved.objective).toBeCloseTo(2.25, 7);
  });

  it('keeps apart what is fixed at zero, fixed elsewhere, and contradictory', async () => {
    const builder = new ModelBuilder();
    const a = builder.variable('a', 0, 0);
    const b = builder.variable('b', 2, 2, { linear: 1 });
    const c = builder.variable('c', -Infinity, -1, { linear: -1 });
    builder.row('sum', -Infinity, 0, [term(a), term(b), term(c)]);
    const text = writeCbf(builder.build('fixed'));
    expect(text).toContain('VAR\n3 2\nL= 1\nF 2\n');
    expect((await solveInstance(readConicInstance(text))).objective).toBeCloseTo(4, 7);
    builder.equality('impossible', 5, [term(a), term(c)]);
    const broken = await solveInstance(readConicInstance(writeCbf(builder.build('broken'))));
    expect(broken.status).toBe('infeasible');
  });

  it('leaves out sections that would be empty', () => {
    const builder = new ModelBuilder();
    builder.variable('x', 0, Infinity, { linear: 1 });
    const text = writeCbf(builder.build('least'));
    expect(text.match(/^[A-Z]+$/gm)).toEqual(['VER', 'OBJSENSE', 'MIN', 'VAR', 'OBJACOORD']);
  });
});
