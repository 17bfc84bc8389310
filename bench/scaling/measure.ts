/**
 * Reads one case from Arrow files, clears it again and again, and says how long that took and what memory:
 * `node measure.js JSON` with a {@link MeasurementTask}. A process of its own for every point, because
 * memory is a matter of the whole process.
 */
import type { Case } from '../../engine/case/case.js';
import { type ClearingResult, type Mode, readCase, writeResult } from '../../engine/index.js';
import { openWorkerPool } from '../../workers/pool.js';
import type { Clearance, Memory, Repetition } from './point.js';
import { repeatClears } from './repeatClears.js';
import { ThreadComparer } from './threadComparison.js';
import { ThreadedSum } from './threadedSum.js';
import { timedClear, UNTHREADED } from './timedClear.js';

export interface MeasurementTask {
  readonly caseFolder: string;
  /** Where the result is written. */
  readonly resultFolder: string;
  readonly mode: Mode;
  readonly threads: number;
  readonly repetition: Repetition;
}

/** A clear that takes longer ends with the status `limit`. */
const TIME_LIMIT_SECONDS = 600;

const task: MeasurementTask = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(await measurePoint(task)));

async function measurePoint(task: MeasurementTask): Promise<Clearance> {
  const empty_mb = residentMb();
  const started = performance.now();
  const theCase = await readCase(task.caseFolder);
  const read_case_ms = performance.now() - started;
  const case_mb = residentMb();
  const options = { mode: task.mode, timeLimitSeconds: TIME_LIMIT_SECONDS };
  const clearSingly = () => timedClear(theCase, options, UNTHREADED);
  const closing: (() => Promise<void>)[] = [];
  let clearOnce = clearSingly;
  if (task.threads > 1) {
    const pool = openWorkerPool({ threads: task.threads });
    closing.push(() => pool.close());
    const { nodeStage, responseStage } = pool;
    clearOnce = () => timedClear(theCase, { ...options, nodeStage }, responseStage);
  }
  try {
    const { total_ms: first_ms } = await clearOnce();
    const peak_mb = peakResidentMb();
    let comparer: ThreadComparer | undefined;
    if (task.threads > 1) {
      const threadedSum = new ThreadedSum(theCase.prosumers, task.threads);
      closing.push(() => threadedSum.close());
      comparer = new ThreadComparer(clearSingly, threadedSum);
    }
    const subject = { theCase, clearOnce, comparer };
    const { last, ...measured } = await repeatClears(subject, first_ms, task.repetition);
    return {
      status: last.status,
      gap: last.outcome === undefined ? null : last.gap,
      nodes: last.nodes,
      read_case_ms,
      first_ms,
      ...measured,
      write_result_ms: await timeOfWriting(last, task.resultFolder),
      memory: {
        empty_mb,
        case_mb,
        peak_mb,
        peak_in_all_mb: peakResidentMb(),
        ...columnBytes(theCase),
      },
    };
  } finally {
    await Promise.all(closing.map((close) => close()));
  }
}

async function timeOfWriting(result: ClearingResult, folder: string): Promise<number | null> {
  if (result.outcome === undefined) return null;
  const started = performance.now();
  await writeResult(result, folder, 'arrow');
  return performance.now() - started;
}

function residentMb(): number {
  return process.memoryUsage.rss() / 1024 ** 2;
}

function peakResidentMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

function columnBytes({ prosumers }: Case): Pick<Memory, 'bid_bytes' | 'id_bytes'> {
  const { id, demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } =
    prosumers;
  const bids = [demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart];
  return {
    bid_bytes: bids.reduce((sum, column) => sum + column.byteLength, 0),
    id_bytes: id.bytes.byteLength + id.offset.byteLength,
  };
}
