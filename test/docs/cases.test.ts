import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as schemas from '../../engine/io/schema.js';
import { readTable } from './markdown.js';

const file = join(import.meta.dirname, '..', '..', 'docs', 'cases.md');
const text = readFileSync(file, 'utf8');
const results = new Map(
  readTable(file, 'table').map(([name = '', columns = '']) => [name, columns]),
);

const RESULTS = [
  schemas.COMMUNITY_RESULTS,
  schemas.PROSUMER_RESULTS,
  schemas.BUS_RESULTS,
  schemas.BRANCH_RESULTS,
  schemas.PROOF_LEAVES,
  schemas.PROOF_PRICES,
  schemas.PROOF_BOXES,
  schemas.PROOF_FLOWS,
  schemas.RELAXED_LIMITS,
];

const CASE = [
  schemas.BUSES,
  schemas.BRANCHES,
  schemas.COMMUNITIES,
  schemas.PROSUMERS,
  schemas.DEVICES,
];

test.each(RESULTS)('docs/cases.md lists the columns of the result table $name', (schema) => {
  const cell = results.get(`\`${schema.name}\``) ?? '';
  const listed = [...cell.replaceAll(/\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)];
  expect(listed.map((match) => match[1])).toEqual(schema.columns.map((column) => column.name));
});

test.each(CASE)('docs/cases.md explains the columns of the case table $name', (schema) => {
  const start = text.indexOf(`\n\`${schema.name}\``);
  expect(start).toBeGreaterThan(0);
  const end = CASE.map((other) => text.indexOf(`\n\`${other.name}\``)).filter((at) => at > start);
  const section = text.slice(start, Math.min(...end, text.indexOf('## Result')));
  for (const { name } of schema.columns) expect(section).toContain(`\`${name}\``);
});
