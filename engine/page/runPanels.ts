/** The panels about the run: how the search went, where the time was spent, and how sure the answer is. */
import type { ClearingResult, ResultWithOutcome } from '../clearing/result.js';
import { counted, duration, magnitude } from '../report/numbers.js';
import { certificateWords } from './certificateWords.js';
import { type Columns, rounded } from './columns.js';
import { claimList, control, figure, type Place, panel, paragraph } from './panels.js';

/** The search and the time it took. */
export function runPanels(result: ClearingResult, place: Place): string[] {
  const { nodes, timing, trace } = result;
  const panels: string[] = [];
  if (trace !== undefined && trace.length > 0) {
    const choices = [
      { value: 'nodes', text: 'nodes' },
      { value: 'seconds', text: 'time' },
    ];
    const gap =
      result.outcome === undefined
        ? ''
        : ` The relative gap at the end is ${magnitude(result.gap)}.`;
    const text = `The search took ${counted(nodes, 'node')}.${gap}`;
    panels.push(
      panel(
        place,
        'search',
        'Bound and best outcome of the search',
        paragraph(text) +
          control(place, 'switches', 'search', 'Over', choices) +
          figure(place, {
            plot: 'search-nodes',
            place: 'search',
            description: `Best outcome and proven bound as the search went on. ${text}`,
          }) +
          (trace.length > 1
            ? figure(place, {
                plot: 'gap-nodes',
                place: 'search',
                description: 'Relative gap between the two as the search went on.',
              })
            : ''),
      ),
    );
  } else {
    const text =
      nodes > 0
        ? 'The result does not say how the search went; those of this version do.'
        : 'There was nothing to search for.';
    panels.push(panel(place, 'search', 'Bound and best outcome of the search', paragraph(text)));
  }
  const { total, ...stages } = timing;
  const parts = Object.entries(stages).map(([stage, time]) => `${stage} ${duration(time)}`);
  const text = `${duration(total ?? Number.NaN)} in all: ${parts.join(', ')}.`;
  panels.push(
    panel(
      place,
      'timing',
      'Time by stage',
      paragraph(text) +
        figure(place, { plot: 'stages', place: 'stages', description: `Time by stage. ${text}` }),
    ),
  );
  return panels;
}

export function runTables({
  timing,
  trace = [],
}: ClearingResult): Readonly<Record<string, Columns>> {
  const stages = Object.entries(timing).filter(([stage]) => stage !== 'total');
  return {
    stages: {
      stage: stages.map(([stage]) => stage),
      seconds: stages.map(([, time]) => rounded(time / 1000)),
    },
    moments: {
      nodes: trace.map(({ nodes }) => nodes),
      seconds: trace.map(({ milliseconds }) => rounded(milliseconds / 1000)),
      bound: trace.map(({ bound }) => rounded(bound, 12)),
      incumbent: trace.map(({ incumbent }) => rounded(incumbent, 12)),
      gap: trace.map(({ bound, incumbent }) =>
        rounded((incumbent - bound) / Math.max(1, Math.abs(incumbent)), 4),
      ),
    },
  };
}

export function certificatePanel({ certificate, mode }: ResultWithOutcome, place: Place): string {
  const claims = certificateWords(certificate, mode).map((words) => ({
    ...words,
    fails: words.verdict === 'FAILS' || words.verdict === 'not proven',
  }));
  const text =
    'All of this was reckoned again from the bids and the reported numbers alone, without any code of the solver.';
  return panel(place, 'certificate', 'How sure this is', paragraph(text) + claimList(claims));
}
