/** The records of the study as one flat table. */
import { writeToString } from 'fast-csv';
import { answerPasses, bytesPerProsumer, sumPasses } from './bars.js';
import type { PointRecord } from './point.js';

/** One line a point; columns of stages are those that occur, empty where a point lacks one. */
export function recordsAsCsv(records: readonly PointRecord[]): Promise<string> {
  const stages = [...new Set(records.flatMap((record) => record.stages.map(({ name }) => name)))];
  const rows = records.map((record) => flattened(record, stages));
  return writeToString(rows, { headers: true, includeEndRowDelimiter: true });
}

function flattened(record: PointRecord, stages: readonly string[]) {
  const { clear, memory, comparison } = record;
  const stageTimes = stages.map((name) => [
    `${name}_ms`,
    record.stages.find((stage) => stage.name === name)?.median_ms ?? '',
  ]);
  return {
    part: record.part,
    network: record.network,
    buses: record.buses,
    communities: record.communities,
    prosumers: record.prosumers,
    mode: record.mode,
    threads: record.threads,
    status: record.status,
    gap: record.gap ?? '',
    nodes: record.nodes,
    median_ms: clear.median_ms,
    p25_ms: clear.p25_ms,
    p75_ms: clear.p75_ms,
    samples: clear.samples,
    first_ms: record.first_ms,
    ...Object.fromEntries(stageTimes),
    response_stage_ms: record.responseStage.median_ms,
    sum_pass_ms: record.sumPass.median_ms,
    answer_pass_ms: record.answerPass?.median_ms ?? '',
    threaded_sum_pass_ms: comparison?.threadedSumPass.median_ms ?? '',
    one_thread_median_ms: comparison?.clear.median_ms ?? '',
    one_thread_response_stage_ms: comparison?.responseStage.median_ms ?? '',
    sum_passes: sumPasses(record),
    answer_passes: answerPasses(record) ?? '',
    generate_ms: record.generate_ms,
    write_case_ms: record.write_case_ms,
    read_case_ms: record.read_case_ms,
    write_result_ms: record.write_result_ms ?? '',
    empty_mb: memory.empty_mb,
    case_mb: memory.case_mb,
    peak_mb: memory.peak_mb,
    peak_in_all_mb: memory.peak_in_all_mb,
    bytes_per_prosumer: bytesPerProsumer(record),
    bid_bytes: memory.bid_bytes,
    id_bytes: memory.id_bytes,
    load_average: record.load_average,
  };
}
