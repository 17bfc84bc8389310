/** A trial from its folder, also one that has not ended: then as far as its checkpoint goes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CaseError, ProblemList } from '../base/errors.js';
import type { Case } from '../case/case.js';
import type { IntervalBalance } from '../trial/balance.js';
import type { IntervalRecord, IntervalTiming, Refusal } from '../trial/record.js';
import type { TrialSettings } from '../trial/settings.js';
import type { StoredTrial } from '../trial/stored.js';
import { summariseTrial, type TrialRows } from '../trial/summary.js';
import { summariseTiming } from '../trial/timing.js';
import { caseDigest } from './caseDigest.js';
import { CHECKPOINT_FILE, type Checkpoint, decodeCheckpoint } from './checkpoint.js';
import { readTable } from './readTable.js';
import type { ReadContext, Table, TableSchema } from './table.js';
import {
  TRIAL_BALANCES,
  TRIAL_BRANCHES,
  TRIAL_BUSES,
  TRIAL_COMMUNITIES,
  TRIAL_INTERVALS,
  TRIAL_REFUSALS,
  TRIAL_TIMING,
} from './trialSchema.js';
import { readTrialSettings } from './trialSettings.js';

/**
 * @param theCase the one that the trial was made of
 * @throws CaseError where it is another, or the files are not those of a trial
 */
export async function readTrial(folder: string, theCase: Case): Promise<StoredTrial> {
  const settings = await readTrialSettings(folder);
  expectSameCase(settings, theCase);
  const checkpoint = await readCheckpoint(folder);
  const context = trialContext(folder, checkpoint?.bytes);
  const { rows, timing } = await readRows(context);
  const places = new PlaceReading(context, rows.intervals.length);
  const { buses, communities, branches } = theCase;
  const ofCommunities = await places.columns(TRIAL_COMMUNITIES, communities.id.length);
  const ofBuses = await places.columns(TRIAL_BUSES, buses.id.length);
  const ofBranches = await places.columns(TRIAL_BRANCHES, branches.from.length);
  context.problems.throwIfAny();
  return {
    settings,
    case: theCase,
    record: {
      intervals: rows.intervals,
      refusals: rows.refusals,
      timing,
      price_usd_per_kwh: ofCommunities('price_usd_per_kwh'),
      import_kw: ofCommunities('import_kw'),
      stored_kwh: ofCommunities('stored_kwh'),
      voltage_pu: ofBuses('voltage_pu'),
      p_kw: ofBranches('p_kw'),
    },
    balances: rows.balances,
    summary: summariseTrial(settings, rows),
    timing: summariseTiming(settings, timing),
  };
}

/** @throws CaseError where the trial was made of another case */
export function expectSameCase(settings: TrialSettings, theCase: Case): void {
  if (caseDigest(theCase) === settings.case_sha256) return;
  const message = `the trial is one of another case, or of ${settings.case} before it was changed`;
  throw new CaseError([{ file: 'trial.json', column: 'case', value: settings.case, message }]);
}

/** @returns undefined where the trial is over, and needs none; @throws CaseError where it is damaged */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  try {
    return decodeCheckpoint(await readFile(join(folder, CHECKPOINT_FILE)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function trialContext(
  folder: string,
  bytes: Readonly<Record<string, number>> | undefined,
): ReadContext & { readonly problems: ProblemList } {
  const problems = new ProblemList();
  return { folder, problems, warn: () => {}, ...(bytes === undefined ? {} : { bytes }) };
}

/** What the accounts follow from. @throws CaseError */
export async function readRows(
  context: ReadContext,
): Promise<{ readonly rows: TrialRows; readonly timing: readonly IntervalTiming[] }> {
  const rowsOf = async <Row>(schema: TableSchema): Promise<Row[]> => {
    const table = await readTable(schema, context);
    return table === undefined ? [] : (rowObjects(table, schema) as Row[]);
  };
  const intervals = await rowsOf<IntervalRecord>(TRIAL_INTERVALS);
  const balances = await rowsOf<IntervalBalance>(TRIAL_BALANCES);
  const refusals = await rowsOf<Refusal>(TRIAL_REFUSALS);
  const timing = await rowsOf<IntervalTiming>(TRIAL_TIMING);
  for (const [schema, { length }] of [
    [TRIAL_BALANCES, balances],
    [TRIAL_TIMING, timing],
  ] as const) {
    if (length !== intervals.length) reportRows(context, schema, length, intervals.length);
  }
  context.problems.throwIfAny();
  return { rows: { intervals, balances, refusals }, timing };
}

function rowObjects(table: Table, schema: TableSchema): object[] {
  const columns = schema.columns.map(({ name, kind }) => ({
    name,
    values: kind === 'number' ? table.numbers(name) : table.texts(name),
  }));
  return Array.from({ length: table.rowCount }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])),
  );
}

function reportRows(
  { problems }: ReadContext,
  { name }: TableSchema,
  rows: number,
  expected: number,
): void {
  problems.add({ file: name, message: `${rows} rows where the trial has ${expected}` });
}

/** Tables with a row a place in every interval. */
class PlaceReading {
  constructor(
    private readonly context: ReadContext,
    private readonly intervals: number,
  ) {}

  /** @returns its columns of numbers by name, empty where the table cannot be used, which is reported */
  async columns(schema: TableSchema, places: number): Promise<(name: string) => Float64Array> {
    const table = await readTable(schema, this.context);
    if (table === undefined) return () => new Float64Array(0);
    const expected = this.intervals * places;
    if (table.rowCount !== expected) reportRows(this.context, schema, table.rowCount, expected);
    return (name) => table.numbers(name);
  }
}
