import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../engine/base/errors.js';
import { bundledCase, listBundledCases, resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import { temporaryFolder } from './temporaryFolder.js';
import { textCase } from './textCase.js';

describe('bundled cases', () => {
  it('are found by name and listed in order', () => {
    const names = listBundledCases();
    expect(names).toContain('ieee123');
    expect(names).toEqual([...names].sort());
    expect(bundledCase('ieee123')).toMatch(/datasets.ieee123$/);
    expect(bundledCase('nowhere')).toBeUndefined();
    expect(bundledCase('../datasets/ieee123')).toBeUndefined();
  });

  it('are read without a warning', async () => {
    for (const name of listBundledCases()) {
      const warnings: string[] = [];
      await readCase(resolveCase(name), { onWarning: (message) => warnings.push(message) });
      expect(warnings).toEqual([]);
    }
  });
});

describe('resolveCase', () => {
  it('prefers a folder that holds a case, and a bundled case to a folder that holds none', () => {
    const folder = textCase();
    expect(resolveCase(folder)).toBe(folder);
    const before = process.cwd();
    process.chdir(temporaryFolder());
    try {
      mkdirSync('ieee123');
      expect(resolveCase('ieee123')).toBe(bundledCase('ieee123'));
      writeFileSync(join('ieee123', 'case.json'), '{}');
      expect(resolveCase('ieee123')).toBe('ieee123');
    } finally {
      process.chdir(before);
    }
  });

  it('says how a feeder becomes a market', () => {
    expect(() => resolveCase('ieee13')).toThrow(UsageError);
    expect(() => resolveCase('ieee13')).toThrow(/wattshare generate ieee13 --out/);
  });

  it('names the bundled cases where there is neither', () => {
    expect(() => resolveCase('nowhere')).toThrow(UsageError);
    expect(() => resolveCase('nowhere')).toThrow(/nowhere.*bundled: .*ieee123/);
  });
});
