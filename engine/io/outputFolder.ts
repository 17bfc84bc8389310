/**
 * Folders that appear whole or not at all: written beside their place and renamed into it.
 */
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../base/errors.js';

/** What an earlier run may have left, so that it may be replaced. */
export interface OutputKind {
  /** How messages call it. */
  readonly name: string;
  /** The file that marks such a folder. */
  readonly marker: string;
  /** File names without endings that belong to it; anything else is somebody's own. */
  readonly tables: readonly string[];
  /** Names of other files that belong to it. */
  readonly files?: readonly string[];
  /** Names of folders in it that belong to it. */
  readonly folders?: RegExp;
}

/**
 * Whether the folder may be written: absent, empty, or an earlier output with nothing of somebody's
 * own in it.
 * @throws UsageError otherwise
 */
export async function expectReplaceable(folder: string, kind: OutputKind): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw new UsageError(`${folder} is a file; a folder is needed`);
  const names = await readdir(folder);
  if (names.length === 0) return;
  if (!names.includes(kind.marker)) {
    throw new UsageError(
      `${folder} is neither empty nor an earlier ${kind.name} (no ${kind.marker}); choose another folder`,
    );
  }
  const own = new Set([
    ...kind.tables.flatMap((table) => [`${table}.csv`, `${table}.arrow`]),
    ...(kind.files ?? []),
  ]);
  const foreign = names.find(
    (name) => name !== kind.marker && !own.has(name) && kind.folders?.test(name) !== true,
  );
  if (foreign !== undefined) {
    throw new UsageError(
      `${folder} holds an earlier ${kind.name} but ${foreign} too, which would be lost; choose another folder`,
    );
  }
}

/**
 * Has `write` fill a temporary folder and renames that into place. After a failure everything is
 * as before.
 */
export async function replaceFolder(
  folder: string,
  kind: OutputKind,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  await expectReplaceable(folder, kind);
  const target = resolve(folder);
  const parent = dirname(target);
  const created = await mkdir(parent, { recursive: true });
  // mkdtemp makes folders only their owner may enter; the one inside it has the usual rights.
  const workshop = await mkdtemp(join(parent, workshopPrefix(target)));
  try {
    const fresh = join(workshop, NEW);
    await mkdir(fresh);
    await write(fresh);
    await swapIn(fresh, target, join(workshop, OLD));
  } catch (error) {
    await rm(workshop, { recursive: true, force: true });
    await removeEmptyFolders(parent, created);
    throw error;
  }
  await rm(workshop, { recursive: true, force: true });
}

/** Inside the temporary folder: what is being written, and what it takes the place of. */
const NEW = 'new';
const OLD = 'old';

/** How temporary folders of this process begin. */
function workshopPrefix(target: string): string {
  return `.${basename(target)}-${process.pid}-`;
}

/**
 * For when a thread of this process was ended while it wrote a folder: everything is as before, or the folder
 * is complete.
 */
export async function discardUnfinished(folder: string): Promise<void> {
  const target = resolve(folder);
  const parent = dirname(target);
  const prefix = workshopPrefix(target);
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    const workshop = join(parent, name);
    const isMissing = (await stat(target).catch(() => undefined)) === undefined;
    // What was there before had already been put aside; there may have been nothing.
    if (isMissing) await rename(join(workshop, OLD), target).catch(() => {});
    await rm(workshop, { recursive: true, force: true });
  }
}

async function swapIn(fresh: string, target: string, aside: string): Promise<void> {
  const hadOne = await rename(target, aside).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(fresh, target);
  } catch (error) {
    if (hadOne) await rename(aside, target);
    throw error;
  }
}

/** Undoes a recursive mkdir, whose first new folder was `created`. */
async function removeEmptyFolders(folder: string, created: string | undefined): Promise<void> {
  if (created === undefined || !folder.startsWith(created)) return;
  await rmdir(folder).catch(() => {});
  if (folder !== created) await removeEmptyFolders(dirname(folder), created);
}
