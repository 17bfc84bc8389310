import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { DualBound } from '../../engine/outer/dualBound.js';
import { loadHighs } from '../../engine/outer/highs.js';
import { LinearProgram } from '../../engine/outer/linearProgram.js';
import { SimplexModel } from '../../engine/outer/simplexModel.js';

const SEEDS = Array.from({ length: 30 }, (_, k) => k + 1);

/** Rows around the activity of a random point, so that something is feasible; some equal, some open. */
function randomProgram(random: RandomSource): LinearProgram {
  const columns = random.integer(1, 15);
  const program = new LinearProgram(columns);
  const point = Float64Array.from({ length: columns }, () => random.between(-5, 5));
  for (let j = 0; j < columns; j += 1) {
    program.cost[j] = random.normal();
    program.lower[j] = point[j] - random.next();
    program.upper[j] = point[j] + random.next();
  }
  const rows = random.integer(1, 20);
  for (let i = 0; i < rows; i += 1) {
    const entries = Array.from({ length: columns }, () =>
      random.next() < 0.5 ? random.normal() : 0,
    );
    const activity = entries.reduce((sum, entry, j) => sum + entry * point[j], 0);
    const kind = random.integer(0, 4);
    const low = kind === 1 ? Number.NEGATIVE_INFINITY : activity - (kind === 0 ? 0 : random.next());
    const high =
      kind === 2 ? Number.POSITIVE_INFINITY : activity + (kind === 0 ? 0 : random.next());
    program.addRow(low, high);
    entries.forEach((entry, j) => {
      program.addEntry(j, entry);
    });
  }
  return program;
}

const SHIFT = 1200n;

/** A double as a whole number of 2⁻¹²⁰⁰. */
function exact(value: number): bigint {
  let scaled = value;
  let shift = SHIFT;
  for (; !Number.isSafeInteger(scaled); shift -= 1n) scaled *= 2;
  return BigInt(scaled) << shift;
}

/** The bound of dualBound.ts in exact arithmetic, as a whole number of 2⁻²⁴⁰⁰ … 2⁻³⁶⁰⁰. */
function exactBound(program: LinearProgram, rowDual: Float64Array): bigint {
  const reduced = Array.from(program.cost, (cost) => exact(cost) << SHIFT);
  let total = 0n;
  for (let i = 0; i < program.rowCount; i += 1) {
    const side = rowDual[i] > 0 ? program.rowLower[i] : program.rowUpper[i];
    if (rowDual[i] === 0 || !Number.isFinite(side)) continue;
    total += (exact(rowDual[i]) * exact(side)) << SHIFT;
    for (let k = program.rowStart[i]; k < program.rowStart[i + 1]; k += 1) {
      const j = program.column[k];
      reduced[j] = (reduced[j] ?? 0n) - exact(rowDual[i]) * exact(program.value[k]);
    }
  }
  reduced.forEach((cost, j) => {
    total += cost * exact(cost > 0n ? program.lower[j] : program.upper[j]);
  });
  return total;
}

async function solved(program: LinearProgram) {
  const model = new SimplexModel(await loadHighs(), program, () => false);
  const status = model.solve();
  const ray = status === 'infeasible' ? model.dualRay() : undefined;
  model.dispose();
  return { status, x: model.x, rowDual: model.rowDual, ray };
}

describe('the bound of row duals', () => {
  it.each(SEEDS)('is the optimum at the duals of HiGHS (seed %i)', async (seed) => {
    const program = randomProgram(seededRandom(seed));
    const { status, x, rowDual } = await solved(program);
    expect(status).toBe('optimal');
    const objective = program.cost.reduce((sum, cost, j) => sum + cost * x[j], 0);
    const bound = new DualBound(program).lowerBound(rowDual);
    expect(bound).toBeLessThanOrEqual(objective + 1e-9);
    expect(bound).toBeGreaterThan(objective - 1e-8);
  });

  it.each(SEEDS)('is never above the optimum, whatever the duals are (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const program = randomProgram(random);
    const { x, rowDual } = await solved(program);
    const objective = program.cost.reduce((sum, cost, j) => sum + cost * x[j], 0);
    const proof = new DualBound(program);
    for (const size of [1e-12, 1e-6, 1e-2, 1, 1e3]) {
      const perturbed = rowDual.map((dual) => dual + size * random.normal());
      expect(proof.lowerBound(perturbed)).toBeLessThanOrEqual(objective + 1e-9);
    }
  });

  it.each(SEEDS)('is not above what exact arithmetic gives (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const program = randomProgram(random);
    const proof = new DualBound(program);
    for (let k = 0; k < 5; k += 1) {
      const dual = Float64Array.from(
        { length: program.rowCount },
        () => random.normal() * 10 ** random.between(-9, 9),
      );
      const bound = proof.lowerBound(dual);
      const expected = exactBound(program, dual);
      expect(exact(bound) << (2n * SHIFT) <= expected).toBe(true);
      // … and less than a millionth of a millionth below it.
      const slack = exact(Math.abs(bound) * 1e-12 + 1e-12) << (2n * SHIFT);
      expect((exact(bound) << (2n * SHIFT)) + slack >= expected).toBe(true);
    }
  });

  it('does not count a multiplier of a side that is open', () => {
    const program = new LinearProgram(1);
    program.cost[0] = 1;
    program.lower[0] = 2;
    program.upper[0] = 5;
    program.addRow(3, Number.POSITIVE_INFINITY);
    program.addEntry(0, 1);
    const proof = new DualBound(program);
    expect(proof.lowerBound(Float64Array.of(1))).toBeCloseTo(3, 12);
    expect(proof.lowerBound(Float64Array.of(-1))).toBeCloseTo(2, 12);
    expect(proof.lowerBound(Float64Array.of(Number.NaN))).toBeCloseTo(2, 12);
    const huge = Float64Array.of(Number.POSITIVE_INFINITY);
    expect(proof.lowerBound(huge)).toBe(Number.NEGATIVE_INFINITY);
  });

  it.each(SEEDS)(
    'proves infeasibility by the ray of HiGHS, and by no other (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const program = randomProgram(random);
      const feasible = new DualBound(program);
      for (let k = 0; k < 20; k += 1) {
        const any = Float64Array.from({ length: program.rowCount }, () => random.normal());
        expect(feasible.infeasibility(any)).toBeLessThanOrEqual(0);
      }
      // One more row that nothing in the box keeps.
      program.addRow(program.columnCount * 20, Number.POSITIVE_INFINITY);
      for (let j = 0; j < program.columnCount; j += 1) program.addEntry(j, 1);
      const { status, ray } = await solved(program);
      expect(status).toBe('infeasible');
      expect(ray).toBeDefined();
      const proof = new DualBound(program);
      const opposite = ray?.map((value) => -value) ?? new Float64Array(program.rowCount);
      const values = [proof.infeasibility(ray ?? opposite), proof.infeasibility(opposite)];
      expect(Math.max(...values)).toBeGreaterThan(0);
    },
  );
});

describe('a linear program in HiGHS', () => {
  it.each(SEEDS)('gives the same after rows came and went (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const program = randomProgram(random);
    const before = await solved(program);
    const model = new SimplexModel(await loadHighs(), program, () => false);
    model.solve();
    const kept = program.rowCount;
    for (let k = 0; k < 3; k += 1) {
      program.addRow(program.lower[0], program.upper[0] - 0.5 * random.next());
      program.addEntry(0, 1);
    }
    model.addRows();
    model.solve();
    model.deleteRows(Uint8Array.from({ length: program.rowCount }, (_, i) => (i < kept ? 0 : 1)));
    expect(program.rowCount).toBe(kept);
    expect(model.solve()).toBe('optimal');
    const objective = (x: Float64Array): number =>
      program.cost.reduce((sum, cost, j) => sum + cost * x[j], 0);
    expect(objective(model.x)).toBeCloseTo(objective(before.x), 7);
    model.dispose();
  });
});
