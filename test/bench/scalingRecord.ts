/** A point of the scaling study with figures that are easy to reckon with. */
import { summarised } from '../../bench/harness.js';
import type { PointRecord } from '../../bench/scaling/point.js';

export function pointRecord(changes: Partial<PointRecord> = {}): PointRecord {
  return {
    part: 'population',
    network: 'ieee123',
    buses: 130,
    communities: 123,
    prosumers: 12_300,
    mode: 'dlmp',
    threads: 1,
    load_average: 0.5,
    generate_ms: 10,
    write_case_ms: 20,
    status: 'optimal',
    gap: 1e-9,
    nodes: 1,
    read_case_ms: 30,
    first_ms: 300,
    clear: summarised('total', [90, 100, 110]),
    stages: [summarised('responses', [40]), summarised('search', [60])],
    responseStage: summarised('response stage', [30]),
    sumPass: summarised('adding up the bids', [10]),
    answerPass: summarised('answering prices', [20]),
    comparison: null,
    write_result_ms: 40,
    memory: {
      empty_mb: 64,
      case_mb: 70,
      peak_mb: 80,
      peak_in_all_mb: 90,
      bid_bytes: 48 * 12_300,
      id_bytes: 1_000,
    },
    ...changes,
  };
}
