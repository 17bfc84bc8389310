import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discardUnfinished, type OutputKind, replaceFolder } from '../../engine/io/outputFolder.js';

const KIND: OutputKind = { name: 'result', marker: 'summary.json', tables: ['rows'] };

let parent: string;
let target: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'wattshare-output-'));
  target = join(parent, 'result');
});

afterEach(() => rmSync(parent, { recursive: true }));

function earlierResult(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'summary.json'), 'earlier');
}

/** A folder whose writing goes on for ever, as it looks when the thread that writes it is ended. */
async function abandonedWorkshop(): Promise<string> {
  await new Promise<void>((resolve) => {
    void replaceFolder(target, KIND, (temporary) => {
      writeFileSync(join(temporary, 'rows.csv'), 'half a ro');
      resolve();
      return new Promise(() => {});
    });
  });
  const name = readdirSync(parent).find((entry) => entry !== 'result');
  expect(name).toBeDefined();
  return join(parent, name ?? '');
}

describe('what is discarded of a folder that was being written', () => {
  it('is the temporary folder; there was nothing before', async () => {
    await abandonedWorkshop();
    await discardUnfinished(target);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is the temporary folder; an earlier result stays', async () => {
    earlierResult(target);
    await abandonedWorkshop();
    await discardUnfinished(target);
    expect(readdirSync(parent)).toEqual(['result']);
    expect(readFileSync(join(target, 'summary.json'), 'utf8')).toBe('earlier');
  });

  it('never is an earlier result that had been put aside: it comes back', async () => {
    const workshop = await abandonedWorkshop();
    earlierResult(join(workshop, 'old'));
    await discardUnfinished(target);
    expect(readdirSync(parent)).toEqual(['result']);
    expect(readdirSync(target)).toEqual(['summary.json']);
  });

  it('never is what another process is writing', async () => {
    const theirs = join(parent, `.result-${process.pid + 1}-abcdef`);
    mkdirSync(theirs);
    await discardUnfinished(target);
    expect(existsSync(theirs)).toBe(true);
  });

  it('may be nothing, even without a folder to look in', async () => {
    await discardUnfinished(join(parent, 'absent', 'result'));
    expect(readdirSync(parent)).toEqual([]);
  });
});
