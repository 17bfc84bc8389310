/**
 * What the benchmarks have found as one HTML file in the look of a clearing's report: it opens without a
 * network. A section for each result that is there, each with its own machine, commit and load, because they
 * were measured at different times.
 */
import { documentOf, vegaRuntime } from '../../engine/page/document.js';
import { escapeHtml, escapeJson } from '../../engine/page/escape.js';
import { panel, paragraph, table } from '../../engine/page/panels.js';
import { compilePlots } from '../../engine/page/plots/compile.js';
import {
  againstSection,
  clearingSection,
  conicSection,
  peersSection,
  solversSection,
} from './comparisons.js';
import type { BenchmarkResults } from './results.js';
import { scalingSection } from './scaling.js';
import { searchSection, tightnessSection } from './searches.js';
import { commitText, numberColumn, PLACE, type Section, textColumn } from './section.js';
import { reclearSection, trialSection } from './sessions.js';

/** @returns HTML */
export async function benchmarkPage(results: BenchmarkResults): Promise<string> {
  const sections = sectionsOf(results);
  const specifications = Object.assign({}, ...sections.map((section) => section.plots));
  const plots = await compilePlots(specifications);
  // The data of these plots is part of their specifications.
  const data = { tables: {}, communities: [], proportion: 1 };
  return documentOf({
    title: 'Benchmarks',
    lead: 'Medians; ratios are of the same run. A commit with + had changes beside it.',
    warnings: [],
    body: [overview(sections), ...sections.map(({ html }) => html)].join('\n'),
    content: escapeJson({ plots, feeders: [data] }),
    runtime: await vegaRuntime(),
  });
}

function sectionsOf(results: BenchmarkResults): Section[] {
  const { against, bnb, clearing, conic, peers, reclear, scaling, solvers, tightness, trial } =
    results;
  return [
    peers && peersSection(peers),
    against && againstSection(against),
    clearing && clearingSection(clearing),
    reclear && reclearSection(reclear),
    trial && trialSection(trial),
    scaling && scalingSection(scaling),
    conic && conicSection(conic),
    bnb && searchSection(bnb),
    tightness && tightnessSection(tightness),
    solvers && solversSection(solvers),
  ].filter((section) => section !== undefined);
}

/** Where each was measured, and links. */
function overview(sections: readonly Section[]): string {
  if (sections.length === 0) return paragraph('There are no results: run a benchmark first.');
  const links = sections.map(
    ({ name, title }) => `<li><a href="#${name}-${PLACE.feeder + 1}">${escapeHtml(title)}</a></li>`,
  );
  const runs = table('What was measured where', [
    textColumn('section', sections, ({ title }) => title),
    textColumn('processor', sections, ({ machine }) => machine.processor),
    numberColumn('cores', sections, ({ machine }) => String(machine.cores)),
    textColumn('Node', sections, ({ machine }) => machine.node),
    textColumn('commit', sections, ({ machine }) => commitText(machine)),
    textColumn('load', sections, ({ load }) => load),
  ]);
  const content = `<nav aria-label="sections"><ul>${links.join('')}</ul></nav>\n${runs}`;
  return panel(PLACE, 'overview', 'What was measured where', content);
}
