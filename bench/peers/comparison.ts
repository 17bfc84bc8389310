/**
 * One question put to several solvers: a market, a mode, and the gap that everybody is to reach. Ours comes
 * first, from the bids to the certified outcome; of the others the time is that of the solver's own call.
 */
import { quantile } from '../harness.js';

/** What came of one run, or of a few in a row. */
export interface PeerAnswer {
  /** The solver's own word. */
  readonly status: string;
  /** $/h; undefined where there is none. */
  readonly objective?: number | undefined;
  /** Relative, between the solver's objective and its own bound; undefined where it says none. */
  readonly gap?: number | undefined;
  /** Milliseconds, one entry a run; empty where it did not run. */
  readonly samples: readonly number[];
}

/** A solver with a statement of the question. */
export interface Contestant {
  readonly solver: string;
  /** Which statement: docs/export.md. */
  readonly program: string;
  /** Whether one run is enough, because it may take minutes. */
  readonly once?: boolean;
  readonly run: () => Promise<PeerAnswer>;
}

/** A line of the table. */
export interface PeerRow {
  readonly solver: string;
  readonly program: string;
  readonly status: string;
  /** Median; undefined where it did not run. */
  readonly milliseconds: number | undefined;
  readonly samples: number;
  readonly objective: number | undefined;
  /** From our objective, relative to max(1, |ours|). */
  readonly difference: number | undefined;
  readonly gap: number | undefined;
  /** Whether the gap asked for was reached; where not, the time to it is longer than the one measured. */
  readonly reached: boolean;
  /** Its time over ours. */
  readonly timesOurs: number | undefined;
}

export interface Comparison {
  readonly question: string;
  /** SHA-256 of the case's columns (instanceHash.ts). */
  readonly instance: string;
  readonly prosumers: number;
  /** Binaries of the explicit program, where it is put to somebody. */
  readonly segments?: number;
  /** Ours first. */
  readonly rows: readonly PeerRow[];
}

/** Words for a solution where a solver states no bound. */
const SOLVED = /^(optimal|solved)$/i;

/**
 * Lets all have their turn in every round, and keeps the last answer of each.
 *
 * @param contestants ours first
 * @param gap relative gap that everybody was asked for
 * @throws Error where ours has no objective: there is nothing to compare with
 */
export async function compete(
  contestants: readonly Contestant[],
  { rounds, gap }: { readonly rounds: number; readonly gap: number },
): Promise<PeerRow[]> {
  const answers = contestants.map((): PeerAnswer[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [k, { run, once }] of contestants.entries()) {
      if (round === 0 || once !== true) answers[k]?.push(await run());
    }
  }
  const pooled = answers.map((own): PeerAnswer => {
    const last = own.at(-1);
    return {
      ...(last ?? { status: 'not run' }),
      samples: own.flatMap(({ samples }) => samples),
    };
  });
  const ours = pooled[0];
  if (ours?.objective === undefined) throw new Error(`ours has no answer: ${ours?.status}`);
  return contestants.map((contestant, k) => peerRow(contestant, pooled[k] ?? ours, ours, gap));
}

/** @param gap relative gap that was asked for */
export function peerRow(
  { solver, program }: Pick<Contestant, 'solver' | 'program'>,
  answer: PeerAnswer,
  ours: PeerAnswer,
  gap: number,
): PeerRow {
  const milliseconds = median(answer.samples);
  const ourMilliseconds = median(ours.samples);
  const { status, objective } = answer;
  return {
    solver,
    program,
    status,
    milliseconds,
    samples: answer.samples.length,
    objective,
    difference: differenceOf(objective, ours.objective),
    gap: answer.gap,
    reached:
      objective !== undefined &&
      (answer.gap === undefined ? SOLVED.test(status) : Math.abs(answer.gap) <= gap),
    timesOurs:
      milliseconds === undefined || ourMilliseconds === undefined
        ? undefined
        : milliseconds / ourMilliseconds,
  };
}

function differenceOf(objective: number | undefined, ours: number | undefined) {
  if (objective === undefined || ours === undefined) return undefined;
  return (objective - ours) / Math.max(1, Math.abs(ours));
}

function median(samples: readonly number[]): number | undefined {
  return samples.length === 0 ? undefined : quantile(Float64Array.from(samples).sort(), 0.5);
}
