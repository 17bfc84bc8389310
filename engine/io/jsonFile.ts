/** JSON files that hold one object, with errors that name the file. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CaseError } from '../base/errors.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws CaseError where there is no such file or it holds no object */
export async function readJsonObject(folder: string, file: string): Promise<JsonObject> {
  const text = await readTextFile(folder, file);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new CaseError([{ file, message: `not valid JSON: ${detail}${lineHint(text, detail)}` }]);
  }
  if (isJsonObject(content)) return content;
  throw new CaseError([{ file, message: 'an object { … } is needed' }]);
}

/** Node 20 names a position alone; people look for lines. */
function lineHint(text: string, detail: string): string {
  const position = /at position (\d+)$/.exec(detail)?.[1];
  return position === undefined
    ? ''
    : ` (line ${text.slice(0, Number(position)).split('\n').length})`;
}

async function readTextFile(folder: string, file: string): Promise<string> {
  try {
    const text = await readFile(join(folder, file), 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    throw new CaseError([{ file, message: unreadable(error, folder) }]);
  }
}

export async function writeJsonObject(
  folder: string,
  file: string,
  content: object,
): Promise<void> {
  await writeFile(join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
}

export function isJsonObject(content: unknown): content is JsonObject {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}

/** What to tell about a file that could not be read. */
export function unreadable(error: unknown, folder: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no such file in ${folder}`;
  if (code === 'EISDIR') return 'a folder where a file is needed';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
