/**
 * Runs the points of the study one after the other. A market is generated and written to a temporary folder
 * once, and every point on it is measured in a fresh process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from './childProcess.js';
import type { MeasurementTask } from './measure.js';
import type { MarketPoints } from './plan.js';
import type { Clearance, Point, PointRecord, Preparation, Repetition } from './point.js';
import type { PreparationTask } from './prepare.js';

export interface StudyProgress {
  /** What is being done, and how much of it was done before. */
  readonly onStart: (what: string, done: number, all: number) => void;
  readonly onRecord: (record: PointRecord) => void;
}

/** A point without a result. */
export interface FailedPoint {
  readonly point: Point;
  readonly reason: string;
}

export interface Study {
  readonly records: readonly PointRecord[];
  readonly failed: readonly FailedPoint[];
  /** Whether no point was left out because of `signal`. */
  readonly isComplete: boolean;
}

/** @param signal ends the study; what has been measured until then is returned */
export async function runStudy(
  plan: readonly MarketPoints[],
  repetition: Repetition,
  progress: StudyProgress,
  signal: AbortSignal,
): Promise<Study> {
  const records: PointRecord[] = [];
  const failed: FailedPoint[] = [];
  const all = plan.reduce((sum, { points }) => sum + points.length, 0);
  const countDone = () => records.length + failed.length;
  for (const { market, points } of plan) {
    if (signal.aborted) break;
    const folder = mkdtempSync(join(tmpdir(), 'wattshare-scaling-'));
    const fail = (point: Point, error: unknown) => {
      if (!signal.aborted) failed.push({ point, reason: String(error) });
    };
    try {
      progress.onStart(`${nameOf(market)}: generate`, countDone(), all);
      const caseFolder = join(folder, 'case');
      const preparation = await runScript<Preparation>(
        'prepare',
        { market, folder: caseFolder } satisfies PreparationTask,
        signal,
      );
      for (const point of points) {
        if (signal.aborted) break;
        progress.onStart(describePoint(point), countDone(), all);
        try {
          const record = await measure(point, preparation, folder, repetition, signal);
          records.push(record);
          progress.onRecord(record);
        } catch (error) {
          fail(point, error);
        }
      }
    } catch (error) {
      for (const point of points) fail(point, error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { records, failed, isComplete: !signal.aborted };
}

async function measure(
  { part, mode, threads }: Point,
  preparation: Preparation,
  folder: string,
  repetition: Repetition,
  signal: AbortSignal,
): Promise<PointRecord> {
  const [load_average = Number.NaN] = loadavg();
  const clearance = await runScript<Clearance>(
    'measure',
    {
      caseFolder: join(folder, 'case'),
      resultFolder: join(folder, 'result'),
      mode,
      threads,
      repetition,
    } satisfies MeasurementTask,
    signal,
  );
  return { part, mode, threads, load_average, ...preparation, ...clearance };
}

function nameOf(market: Point['market']): string {
  return 'buses' in market
    ? `radial network of ${market.buses} buses`
    : `${market.prosumers.toLocaleString('en')} prosumers on ${market.network}`;
}

export function describePoint({ market, mode, threads }: Point): string {
  return `${nameOf(market)}, ${mode}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
