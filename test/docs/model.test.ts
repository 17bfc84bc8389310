import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTable } from './markdown.js';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'model.md'), 'utf8');
const sections = [...text.matchAll(/^## (\d)\. /gm)].map((match) => match[1]);
const numbered = [...text.matchAll(/^ {4}.*\((\d\.\d+)\)$/gm)].map((match) => match[1]);
const rows = readTable(join(root, 'docs', 'model.md'), 'equation').map(
  ([equation = '', file = '', name = '']) => ({
    equation: equation.replaceAll(/[()]/g, ''),
    file,
    name: name.replaceAll('`', ''),
  }),
);

test('the model has sections 1 to 7', () => {
  expect(sections).toEqual(['1', '2', '3', '4', '5', '6', '7']);
});

test('equations are numbered by section, in order and without gaps', () => {
  for (const section of sections) {
    const ofSection = numbered.filter((equation) => equation?.startsWith(`${section}.`));
    expect(ofSection).toEqual(ofSection.map((_, k) => `${section}.${k + 1}`));
    expect(ofSection.length).toBeGreaterThan(0);
  }
});

test('every numbered equation is written by a function, and every row has an equation', () => {
  expect([...new Set(rows.map((row) => row.equation))]).toEqual(numbered);
});

test.each(rows)('($equation) is written by $name in $file', ({ file, name }) => {
  expect(existsSync(join(root, file)), file).toBe(true);
  expect(declares(readFileSync(join(root, file), 'utf8'), name)).toBe(true);
});

test('comments of the sources refer to sections that exist', () => {
  const referring = ['engine', 'workers', 'command', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const unknown = referring.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    const named = [...source.matchAll(/model\.md sections? (\d)/gi)].map((match) => match[1]);
    return named.filter((section) => !sections.includes(section)).map((section) => [file, section]);
  });
  expect(unknown).toEqual([]);
});

/** A function, class, interface, constant or method of this name, as it is declared. */
function declares(source: string, name: string): boolean {
  const declaration = new RegExp(
    `^\\s*(export )?(async )?(function|class|interface|const) ${name}\\b` +
      `|^ {2}((private|readonly|static|async) )*${name}(<[^>]*>)?\\(`,
    'm',
  );
  return declaration.test(source);
}
