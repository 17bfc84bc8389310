import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { exportProgram, type ProgramOptions } from '../../engine/export/exportProgram.js';
import { writeMps } from '../../engine/export/mps.js';
import { ModelBuilder, term } from '../../engine/export/programModel.js';
import { highs } from '../fixtures/highs.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';
import { instanceOfMps, parseMps } from './mpsProgram.js';
import { solveExported, solveInstance } from './solve.js';

const TINY: MarketShape = {
  buses: 4,
  communities: 3,
  prosumers: [2, 4],
  deviceShare: 0.3,
  cappedShare: 0.3,
  reactiveShare: 0.5,
  limitedShare: 0.3,
  limitA: 3,
  kappaPowers: [-1.5, 0.5],
};

async function mpsOf(theCase: Case, options: ProgramOptions): Promise<string> {
  return (await exportProgram(theCase, { ...options, format: 'mps' })).text;
}

/** What HiGHS makes of a file, and the values by name. */
function solvedByHighs(data: string): { objective: number; values: Map<string, number> } {
  const model = highs.createModel();
  try {
    model.options.set({ output_flag: false });
    model.readModel({ format: 'mps', data });
    model.run();
    expect(model.getModelStatus()).toBe(highs.constants.modelStatus.optimal);
    const { colValue } = model.getSolution();
    const names = [...parseMps(data).columns.keys()];
    return {
      objective: model.getObjectiveValue(),
      values: new Map(names.map((name, j) => [name, colValue[j]])),
    };
  } finally {
    model.dispose();
  }
}

function expectNear(found: number, expected: number): void {
  expect(Math.abs(found - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(1e-6);
}

describe('an MPS file without a network', () => {
  const copperPlate = { ...TINY, impedance: 0, limitedShare: 0 };
  it.each([
    [201, { program: 'reduced', subsidised: true }],
    [202, { program: 'reduced', mode: 'dlmp' }],
    [203, { program: 'reduced', mode: 'social' }],
    [204, { program: 'full', mode: 'dlmp' }],
    [205, { program: 'full', mode: 'social' }],
  ] as const)(
    'is a quadratic program that HiGHS solves alike (seed %i, %o)',
    async (seed, options) => {
      const theCase = randomMarket(seed, copperPlate);
      const text = await mpsOf(theCase, options);
      expect(text).not.toContain('QCMATRIX');
      const { objective, values } = solvedByHighs(text);
      expectNear(objective, (await solveExported(theCase, options)).objective);
      const traded = theCase.communities.id.reduce(
        (sum, id) => sum + (values.get(`X_${id}`) ?? NaN),
        0,
      );
      const exchanged = (values.get('grid_import') ?? NaN) - (values.get('grid_export') ?? NaN);
      expect(traded - exchanged).toBeCloseTo(0, 9);
    },
  );
});

describe('an MPS file with cones', () => {
  it.each([
    [211, { program: 'reduced', mode: 'dlmp' }],
    [212, { program: 'reduced', subsidised: true }],
    [213, { program: 'reduced' }],
    [214, { program: 'full', mode: 'social' }],
    [215, { program: 'explicit', subsidised: true }],
    [216, { program: 'explicit' }],
    [217, { program: 'explicit' }],
  ] as const)('says the same as the CBF file (seed %i, %o)', async (seed, options) => {
    const theCase = randomMarket(seed, TINY);
    const fromCbf = await solveExported(theCase, options);
    const fromMps = await solveInstance(instanceOfMps(await mpsOf(theCase, options)));
    expect(fromMps.status).toBe(fromCbf.status);
    if (fromCbf.status === 'optimal') expectNear(fromMps.objective, fromCbf.objective);
  });
});

describe('the MPS writer', () => {
  it.each([
    { costOfWhole: -1, expected: 14 },
    { costOfWhole: 1, expected: 17 },
  ])(
    'writes every kind of row, bound and number (cost $costOfWhole)',
    ({ costOfWhole, expected }) => {
      const builder = new ModelBuilder();
      builder.addConstant(3);
      const whole = builder.variable('whole', 0, 3, { linear: costOfWhole, integer: true });
      const binary = builder.variable('binary', 0, 1, { linear: 5, integer: true });
      const free = builder.variable('free', -Infinity, Infinity, { linear: 1 });
      const below = builder.variable('below', -Infinity, 4, { linear: -1 });
      builder.variable('fixed', 2, 2, { linear: 10 });
      builder.variable('idle', -7, -5);
      builder.row('between', 1, 2.5, [term(whole), term(binary)]);
      builder.row('least', -7, Infinity, [term(free), term(below, -1)]);
      builder.row('most', -Infinity, 100, [term(free), term(below)]);
      const { objective, values } = solvedByHighs(writeMps(builder.build('kinds')));
      expect(objective).toBeCloseTo(expected, 9);
      expect(values.get('whole')).toBeCloseTo(costOfWhole < 0 ? 2 : 1, 9);
      expect(values.get('fixed')).toBe(2);
      expect(values.get('idle')).toBeLessThanOrEqual(-5);
    },
  );
});
