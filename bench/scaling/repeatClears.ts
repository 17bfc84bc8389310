/**
 * Repeated clears of one case, and the floors in turn with them, so that a slow spell of the machine falls on
 * both. Statuses have to agree: the time of a clear means nothing without what it led to.
 */
import type { Case } from '../../engine/case/case.js';
import { bidsOf } from '../../engine/clearing/marketState.js';
import type { ClearingResult } from '../../engine/index.js';
import { type Measurement, summarised } from '../harness.js';
import { addUpBids, answerAll, samplePass } from './floors.js';
import type { Clearance, Repetition } from './point.js';
import { repeat, WARM_UP } from './repetition.js';
import type { ThreadComparer } from './threadComparison.js';
import type { TimedResult } from './timedClear.js';

export interface ClearSubject {
  readonly theCase: Case;
  readonly clearOnce: () => Promise<TimedResult>;
  /** Where there is more than one thread. */
  readonly comparer: ThreadComparer | undefined;
}

export type RepeatedClears = Pick<
  Clearance,
  'clear' | 'stages' | 'responseStage' | 'sumPass' | 'answerPass' | 'comparison'
> & { readonly last: ClearingResult };

/** Milliseconds, one entry a repetition. */
interface Samples {
  readonly timings: Readonly<Record<string, number>>[];
  readonly responseStage: number[];
  readonly sumPass: number[];
  readonly answerPass: number[];
}

/** @param once milliseconds of the first clear, which counts as warming up */
export async function repeatClears(
  subject: ClearSubject,
  once: number,
  repetition: Repetition,
): Promise<RepeatedClears> {
  const warmUp = newSamples();
  await repeat(async () => void (await sampleOnce(subject, warmUp)), {
    ...WARM_UP,
    milliseconds: WARM_UP.milliseconds - once,
  });
  const samples = newSamples();
  let last = await sampleOnce(subject, samples);
  const again = async () => {
    const { status } = last;
    last = await sampleOnce(subject, samples);
    if (last.status !== status) {
      throw new Error(`one clear ended ${status}, the next ${last.status}`);
    }
  };
  await repeat(again, { ...repetition, most: repetition.most - 1, least: repetition.least - 1 });
  const comparison = subject.comparer?.summary(samples.timings.length) ?? null;
  return { last, ...summary(samples), comparison };
}

function newSamples(): Samples {
  return { timings: [], responseStage: [], sumPass: [], answerPass: [] };
}

async function sampleOnce(
  { theCase, clearOnce, comparer }: ClearSubject,
  samples: Samples,
): Promise<ClearingResult> {
  await comparer?.sample();
  const { result, stage_ms } = await clearOnce();
  samples.timings.push(result.timing);
  samples.responseStage.push(stage_ms);
  samples.sumPass.push(await samplePass(() => addUpBids(theCase.prosumers)));
  if (result.outcome !== undefined) {
    const { communities, prosumers } = result.outcome;
    // Written over the outputs of the result, which they equal: room of its own would count as memory.
    const pass = () =>
      answerAll(bidsOf(theCase), communities.kappa, communities.price, prosumers.outputKw);
    samples.answerPass.push(await samplePass(pass));
  }
  return result;
}

function summary({ timings, responseStage, sumPass, answerPass }: Samples) {
  const stageOf = (name: string): Measurement =>
    summarised(
      name,
      timings.map((timing) => timing[name] ?? 0),
    );
  const names = Object.keys(timings[0] ?? {}).filter((name) => name !== 'total');
  return {
    clear: stageOf('total'),
    stages: names.map(stageOf),
    responseStage: summarised('response stage', responseStage),
    sumPass: summarised('adding up the bids', sumPass),
    answerPass: answerPass.length === 0 ? null : summarised('answering prices', answerPass),
  };
}
