import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { summarised } from '../../bench/harness.js';
import { judgeReclears, measureReclears, type ReclearRecord } from '../../bench/reclear/measure.js';
import { drawChanges, QUESTIONS } from '../../bench/reclear/questions.js';
import { judgeTrial, measureTrial } from '../../bench/trial/measure.js';
import { applyChanges, openScenario, readCase, resolveCase } from '../../engine/index.js';

const STAGES = ['update', 'responses', 'search', 'dispatch', 'certify'];
const BIDS = { '1 % of the bids': 123, 'one bid': 1, '5 % of the bids': 615 };

test('as many bids change as the question says, by at most a fifth of what they were', async () => {
  const theCase = await readCase(resolveCase('ieee123'));
  const { costLinear } = theCase.prosumers;
  const found: Record<string, number> = {};
  for (const [place, { name }] of QUESTIONS.entries()) {
    const { prosumers } = drawChanges(theCase, place, 1, 0);
    if (prosumers?.costLinear === undefined) continue;
    const rows = Array.from(prosumers.prosumer, Number);
    found[name] = new Set(rows).size;
    prosumers.costLinear.forEach((cost, k) => {
      expect(Math.abs(cost / costLinear[rows[k]] - 1)).toBeLessThanOrEqual(0.2 + 1e-12);
    });
  }
  expect(found).toEqual(BIDS);
});

test('all loads change by at most two per cent, those of buses among them', async () => {
  const theCase = await readCase(resolveCase('five-bus'));
  const place = QUESTIONS.findIndex(({ name }) => name === 'all loads by up to 2 %');
  const changed = applyChanges(theCase, drawChanges(theCase, place, 1, 0));
  const pairs = [
    [theCase.prosumers.demandKw, changed.prosumers.demandKw],
    [theCase.prosumers.demandKvar, changed.prosumers.demandKvar],
    [theCase.buses.loadKw, changed.buses.loadKw],
  ] as const;
  for (const [before, after] of pairs) {
    expect(after).not.toEqual(before);
    after.forEach((load, row) => {
      expect(Math.abs(load - before[row])).toBeLessThanOrEqual(0.02 * Math.abs(before[row]));
    });
  }
});

test('what a round changes follows from the seed, the question and the round', async () => {
  const theCase = await readCase(resolveCase('five-bus'));
  expect(drawChanges(theCase, 0, 1, 7)).toEqual(drawChanges(theCase, 0, 1, 7));
  for (const [place, seed, round] of [
    [1, 1, 7],
    [0, 2, 7],
    [0, 1, 8],
  ] as const) {
    expect(drawChanges(theCase, place, seed, round)).not.toEqual(drawChanges(theCase, 0, 1, 7));
  }
});

test('re-clears of a small case come out as its cold clears, round by round', async () => {
  const theCase = await readCase(resolveCase('five-bus'));
  const modes = ['welfare', 'dlmp'] as const;
  const records = await measureReclears(theCase, { modes, rounds: 3, seed: 5 });
  expect(records.map(({ mode, question }) => [mode, question])).toEqual(
    modes.flatMap((mode) => QUESTIONS.map(({ name }) => [mode, name])),
  );
  for (const { cold, largest_difference, reclear, routes, uncertified } of records) {
    for (const { stages, whole } of [reclear, cold]) {
      expect(whole.samples).toBe(3);
      expect(stages.map(({ name }) => name)).toEqual(STAGES);
      const longest = Math.max(...stages.map(({ median_ms }) => median_ms));
      expect(longest).toBeLessThan(whole.median_ms);
    }
    expect(cold.stages[0]).toEqual({ name: 'update', median_ms: 0, share: 0 });
    expect(routes.corrected + routes.searched + routes.fallback).toBe(3);
    expect(uncertified).toBe(0);
    expect(largest_difference).toBeLessThan(2e-6);
  }
});

test('a re-clear is held to its share of a cold clear, and counts only where all is certified', () => {
  const clears = (milliseconds: number) => ({
    whole: summarised('clear', [milliseconds]),
    stages: [],
  });
  const record = (question: string, uncertified: number): ReclearRecord => ({
    ...{ mode: 'welfare', question, reclear: clears(3), cold: clears(10), reclear_over_cold: 0.3 },
    ...{ routes: { corrected: 1, searched: 0, fallback: 0 }, uncertified, largest_difference: 0 },
  });
  const names = QUESTIONS.map(({ name }) => name);
  const bars = judgeReclears(names.map((name) => record(name, 0)));
  expect(bars.map(({ bar, verdict }) => [bar, verdict])).toEqual([
    [1 / 3, 'met'],
    [1 / 5, 'missed'],
  ]);
  const [spoilt] = judgeReclears([record(names[0] ?? '', 1)]);
  expect(spoilt).toMatchObject({ measured: null, verdict: 'missed' });
});

test('a trial is told day by day and together', async () => {
  const theCase = await readCase(resolveCase('five-bus'));
  const intervalsADay = 4;
  const scenario = openScenario(theCase, {
    ...{ seed: 3, intervals: 3 * intervalsADay, intervalMinutes: 360, batteryShare: 0.5 },
  });
  const told: number[] = [];
  const found = await measureTrial(scenario, {
    ...{ mode: 'welfare', deadlineMs: 60_000, intervalsADay },
    onDay: ({ day }) => told.push(day),
  });
  expect(told).toEqual([1, 2, 3]);
  expect(found.days.map(({ day, intervals }) => [day, intervals])).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
  ]);
  const total = (counts: object) => Object.values(counts).reduce((sum, count) => sum + count, 0);
  expect(total(found.statuses)).toBe(12);
  expect(total(found.routes)).toBe(12);
  const missed = found.days.reduce((sum, day) => sum + day.deadlines_missed, 0);
  expect(found.deadlines_missed).toBe(missed);
  expect(Object.keys(found.stages_ms)).toEqual(STAGES);
  const { longest, p50, p90, p99 } = found.clear_ms;
  expect([p50, p90, p99, longest]).toEqual([p50, p90, p99, longest].sort((a, b) => a - b));
  expect(longest).toBe(Math.max(...found.days.map((day) => day.clear_ms.longest)));
  for (const day of found.days) {
    expect(day.rss_largest_mb).toBeGreaterThanOrEqual(day.rss_last_mb);
    expect(day.heap_largest_mb).toBeGreaterThanOrEqual(day.heap_least_mb);
    expect(day.heap_least_mb).toBeGreaterThan(0);
  }
});

test('the memory of a trial is judged from the second day to the last, once there are three', () => {
  const clear_ms = { p50: 10, p90: 12, p99: 19, longest: 30 };
  const day = (number: number, heap_least_mb: number) => ({
    ...{ day: number, intervals: 288, clear_ms, deadlines_missed: 0 },
    ...{ rss_last_mb: 150, rss_largest_mb: 160, heap_least_mb, heap_largest_mb: 60 },
  });
  const found = {
    ...{ intervals: 864, statuses: { optimal: 863, feasible: 1 }, routes: { corrected: 864 } },
    ...{ intervals_with_violations: 0, deadlines_missed: 1, clear_ms, p99_over_median: 1.9 },
    stages_ms: { update: 1, responses: 1, search: 1, dispatch: 1, certify: 1 },
    days: [day(1, 10), day(2, 20), day(3, 25)],
  };
  const verdicts = ['met', 'met', 'missed', 'met', 'met', 'missed'];
  expect(judgeTrial(found).map(({ verdict }) => verdict)).toEqual(verdicts);
  const short = { ...found, days: found.days.slice(0, 2) };
  expect(judgeTrial(short).map(({ verdict }) => verdict)).toEqual([
    ...verdicts.slice(0, 4),
    ...['not measured', 'not measured'],
  ]);
});

function runBuilt(script: string, words: readonly string[]) {
  const file = join(import.meta.dirname, '..', '..', 'dist', 'bench', script);
  return promisify(execFile)(process.execPath, [file, ...words]);
}

test('the built benchmark of re-clears prints every question, its shares and its bars', async () => {
  const words = ['--case', 'five-bus', '--rounds', '1', '--no-write'];
  const { stdout } = await runBuilt('reclear.js', words);
  for (const { name } of QUESTIONS) expect(stdout).toMatch(new RegExp(`^dlmp, ${name} +\\d`, 'm'));
  expect(stdout).toMatch(/^welfare, one bid +cold +0 % +\d+ %/m);
  expect(stdout).toMatch(/^dlmp: re-clear over cold clear, one bid changed .* at most 0\.2 /m);
});

test('the built benchmark of trials prints every day', async () => {
  const words = ['--case', 'five-bus', '--days', '2', '--interval-minutes', '240', '--no-write'];
  const { stderr, stdout } = await runBuilt('trial.js', words);
  expect(stdout).toContain('12 intervals of 240 min, deadline 250 ms');
  expect(stdout).toMatch(/^2 +\d/m);
  expect(stderr).toContain('[day 2 of 2]');
});

test.each([
  ['reclear.js', ['--rounds', '0'], '--rounds 0 must be a whole number of at least 1'],
  ['reclear.js', ['--seed', 'x'], '--seed x must be a whole number'],
  ['reclear.js', ['--case', 'nowhere'], 'nowhere'],
  ['reclear.js', ['--days', '1'], "Unknown option '--days'"],
  ['trial.js', ['--days', '1.5'], '--days 1.5 must be a whole number'],
  ['trial.js', ['--interval-minutes', '7'], '--interval-minutes 7 must divide a day'],
  ['trial.js', ['--deadline', '-1'], '--deadline'],
  ['trial.js', ['--mode', 'cheapest'], 'no mode "cheapest"'],
  ['trial.js', ['--batteries', '2', '--case', 'five-bus'], 'battery share must be between 0 and 1'],
])('%s refuses %j', async (script, words, message) => {
  await expect(runBuilt(script, words)).rejects.toThrow(message);
});
