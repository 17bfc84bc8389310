/** What a caller may ask of a clearing, and the complete options that follow from it. */
import { UsageError } from '../base/errors.js';
import type { NodeStage } from './nodeStage.js';
import { IN_THIS_THREAD, type ResponseStage, watchedStage } from './responseStage.js';
import { MODES, type Mode } from './result.js';

export interface ClearProgress {
  readonly stage: string;
  readonly detail: string;
}

export interface ClearOptions {
  /** Default `welfare`. */
  readonly mode?: Mode;
  /** Default `native`; both prove the same to the gap. */
  readonly solver?: Solver;
  /**
   * Lets `welfare` run a deficit: what communities pay need not cover the grid's bill (docs/model.md section 4).
   */
  readonly subsidised?: boolean;
  /** Relative gap to prove, default 1e-6. */
  readonly gap?: number;
  /** Seconds after which the best answer so far is reported. */
  readonly timeLimitSeconds?: number;
  /** Branch-and-bound nodes after which the best answer so far is reported, default 300; Infinity for no limit. */
  readonly nodeLimit?: number;
  /**
   * Clears even where limits exclude every outcome: voltage limits, current limits and the limit on the
   * exchange may be left at a price (elastic.ts); the limits left are widened and reported.
   */
  readonly elastic?: ElasticOptions;
  /** Once aborted, the search reports the best answer so far; without one, nothing is cleared. */
  readonly signal?: AbortSignal;
  /** The same where no event can arrive, as in a thread that is busy: asked now and then. */
  readonly shouldStop?: () => boolean;
  readonly onProgress?: (progress: ClearProgress) => void;
  /** How response functions are built; in this thread unless given. */
  readonly responseStage?: ResponseStage;
  /** How the nodes of a large tree are relaxed; in this thread unless given. The answer is the same. */
  readonly nodeStage?: NodeStage;
}

/** `native`: conic branch and bound. `highs`: outer approximation by linear programs in HiGHS, a second route. */
export const SOLVERS = ['native', 'highs'] as const;
export type Solver = (typeof SOLVERS)[number];

export interface ElasticOptions {
  /** Of violation, $/kWh: per kW of exchange, and of what would keep a voltage or current within its limit. */
  readonly price: number;
}

export interface ResolvedOptions {
  readonly mode: Mode;
  readonly solver: Solver;
  /** Whether prices must cover the grid's bill: in `welfare`, unless it is subsidised. */
  readonly revenueAdequacy: boolean;
  readonly gap: number;
  readonly nodeLimit: number;
  /** Price of violation, $/kWh; undefined where limits are kept. */
  readonly elasticPrice: number | undefined;
  readonly onProgress: (progress: ClearProgress) => void;
  readonly responseStage: ResponseStage;
  readonly nodeStage: NodeStage | undefined;
  /** True once the caller or the clock asks to stop. */
  readonly shouldStop: () => boolean;
}

/**
 * Trees are tiny as a rule. One that is not closed by then belongs to a market where the relaxation is far from
 * tight: what is left of the gap is small, and closes slowly.
 */
const DEFAULT_NODE_LIMIT = 300;

/** @throws UsageError when an option is out of range. */
export function resolveOptions(options: ClearOptions): ResolvedOptions {
  const mode = options.mode ?? 'welfare';
  if (!MODES.includes(mode)) {
    throw new UsageError(`mode "${mode}" is unknown; it is one of ${MODES.join(', ')}`);
  }
  const solver = options.solver ?? 'native';
  if (!SOLVERS.includes(solver)) {
    throw new UsageError(`solver "${solver}" is unknown; it is one of ${SOLVERS.join(', ')}`);
  }
  const subsidised = options.subsidised ?? false;
  if (subsidised && mode !== 'welfare') {
    throw new UsageError(`only welfare can be subsidised: ${mode} does not ask who pays the grid`);
  }
  const gap = options.gap ?? 1e-6;
  if (!(gap > 0 && gap < 1)) throw new UsageError(`gap ${gap} must lie between 0 and 1`);
  const seconds = options.timeLimitSeconds ?? Number.POSITIVE_INFINITY;
  if (!(seconds > 0)) throw new UsageError(`time limit ${seconds} s must be positive`);
  const nodeLimit = options.nodeLimit ?? DEFAULT_NODE_LIMIT;
  if (!(nodeLimit >= 1)) throw new UsageError(`node limit ${nodeLimit} must be at least 1`);
  const elasticPrice = options.elastic?.price;
  if (elasticPrice !== undefined) checkElastic(elasticPrice, mode);
  const deadline = performance.now() + 1000 * seconds;
  const { signal, shouldStop, responseStage = IN_THIS_THREAD } = options;
  const onProgress = options.onProgress ?? (() => {});
  return {
    mode,
    solver,
    revenueAdequacy: mode === 'welfare' && !subsidised,
    gap,
    nodeLimit,
    elasticPrice,
    onProgress,
    responseStage: watchedStage(responseStage, signal, (detail) =>
      onProgress({ stage: 'responses', detail }),
    ),
    nodeStage: options.nodeStage,
    shouldStop: () =>
      signal?.aborted === true || shouldStop?.() === true || performance.now() > deadline,
  };
}

function checkElastic(price: number, mode: Mode): void {
  if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`price of violation ${price} $/kWh must be positive`);
  }
  if (mode === 'local' || mode === 'isolated') {
    throw new UsageError(`limits cannot be elastic in the mode "${mode}", which none binds`);
  }
}
