import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TRIAL_TABLES } from '../../engine/io/trialSchema.js';
import { readTable } from './markdown.js';

const file = join(import.meta.dirname, '..', '..', 'docs', 'trial.md');
const tables = new Map(
  readTable(file, 'table').map(([name = '', columns = '']) => [name, columns]),
);

test.each(TRIAL_TABLES)('docs/trial.md lists the columns of the table $name', (schema) => {
  const cell = tables.get(`\`${schema.name}\``) ?? '';
  const listed = [...cell.replaceAll(/\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)];
  expect(listed.map((match) => match[1])).toEqual(schema.columns.map((column) => column.name));
});

test('docs/trial.md explains every setting of trial.json that is no file', () => {
  const text = readFileSync(file, 'utf8');
  const settings = ['seed', 'deadline_ms', 'bid_change_share', 'solar_scale', 'format', 'version'];
  for (const name of settings) expect(text).toContain(`\`${name}\``);
});
