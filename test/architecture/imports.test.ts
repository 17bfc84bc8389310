import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTable } from '../docs/markdown.js';

/**
 * The rule is the table of docs/architecture.md; what stands here reads it and the import lines.
 */
interface Rule {
  readonly folder: string;
  /** `engine/base`, `engine/clearing/result`, … ; true where types alone may be imported. */
  readonly mayImport: ReadonlyMap<string, boolean>;
  readonly packages: readonly string[];
}

interface Import {
  readonly file: string;
  readonly typesOnly: boolean;
  /** Path inside the project without its ending, or the name of a package. */
  readonly target: string;
  readonly isPackage: boolean;
}

const root = join(import.meta.dirname, '..', '..');
const rules = readRules();

test('every folder of the sources stands in the table of docs/architecture.md, and no other', () => {
  const folders = [...foldersOf('engine').map((name) => `engine/${name}`), 'workers', 'command'];
  expect(rules.map((rule) => rule.folder).sort()).toEqual(folders.sort());
});

test.each(rules)('$folder imports only what docs/architecture.md allows', (rule) => {
  const forbidden = importsOf(rule.folder).filter((found) => !isAllowed(rule, found));
  expect(forbidden).toEqual([]);
});

test('along the table nothing imports what stands below it, but for the contract of results', () => {
  const order = rules.map((rule) => rule.folder);
  const backward = rules.flatMap((rule) =>
    [...rule.mayImport.keys()].filter(
      (target) => order.includes(target) && order.indexOf(target) >= order.indexOf(rule.folder),
    ),
  );
  expect(backward).toEqual([]);
});

test.each(['engine/sparse', 'engine/conic', 'engine/bnb'])(
  '%s has no words of markets or power in it',
  (folder) => {
    const words =
      /prosumer|communit|market|price|tariff|\bbids?\b|voltage|feeder|kilowatt|kvar|\bkw\b|power|network|\bbus(es)?\b/i;
    const found = filesOf(folder).flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .filter((line) => words.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  },
);

test('the engine never prints', () => {
  const printing = filesOf('engine').filter((file) =>
    /\bconsole\.|process\.std(out|err)/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(printing).toEqual([]);
});

test('the engine draws random numbers from engine/base/random.ts alone', () => {
  const drawing = filesOf('engine').filter((file) =>
    /^(?!\s*\*).*Math\.random\(/m.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(drawing).toEqual([]);
});

function readRules(): Rule[] {
  const rows = readTable(join(root, 'docs', 'architecture.md'), 'folder');
  return rows.map(([folder = '', , mayImport = '', packages = '']) => ({
    folder: unquoted(folder),
    mayImport: new Map(
      entries(mayImport).map((entry) => {
        const name = unquoted(entry.replace('(types)', ''));
        const inEngine = folder.includes('engine/');
        return [inEngine ? `engine/${name}` : name, entry.includes('(types)')];
      }),
    ),
    packages: entries(packages).map(unquoted),
  }));
}

function entries(cell: string): string[] {
  return cell.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
}

function unquoted(entry: string): string {
  return entry.replaceAll('`', '').trim();
}

function isAllowed(rule: Rule, { target, typesOnly, isPackage }: Import): boolean {
  if (isPackage) {
    return rule.packages.some((name) => target === name || matchesNode(name, target));
  }
  if (isInside(target, rule.folder)) return true;
  return [...rule.mayImport].some(
    ([allowed, onlyTypes]) => isInside(target, allowed) && (typesOnly || !onlyTypes),
  );
}

function matchesNode(rule: string, target: string): boolean {
  return rule === 'node:*' && target.startsWith('node:');
}

function isInside(target: string, place: string): boolean {
  return target === place || target.startsWith(`${place}/`);
}

/** Static imports and exports, and dynamic imports; `typesOnly` where the whole statement is one of types. */
function importsOf(folder: string): Import[] {
  const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s)?'([^']+)'/gm;
  const dynamic = /\bimport\(\s*()'([^']+)'/g;
  return filesOf(folder).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(statement), ...text.matchAll(dynamic)].map((match) => {
      const specifier = match[2] ?? '';
      const isPackage = !specifier.startsWith('.');
      const target = isPackage
        ? specifier
        : join(file, '..', specifier).replace(/\.js$/, '').replaceAll('\\', '/');
      return { file, typesOnly: Boolean(match[1]), target, isPackage };
    });
  });
}

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

function foldersOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
