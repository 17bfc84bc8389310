import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'README.md'), 'utf8');
const { scripts }: { scripts: object } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wattshare-readme-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the commands of the README run in the order in which they stand there', async () => {
  const commands = [...text.matchAll(/^wattshare (.+)$/gm)].map((match) => match[1] ?? '');
  expect(commands.length).toBeGreaterThan(4);
  const main = join(root, 'dist', 'command', 'main.js');
  for (const command of commands) {
    const words = command.split(' ');
    const { stdout, stderr } = await run(process.execPath, [main, ...words], { cwd: folder });
    expect(stdout + stderr, command).not.toBe('');
  }
});

test('the library example of the README prints what it says', async () => {
  const [example = '', printed = ''] =
    /```js\n(.*?)```\n\nprints\n\n```text\n(.*?)```/s.exec(text)?.slice(1) ?? [];
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: root,
  });
  expect(stdout).toBe(printed);
});

test('the scripts that the README runs are those of the package', () => {
  const named = [...text.matchAll(/npm (?:run ([\w:]+)|(start|test))/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  expect(named).toEqual(expect.arrayContaining(['start', 'test', 'bench', 'bench:scaling']));
  for (const name of named) expect(scripts).toHaveProperty([name]);
});

test('the links of the README and the documents lead to files', () => {
  const documents = ['README.md', 'docs/model.md', 'docs/architecture.md', 'docs/cases.md'];
  for (const document of documents) {
    const content = readFileSync(join(root, document), 'utf8');
    const links = [...content.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(
      (match) => match[1] ?? '',
    );
    for (const link of links) {
      expect(() => readFileSync(join(root, document, '..', link)), link).not.toThrow();
    }
  }
});
