import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportProgram } from '../../engine/export/exportProgram.js';
import { finished, type Run, temporaryFolder } from '../command/harness.js';
import { solveExported } from '../export/solve.js';
import { randomMarket } from '../fixtures/randomMarket.js';

const RUNNER = join(import.meta.dirname, '..', '..', 'dist', 'bench', 'cbf', 'run.js');

function run(...words: readonly string[]): Promise<Run> {
  return finished(
    spawn(process.execPath, [RUNNER, ...words], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

test('the built runner prints what came of files with and without integers', async () => {
  const theCase = randomMarket(41, { buses: 3, communities: 2, prosumers: [2, 2] });
  const folder = temporaryFolder();
  const files: string[] = [];
  const objectives: number[] = [];
  for (const program of ['reduced', 'explicit'] as const) {
    const file = join(folder, `${program}.cbf`);
    const { text } = await exportProgram(theCase, { program, format: 'cbf', subsidised: true });
    writeFileSync(file, text);
    files.push(file);
    objectives.push((await solveExported(theCase, { program, subsidised: true })).objective);
  }
  const { code, output, errors } = await run(...files);
  expect(errors).toBe('');
  expect(code).toBe(0);
  const lines = output.trimEnd().split('\n').slice(2);
  for (const [k, name] of ['reduced.cbf', 'explicit.cbf'].entries()) {
    const [instance, status, objective, , , , nodes] = lines[k].split(/\s+/);
    expect([instance, status]).toEqual([name, 'optimal']);
    expect(Number(objective)).toBeCloseTo(objectives[k], 6);
    expect(Number(nodes) > 0).toBe(name === 'explicit.cbf');
  }
});

test('the built runner exits 2 with file and line of what it cannot read', async () => {
  const file = join(temporaryFolder(), 'odd.cbf');
  writeFileSync(file, 'VER\n3\nPSDVAR\n1\n2\n');
  const { code, output, errors } = await run(file);
  expect(code).toBe(2);
  expect(output).toBe('');
  expect(errors).toBe(`${file}, line 3: section PSDVAR is not read\n`);
  for (const words of [[], ['--gap', '0', file], ['--gip', file], ['/nowhere.cbf']]) {
    expect((await run(...words)).code).toBe(2);
  }
});
