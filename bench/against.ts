/**
 * This version against an earlier one in the same run: `npm run bench:against -- --commit b795ea5
 * [--case ieee123] [--rounds 7] [--seconds 0.5] [--no-write]`. The earlier version is built from the
 * repository's history in a temporary folder; whole warm clears of both are interleaved.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packageFolder } from '../engine/io/package.js';
import {
  describeMachine,
  measure,
  printMachine,
  printTable,
  type Subject,
  writeResults,
} from './harness.js';

/** What both versions offer; older ones ignore options they do not know. */
interface Version {
  readonly readCase: (folder: string) => Promise<unknown>;
  readonly resolveCase: (name: string) => string;
  readonly clear: (
    theCase: unknown,
    options: { readonly mode: string; readonly subsidised?: boolean },
  ) => Promise<{ readonly status: string; readonly objective: number }>;
}

/** `welfare` as it was before it kept the operator from losing money, and as it is now. */
const SUBJECTS = [
  { name: 'welfare, subsidised', options: { mode: 'welfare', subsidised: true } },
  { name: 'welfare', options: { mode: 'welfare' } },
  { name: 'dlmp', options: { mode: 'dlmp' } },
] as const;

const { values: options } = parseArgs({
  options: {
    commit: { type: 'string', default: 'b795ea5' },
    case: { type: 'string', default: 'ieee123' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '0.5' },
    'no-write': { type: 'boolean', default: false },
  },
});

const machine = describeMachine();
const folder = mkdtempSync(join(tmpdir(), 'wattshare-against-'));
try {
  const earlier = await buildVersion(options.commit);
  const present = await loadVersion(join(packageFolder(), 'dist'));
  const subjects = [
    ...(await clearsOf(earlier, `at ${options.commit}`)),
    ...(await clearsOf(present, 'now')),
  ];
  const measured = await measure(subjects, {
    rounds: Number(options.rounds),
    seconds: Number(options.seconds),
  });
  const ratios = SUBJECTS.map(({ name }, k) => ({
    name,
    earlier_ms: measured[k]?.median_ms ?? Number.NaN,
    now_ms: measured[k + SUBJECTS.length]?.median_ms ?? Number.NaN,
  })).map((row) => ({ ...row, times_as_fast: row.earlier_ms / row.now_ms }));
  console.log(`whole warm clears of ${options.case}, medians in milliseconds`);
  printMachine(machine);
  printTable(
    ['mode', `at ${options.commit}`, 'now', 'times as fast'],
    ratios.map((row) => [
      row.name,
      row.earlier_ms.toFixed(2),
      row.now_ms.toFixed(2),
      row.times_as_fast.toFixed(2),
    ]),
  );
  if (!options['no-write']) {
    writeResults('against', {
      case: options.case,
      commit: options.commit,
      machine,
      ratios,
      measured,
    });
  }
} finally {
  git('worktree', 'remove', '--force', join(folder, 'source'));
  rmSync(folder, { recursive: true, force: true });
}

function git(...words: string[]): void {
  execFileSync('git', words, { cwd: packageFolder(), stdio: 'pipe' });
}

/** Builds a commit with the packages of this one. */
async function buildVersion(commit: string): Promise<Version> {
  const source = join(folder, 'source');
  git('worktree', 'add', '--detach', source, commit);
  symlinkSync(join(packageFolder(), 'node_modules'), join(source, 'node_modules'), 'dir');
  execFileSync(join(source, 'node_modules', '.bin', 'tsc'), ['-p', source], { stdio: 'inherit' });
  return loadVersion(join(source, 'dist'));
}

function loadVersion(built: string): Promise<Version> {
  return import(pathToFileURL(join(built, 'engine', 'index.js')).href);
}

async function clearsOf(version: Version, when: string): Promise<Subject[]> {
  const theCase = await version.readCase(version.resolveCase(options.case));
  return SUBJECTS.map(({ name, options: ofClear }) => ({
    name: `${name}, ${when}`,
    run: async () => {
      const result = await version.clear(theCase, ofClear);
      if (result.status !== 'optimal') throw new Error(`${name} ${when}: ${result.status}`);
      return result.objective;
    },
  }));
}
