/** What a caller may ask of a clearing, and the complete options that follow from it. */
import { UsageError } from '../base/errors.js';
import type { Bids } from '../market/buildResponses.js';
import type { ResponseFunctions } from '../market/responseFunction.js';
import { MODES, type Mode } from './result.js';

/** Fills the response functions of all communities; worker threads may do it. */
export type ResponseStage = (bids: Bids, responses: ResponseFunctions) => Promise<void>;

export interface ClearProgress {
  readonly stage: string;
  readonly detail: string;
}

export interface ClearOptions {
  /** Default `welfare`. */
  readonly mode?: Mode;
  /** Relative gap to prove, default 1e-6. */
  readonly gap?: number;
  /** Seconds after which the best answer so far is reported. */
  readonly timeLimitSeconds?: number;
  /** Branch-and-bound nodes after which the best answer so far is reported. */
  readonly nodeLimit?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ClearProgress) => void;
  /** How response functions are built; in this thread unless given. */
  readonly responseStage?: ResponseStage;
}

export interface ResolvedOptions {
  readonly mode: Mode;
  readonly gap: number;
  readonly nodeLimit: number;
  readonly onProgress: (progress: ClearProgress) => void;
  readonly responseStage: ResponseStage | undefined;
  /** True once the caller or the clock asks to stop. */
  readonly shouldStop: () => boolean;
}

/** @throws UsageError when an option is out of range. */
export function resolveOptions(options: ClearOptions): ResolvedOptions {
  const mode = options.mode ?? 'welfare';
  if (!MODES.includes(mode)) {
    throw new UsageError(`mode "${mode}" is unknown; it is one of ${MODES.join(', ')}`);
  }
  const gap = options.gap ?? 1e-6;
  if (!(gap > 0 && gap < 1)) throw new UsageError(`gap ${gap} must lie between 0 and 1`);
  const seconds = options.timeLimitSeconds ?? Number.POSITIVE_INFINITY;
  if (!(seconds > 0)) throw new UsageError(`time limit ${seconds} s must be positive`);
  const nodeLimit = options.nodeLimit ?? Number.POSITIVE_INFINITY;
  if (!(nodeLimit >= 1)) throw new UsageError(`node limit ${nodeLimit} must be at least 1`);
  const deadline = performance.now() + 1000 * seconds;
  const { signal } = options;
  return {
    mode,
    gap,
    nodeLimit,
    onProgress: options.onProgress ?? (() => {}),
    responseStage: options.responseStage,
    shouldStop: () => signal?.aborted === true || performance.now() > deadline,
  };
}
