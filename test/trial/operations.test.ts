import { expect, test } from 'vitest';
import { applyChanges } from '../../engine/case/changes.js';
import { traceTree } from '../../engine/case/topology.js';
import { findDetours } from '../../engine/trial/detours.js';
import { openScenario } from '../../engine/trial/openScenario.js';
import { bundledCase } from './day.js';

const CASES = ['ieee123', 'ieee123-noon', 'case33bw', 'five-bus'];

test.each(['ieee123', 'case33bw'])('every detour of %s leaves a tree', async (name) => {
  const theCase = await bundledCase(name);
  const detours = findDetours(theCase);
  const ties = new Set(detours.map(({ tie }) => tie));
  expect(ties.size).toBe([...theCase.branches.closed].filter((closed) => closed === 0).length);
  for (const { section, tie, movedShare } of detours) {
    const branch = Int32Array.of(section, tie);
    const changed = applyChanges(theCase, { branches: { branch, closed: Uint8Array.of(0, 1) } });
    const { branches, buses, settings } = changed;
    expect(traceTree(buses.id.length, branches, settings.rootBus).status).toBe('tree');
    expect(movedShare).toBeLessThanOrEqual(1);
  }
});

test.each(CASES)(
  '%s stays a tree whatever happens in three days, and is itself at noon',
  async (name) => {
    const theCase = await bundledCase(name);
    for (const seed of [1, 2, 3, 4, 5]) {
      const scenario = openScenario(theCase, { seed, intervals: 3 * 288, vehicleShare: 0 });
      let changed = theCase;
      const operations = scenario.operationsBefore(3 * 288);
      for (const { changes } of operations) changed = applyChanges(changed, changes);
      const labels = operations.map(({ label }) => label);
      const count = (pattern: RegExp): number =>
        labels.filter((label) => pattern.test(label)).length;
      expect(count(/lost, .* closed/)).toBe(count(/back, .* opened/));
      expect(changed.branches.closed).toEqual(theCase.branches.closed);
      if (name === 'ieee123') {
        expect(count(/^branch \S+ lost, branch (151-300|54-94) closed$/)).toBe(3);
        expect(count(/^capacitor at 83 switched off$/)).toBe(4);
        expect(count(/^capacitor at 83 switched on$/)).toBe(3);
      }
      if (name === 'five-bus') expect(labels).toEqual([]);
    }
  },
);

test('a line is lost for an hour, whatever the length of an interval up to that', async () => {
  const theCase = await bundledCase('ieee123');
  for (const intervalMinutes of [5, 15, 60]) {
    const intervals = 1440 / intervalMinutes;
    const scenario = openScenario(theCase, { intervals, intervalMinutes, vehicleShare: 0 });
    const at = (word: string): number =>
      Array.from({ length: intervals }, (_, k) => k).findIndex((k) =>
        operationsAt(k).some(({ label }) => label.includes(word)),
      );
    const operationsAt = (k: number) =>
      scenario.operationsBefore(k + 1).slice(scenario.operationsBefore(k).length);
    expect((at('back') - at('lost')) * intervalMinutes).toBe(60);
  }
});

test('operations before an interval are those of the plans before it', async () => {
  const theCase = await bundledCase('case33bw');
  const scenario = openScenario(theCase, { intervals: 96, intervalMinutes: 15 });
  const planned = Array.from({ length: 96 }, (_, k) => {
    const { operations } = scenario.plan(k);
    scenario.settle(k, undefined, undefined);
    return operations;
  });
  expect(scenario.operationsBefore(96)).toEqual(planned.flat());
  expect(planned.flat().length).toBeGreaterThan(0);
});

test('events that are given take the place of those of the seed', async () => {
  const theCase = await bundledCase('ieee123');
  const operation = { label: 'nothing', changes: {} };
  const scenario = openScenario(theCase, { events: [{ interval: 2, operation }], intervals: 4 });
  expect(scenario.operationsBefore(2)).toEqual([]);
  expect(scenario.operationsBefore(288)).toEqual([operation]);
});
