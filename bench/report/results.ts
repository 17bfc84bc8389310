/** What the benchmarks have kept in a folder: the JSON files that are there, as their writers make them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row as SearchRow } from '../bnb.js';
import type { Machine, Measurement } from '../harness.js';
import type { PeersReport } from '../peers/markdown.js';
import type { ReclearRecord } from '../reclear/measure.js';
import type { Bar } from '../scaling/bars.js';
import type { PointRecord } from '../scaling/point.js';
import type { FailedPoint } from '../scaling/runStudy.js';
import type { Comparison as RouteComparison } from '../solvers.js';
import type { Row as TightnessRow } from '../tightness.js';
import type { TrialRecord } from '../trial/measure.js';

/** Files of earlier versions hold no load. */
export type RecordedMachine = Omit<Machine, 'load'> & { readonly load?: number };

interface Recorded {
  readonly machine: RecordedMachine;
}

/** JSON has no NaN: null stands for it. */
type Stored<T> = { readonly [Key in keyof T]: T[Key] extends number ? number | null : T[Key] };

export interface ClearingFile extends Recorded {
  readonly case: string;
  readonly instance: string;
  readonly measured: readonly Measurement[];
}

export interface AgainstFile extends Recorded {
  readonly case: string;
  /** The earlier version. */
  readonly commit: string;
  readonly ratios: readonly {
    readonly name: string;
    readonly earlier_ms: number;
    readonly now_ms: number;
    readonly times_as_fast: number;
  }[];
}

export interface ConicFile extends Recorded {
  readonly case: string;
  readonly tolerance: number;
  readonly peers: readonly {
    readonly solver: string;
    readonly status: string;
    readonly iterations: number;
    readonly ms: number;
    readonly times_ours: number;
    readonly difference: number;
  }[];
  readonly sizes: readonly {
    readonly family: string;
    readonly buses: number;
    readonly iterations: number;
    readonly ms: number;
    readonly us_per_bus: number;
    readonly times_smallest: number;
  }[];
}

export interface SearchFile extends Recorded {
  readonly rows: readonly Stored<SearchRow>[];
}

export interface ScalingFile extends Recorded {
  readonly load_average: { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly bars: readonly Bar[];
  readonly records: readonly PointRecord[];
  readonly failed: readonly FailedPoint[];
}

export interface TightnessFile extends Recorded {
  /** Time limit of a point. */
  readonly seconds: number;
  readonly rows: readonly TightnessRow[];
}

export interface SolversFile extends Recorded {
  readonly comparisons: readonly Stored<RouteComparison>[];
}

export interface ReclearFile extends Recorded {
  readonly case: string;
  readonly instance: string;
  readonly prosumers: number;
  readonly bars: readonly Bar[];
  readonly records: readonly ReclearRecord[];
}

export interface TrialFile extends Recorded {
  readonly case: string;
  readonly instance: string;
  readonly prosumers: number;
  readonly mode: string;
  readonly interval_minutes: number;
  readonly deadline_ms: number;
  readonly bars: readonly Bar[];
  readonly record: TrialRecord;
}

export type PeersFile = Omit<PeersReport, 'machine'> & Recorded;

/** By the name of the file; undefined where it is not there. */
export interface BenchmarkResults {
  readonly peers?: PeersFile | undefined;
  readonly against?: AgainstFile | undefined;
  readonly clearing?: ClearingFile | undefined;
  readonly reclear?: ReclearFile | undefined;
  readonly trial?: TrialFile | undefined;
  readonly scaling?: ScalingFile | undefined;
  readonly conic?: ConicFile | undefined;
  readonly bnb?: SearchFile | undefined;
  readonly tightness?: TightnessFile | undefined;
  readonly solvers?: SolversFile | undefined;
}

/** @throws SyntaxError where a file is no JSON */
export function readResults(folder: string): BenchmarkResults {
  const read = (name: string) => {
    const file = join(folder, `${name}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  };
  return {
    peers: read('peers'),
    against: read('against'),
    clearing: read('clearing'),
    reclear: read('reclear'),
    trial: read('trial'),
    scaling: read('scaling'),
    conic: read('conic'),
    bnb: read('bnb'),
    tightness: read('tightness'),
    solvers: read('solvers'),
  };
}
