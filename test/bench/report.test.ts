import { expect, test } from 'vitest';
import { benchmarkPage } from '../../bench/report/page.js';
import { stageShares } from '../../bench/report/plots.js';
import { type BenchmarkResults, readResults } from '../../bench/report/results.js';
import { judge } from '../../bench/scaling/bars.js';
import { temporaryFolder, writeFiles } from '../io/temporaryFolder.js';
import { ownText, panelsOf } from '../page/pageText.js';
import { pointRecord } from './scalingRecord.js';

const SECTIONS = [
  ...['peers', 'against', 'clearing', 'reclear', 'trial'],
  ...['scaling', 'conic', 'bnb', 'tightness', 'solvers'],
] as const;

const HOSTILE = '</script><script>alert(1)</script><img src=x>"\'&';

/** Every text that a file may hold is hostile; without a load, as in files of earlier versions. */
const machine = { processor: HOSTILE, cores: 2, node: 'v20.0.0', commit: `${HOSTILE}+` };

const record = pointRecord({ network: HOSTILE });

const clears = {
  whole: record.clear,
  stages: [{ name: 'search' as const, median_ms: 40, share: 0.4 }],
};

const clear_ms = { p50: 20, p90: 25, p99: 30, longest: 40 };

const results: BenchmarkResults = {
  peers: {
    command: HOSTILE,
    machine: { ...machine, load: 1.25 },
    versions: [HOSTILE],
    gap: 1e-6,
    peerSeconds: 300,
    seed: 1,
    comparisons: [
      {
        question: HOSTILE,
        instance: HOSTILE,
        prosumers: 10,
        rows: [
          {
            ...{ solver: HOSTILE, program: HOSTILE, status: HOSTILE, milliseconds: 40, samples: 3 },
            ...{ objective: 1, difference: 0, gap: 1e-3, reached: false, timesOurs: 4 },
          },
        ],
      },
    ],
    targets: [
      {
        text: 'a fifth of the best',
        factor: 5,
        verdict: 'missed',
        by: { question: HOSTILE, solver: HOSTILE, timesOurs: 4, reached: true },
      },
      { text: 'a half of the best', factor: 2, verdict: 'met' },
    ],
    notes: [HOSTILE],
  },
  against: {
    case: HOSTILE,
    commit: HOSTILE,
    machine,
    ratios: [{ name: HOSTILE, earlier_ms: 50, now_ms: 20, times_as_fast: 2.5 }],
  },
  clearing: { case: HOSTILE, instance: HOSTILE, machine, measured: [record.clear] },
  reclear: {
    ...{ case: HOSTILE, instance: HOSTILE, prosumers: 10, machine },
    bars: [
      { name: HOSTILE, sense: 'at most', bar: 1 / 3, measured: 0.25, verdict: 'met' },
      { name: HOSTILE, sense: 'at most', bar: 0.2, measured: null, verdict: 'missed' },
    ],
    records: [
      {
        ...{ mode: 'welfare', question: HOSTILE, reclear: clears, cold: clears },
        ...{ reclear_over_cold: 0.25, routes: { corrected: 2, searched: 1, fallback: 0 } },
        ...{ uncertified: 1, largest_difference: null },
      },
    ],
  },
  trial: {
    ...{ case: HOSTILE, instance: HOSTILE, prosumers: 10, mode: HOSTILE, machine },
    ...{ interval_minutes: 5, deadline_ms: 250 },
    bars: [{ name: HOSTILE, sense: 'at least', bar: 1, measured: 1, verdict: 'met' }],
    record: {
      ...{ intervals: 288, statuses: { optimal: 287, feasible: 1 }, routes: { corrected: 288 } },
      ...{ intervals_with_violations: 0, deadlines_missed: 0, clear_ms, p99_over_median: 1.5 },
      stages_ms: { update: 1, responses: 2, search: 3, dispatch: 1, certify: 2 },
      days: [
        {
          ...{ day: 1, intervals: 288, clear_ms, deadlines_missed: 0 },
          ...{ rss_last_mb: 150, rss_largest_mb: 160, heap_least_mb: 20, heap_largest_mb: 60 },
        },
      ],
    },
  },
  scaling: {
    machine,
    load_average: { before: [3.75, 2, 1], after: [4, 3, 2] },
    bars: judge([record]),
    records: [record, pointRecord({ mode: 'welfare', prosumers: 123_000 })],
    failed: [],
  },
  conic: {
    case: HOSTILE,
    tolerance: 1e-8,
    machine,
    peers: [
      { solver: HOSTILE, status: HOSTILE, iterations: 9, ms: 30, times_ours: 3, difference: 0 },
    ],
    sizes: [
      {
        ...{ family: HOSTILE, buses: 120, iterations: 9, ms: 10 },
        ...{ us_per_bus: 83, times_smallest: 1 },
      },
    ],
  },
  bnb: {
    machine,
    rows: [7, 4321, 1].map((nodes) => ({
      ...{ family: HOSTILE, market: `market ${nodes}`, status: 'optimal', nodes },
      ...{ gap: null, root_gap: null, off_envelope: 2, total_ms: 5 },
    })),
  },
  tightness: {
    seconds: 20,
    machine,
    rows: [
      {
        ...{ feeder: HOSTILE, mode: 'welfare', inverters: 'must run', sun: 3, grid_sell: 0.06 },
        ...{ status: 'optimal', objective: 1, bound: 1, cost: 1, gap: null, nodes: 9, seconds: 1 },
      },
    ],
  },
  solvers: {
    machine,
    comparisons: [
      {
        ...{ case: HOSTILE, mode: 'dlmp', native: 'optimal', highs: 'optimal' },
        ...{ objectiveDifference: 0, boundDifference: null, nativeNodes: 1, highsNodes: 1 },
        ...{ rounds: 3, native_ms: 20, highs_ms: 90, bound_ms: null },
      },
    ],
  },
};

test('the report has a section for every result, and every figure has its plot', async () => {
  const html = await benchmarkPage(results);
  expect(panelsOf(html)).toEqual(['overview', ...SECTIONS]);
  const drawn = [...html.matchAll(/data-plot="([^"]+)"/g)].map(([, name]) => name);
  const [, json = '{}'] = html.match(/id="content">([^<]*)<\/script>/) ?? [];
  expect(drawn.sort()).toEqual(Object.keys(JSON.parse(json).plots).sort());
  expect(drawn).toContain('shares');
  expect(drawn).toContain('scaling-1');
});

test.each(SECTIONS)('without the file of %s it lacks that section alone', async (missing) => {
  const html = await benchmarkPage({ ...results, [missing]: undefined });
  const others = SECTIONS.filter((name) => name !== missing);
  expect(panelsOf(html)).toEqual(['overview', ...others]);
});

test('texts of results are text in the page, whatever is in them', async () => {
  const own = ownText(await benchmarkPage(results));
  expect(own.match(/<script/g)).toHaveLength(2);
  expect(own).not.toContain('<img');
  expect(own).toContain('&lt;img src=x&gt;&quot;&#39;&amp;');
  const ids = [...own.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the report names no address of any network outside the runtime of Vega', async () => {
  const own = ownText(await benchmarkPage(results));
  expect(own).not.toMatch(/https?:|url\(|@import|<link|<iframe|href="[^#]/i);
  expect(own).toContain("default-src 'none'");
});

test('verdicts, ratios and loads are those of the files, the most nodes first', async () => {
  const html = await benchmarkPage(results);
  expect(html).toContain('<li class="fails"><strong>a fifth of the best: <em>missed</em>');
  expect(html).toContain('<li class="holds"><strong>a half of the best: <em>met</em>');
  expect(html).toContain('<td class="number">2.50</td>');
  expect(html).toContain('Measured 0.250, asked at most 0.333.');
  expect(html).toContain('<td class="number">40 %</td>');
  expect(html).toContain('287 optimal, 1 feasible; 288 corrected.');
  expect(html).toContain('3.8, 2.0, 1.0 before, 4.0, 3.0, 2.0 after');
  expect(html).toContain('not recorded');
  const rows = ['market 4321', 'market 7', 'market 1<'].map((name) => html.indexOf(name));
  expect(rows).toEqual([...rows].sort((one, other) => one - other));
  expect(Math.min(...rows)).toBeGreaterThan(0);
});

test('shares of stages are over the median of the whole clear', () => {
  const shares = stageShares([record, pointRecord({ part: 'workers' })]);
  expect(shares.map(({ share }) => share)).toEqual([0.4, 0.6]);
});

test('a folder gives the results that are there', async () => {
  const folder = temporaryFolder();
  expect(panelsOf(await benchmarkPage(readResults(folder)))).toEqual([]);
  writeFiles(folder, { 'against.json': JSON.stringify(results.against) });
  expect(panelsOf(await benchmarkPage(readResults(folder)))).toEqual(['overview', 'against']);
});
