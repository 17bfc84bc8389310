/**
 * The same market given to other solvers, in one run: `npm run bench:peers -- [--case ieee123] [--rounds 5]
 * [--seconds 0.5] [--gap 1e-6] [--peer-seconds 300] [--python FILE] [--no-python] [--no-write]`.
 *
 * Inside Node: our second route by outer approximation in HiGHS, Clarabel and SCS in WebAssembly. Outside:
 * Clarabel, ECOS, SCS and SCIP from PyPI, which read exported files, in a virtual environment that is made
 * here once. Gurobi, MOSEK, COPT and Xpress take part where `--python` names an interpreter that has them and
 * their licence allows the size. Without Python the first part runs alone.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageVersion, readCase, resolveCase } from '../engine/index.js';
import { packageFolder } from '../engine/io/package.js';
import { describeMachine, machineLine, printTable, writeResults } from './harness.js';
import type { Comparison, PeerRow } from './peers/comparison.js';
import { type PythonEnvironment, preparePython } from './peers/environment.js';
import { type PeersReport, peersMarkdown, rowCells } from './peers/markdown.js';
import {
  type Asking,
  convexQuestion,
  growthQuestions,
  mixedIntegerQuestion,
  SEARCHES,
  SEED,
} from './peers/questions.js';
import { judge, type TargetRule } from './peers/targets.js';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: 'ieee123' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    gap: { type: 'string', default: '1e-6' },
    'peer-seconds': { type: 'string', default: '300' },
    python: { type: 'string' },
    'no-python': { type: 'boolean', default: false },
    'no-write': { type: 'boolean', default: false },
  },
});

const OPEN_SEARCH = 'SCIP';

const TARGETS: readonly TargetRule[] = [
  {
    text: 'a fifth of Clarabel (native) on the full-prosumer convex program',
    factor: 5,
    counts: ({ solver }) => solver === 'Clarabel (native)',
  },
  {
    text: 'a hundredth of the best open solver on the explicit program of the whole case',
    factor: 100,
    counts: ({ solver }, { question }) =>
      solver === OPEN_SEARCH && question.startsWith(`${options.case},`),
  },
  {
    text: 'the same where that solver reaches the gap',
    factor: 100,
    counts: ({ solver, reached }) => solver === OPEN_SEARCH && reached,
  },
];

/** What the field has published on this feeder with as many prosumers: nothing that was measured here. */
const QUOTED: PeerRow = {
  solver: 'quoted: T. Liu et al., arXiv 2605.23671, another machine and population',
  program: 'whole clear',
  status: 'error below 0.01 %',
  milliseconds: 829,
  samples: 0,
  objective: undefined,
  difference: undefined,
  gap: undefined,
  reached: true,
  timesOurs: undefined,
};
const QUOTED_CASE = 'ieee123';

const NOTES = [
  'HiGHS reads no cones and solves no mixed-integer conic programs; it takes part through linear programs.',
];

const machine = describeMachine();
console.log(machineLine(machine));
const python: PythonEnvironment = options['no-python']
  ? { state: 'absent', reason: 'left out as asked' }
  : preparePython(options.python);
if (python.state === 'absent') console.log(`no solvers outside Node: ${python.reason}`);
else console.log(`${SEARCHES} searches outside Node may take ${options['peer-seconds']} s each`);
const folder = mkdtempSync(join(tmpdir(), 'wattshare-peers-'));
try {
  report(await askAll());
} finally {
  rmSync(folder, { recursive: true });
}

async function askAll(): Promise<Comparison[]> {
  const theCase = await readCase(resolveCase(options.case), { onWarning: () => {} });
  const gap = Number(options.gap);
  const seconds = Number(options['peer-seconds']);
  const asking: Asking = {
    gap,
    rounds: Number(options.rounds),
    seconds: Number(options.seconds),
    folder,
    outsideNode: python.state === 'ready' ? { python: python.python, gap, seconds } : undefined,
  };
  const comparisons = [shown(await convexQuestion(theCase, asking))];
  if (python.state === 'ready') {
    for await (const comparison of growthQuestions(asking)) comparisons.push(shown(comparison));
  }
  for (const subsidised of [true, false]) {
    const comparison = await mixedIntegerQuestion(theCase, subsidised, asking);
    const quoted = subsidised && options.case === QUOTED_CASE ? [QUOTED] : [];
    comparisons.push(shown({ ...comparison, rows: [...comparison.rows, ...quoted] }));
  }
  return comparisons;
}

function shown(comparison: Comparison): Comparison {
  console.log(`\n${comparison.question}`);
  printTable(
    ['solver', 'program', 'status', 'time', 'times ours', 'off by', 'own gap'],
    comparison.rows.filter(isTimed).map(rowCells),
  );
  return comparison;
}

function report(all: readonly Comparison[]): void {
  const comparisons = all.map((comparison) => ({
    ...comparison,
    rows: comparison.rows.filter(isTimed),
  }));
  const content: PeersReport = {
    command: `npm run bench:peers -- --peer-seconds ${options['peer-seconds']}`,
    machine,
    versions: [
      `wattshare ${packageVersion()}`,
      ...(python.state === 'ready' ? python.versions : []),
    ],
    gap: Number(options.gap),
    peerSeconds: Number(options['peer-seconds']),
    seed: SEED,
    comparisons,
    targets: TARGETS.map((rule) => judge(rule, comparisons)),
    notes: [...NOTES, ...absences(all)],
  };
  for (const note of content.notes) console.log(`\n${note}`);
  console.log('');
  for (const { text, verdict, by } of content.targets) {
    console.log(
      `${verdict}: ${text}${by ? `; ${by.reached ? '' : '> '}${by.timesOurs.toFixed(0)}` : ''}`,
    );
  }
  if (options['no-write']) return;
  writeResults('peers', content);
  writeFileSync(join(packageFolder(), 'bench', 'results', 'peers.md'), peersMarkdown(content));
}

function isTimed({ milliseconds }: PeerRow): boolean {
  return milliseconds !== undefined;
}

/** Who did not run, and why: one line a reason. */
function absences(all: readonly Comparison[]): string[] {
  const solvers = new Map<string, Set<string>>();
  for (const { solver, status } of all.flatMap(({ rows }) => rows.filter((row) => !isTimed(row)))) {
    solvers.set(status, (solvers.get(status) ?? new Set()).add(solver));
  }
  const missing = python.state === 'absent' ? [`No solvers outside Node: ${python.reason}`] : [];
  return [...missing, ...[...solvers].map(([why, names]) => `${[...names].join(', ')}: ${why}`)];
}
