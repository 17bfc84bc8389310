/**
 * The folder of a trial under way. Every interval adds its rows to the tables; then the checkpoint, which says how
 * long the tables are and how the trial goes on, is written beside its place and renamed into it. So there is
 * one moment at which an interval is there, and after an end at any other moment the tables are cut to what
 * the checkpoint says: nothing is lost that it knows, and nothing is there twice.
 *
 * Once all intervals are there: tables in the format asked for, times, then `summary.json`, which says that the
 * trial is over; then what is not needed any more is taken away. Each of these steps can be repeated.
 */
import {
  access,
  type FileHandle,
  mkdir,
  open,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { CaseError, InternalError, UsageError } from '../base/errors.js';
import type { TrialInterval } from '../trial/intervalRecord.js';
import type { TrialSettings } from '../trial/settings.js';
import { summariseTrial } from '../trial/summary.js';
import { summariseTiming } from '../trial/timing.js';
import type { TrialState } from '../trial/trial.js';
import { CHECKPOINT_FILE, encodeCheckpoint } from './checkpoint.js';
import { csvHeader, csvRows } from './csv.js';
import { intervalTables } from './intervalTables.js';
import { writeJsonObject } from './jsonFile.js';
import { expectReplaceable, type OutputKind, replaceFolder } from './outputFolder.js';
import { readTable } from './readTable.js';
import { readCheckpoint, readRows, trialContext } from './readTrial.js';
import { SUMMARY_FILE } from './summary.js';
import { tableOf } from './table.js';
import { TRIAL_TABLES } from './trialSchema.js';
import { TRIAL_FILE } from './trialSettings.js';

const TIMING_FILE = 'timing.json';

/** Where Arrow tables are written before they are all there. */
const ARROW_FOLDER = besideOf('arrow');

const WHOLE_FILES = [SUMMARY_FILE, TIMING_FILE, CHECKPOINT_FILE];

const TRIAL_FOLDER: OutputKind = {
  name: 'trial',
  marker: TRIAL_FILE,
  tables: TRIAL_TABLES.map(({ name }) => name),
  files: [...WHOLE_FILES, ...WHOLE_FILES.map(besideOf), ARROW_FOLDER],
};

/**
 * For before a trial: whether it may be written there.
 * @throws UsageError where it may not, or where a trial waits to go on
 */
export async function expectTrialFolder(folder: string): Promise<void> {
  const isUnfinished =
    (await exists(join(folder, TRIAL_FILE))) && !(await exists(join(folder, SUMMARY_FILE)));
  if (isUnfinished) {
    throw new UsageError(
      `${folder} holds a trial that is not over; go on with --resume ${folder}, or choose another folder`,
    );
  }
  await expectReplaceable(folder, TRIAL_FOLDER);
}

/** Makes a folder with no intervals yet. @param state of the trial before the first */
export async function createTrialFolder(
  folder: string,
  settings: TrialSettings,
  state: TrialState,
): Promise<TrialFolder> {
  await expectTrialFolder(folder);
  const bytes: Record<string, number> = {};
  await replaceFolder(folder, TRIAL_FOLDER, async (temporary) => {
    await writeJsonObject(temporary, TRIAL_FILE, settings);
    for (const { name, columns } of TRIAL_TABLES) {
      const header = Buffer.from(await csvHeader(columns.map((column) => column.name)));
      await writeFile(join(temporary, `${name}.csv`), header);
      bytes[name] = header.length;
    }
    await writeFile(join(temporary, CHECKPOINT_FILE), encodeCheckpoint({ state, bytes }));
  });
  return TrialFolder.open(folder, bytes);
}

/** A trial to go on with, or one that is over. */
export type ReopenedTrial =
  | { readonly isOver: true }
  | { readonly isOver: false; readonly folder: TrialFolder; readonly state: TrialState };

/**
 * Takes away what an interval that did not end has left.
 * @throws CaseError where the folder holds no trial, or a damaged one
 */
export async function reopenTrialFolder(folder: string): Promise<ReopenedTrial> {
  if (await exists(join(folder, SUMMARY_FILE))) {
    await takeAwayLeftovers(folder);
    return { isOver: true };
  }
  const checkpoint = await readCheckpoint(folder);
  if (checkpoint === undefined) {
    const message = `there is no such file in ${folder}: the trial cannot go on`;
    throw new CaseError([{ file: CHECKPOINT_FILE, message }]);
  }
  const { bytes, state } = checkpoint;
  await expectTables(folder, bytes);
  await removeUnfinished(folder);
  for (const { name } of TRIAL_TABLES) await rm(join(folder, `${name}.arrow`), { force: true });
  const opened = await TrialFolder.open(folder, bytes);
  return { isOver: false, folder: opened, state };
}

/** Nothing is cut before all tables are known to be long enough. */
async function expectTables(
  folder: string,
  bytes: Readonly<Record<string, number>>,
): Promise<void> {
  for (const { name } of TRIAL_TABLES) {
    const file = `${name}.csv`;
    const found = await stat(join(folder, file)).catch(() => undefined);
    const expected = bytes[name] ?? 0;
    if (found !== undefined && found.size >= expected) continue;
    const message =
      found === undefined
        ? `there is no such file in ${folder}`
        : `${found.size} bytes where its checkpoint says ${expected}: the trial cannot go on`;
    throw new CaseError([{ file, message }]);
  }
}

/** A folder to which intervals are added. */
export class TrialFolder {
  private constructor(
    private readonly folder: string,
    private readonly handles: ReadonlyMap<string, FileHandle>,
    private readonly bytes: Record<string, number>,
  ) {}

  /** @param bytes how much of each table counts; what is behind is cut off */
  static async open(folder: string, bytes: Readonly<Record<string, number>>): Promise<TrialFolder> {
    const handles = new Map<string, FileHandle>();
    for (const { name } of TRIAL_TABLES) {
      const handle = await open(join(folder, `${name}.csv`), 'a');
      handles.set(name, handle);
      await handle.truncate(bytes[name]);
    }
    return new TrialFolder(folder, handles, { ...bytes });
  }

  /** @param state of the trial after the interval */
  async append(interval: TrialInterval, state: TrialState): Promise<void> {
    for (const table of intervalTables(interval)) {
      const handle = this.handles.get(table.file);
      if (handle === undefined) throw new InternalError(`a trial has no table ${table.file}`);
      const rows = Buffer.from(await csvRows(table));
      await handle.appendFile(rows);
      this.bytes[table.file] += rows.length;
    }
    const checkpoint = encodeCheckpoint({ state, bytes: this.bytes });
    await writeWhole(this.folder, CHECKPOINT_FILE, checkpoint);
  }

  /** All intervals are there: writes what is said of them together. */
  async finish(settings: TrialSettings): Promise<void> {
    const { folder } = this;
    await this.close();
    const { rows, timing } = await readRows(trialContext(folder, this.bytes));
    if (settings.format === 'arrow') await writeArrowTables(folder);
    await writeWhole(folder, TIMING_FILE, jsonText(summariseTiming(settings, timing)));
    await writeWhole(folder, SUMMARY_FILE, jsonText(summariseTrial(settings, rows)));
    await takeAwayLeftovers(folder);
  }

  async close(): Promise<void> {
    for (const handle of this.handles.values()) await handle.close();
  }
}

/** One table after the other, out of what has grown as CSV. */
async function writeArrowTables(folder: string): Promise<void> {
  const { writeArrowTable } = await import('./writeArrow.js');
  const beside = join(folder, ARROW_FOLDER);
  await mkdir(beside, { recursive: true });
  const context = trialContext(folder, undefined);
  for (const schema of TRIAL_TABLES) {
    const table = await readTable(schema, context);
    context.problems.throwIfAny();
    if (table === undefined) throw new InternalError(`${schema.name} cannot be read again`);
    const columns = Object.fromEntries(table.columns);
    await writeArrowTable(tableOf(schema.name, table.rowCount, columns), beside);
  }
  for (const { name } of TRIAL_TABLES) {
    await rename(join(beside, `${name}.arrow`), join(folder, `${name}.arrow`));
  }
}

/** Of a trial that is over: its checkpoint, and tables that are there as Arrow. */
async function takeAwayLeftovers(folder: string): Promise<void> {
  for (const { name } of TRIAL_TABLES) {
    const isOld = await exists(join(folder, `${name}.arrow`));
    if (isOld) await rm(join(folder, `${name}.csv`), { force: true });
  }
  await removeUnfinished(folder);
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of [...WHOLE_FILES.map(besideOf), ARROW_FOLDER]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** What something is called while it is being written. */
function besideOf(name: string): string {
  return `${name}.part`;
}

/** A file that is there whole or as it was before. */
async function writeWhole(folder: string, file: string, content: string | Buffer): Promise<void> {
  const beside = join(folder, besideOf(file));
  await writeFile(beside, content);
  await rename(beside, join(folder, file));
}

function jsonText(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
