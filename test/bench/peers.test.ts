import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Comparison,
  compete,
  type PeerAnswer,
  type PeerRow,
  peerRow,
} from '../../bench/peers/comparison.js';
import { preparePython } from '../../bench/peers/environment.js';
import { peersMarkdown, rowCells } from '../../bench/peers/markdown.js';
import { conicProblemOf } from '../../bench/peers/modelProblem.js';
import { outside, readAnswer } from '../../bench/peers/outsideNode.js';
import { judge } from '../../bench/peers/targets.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { buildProgram } from '../../engine/export/exportProgram.js';
import { clear, readCase, resolveCase } from '../../engine/index.js';

const GAP = 1e-6;
const OURS: PeerAnswer = { status: 'optimal', objective: -200, gap: 1e-9, samples: [9, 11, 10] };
const STOPPED: PeerAnswer = { status: 'timelimit', objective: -190, gap: 0.1, samples: [3000] };

test('a row says how far off the objective is and how many times ours the median takes', () => {
  const answer = { status: 'Solved', objective: -199.9, gap: 1e-8, samples: [50, 40, 1000] };
  const row = peerRow({ solver: 'other', program: 'full' }, answer, OURS, GAP);
  expect(row).toMatchObject({ milliseconds: 50, samples: 3, timesOurs: 5, reached: true });
  expect(row.difference).toBeCloseTo(0.1 / 200, 12);
});

test('the gap is reached by its size, or by the word where a solver states none', () => {
  const reached = (answer: PeerAnswer) =>
    peerRow({ solver: 'other', program: 'full' }, answer, OURS, GAP).reached;
  expect(reached(STOPPED)).toBe(false);
  expect(reached({ ...STOPPED, gap: GAP })).toBe(true);
  expect(reached({ status: 'solved', objective: -200, samples: [1] })).toBe(true);
  expect(reached({ status: 'inaccurate', objective: -200, samples: [1] })).toBe(false);
  expect(reached({ status: 'optimal', samples: [1] })).toBe(false);
});

test('contestants have their turn in every round, searches one, and times are pooled', async () => {
  const turns: string[] = [];
  const contestant = (solver: string, answer: PeerAnswer, once = false) => ({
    solver,
    program: 'full',
    once,
    run: async () => {
      turns.push(solver);
      return answer;
    },
  });
  const rows = await compete(
    [contestant('ours', OURS), contestant('search', STOPPED, true), contestant('other', OURS)],
    { rounds: 2, gap: GAP },
  );
  expect(turns).toEqual(['ours', 'search', 'other', 'ours', 'other']);
  expect(rows.map(({ samples }) => samples)).toEqual([6, 1, 6]);
});

test('without an answer of ours there is nothing to compare', async () => {
  const nothing = {
    solver: 'ours',
    program: '',
    run: async () => ({ status: 'limit', samples: [] }),
  };
  await expect(compete([nothing], { rounds: 1, gap: GAP })).rejects.toThrow(
    'ours has no answer: limit',
  );
});

test('a target is decided by the fastest that counts, and stopped early nothing is missed', () => {
  const verdict = (factor: number, ...rows: PeerRow[]) =>
    judge({ text: '', factor, counts: ({ solver }) => solver !== 'ours' }, [comparisonOf(rows)]);
  expect(verdict(100, rowOf('a', 120), rowOf('b', 300))).toMatchObject({
    verdict: 'met',
    by: { solver: 'a' },
  });
  expect(verdict(100, rowOf('a', 500), rowOf('b', 99)).verdict).toBe('missed');
  expect(verdict(100, { ...rowOf('a', 99), reached: false }).verdict).toBe('undecided');
  expect(verdict(100, { ...rowOf('a', 101), reached: false }).verdict).toBe('met');
  expect(verdict(100, rowOf('ours', 1)).verdict).toBe('not run');
});

test('the table marks times that were stopped and leaves out what there is not', () => {
  const stopped = peerRow({ solver: 'SCIP', program: 'explicit' }, STOPPED, OURS, GAP);
  expect(rowCells(stopped).slice(3, 5)).toEqual(['> 3.00 s', '> 300']);
  const unbounded = { status: 'timelimit', samples: [3000] };
  const nothing = peerRow({ solver: 'SCIP', program: 'explicit' }, unbounded, OURS, GAP);
  expect(rowCells(nothing).slice(5)).toEqual(['', '']);
});

test('the report has a line for each row, target and note', () => {
  const rows = [rowOf('ours', 1), rowOf('a|b', 7)];
  const comparisons = [comparisonOf(rows)];
  const machine = { processor: 'none', cores: 2, node: 'v20', commit: '', load: 0.5 };
  const rule = { text: 'seven', factor: 7, counts: ({ solver }: PeerRow) => solver !== 'ours' };
  const lines = peersMarkdown({
    command: 'npm run bench:peers',
    machine,
    versions: ['wattshare 0', 'other 1'],
    gap: GAP,
    peerSeconds: 10,
    seed: 1,
    comparisons,
    targets: [judge(rule, comparisons)],
    notes: ['nobody else'],
  }).split('\n');
  expect(lines).toContain('| seven | 7 | 7.00 | a\\|b; question | met |');
  expect(lines).toContain('| a\\|b | full | optimal | 7.00 ms | 7.00 | 0.0e+0 |  |');
  expect(lines).toContain('- nobody else');
});

test('the runner is understood whatever a solver prints before, and where it refuses', () => {
  const solved =
    '{"status": "gaplimit", "seconds": [1.5], "objective": 3, "bound": 2, "gap": null}';
  expect(readAnswer(`a licence\n\n${solved}\n`)).toEqual({
    status: 'gaplimit',
    objective: 3,
    gap: undefined,
    samples: [1500],
  });
  expect(readAnswer('{"failure": "too large"}')).toEqual({ status: 'too large', samples: [] });
  expect(() => readAnswer('Killed')).toThrow(SyntaxError);
  expect(() => readAnswer('{"status": "Solved"}')).toThrow('no times');
});

test('an interpreter that is not there is a reason, not an error', async () => {
  const python = join(import.meta.dirname, 'no-such-python');
  expect(preparePython(python)).toMatchObject({ state: 'absent', reason: /ENOENT/ });
  const task = { solver: 'SCIP', program: 'explicit', name: 'scip', file: 'none.mps' } as const;
  const { status, samples } = await outside({ python, gap: GAP, seconds: 1 }, task).run();
  expect(status).toContain('ENOENT');
  expect(samples).toEqual([]);
});

test('every solver outside Node has a pinned version', () => {
  const file = join(import.meta.dirname, '..', '..', 'bench', 'peers', 'requirements.txt');
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    expect(line).toMatch(/^[\w-]+==\d+(\.\d+)+$/);
  }
});

test('peers inside Node are given the program whose optimum is the clearing', async () => {
  const theCase = await readCase(resolveCase('five-bus'), { onWarning: () => {} });
  for (const { program, mode } of [
    { program: 'full', mode: 'dlmp' },
    { program: 'full', mode: 'social' },
    { program: 'reduced', mode: 'dlmp' },
  ] as const) {
    const model = await buildProgram(theCase, { program, mode });
    const { status, primalObjective } = createConicSolver(conicProblemOf(model)).solve();
    expect(status).toBe('optimal');
    const result = await clear(theCase, { mode });
    if (result.outcome === undefined) throw new Error(`not cleared: ${result.explanation}`);
    expect(primalObjective + model.constant).toBeCloseTo(result.objective, 5);
  }
});

function rowOf(solver: string, milliseconds: number): PeerRow {
  const ours: PeerAnswer = { status: 'optimal', objective: 1, samples: [1] };
  return peerRow({ solver, program: 'full' }, { ...ours, samples: [milliseconds] }, ours, GAP);
}

function comparisonOf(rows: readonly PeerRow[]): Comparison {
  return { question: 'question', instance: '0', prosumers: 1, rows };
}
