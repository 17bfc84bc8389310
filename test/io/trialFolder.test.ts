import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { applyChanges, createCase } from '../../engine/index.js';
import { caseDigest } from '../../engine/io/caseDigest.js';
import { CHECKPOINT_FILE, decodeCheckpoint, encodeCheckpoint } from '../../engine/io/checkpoint.js';
import { readTrial } from '../../engine/io/readTrial.js';
import {
  createTrialFolder,
  expectTrialFolder,
  reopenTrialFolder,
} from '../../engine/io/trialFolder.js';
import { TRIAL_TABLES } from '../../engine/io/trialSchema.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import type { TrialInterval } from '../../engine/trial/intervalRecord.js';
import type { TrialSettings } from '../../engine/trial/settings.js';
import { openTrial, type TrialState } from '../../engine/trial/trial.js';
import { smallMarket } from '../case/smallMarket.js';
import { smallScenario, switchBranch } from '../trial/smallScenario.js';
import { temporaryFolder } from './temporaryFolder.js';

const INTERVALS = 4;
const SEED = 31;

/** A short day as it was cleared, and the state before every interval and after the last. */
interface Day {
  readonly case: Case;
  readonly settings: TrialSettings;
  readonly intervals: readonly TrialInterval[];
  readonly states: readonly TrialState[];
}

let day: Day;

beforeAll(async () => {
  const scenario = await smallScenario({
    intervals: INTERVALS,
    // Refused: a table whose rows are not as many as the intervals; and a comma.
    operations: (interval, theCase) => (interval === 2 ? [switchBranch(theCase, 0)] : []),
    changes: (interval) => (interval === 3 ? { settings: { rootVoltagePu: 0.7 } } : {}),
  });
  const trial = await openTrial(scenario, {
    openMarket: (theCase, memory) => openMarketSession(theCase, { memory }),
    deadlineMs: 1e6,
  });
  const intervals: TrialInterval[] = [];
  const states = [trial.state()];
  while (!trial.isOver) {
    intervals.push(await trial.step());
    states.push(trial.state());
  }
  day = { case: scenario.case, settings: settingsOf(scenario.case), intervals, states };
});

function settingsOf(theCase: Case): TrialSettings {
  return {
    case: theCase.settings.name,
    case_sha256: caseDigest(theCase),
    mode: 'welfare',
    subsidised: false,
    gap: 1e-6,
    deadline_ms: 1e6,
    seed: 1,
    intervals: INTERVALS,
    interval_minutes: 30,
    start_minutes: 600,
    bid_change_share: 0.05,
    battery_share: 0,
    vehicle_share: 0,
    solar_scale: 2,
    format: 'csv',
    version: '0.1.0',
  };
}

/** Adds the intervals that are missing, and ends the trial. */
async function goOn(target: string, settings = day.settings): Promise<void> {
  const reopened = await reopenTrialFolder(target);
  if (reopened.isOver) return;
  const { folder, state } = reopened;
  expect(state).toEqual(day.states[state.interval]);
  for (let k = state.interval; k < INTERVALS; k += 1) {
    await folder.append(day.intervals[k] as TrialInterval, day.states[k + 1] as TrialState);
  }
  await folder.finish(settings);
}

/** A trial with its first intervals. */
async function begun(target: string, intervals: number, settings = day.settings): Promise<void> {
  const folder = await createTrialFolder(target, settings, day.states[0] as TrialState);
  for (let k = 0; k < intervals; k += 1) {
    await folder.append(day.intervals[k] as TrialInterval, day.states[k + 1] as TrialState);
  }
  await folder.close();
}

function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('latin1')]),
  );
}

/** The bytes of a trial without a pause. */
let whole: Record<string, string>;

beforeAll(async () => {
  const target = join(mkdtempSync(join(tmpdir(), 'wattshare-test-')), 'trial');
  await begun(target, 0);
  await goOn(target);
  whole = contentsOf(target);
  rmSync(join(target, '..'), { recursive: true });
});

describe('the folder of a trial', () => {
  it('holds what there is to say, and reads back the same', async () => {
    const target = join(temporaryFolder(), 'trial');
    await begun(target, INTERVALS);
    await goOn(target);
    expect(readdirSync(target).sort()).toEqual(
      [
        ...TRIAL_TABLES.map(({ name }) => `${name}.csv`),
        'summary.json',
        'timing.json',
        'trial.json',
      ].sort(),
    );
    const stored = await readTrial(target, day.case);
    expect(stored.settings).toEqual(day.settings);
    expect(stored.record.intervals).toEqual(day.intervals.map(({ record }) => record));
    expect(stored.balances).toEqual(day.intervals.map(({ balance }) => balance));
    expect(stored.record.refusals).toEqual(day.intervals.flatMap(({ refusals }) => refusals));
    expect(stored.record.timing).toEqual(day.intervals.map(({ timing }) => timing));
    for (const name of [
      'price_usd_per_kwh',
      'import_kw',
      'stored_kwh',
      'voltage_pu',
      'p_kw',
    ] as const) {
      const columns = day.intervals.flatMap((interval) => [...interval.columns[name]]);
      expect([...stored.record[name]], name).toEqual(columns);
    }
    const summary: unknown = JSON.parse(readFileSync(join(target, 'summary.json'), 'utf8'));
    expect(stored.summary).toEqual(summary);
    expect(stored.summary).toMatchObject({
      status: 'infeasible',
      intervals_done: INTERVALS,
      intervals_by_status: { optimal: 3, infeasible: 1 },
      refusals: 2,
      alone: { intervals: 3 },
    });
    expect(stored.record.refusals.map(({ subject }) => subject)).toEqual([
      'A1',
      'branch 2-3 opened',
    ]);
  });

  it('reads as far as its checkpoint goes while the trial is under way', async () => {
    const target = join(temporaryFolder(), 'trial');
    await begun(target, 2);
    appendFileSync(join(target, 'intervals.csv'), '2,660,opt');
    const stored = await readTrial(target, day.case);
    expect(stored.record.intervals).toEqual(day.intervals.slice(0, 2).map(({ record }) => record));
    expect(stored.summary.intervals_done).toBe(2);
    expect(stored.record.voltage_pu.length).toBe(2 * day.case.buses.id.length);
    expect(readFileSync(join(target, 'intervals.csv'), 'utf8')).toMatch(/2,660,opt$/);
  });

  it('as Arrow holds the same, and no CSV', async () => {
    const arrow: TrialSettings = { ...day.settings, format: 'arrow' };
    const target = join(temporaryFolder(), 'trial');
    await begun(target, 0, arrow);
    await goOn(target, arrow);
    expect(
      readdirSync(target)
        .filter((name) => !name.endsWith('.json'))
        .sort(),
    ).toEqual(TRIAL_TABLES.map(({ name }) => `${name}.arrow`).sort());
    const csv = join(temporaryFolder(), 'trial');
    await begun(csv, 0);
    await goOn(csv);
    expect(await readTrial(target, day.case)).toEqual({
      ...(await readTrial(csv, day.case)),
      settings: arrow,
    });
  });
});

describe('a trial that ended between any two writes of an interval', () => {
  const moments = TRIAL_TABLES.flatMap(({ name }, table) =>
    [0, 0.5, 1].map((share) => ({ name, table, share })),
  );

  it.each(moments)(
    'goes on to the same bytes: $name, $share of its rows',
    async ({ table, share }) => {
      for (const interval of [0, 2, 3]) {
        const target = join(temporaryFolder(), 'trial');
        const after = join(temporaryFolder(), 'after');
        await begun(target, interval);
        await begun(after, interval + 1);
        TRIAL_TABLES.forEach(({ name }, place) => {
          const file = `${name}.csv`;
          if (place > table) return;
          const before = readFileSync(join(target, file));
          const rows = readFileSync(join(after, file)).subarray(before.length);
          const cut = place < table ? rows.length : Math.floor(share * rows.length);
          appendFileSync(join(target, file), rows.subarray(0, cut));
        });
        await goOn(target);
        expect(contentsOf(target)).toEqual(whole);
      }
    },
  );

  it.each([0, 1, 100, Number.POSITIVE_INFINITY])(
    'goes on to the same bytes: %d bytes of the checkpoint beside its place',
    async (bytes) => {
      const target = join(temporaryFolder(), 'trial');
      const after = join(temporaryFolder(), 'after');
      await begun(target, 1);
      await begun(after, 2);
      for (const { name } of TRIAL_TABLES) {
        copyFileSync(join(after, `${name}.csv`), join(target, `${name}.csv`));
      }
      const checkpoint = readFileSync(join(after, CHECKPOINT_FILE));
      writeFileSync(join(target, 'checkpoint.part'), checkpoint.subarray(0, bytes));
      await goOn(target);
      expect(contentsOf(target)).toEqual(whole);
    },
  );

  it(`goes on to the same bytes after several ends (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const target = join(temporaryFolder(), 'trial');
    await begun(target, 0);
    for (let k = 0; k < INTERVALS; k += 1) {
      for (const { name } of TRIAL_TABLES) {
        const rubbish = Buffer.alloc(random.integer(0, 400), '7,"');
        appendFileSync(join(target, `${name}.csv`), rubbish);
      }
      const reopened = await reopenTrialFolder(target);
      if (reopened.isOver) throw new Error('the trial has intervals to go');
      expect(reopened.state.interval).toBe(k);
      await reopened.folder.append(
        day.intervals[k] as TrialInterval,
        day.states[k + 1] as TrialState,
      );
      await reopened.folder.close();
    }
    await goOn(target);
    expect(contentsOf(target)).toEqual(whole);
  });
});

describe('a trial that ended between any two writes of its end', () => {
  const arrow = (): TrialSettings => ({ ...day.settings, format: 'arrow' });

  /** What is there before the end, and what is there after it. */
  async function aroundTheEnd(): Promise<{ readonly target: string; readonly over: string }> {
    const parent = temporaryFolder();
    const target = join(parent, 'trial');
    const over = join(parent, 'over');
    await begun(target, INTERVALS, arrow());
    cpSync(target, over, { recursive: true });
    await goOn(over, arrow());
    return { target, over };
  }

  it.each([0, 1, 4, TRIAL_TABLES.length])('goes on: %d Arrow tables in place', async (count) => {
    const { target, over } = await aroundTheEnd();
    mkdirSync(join(target, 'arrow.part'));
    TRIAL_TABLES.forEach(({ name }, place) => {
      const file = `${name}.arrow`;
      const there = readFileSync(join(over, file));
      if (place < count) writeFileSync(join(target, file), there);
      else writeFileSync(join(target, 'arrow.part', file), there.subarray(0, there.length / 2));
    });
    writeFileSync(join(target, 'summary.json.part'), '{');
    expect((await readTrial(target, day.case)).summary.intervals_done).toBe(INTERVALS);
    await goOn(target, arrow());
    expect(contentsOf(target)).toEqual(contentsOf(over));
  });

  it.each([0, 1, 4, TRIAL_TABLES.length])('is over: %d old tables taken away', async (count) => {
    const { target, over } = await aroundTheEnd();
    const whole = contentsOf(over);
    cpSync(over, target, { recursive: true });
    for (const { name } of TRIAL_TABLES.slice(0, count)) rmSync(join(target, `${name}.csv`));
    expect(existsSync(join(target, CHECKPOINT_FILE))).toBe(true);
    expect((await readTrial(target, day.case)).summary.intervals_done).toBe(INTERVALS);
    expect((await reopenTrialFolder(target)).isOver).toBe(true);
    expect(contentsOf(target)).toEqual(whole);
  });
});

describe('a folder that a trial cannot go on in', () => {
  async function damaged(damage: (target: string) => void): Promise<string> {
    const target = join(temporaryFolder(), 'trial');
    await begun(target, 2);
    damage(target);
    return target;
  }

  it.each([
    [
      'no folder',
      (target: string) => rmSync(target, { recursive: true }),
      /checkpoint: there is no such file/,
    ],
    [
      'no checkpoint',
      (target: string) => rmSync(join(target, CHECKPOINT_FILE)),
      /checkpoint: there is no such file/,
    ],
    [
      'an empty checkpoint',
      (target: string) => writeFileSync(join(target, CHECKPOINT_FILE), ''),
      /checkpoint: no checkpoint/,
    ],
    [
      'half a checkpoint',
      (target: string) => truncateSync(join(target, CHECKPOINT_FILE), 200),
      /checkpoint: damaged/,
    ],
    [
      'another file',
      (target: string) => writeFileSync(join(target, CHECKPOINT_FILE), 'x'.repeat(500)),
      /checkpoint: no checkpoint/,
    ],
    [
      'a short table',
      (target: string) => truncateSync(join(target, 'buses.csv'), 50),
      /buses\.csv: 50 bytes where its checkpoint says \d+/,
    ],
    [
      'a lost table',
      (target: string) => rmSync(join(target, 'refusals.csv')),
      /refusals\.csv: there is no such file/,
    ],
  ])('%s: says so, and leaves all as it is', async (_, damage, message) => {
    const target = await damaged(damage);
    const before = existsSync(target) ? contentsOf(target) : {};
    await expect(reopenTrialFolder(target)).rejects.toThrow(message);
    expect(existsSync(target) ? contentsOf(target) : {}).toEqual(before);
  });

  it('any byte of a checkpoint that is another is found', () => {
    const file = encodeCheckpoint({ state: day.states[2] as TrialState, bytes: { buses: 12 } });
    expect(decodeCheckpoint(file)).toEqual({ state: day.states[2], bytes: { buses: 12 } });
    const random = seededRandom(SEED);
    for (let k = 0; k < 200; k += 1) {
      const other = Buffer.from(file);
      other[random.integer(0, file.length)] ^= 1 << random.integer(0, 8);
      expect(() => decodeCheckpoint(other)).toThrow(/checkpoint: (damaged|no checkpoint)/);
    }
  });

  it('an unfinished trial is not written over, nor is what is no trial', async () => {
    const target = join(temporaryFolder(), 'trial');
    await begun(target, 2);
    await expect(expectTrialFolder(target)).rejects.toThrow(`go on with --resume ${target}`);
    await goOn(target);
    await expectTrialFolder(target);
    writeFileSync(join(target, 'thesis.txt'), '');
    await expect(expectTrialFolder(target)).rejects.toThrow('thesis.txt');
    const other = temporaryFolder();
    writeFileSync(join(other, 'case.json'), '{}');
    await expect(expectTrialFolder(other)).rejects.toThrow('neither empty nor an earlier trial');
  });

  it('a trial of another case is not read', async () => {
    const target = join(temporaryFolder(), 'trial');
    await begun(target, 1);
    const changed = applyChanges(day.case, { settings: { gridBuy: 0.31 } });
    await expect(readTrial(target, changed)).rejects.toThrow('another case');
    await expect(readTrial(target, createCase(smallMarket()))).rejects.toThrow('another case');
  });
});
