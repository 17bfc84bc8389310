/** What ships with the package: its version and the bundled cases. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InternalError, UsageError } from '../base/errors.js';
import { isJsonObject } from './jsonFile.js';
import { SETTINGS_FILE } from './settingsFile.js';

/** The nearest folder upwards with a package.json: sources and compiled files lie at other depths. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new InternalError('package.json of wattshare is not there');
    folder = parent;
  }
  return folder;
}

export function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  return isJsonObject(content) && typeof content.version === 'string' ? content.version : '';
}

/** Names of the bundled cases, sorted. */
export function listBundledCases(): string[] {
  const datasets = join(packageFolder(), 'datasets');
  if (!existsSync(datasets)) return [];
  return readdirSync(datasets)
    .filter((name) => existsSync(join(datasets, name, SETTINGS_FILE)))
    .sort();
}

/** Folder of a bundled case; undefined where there is none of that name. */
export function bundledCase(name: string): string | undefined {
  return listBundledCases().includes(name) ? join(packageFolder(), 'datasets', name) : undefined;
}

function isBundledFeeder(name: string): boolean {
  const feeders = join(packageFolder(), 'datasets', 'feeders');
  return existsSync(feeders) && readdirSync(feeders).includes(name);
}

/**
 * Folder of a case given by folder or by name. A folder that holds a case goes before a bundled
 * case of the same name, and that before a folder that holds none.
 * @throws UsageError where it is neither
 */
export function resolveCase(nameOrFolder: string): string {
  if (existsSync(join(nameOrFolder, SETTINGS_FILE))) return nameOrFolder;
  const bundled = bundledCase(nameOrFolder);
  if (bundled !== undefined) return bundled;
  if (existsSync(nameOrFolder)) return nameOrFolder;
  if (isBundledFeeder(nameOrFolder)) {
    throw new UsageError(
      `${nameOrFolder} is a bundled feeder without a market; make one with: ` +
        `wattshare generate ${nameOrFolder} --out FOLDER`,
    );
  }
  const names = listBundledCases().join(', ');
  throw new UsageError(
    `${nameOrFolder} is neither a folder nor a bundled case (bundled: ${names || 'none'})`,
  );
}
