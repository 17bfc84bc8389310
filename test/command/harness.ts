/** The built command in a child process, and small case folders to run it on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../dist/command/main.js', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export function wattshare(...words: readonly string[]): Promise<Run> {
  return finished(startWattshare(...words));
}

export function startWattshare(...words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
}

export function finished(child: ChildProcess): Promise<Run> {
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, errors }));
  });
}

const temporaryFolders: string[] = [];

afterAll(() => {
  for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true });
});

/** Gone when the tests of the file are. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wattshare-test-'));
  temporaryFolders.push(folder);
  return folder;
}

/** File names and their text. */
export type CaseFiles = Readonly<Record<string, string>>;

/**
 * Three buses in a row and two communities of two prosumers: one sells what the other buys, both
 * trade with the grid, and nothing binds.
 */
export const SMALL_CASE: CaseFiles = {
  'case.json': JSON.stringify({
    name: 'small',
    base_kva: 100,
    base_kv: 0.4,
    root: 'root',
    root_voltage_pu: 1,
    v_min_pu: 0.9,
    v_max_pu: 1.1,
    grid_buy: 0.3,
    grid_sell: 0.05,
  }),
  'buses.csv': 'bus,load_kw,load_kvar\nroot,0,0\nnear,0.1,0.05\nfar,0,0\n',
  'branches.csv': 'from,to,r_ohm,x_ohm,i_max_a\nroot,near,0.02,0.01,200\nfar,near,0.04,0.02,\n',
  'communities.csv': 'community,bus,price_sensitivity\nnorth,near,40\nsouth,far,60\n',
  'prosumers.csv': [
    'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear,demand_kvar',
    'n1,north,12,0,8,0.02,0.1,3',
    'n2,north,6,0,10,0.03,0.05,1',
    's1,south,3,0,15,0.005,0.02,0.5',
    's2,south,8,0,6,0.04,0.2,2',
    '',
  ].join('\n'),
};

/** Writes a case folder; `changes` replace or add files. */
export function caseFolder(changes: CaseFiles = {}): string {
  const folder = join(temporaryFolder(), 'case');
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ ...SMALL_CASE, ...changes })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
