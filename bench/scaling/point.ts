/** What the scaling study asks of one process, and what comes back: plain data, as JSON. */
import type { Mode, Status } from '../../engine/index.js';
import type { Measurement } from '../harness.js';

/** Which axis of the study a point lies on. */
export const PARTS = ['population', 'network', 'workers'] as const;
export type Part = (typeof PARTS)[number];

/** A market to generate: a population on a bundled feeder, or a radial network of any size. */
export type Market =
  | { readonly network: string; readonly prosumers: number }
  | { readonly network: 'radial'; readonly buses: number };

/** One clearing to measure. */
export interface Point {
  readonly part: Part;
  readonly market: Market;
  readonly mode: Mode;
  /** 1: in the thread of the caller, without a pool. */
  readonly threads: number;
}

/** What the process that generates a market says of it. */
export interface Preparation {
  readonly network: string;
  readonly buses: number;
  readonly communities: number;
  readonly prosumers: number;
  readonly generate_ms: number;
  /** To Arrow files. */
  readonly write_case_ms: number;
}

/** What the process that clears a market says of it. */
export interface Clearance {
  readonly status: Status;
  /** null without an outcome. */
  readonly gap: number | null;
  readonly nodes: number;
  /** From Arrow files that the system holds in memory already. */
  readonly read_case_ms: number;
  /** The first clear, before the compiler has seen any of it. */
  readonly first_ms: number;
  /** Whole warm clears. */
  readonly clear: Measurement;
  /** Of the same clears: the stages of `ClearingResult.timing`. */
  readonly stages: readonly Measurement[];
  /** Of the same clears: time inside the response stage alone, all of which may be given to workers. */
  readonly responseStage: Measurement;
  /** The floors (floors.ts), measured between the clears; null where there is no price to answer. */
  readonly sumPass: Measurement;
  readonly answerPass: Measurement | null;
  /** null with one thread. */
  readonly comparison: ThreadComparison | null;
  /** To Arrow files; null without an outcome. */
  readonly write_result_ms: number | null;
  readonly memory: Memory;
}

/** What stands beside a clear by several threads, measured in turn with it in the same process. */
export interface ThreadComparison {
  /** Whole clears by one thread, and the response stage of these. */
  readonly clear: Measurement;
  readonly responseStage: Measurement;
  /** Adding up the bids in all threads (threadedSum.ts). */
  readonly threadedSumPass: Measurement;
}

/** Of the process, MB of 2^20 bytes. */
export interface Memory {
  /** Resident with all code loaded, before the case is read. */
  readonly empty_mb: number;
  /** Resident with the case. */
  readonly case_mb: number;
  /** Largest resident set up to the end of the first clear: what a single clear takes. */
  readonly peak_mb: number;
  /** Largest resident set in all, repetitions and the writing of the result among them. */
  readonly peak_in_all_mb: number;
  /** Bytes of the columns: the six of the bids, and the ids. */
  readonly bid_bytes: number;
  readonly id_bytes: number;
}

/** One point of the study. */
export interface PointRecord extends Omit<Preparation, 'network'>, Clearance {
  readonly part: Part;
  /** Name of the feeder, or `radial`. */
  readonly network: string;
  readonly mode: Mode;
  readonly threads: number;
  /** Of the machine over the minute before the point. */
  readonly load_average: number;
}

/** How often clears are repeated. */
export interface Repetition {
  readonly most: number;
  readonly least: number;
  /** Repetitions end after this time where `least` are done. */
  readonly milliseconds: number;
}
