/** The panels of one feeder, and the tables that their plots draw. */
import type { ClearingResult, Outcome } from '../clearing/result.js';
import { summaryEntries } from '../report/summary.js';
import type { Entry } from '../report/table.js';
import type { FeederPlots } from './browser.js';
import { communityColumns, rankedCommunities } from './communityColumns.js';
import { escapeHtml } from './escape.js';
import { branchColumns, busColumns } from './feederTables.js';
import { gainsOfProsumers } from './gains.js';
import { communityPanel, gainColumns, gainsPanel, responsePanel } from './marketPanels.js';
import { mapPanel, profilePanel, proportionOf } from './networkPanels.js';
import type { PageShare } from './pageShare.js';
import { type Place, panel } from './panels.js';
import { responseCurves } from './responseCurves.js';
import { certificatePanel, runPanels, runTables } from './runPanels.js';
import { shownBuses } from './shownBuses.js';

export interface FeederPage {
  /** HTML. */
  readonly panels: readonly string[];
  readonly plots: FeederPlots;
}

/** @param alone the same market where everybody trades with the grid alone; undefined where it has no power flow */
export function feederPage(
  result: ClearingResult,
  alone: Outcome | undefined,
  place: Place,
  share: PageShare,
): FeederPage {
  const head = panel(place, 'summary', 'Summary', factList(headEntries(result)));
  const run = runPanels(result, place);
  if (result.outcome === undefined) {
    const tables = runTables(result);
    return { panels: [head, ...run], plots: { tables, communities: [], proportion: 1 } };
  }
  const { case: theCase, mode, outcome } = result;
  const shown = shownBuses(theCase, share.buses);
  const rows = rankedCommunities(outcome, share.communities);
  const before = mode === 'isolated' ? undefined : alone;
  const buses = busColumns(theCase, shown, outcome, before);
  const branches = branchColumns(theCase, shown, outcome);
  const communities = communityColumns(theCase, outcome, rows);
  const points = Math.min(
    MOST_POINTS,
    Math.max(LEAST_POINTS, Math.floor(share.points / rows.length)),
  );
  const curves = responseCurves(theCase, mode, outcome, rows, points);
  const gains = before && gainsOfProsumers(theCase, outcome, before);
  return {
    panels: [
      head,
      mapPanel(theCase, shown, buses, branches, place),
      profilePanel(result, shown, before, place, share),
      communityPanel(theCase, communities, place, share),
      responsePanel(
        curves.map(({ name }) => name),
        theCase,
        place,
      ),
      gainsPanel(gains, mode, place),
      ...run,
      certificatePanel(result, place),
    ],
    plots: {
      tables: {
        buses,
        branches,
        communities,
        ...(gains === undefined ? {} : { gains: gainColumns(gains) }),
        ...runTables(result),
      },
      communities: curves.map(({ cost, equilibrium, response }) => ({
        cost,
        equilibrium,
        response,
      })),
      proportion: proportionOf(shown),
    },
  };
}

/** Points of a curve: fewer would not be the curve, more would not be seen. */
const LEAST_POINTS = 12;
const MOST_POINTS = 64;

/** Panels of their own say these. */
const ELSEWHERE = new Set(['certificate', 'time']);

function headEntries(result: ClearingResult): Entry[] {
  return summaryEntries(result).filter(({ label }) => !ELSEWHERE.has(label));
}

export function factList(entries: readonly Entry[]): string {
  const facts = entries.map(({ label, lines }) => {
    const text = lines.map((line) => `<div>${escapeHtml(line.trim())}</div>`).join('');
    return `<dt>${escapeHtml(label)}</dt><dd>${text}</dd>`;
  });
  return `<dl class="facts">${facts.join('\n')}</dl>`;
}
